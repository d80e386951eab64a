/// The sound that belongs to one run of pictures of the film.
public struct SoundPiece: Sendable, Codable, Equatable {
    /// The clip whose sound it is; nil for silence. A clip without sound gives silence too.
    public var source: String?
    /// Which of the source's pictures, at the film's rate, it belongs to; half-open. For silence only the
    /// length counts.
    public var frames: Range<Int>
    /// Whether the next piece goes on where this one ends in the story: its first picture is this clip's
    /// trimmed last one. The two sounds are then crossfaded instead of cut.
    public var chainedToNext: Bool

    /// Makes a piece.
    public init(source: String?, frames: Range<Int>, chainedToNext: Bool = false) {
        self.source = source
        self.frames = frames
        self.chainedToNext = chainedToNext
    }
}
