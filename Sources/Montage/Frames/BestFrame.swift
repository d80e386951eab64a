import Media

/// Chooses the frame that stands best for a clip: sharp, neither black nor white, and not at a cut.
///
/// Frames are offered one after the other; of some the score is taken. Such a candidate is only believed once
/// two more frames have come and none of the steps around it was a cut: a frame beside a cut may be half a
/// dissolve, and belongs to a shot that is nearly over. Where every frame is beside a cut the best of those
/// stands in.
struct BestFrame {
    /// How far a candidate must be from a cut, in frames.
    private static let distance = 2
    /// The mean difference from which a step counts as a cut.
    private static let cut = 0.08

    private final class Candidate {
        let frame: Frame
        let score: Double
        let index: Int?
        /// Frames since it.
        var age = 0
        var isAtCut: Bool

        init(_ frame: consuming Frame, score: Double, index: Int?, isAtCut: Bool) {
            self.frame = frame
            (self.score, self.index, self.isAtCut) = (score, index, isAtCut)
        }
    }

    private let glancer = Glancer()
    private let scorer = FrameScorer()
    private var before: Glance?
    private var lastStep = 0.0
    private var sinceCut = Int.max
    private var waiting: Candidate?
    private var best: Candidate?
    private var standIn: Candidate?

    init() {}

    /// Forgets what came before: the next frame is from another place of the clip.
    mutating func startAnew() {
        settle()
        before = nil
        sinceCut = Int.max
        lastStep = 0
    }

    /// Looks at a frame.
    ///
    /// - Parameter isCandidate: Whether it may be chosen; the others only tell where cuts are.
    mutating func offer(_ frame: borrowing Frame, index: Int?, isCandidate: Bool) throws {
        let glance = try glancer.glance(frame)
        let step = before.map { glance.difference(from: $0) } ?? 0
        // Much more than the step before, or it is only a lively picture.
        let isCut = step >= Self.cut && step > 2 * lastStep
        sinceCut = isCut ? 0 : (sinceCut == .max ? .max : sinceCut + 1)
        (before, lastStep) = (glance, step)
        if let waiting {
            waiting.age += 1
            if isCut, waiting.age <= Self.distance { waiting.isAtCut = true }
        }
        if isCandidate {
            settle()
            waiting = Candidate(
                try frame.reference(), score: try scorer.score(frame), index: index,
                isAtCut: sinceCut < Self.distance)
        }
    }

    /// Hands the one chosen to `body`; nil if none was offered.
    mutating func withChosen<R>(_ body: (borrowing Frame, _ index: Int?) throws -> R) rethrows -> R? {
        settle()
        guard let found = best ?? standIn else { return nil }
        return try body(found.frame, found.index)
    }

    private mutating func settle() {
        guard let held = waiting else { return }
        waiting = nil
        if held.isAtCut || held.score <= 0 {
            if held.score > (standIn?.score ?? -1) { standIn = held }
        } else if held.score > (best?.score ?? -1) {
            best = held
        }
    }
}
