import Media

/// All that can be said of one seam. docs/SEAMS.md tells how each number is made.
public struct SeamReport: Sendable, Codable, Equatable {
    /// Likeness of brightness in structure (SSIM), 1 for equal pictures.
    public struct Structure: Sendable, Codable, Equatable {
        /// Of the two frames that meet.
        public var across: Double
        /// Of neighbouring frames at the end of the clip before, the middle one; nil for a single frame.
        public var before: Double?
        /// Of neighbouring frames at the beginning of the clip after.
        public var after: Double?
    }

    /// What moves, by block matching.
    public struct Motion: Sendable, Codable, Equatable {
        /// Way and speed of most of the picture.
        public struct Speed: Sendable, Codable, Equatable {
            /// To the right, in hundredths of the picture's width a frame.
            public var right: Double
            /// Downwards, in the same unit.
            public var down: Double
        }
        /// Before the seam; nil where nothing can be followed.
        public var before: Speed?
        /// Over the seam.
        public var across: Speed?
        /// After the seam.
        public var after: Speed?
        /// How far the motions before and after the seam lie apart: 0 alike, 1 one stands or they are at right
        /// angles, 2 opposite; nil where nothing can be followed.
        public var breaks: Double?
    }

    /// The parts of the score, each 0 to 1.
    public struct Parts: Sendable, Codable, Equatable {
        /// The step across beyond the usual step.
        public var jump: Double
        /// Frames that are still shown twice.
        public var hold: Double
        /// The shift of colour.
        public var colour: Double
        /// The break of motion.
        public var motion: Double
        /// The step of loudness.
        public var sound: Double
    }

    /// Whether the clip after was made from the last frame of the one before.
    public var isChained: Bool
    /// How many frames stand twice, and what tells us so.
    public var measure: SeamMeasure
    /// How many frames are left out at the tail of the clip before.
    public var droppedFrames: Int
    /// What is done and why, in one line.
    public var decision: String
    /// Likeness across the seam and beside it.
    public var structure: Structure
    /// Step between the frames that meet, in levels of 255 (root mean square), beside the usual steps in
    /// `measure`; with the colours as `match` makes them.
    public var step: Double
    /// How much brighter the clip after begins, in levels of 255.
    public var lumaStep: Double
    /// The difference of colour, ΔE of 2000, the mean over 16x9 fields: of the two copies of one frame where one
    /// stands twice, else of the frames that meet.
    public var colourDifference: Double
    /// The same once the colours of the clip after are fitted (`measure.colour`): what the fit cannot mend.
    public var colourDifferenceFitted: Double
    /// What the film does to the colours of the clip after; nil for nothing.
    public var match: ColourMatch?
    /// The motion.
    public var motion: Motion
    /// The sound; nil where neither clip has any.
    public var sound: SoundStep?
    /// How bad the seam is, 0 to 1: the worst of its parts, for one visible fault is enough.
    public var score: Double
    /// What the score is made of.
    public var parts: Parts

    init(
        _ edges: SeamEdges, measure: SeamMeasure, chained: Bool, dropped: Int, match: ColourMatch? = nil,
        interrupt: Interrupt
    ) throws {
        let tail = edges.tail.pictures
        let head = edges.head.pictures
        let dropped = min(max(0, dropped), tail.count - 1)
        let last = tail.count - 1 - dropped
        let (a, b) = (tail[last], head[0])
        // The frame of which `b` is a copy, where one was found; else the one it meets.
        let isTwin = measure.twinFrames > 0 && measure.evidence != .cut && measure.twinFrames <= tail.count
        let original = isTwin ? tail[tail.count - measure.twinFrames] : a
        isChained = chained
        self.measure = measure.rounded()
        droppedFrames = dropped
        structure = Structure(
            across: Montage.Structure.likeness(a, b).places(4),
            before: Self.middle(
                zip(tail[...last], tail[...last].dropFirst()).map { Montage.Structure.likeness($0, $1) })?
                .places(4),
            after: Self.middle(zip(head, head.dropFirst()).map { Montage.Structure.likeness($0, $1) })?
                .places(4))
        let even = [Float](repeating: 1, count: a.area)
        func steps(_ pictures: some Collection<SeamPicture>) -> [Double] {
            zip(pictures, pictures.dropFirst()).map { TwinSearch.distance($0.coarse, $1.coarse, even) }
        }
        // As they are shown.
        let step = TwinSearch.distance(a.coarse, match?.fit.applied(to: b.coarse) ?? b.coarse, even)
        self.step = step.places(3)
        lumaStep = (Self.mean(b.luma) - Self.mean(original.luma)).places(3)
        let difference = ColourDifference.mean(original, b)
        colourDifference = difference.places(3)
        colourDifferenceFitted = ColourDifference.mean(original, b, fit: measure.colour).places(3)
        self.match = match
        // What is seen is the difference that is left.
        let left = match.map { ColourDifference.mean(original, b, fit: $0.fit) } ?? difference
        let seen = Self.motion(Array(tail[...last]), head)
        motion = seen
        let rate = 1 / max(1e-6, edges.tail.step)
        // The clock where it can be believed, else by the count of frames.
        let end = edges.tail.seconds[last] + 1 / rate
        sound = try SoundEdge.step(after: edges.first, end: end, before: edges.second, interrupt: interrupt)?
            .rounded()
        let usual = max(
            Self.middle(steps(tail[...last])) ?? 0, Self.middle(steps(head)) ?? 0, TwinSearch.still)
        // What stands twice and is not left out, and what the head repeats of its own.
        let again = max(0, measure.twinFrames - dropped) + measure.heldFrames
        let parts = Parts(
            jump: min(1, max(0, (step / usual - 1.5) / 4.5)).places(3),
            hold: (Double(again) / Double(again + 2)).places(3),
            colour: min(1, left * (isTwin ? 1 : 0.5) / 10).places(3),
            motion: min(1, 0.5 * max(0, (seen.breaks ?? 0) - 0.25)).places(3),
            sound: min(0.5, max(0, (abs(sound?.step ?? 0) - 6) / 36)).places(3))
        self.parts = parts
        score = max(parts.jump, parts.hold, parts.colour, parts.motion, parts.sound)
        let matched = match.map { "; colours matched over \($0.frames) frames" } ?? ""
        decision = Self.words(measure, chained: chained, dropped: dropped) + matched
    }

    private static func words(_ measure: SeamMeasure, chained: Bool, dropped: Int) -> String {
        let frames = { (count: Int) in count == 1 ? "1 frame" : "\(count) frames" }
        let found =
            switch measure.evidence {
            case .likeness:
                "\(frames(measure.twinFrames)) \(measure.twinFrames == 1 ? "stands" : "stand") twice"
            case .motion: "the motion goes on, nothing stands twice"
            case .cut: "the pictures are different ones"
            case .still:
                chained
                    ? "the pictures do not tell, and the shot is chained: 1 frame is taken to stand twice"
                    : "the pictures do not tell"
            }
        let done = dropped == 0 ? "nothing is left out" : "\(frames(dropped)) left out before the seam"
        return "\(found); \(done)"
    }

    private static func motion(_ tail: [SeamPicture], _ head: [SeamPicture]) -> Motion {
        let width = Double(tail.first?.width ?? 1)
        func speed(_ field: MotionField?) -> Motion.Speed? {
            guard let field, let middle = field.middle else { return nil }
            let unit = 100 / width / Double(field.frames)
            return .init(right: (middle.x * unit).places(3), down: (middle.y * unit).places(3))
        }
        let before = MotionField(along: Array(tail.suffix(4)), toEnd: true)
        let after = MotionField(along: Array(head.prefix(4)), toEnd: false)
        let across = tail.last.map { MotionField(from: $0, to: head[0]) }
        let breaks = before.flatMap { before in after.flatMap { before.breakAgainst($0) } }
        return Motion(
            before: speed(before), across: speed(across), after: speed(after), breaks: breaks?.places(3))
    }

    private static func mean(_ samples: [Float]) -> Double {
        samples.reduce(0.0) { $0 + Double($1) } / Double(max(1, samples.count))
    }

    private static func middle(_ values: [Double]) -> Double? {
        values.isEmpty ? nil : values.sorted()[values.count / 2]
    }
}

extension Double {
    /// Rounded to so many decimals: what comes after them is no measurement, and would only make reports differ.
    fileprivate func places(_ count: Int) -> Double {
        var scale = 1.0
        for _ in 0..<count { scale *= 10 }
        return (self * scale).rounded() / scale
    }
}

extension SeamMeasure {
    fileprivate func rounded() -> SeamMeasure {
        var result = self
        result.likeness = likeness.places(3)
        result.progress = progress?.places(2)
        result.stepBefore = stepBefore.places(3)
        result.stepAfter = stepAfter.places(3)
        result.colour = ColourFit(
            gain: colour.gain.map { $0.places(4) }, offset: colour.offset.map { $0.places(2) })
        return result
    }
}

extension SoundStep {
    fileprivate func rounded() -> SoundStep {
        SoundStep(
            before: before.places(1), after: after.places(1), step: step.places(1),
            sampleStep: sampleStep.places(4))
    }
}
