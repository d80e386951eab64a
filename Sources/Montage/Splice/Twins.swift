public import Media

/// Tells how many frames are shown twice where one clip follows another: the last of the one, which are the first
/// of the other.
public enum Twins {
    /// The number for each seam of a row of clips. Blocks.
    ///
    /// - Parameter seams: `cut` is 0 everywhere; `auto` is what `Seams.measure` finds in the pictures; `match` is the
    ///   same, with one frame where they do not tell.
    public static func find(
        _ inputs: [String], seams: Splice.Seams, interrupt: Interrupt
    ) throws -> [Int] {
        guard seams != .cut else { return Array(repeating: 0, count: max(0, inputs.count - 1)) }
        return try zip(inputs, inputs.dropFirst()).map {
            try Seams.measure(after: $0, before: $1, chained: seams == .match, interrupt: interrupt)
                .twinFrames
        }
    }
}
