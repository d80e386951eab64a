/// What makes the colours of one picture those of another: a gain and an offset for each of red, green, blue.
public struct ColourFit: Sendable, Codable, Equatable {
    /// What red, green and blue are multiplied with; 1 where nothing changes.
    public var gain: [Double]
    /// What is then added, in levels of 255; 0 where nothing changes.
    public var offset: [Double]

    /// No change.
    public static let none = ColourFit(gain: [1, 1, 1], offset: [0, 0, 0])

    /// More than this is no drift of a copy but another picture.
    private static let gains = 0.6...1.6
    private static let offsets = -40.0...40.0

    /// Fits the planes of `from` to those of `to` by least squares; what lies far off, since it moved or was
    /// painted anew, is left out, in three rounds.
    ///
    /// - Parameters:
    ///   - from: Red, green and blue, one plane after the other.
    ///   - to: As many samples.
    init(from: [Float], to: [Float]) {
        self = .none
        let area = from.count / 3
        guard area > 0, from.count == to.count else { return }
        for channel in 0..<3 {
            var limit = Float.greatestFiniteMagnitude
            for _ in 0..<3 {
                let (g, o) = (Float(gain[channel]), Float(offset[channel]))
                var (n, sx, sy, sxx, sxy, residual) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
                from.withUnsafeBufferPointer { from in
                    to.withUnsafeBufferPointer { to in
                        for i in (channel * area)..<((channel + 1) * area) {
                            let (x, y) = (from[i], to[i])
                            let error = abs(y - (g * x + o))
                            if error > limit { continue }
                            n += 1
                            sx += Double(x)
                            sy += Double(y)
                            sxx += Double(x * x)
                            sxy += Double(x * y)
                            residual += Double(error)
                        }
                    }
                }
                guard n >= Double(area) / 4 else { break }
                let (mx, my) = (sx / n, sy / n)
                let spread = sxx / n - mx * mx
                // A picture of one colour has an offset and no gain.
                let slope = spread < 4 ? 1 : (sxy / n - mx * my) / spread
                gain[channel] = min(Self.gains.upperBound, max(Self.gains.lowerBound, slope))
                offset[channel] = min(
                    Self.offsets.upperBound, max(Self.offsets.lowerBound, my - gain[channel] * mx))
                limit = Float(3 * residual / n + 0.5)
            }
        }
    }

    /// A fit of three gains and three offsets, for red, green and blue.
    public init(gain: [Double], offset: [Double]) { (self.gain, self.offset) = (gain, offset) }

    /// The planes with the fit applied.
    func applied(to planes: [Float]) -> [Float] {
        let area = planes.count / 3
        var result = planes
        for channel in 0..<3 {
            let (g, o) = (Float(gain[channel]), Float(offset[channel]))
            for i in (channel * area)..<((channel + 1) * area) { result[i] = planes[i] * g + o }
        }
        return result
    }
}
