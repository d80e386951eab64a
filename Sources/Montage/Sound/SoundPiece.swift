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

    /// Frames for which the source's sound behind this piece runs on under the next one, in a crossfade of
    /// equal power: a dissolve. No more than the next piece has.
    public var runsOn: Int
    /// Frames over which the sound comes at the piece's beginning, because its picture does.
    public var fadeIn: Int
    /// Frames over which the sound goes at the piece's end, because its picture does.
    public var fadeOut: Int

    /// Makes a piece.
    public init(
        source: String?, frames: Range<Int>, chainedToNext: Bool = false, runsOn: Int = 0, fadeIn: Int = 0,
        fadeOut: Int = 0
    ) {
        self.source = source
        self.frames = frames
        self.chainedToNext = chainedToNext
        self.runsOn = runsOn
        self.fadeIn = fadeIn
        self.fadeOut = fadeOut
    }
}
