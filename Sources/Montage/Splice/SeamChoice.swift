public import Media

/// What is done where one clip follows another, as far as the pictures decide it.
public struct SeamChoice: Sendable, Codable, Equatable {
    /// Frames left out at the end of the clip before: those that are the first of the clip after.
    public var twins: Int
    /// What is done to the colours of the clip after; nil for nothing.
    public var match: ColourMatch?

    /// Makes a choice; by itself everything is left as it is.
    public init(twins: Int = 0, match: ColourMatch? = nil) {
        self.twins = twins
        self.match = match
    }

    /// The choice for each seam of a row of clips. Blocks.
    ///
    /// - Parameters:
    ///   - seams: `cut` leaves all as it is; `auto` is what `Seams.measure` finds in the pictures; `match` is the same,
    ///     with one frame where they do not tell.
    ///   - matching: Over how many frames at most colours may be corrected; nil for not at all.
    public static func all(
        _ inputs: [String], seams: Splice.Seams, matching: Int? = nil, interrupt: Interrupt
    ) throws -> [SeamChoice] {
        guard seams != .cut else { return inputs.dropFirst().map { _ in SeamChoice() } }
        return try zip(inputs, inputs.dropFirst()).map {
            try Seams.choice(
                after: $0, before: $1, chained: seams == .match, matching: matching, interrupt: interrupt)
        }
    }
}
