/// How many frames stand twice at a seam, and what tells us so.
public struct SeamMeasure: Sendable, Codable, Equatable {
    /// Why the count is what it is.
    public enum Evidence: String, Sendable, Codable {
        /// The step across the seam is much less than the clips' own steps: frames stand twice.
        case likeness
        /// The motion goes on across the seam as it went before it: nothing stands twice.
        case motion
        /// The pictures on the two sides are different ones: nothing stands twice.
        case cut
        /// The scene hardly moves, or its grain hides what does: the pictures do not tell.
        case still
    }

    /// How many frames to drop at the tail of the clip before, so that the motion goes on: the frame before
    /// those is followed by the first frame of the clip after as it was followed in its own clip.
    public var twinFrames: Int
    /// How many frames at the head of the clip after repeat its first one; 0 where it moves at once.
    public var heldFrames: Int
    /// How many frames at the tail of the clip before repeat the one before them; 0 where it moves to the end.
    public var tailHeldFrames: Int
    /// What the count rests on.
    public var evidence: Evidence
    /// Whether the pictures do not tell, and the count is the storyboard's word: one for a chained shot, else
    /// none.
    public var isAssumed: Bool
    /// The difference of the most alike pair of frames across the seam, the colour fit taken out, as a share of
    /// the usual step from frame to frame: near 0 for a twin, near 1 where motion goes on.
    public var likeness: Double
    /// Where on the time line of the clip before the first frame of the one after lies, in frames after its
    /// last: 0 for a twin, 1 where motion goes on; nil where no steady motion tells.
    public var progress: Double?
    /// The usual step from frame to frame at the end of the clip before, in levels of 255.
    public var stepBefore: Double
    /// The usual step from frame to frame at the beginning of the clip after, in levels of 255.
    public var stepAfter: Double
    /// What makes the colours of the clip after those of the clip before, fitted on the most alike pair.
    public var colour: ColourFit
}
