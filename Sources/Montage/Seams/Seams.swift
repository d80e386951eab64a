// Seams: what one sees and hears where one clip goes over into the next.
//
// The idea. A shot that was generated from the last frame of the one before shows that frame again: it stands
// on both sides of the seam, once as it was and once as the model and an encoder copied it. How many frames
// stand twice is measured here and not assumed. The last frames of the clip before and the first ones of the
// clip after are reduced to small pictures, and the question is put to each clip's own motion: is the step
// across the seam much less than the steps on either side of it? Then a frame is shown twice. In a scene that
// stands still the question has no answer, and then the storyboard's word decides.
//
// Three types to know:
// - `SeamMeasure`: how many frames stand twice, and what tells us so. `Seams.measure` makes it.
// - `SeamReport`: that and all else that can be said of a seam: likeness, colour, motion, sound, and one score.
// - `TwinSearch`: the decision itself, a pure function of small pictures.
//
// What this folder does not do: it joins nothing and changes no clip. docs/SEAMS.md says what each number is.

public import Media

/// Measures the seams between clips.
public enum Seams {
    /// Raise it when equal clips no longer give equal reports: it is part of the work key of a film's seams.
    public static let version = 2

    /// How many frames on either side are looked at.
    static let depth = 12

    /// Finds how many frames stand twice where `second` follows `first`. Blocks.
    ///
    /// The last 12 presented frames of the one and the first 12 of the other are decoded, nothing else where
    /// the file can be entered near its end.
    ///
    /// - Parameters:
    ///   - first: The clip that the seam comes after.
    ///   - second: The clip that the seam comes before.
    ///   - chained: Whether the second clip was made from the last frame of the first. Then one frame counts as
    ///     a twin unless the pictures say otherwise.
    ///   - interrupt: Stops the work.
    /// - Throws: `MontageError.noVideo`, `.noSuchFrame`; `MediaError` for a file that cannot be opened.
    public static func measure(
        after first: String, before second: String, chained: Bool = false, interrupt: Interrupt
    ) throws -> SeamMeasure {
        let edges = try SeamEdges(after: first, before: second, interrupt: interrupt)
        return TwinSearch(tail: edges.tail.pictures, head: edges.head.pictures).measure(chained: chained)
    }

    /// Says all there is to say about the seam where `second` follows `first`. Blocks.
    ///
    /// - Parameters: As `measure`.
    /// - Parameters:
    ///   - dropped: How many frames at the tail of the first clip the film leaves out; nil for as many as stand
    ///     twice. All that is compared are the frames that then meet.
    ///   - matching: Over how many frames at most the colours of the second clip may be corrected; nil for not at
    ///     all. Then they are read as well, since no correction goes on behind a cut.
    /// - Returns: The report, and the pictures on both sides for a contact sheet.
    public static func report(
        after first: String, before second: String, chained: Bool = false, dropped: Int? = nil,
        matching: Int? = nil, interrupt: Interrupt
    ) throws -> (report: SeamReport, strip: SeamStrip) {
        let edges = try SeamEdges(after: first, before: second, interrupt: interrupt)
        let measure = TwinSearch(tail: edges.tail.pictures, head: edges.head.pictures).measure(
            chained: chained)
        let report = try SeamReport(
            edges, measure: measure, chained: chained, dropped: dropped ?? measure.twinFrames,
            match: try match(edges, measure, matching: matching, interrupt: interrupt), interrupt: interrupt)
        return (report, try SeamStrip(edges, dropped: report.droppedFrames))
    }

    /// What `measure` finds, and the correction that `report` would make.
    ///
    /// - Parameters:
    ///   - threads: Of the decoders; 0 for as many as there are cores.
    ///   - atHand: Receives the first clip's last frames and how many of them stand twice, before they are let go.
    static func choice(
        after first: String, before second: String, chained: Bool, matching: Int?, threads: Int = 0,
        interrupt: Interrupt, atHand: ((EdgeFrames, Int) throws -> Void)? = nil
    ) throws -> SeamChoice {
        let edges = try SeamEdges(
            after: first, before: second, threads: threads, keepsTail: atHand != nil, interrupt: interrupt)
        let measure = TwinSearch(tail: edges.tail.pictures, head: edges.head.pictures).measure(
            chained: chained)
        if measure.twinFrames > 0 { try atHand?(edges.tail, measure.twinFrames) }
        return SeamChoice(
            twins: measure.twinFrames,
            match: try match(edges, measure, matching: matching, interrupt: interrupt))
    }

    /// The correction of a seam, not beyond a cut.
    private static func match(
        _ edges: SeamEdges, _ measure: SeamMeasure, matching: Int?, interrupt: Interrupt
    ) throws -> ColourMatch? {
        let tail = edges.tail.pictures
        guard let matching, measure.twinFrames > 0, measure.twinFrames <= tail.count,
            var match = ColourMatch(
                measure, before: tail[tail.count - measure.twinFrames], after: edges.head.pictures[0],
                frames: matching)
        else { return nil }
        if let cut = try firstCut(of: edges.second, within: match.frames, interrupt: interrupt) {
            match.frames = cut
        }
        return match
    }

    /// The first frame of a new scene among a clip's first frames; nil where they are one scene.
    private static func firstCut(of path: String, within frames: Int, interrupt: Interrupt) throws -> Int? {
        let walk = try FrameWalk(path: path, accept: .media, interrupt: interrupt)
        let glancer = Glancer()
        var detector = CutDetector()
        let frame = try Frame()
        var answered = 0
        while answered < frames, try walk.next(into: frame) {
            guard let isCut = try detector.add(glancer.glance(frame)) else { continue }
            if isCut { return answered }
            answered += 1
        }
        for isCut in detector.finish() {
            if isCut { return answered < frames ? answered : nil }
            answered += 1
        }
        return nil
    }
}
