import Foundation
public import Media
import Synchronization

/// Joins clips by moving their packets: decides what can be moved, encodes only what must be, proves the rest.
public struct Splice: Sendable {
    /// Whether twins are left out at the seams.
    public enum Seams: String, Sendable, Codable, CaseIterable {
        /// Nothing is left out.
        case cut
        /// Each clip goes on where the one before it ended: the last frame of the one is the first of the next,
        /// and is shown once.
        case match
        /// As `match` where the two frames are found to be the same picture, else as `cut`.
        case auto
    }

    /// How seams are measured.
    public struct Measuring: Sendable, Codable, Equatable {
        /// Whether twins are left out.
        public var seams: Seams
        /// Over how many frames at most colours may be corrected; nil for not at all.
        public var matching: Int?

        /// Says how.
        public init(_ seams: Seams, matching: Int? = nil) {
            self.seams = seams
            self.matching = matching
        }
    }

    /// The clips, in order.
    public var inputs: [String]
    /// Where the film will stand; replaced if it is there.
    public var output: String
    /// The delivery: container, sound, and pictures where they are encoded.
    public var preset: Preset
    /// Whether the preset was asked for by name; one that encodes is then obeyed.
    public var isPresetNamed: Bool
    /// Whether packets may be moved.
    public var mode: JoinMode
    /// What is done at each seam, unless it is measured.
    public var seams: [SeamChoice]
    /// How the seams are found by measuring; nil takes them from `seams`.
    public var measuring: Measuring?
    /// The loudness that the whole is brought to; nil for the preset's, if it has one.
    public var loudness: LoudnessTarget?
    /// The title in the file's tags.
    public var title: String?

    /// Makes a job.
    public init(
        inputs: [String], output: String, preset: Preset, isPresetNamed: Bool = false, mode: JoinMode = .auto,
        seams: [SeamChoice]? = nil, loudness: LoudnessTarget? = nil, title: String? = nil
    ) {
        self.inputs = inputs
        self.output = output
        self.preset = preset
        self.isPresetNamed = isPresetNamed
        self.mode = mode
        self.seams = seams ?? inputs.dropFirst().map { _ in SeamChoice() }
        self.loudness = loudness
        self.title = title
    }

    /// Decides what becomes of each clip; reads them and writes nothing. Blocks.
    public func plan(interrupt: Interrupt) throws -> JoinPlan {
        try measured(tails: nil, interrupt: interrupt).decide(interrupt: interrupt).plan
    }

    private func measured(tails: EarlyTails?, interrupt: Interrupt) throws -> Splice {
        guard let measuring else { return self }
        var job = self
        job.seams = try SeamChoice.all(
            inputs, seams: measuring.seams, matching: measuring.matching, tails: tails, interrupt: interrupt)
        return job
    }

    /// Joins, proves, publishes. Blocks.
    ///
    /// - Throws: `MontageError`: `incompatible` where the mode is `copy` and something cannot be copied,
    ///   `proofFailed`; `MediaError`. No file is left.
    public func run(
        interrupt: Interrupt, progress: (@Sendable (Double) -> Void)? = nil
    ) throws -> (proof: Proof, plan: JoinPlan) {
        for path in inputs { _ = try Pending([output], input: path) }
        let scratch = try ScratchFolder()
        let tails = EarlyTails(inputs.indices.map { scratch.file("end-\($0).mp4") })
        let job = try measured(tails: mayCopy ? tails : nil, interrupt: interrupt)
        return try job.join(scratch, tails, interrupt: interrupt, progress: progress)
    }

    private var encodes: Bool { (preset.video.mode ?? .encode) == .encode }
    private var mayCopy: Bool { mode != .encode && !(mode == .auto && isPresetNamed && encodes) }

    private func join(
        _ scratch: ScratchFolder, _ tails: EarlyTails, interrupt: Interrupt,
        progress: (@Sendable (Double) -> Void)?
    ) throws -> (proof: Proof, plan: JoinPlan) {
        let (clips, plan) = try decide(interrupt: interrupt)
        guard plan.copies else {
            var preset = preset
            preset.video.mode = nil
            let shown = clips.indices.map { place in
                plan.clips[place].dropped > 0
                    ? Concat.Shown(
                        frames: clips[place].frames - plan.clips[place].dropped, rate: clips[place].rate)
                    : nil
            }
            let level = try measureLoudness(clips, plan, interrupt: interrupt)
            var proof = try Concat.run(
                inputs: inputs, shown: shown, matches: [nil] + seams.map(\.match), output: output,
                preset: preset, gain: level?.factor ?? 1, title: title, interrupt: interrupt,
                progress: progress)
            proof.loudness = level
            return (proof, plan)
        }
        let proof = try copy(
            clips, plan, scratch, tails, interrupt: interrupt, progress: progress)
        return (proof, plan)
    }

    /// The first pass over the sound of clips that are encoded together; nil where no loudness is asked for. One gain
    /// for the whole follows, and no limiter.
    private func measureLoudness(
        _ clips: [ClipTraits], _ plan: JoinPlan, interrupt: Interrupt
    ) throws -> LoudnessReport? {
        guard let audio = preset.audio, let target = loudness ?? audio.loudness, let first = clips.first
        else { return nil }
        var format = FilmFormat(width: first.width, height: first.height, rate: first.rate)
        (format.sampleRate, format.layout) = (audio.sampleRate, audio.layout)
        return try Mixdown.measure(
            zip(clips, plan.clips).map {
                SoundPiece(source: $0.sound == nil ? nil : $0.path, frames: 0..<$1.frames)
            }, format: format, target: target, interrupt: interrupt)
    }

    /// The clips' traits, read side by side. All that are alike hold one copy of their header.
    private func read(_ interrupt: Interrupt) throws -> [ClipTraits] {
        let found = Mutex<[Int: ClipTraits]>([:])
        let inputs = inputs
        let workers = ProcessInfo.processInfo.activeProcessorCount
        try eachSideBySide(inputs.count, workers: workers, interrupt) { place in
            var traits = try ClipTraits.read(inputs[place], interrupt: interrupt)
            found.withLock { found in
                if let same = found.values.first(where: { $0.header == traits.header }) {
                    (traits.header, traits.sets) = (same.header, same.sets)
                }
                found[place] = traits
            }
        }
        return found.withLock { found in inputs.indices.compactMap { found[$0] } }
    }

    private func decide(interrupt: Interrupt) throws -> (clips: [ClipTraits], plan: JoinPlan) {
        guard !inputs.isEmpty else {
            throw MontageError(
                .invalidArgument, operation: "there are no clips to join", subject: output,
                hint: "Name at least one clip.")
        }
        let clips = try read(interrupt)
        var planner = JoinPlanner(
            clips: clips, seams: seams, mode: mode, container: preset.container,
            encodingPreset: isPresetNamed && encodes ? preset.name : nil)
        planner.encoders = Set(["h264", "hevc"].filter(SeamTail.canEncode))
        return (clips, try planner.plan())
    }

    private func copy(
        _ clips: [ClipTraits], _ plan: JoinPlan, _ scratch: ScratchFolder, _ tails: EarlyTails,
        interrupt: Interrupt, progress: (@Sendable (Double) -> Void)?
    ) throws -> Proof {
        let reference = clips[plan.reference]
        guard let coded = reference.parameters else {
            throw MontageError(.noVideo, operation: "no picture came", subject: reference.path)
        }
        var parts: [JoinPart] = []
        var frames: [Int] = []
        var sets = reference.sets
        var delay = 0
        var sound: [SoundPiece] = []
        let format = FilmFormat(
            width: reference.width, height: reference.height, rate: reference.rate, colour: reference.colour)
        func number(_ id: Int?) throws -> Int {
            guard let id else {
                throw SegmentScan.fault(output, "its plan has no number for new parameter sets")
            }
            return id
        }
        func add(_ segment: String) throws -> Int {
            let scan = try SegmentScan([JoinPart(path: segment)], rate: format.rate, interrupt: interrupt)
            guard let own = ParameterSets(scan.parameters), let common = sets else {
                throw SegmentScan.fault(segment, "it has no parameter sets")
            }
            if let conflict = own.conflict(with: common) { throw SegmentScan.fault(segment, conflict) }
            sets = common.merged(with: own)
            delay = max(delay, scan.delay)
            parts.append(JoinPart(path: segment))
            frames.append(scan.frameCount)
            return scan.frameCount
        }
        for (place, part) in plan.clips.enumerated() {
            let clip = clips[place]
            var shown = part.frames
            switch part.treatment {
            case .copy, .seam:
                if let own = clip.sets { sets = sets?.merged(with: own) }
                delay = max(delay, clip.delay)
                if part.copied > 0 {
                    parts.append(JoinPart(path: clip.path, frames: part.copied, isSource: true))
                    frames.append(part.copied)
                }
                if part.treatment == .seam {
                    let (frames, setID) = (part.copied..<part.frames, try number(plan.tailSetID))
                    if let path = tails.file(place, frames: frames, like: reference, setID: setID) {
                        _ = try add(path)
                    } else {
                        let path = scratch.file("tail-\(place).mp4")
                        try SeamTail.render(
                            clip, frames: frames, like: reference, setID: setID, to: path,
                            interrupt: interrupt)
                        _ = try add(path)
                    }
                }
            case .conform, .encode:
                let path = scratch.file("clip-\(place).mp4")
                try SeamTail.conform(
                    clip, frames: part.dropped > 0 ? 0..<part.frames : nil,
                    match: place > 0 ? seams[place - 1].match : nil, to: format, like: reference,
                    setID: try number(plan.conformSetID), path: path, interrupt: interrupt)
                shown = try add(path)
            }
            sound.append(
                SoundPiece(
                    source: clip.sound != nil ? clip.path : nil, frames: 0..<shown,
                    chainedToNext: part.dropped > 0))
            progress?(0.4 * Double(place + 1) / Double(clips.count))
        }
        var job = JoinJob(
            parts: parts, sound: sound, format: format, preset: preset, output: output, title: title)
        if !clips.contains(where: { $0.sound != nil }) { job.preset.audio = nil }
        job.mix = loudness.map { FilmSound(loudness: $0) }
        let scan = SegmentScan(parameters: try coded.carrying(sets), frames: frames, delay: delay)
        return try Join.run(
            job, scan: scan, sound: try copiedSound(clips, plan, rate: format.rate, interrupt: interrupt),
            interrupt: interrupt
        ) { progress?(0.4 + 0.6 * $0) }
    }

    /// Sound that can be moved too: asked for by the preset, coded alike in all clips, as loud as it is, and nowhere
    /// cut.
    private func copiedSound(
        _ clips: [ClipTraits], _ plan: JoinPlan, rate: Rational, interrupt: Interrupt
    ) throws -> CopiedSound? {
        guard loudness == nil, preset.audio?.mode == .copy, preset.isMovie, let first = clips.first?.sound,
            ["aac", "mp3"].contains(first.codec), clips.allSatisfy({ $0.sound == first }),
            plan.clips.allSatisfy({ $0.dropped == 0 && $0.treatment == .copy })
        else { return nil }
        return try CopiedSound(
            zip(clips, plan.clips).map { ($0.path, $1.frames) }, rate: rate, interrupt: interrupt)
    }
}
