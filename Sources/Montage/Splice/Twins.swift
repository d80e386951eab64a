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
    ///
    /// Coding changes a picture by some noise, a film by its movement: the step over the seam must be well below
    /// the steps beside it, or next to nothing.
    static func measure(after: String, before: String, interrupt: Interrupt) throws -> Int {
        func picture(_ path: String, _ position: FramePosition) throws -> Picture {
            try FrameExtraction.frame(of: path, at: position, interrupt: interrupt).picture
        }
        let last = try picture(after, .last)
        let first = try picture(before, .first)
        guard let over = distance(last, first) else { return 0 }
        if over <= noise { return 1 }
        let traits = (
            try ClipTraits.read(after, interrupt: interrupt),
            try ClipTraits.read(before, interrupt: interrupt)
        )
        guard traits.0.frames > 1, traits.1.frames > 1,
            let step = distance(try picture(after, .index(traits.0.frames - 2)), last),
            let next = distance(first, try picture(before, .index(1)))
        else { return 0 }
        return over < min(step, next) * share ? 1 : 0
    }

    /// Of 255, on average: below this nobody sees whether a frame is shown once or twice.
    private static let noise = 1.0
    /// Of the smaller step beside the seam.
    private static let share = 0.6

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
