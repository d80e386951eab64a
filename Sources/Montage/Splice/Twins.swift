public import Media

/// Tells how many frames are shown twice where one clip follows another: the last of the one, which are the first
/// of the other.
public enum Twins {
    /// The number for each seam of a row of clips. Blocks.
    ///
    /// - Parameter seams: `cut` is 0 everywhere, `match` is 1, `auto` looks at the pictures.
    public static func find(
        _ inputs: [String], seams: Splice.Seams, interrupt: Interrupt
    ) throws -> [Int] {
        switch seams {
        case .cut: return Array(repeating: 0, count: max(0, inputs.count - 1))
        case .match: return Array(repeating: 1, count: max(0, inputs.count - 1))
        case .auto:
            return try zip(inputs, inputs.dropFirst()).map {
                try measure(after: $0, before: $1, interrupt: interrupt)
            }
        }
    }

    /// 1 where the last frame of `after` is the first of `before`, but for what coding changes; else 0. Blocks.
    static func measure(after: String, before: String, interrupt: Interrupt) throws -> Int {
        let last = try FrameExtraction.frame(of: after, at: .last, interrupt: interrupt)
        let first = try FrameExtraction.frame(of: before, at: .first, interrupt: interrupt)
        return distance(last.picture, first.picture).map { $0 <= noise } == true ? 1 : 0
    }

    /// Of 255, on average: what two codings of one picture differ by at most.
    private static let noise = 3.0

    /// The mean difference of two pictures' samples, of 255; nil where they have no like samples.
    private static func distance(_ one: Picture, _ other: Picture) -> Double? {
        guard one.width == other.width, one.height == other.height, one.bitDepth == 8, other.bitDepth == 8,
            one.channels == other.channels, !one.bytes.isEmpty
        else { return nil }
        let sum = one.bytes.withUnsafeBufferPointer { a in
            other.bytes.withUnsafeBufferPointer { b in
                var sum = 0
                for i in 0..<min(a.count, b.count) { sum += abs(Int(a[i]) - Int(b[i])) }
                return sum
            }
        }
        return Double(sum) / Double(one.bytes.count)
    }
}
