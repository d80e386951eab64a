import Media

/// A frame as 64x36 small pixels: enough to tell how much a picture differs from the one before.
struct Glance {
    static let width = 64
    static let height = 36
    /// Red, green and blue of each, so that a change of colour alone is seen too.
    let samples: [UInt8]

    /// The mean difference of two glances, 0 to 1.
    func difference(from other: Glance) -> Double {
        guard samples.count == other.samples.count else { return 1 }
        var sum = 0
        for i in samples.indices { sum += abs(Int(samples[i]) - Int(other.samples[i])) }
        return Double(sum) / Double(255 * max(1, samples.count))
    }
}

/// Makes glances of one stream's frames.
final class Glancer {
    private let scaler = KeptScaler { _ in
        VideoFormat(
            width: Glance.width, height: Glance.height, pixelFormat: .rgb24, timeBase: Rational(1, 25))
    }

    /// The frame's glance.
    func glance(_ frame: borrowing Frame) throws -> Glance {
        Glance(samples: try scaler.scale(frame).packedBytes())
    }
}
