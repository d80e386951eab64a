import Media

/// What brings the colours of a clip's beginning to those of the clip that it goes on from, and lets go of them
/// again. docs/SEAMS.md says when there is one.
public struct ColourMatch: Sendable, Codable, Equatable {
    /// What is done to the clip's first frame, whole; to the later ones less and less.
    public var fit: ColourFit
    /// The frame from which on nothing is done; frames are counted from the clip's first.
    public var frames: Int

    /// The most frames it may reach over; a storyboard's `clip` is this.
    public static let longest = 1200
    /// A copy that has drifted further than this is brought back by this much.
    private static let gains = 0.85...1.18
    private static let offsets = -16.0...16.0
    /// Mean ΔE below which nobody sees a step.
    private static let seen = 0.5

    /// A correction; frames below 1 are none.
    public init(fit: ColourFit, frames: Int) {
        self.fit = fit
        self.frames = frames
    }

    /// The correction that a seam calls for; nil where there is no twin to compare by, nothing is to be seen, or the
    /// fit would not mend it.
    ///
    /// - Parameters:
    ///   - measure: Of the seam.
    ///   - before: The frame that was copied.
    ///   - after: Its copy.
    ///   - frames: How far it may reach.
    init?(_ measure: SeamMeasure, before: SeamPicture, after: SeamPicture, frames: Int) {
        guard measure.twinFrames > 0, measure.evidence == .likeness || measure.evidence == .still, frames > 0
        else { return nil }
        func held(_ value: Double, _ range: ClosedRange<Double>, _ places: Double) -> Double {
            (min(range.upperBound, max(range.lowerBound, value)) * places).rounded() / places
        }
        // Of a picture that does not move the fit is made here: the search asks for motion first.
        let wide =
            measure.evidence == .likeness
            ? measure.colour : ColourFit(from: after.coarse, to: before.coarse)
        let fit = ColourFit(
            gain: wide.gain.map { held($0, Self.gains, 10_000) },
            offset: wide.offset.map { held($0, Self.offsets, 100) })
        let difference = ColourDifference.mean(before, after)
        guard difference >= Self.seen,
            ColourDifference.mean(before, after, fit: fit) <= 0.75 * difference
        else { return nil }
        self.init(fit: fit, frames: frames)
    }

    /// How much of the correction frame `frame` gets, in 65536ths: all of the first, none from `frames` on, and the
    /// way down begins and ends level, so that no step of brightness is seen.
    func weight(of frame: Int) -> Int {
        guard frame < frames else { return 0 }
        let (t, n) = (Double(max(0, frame)) / Double(frames), 65536.0)
        return Int((n * (1 - t * t * (3 - 2 * t))).rounded())
    }
}
