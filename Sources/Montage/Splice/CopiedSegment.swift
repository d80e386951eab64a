public import Media

/// A segment whose pictures are the clip's own packets, with the few frames before a cut encoded, and those before the
/// first keyframe where it begins inside the clip or has its colours corrected.
///
/// It is a segment like any other: an MP4 without sound, at the film's size and rate, that `Join` moves into the
/// film. A clip that cannot be copied, by itself or since it has another size or rate than the film, is encoded
/// into one, and the report says why.
enum CopiedSegment {
    /// Numbers of parameter sets that encoders do not use by themselves.
    private static let (tailID, conformID, blendID) = (31, 30, 29)

    /// How the frames of a dissolve or a fade are encoded that stand among copied ones: like the clip before, with
    /// parameter sets of a number of their own.
    static func besideCopies(
        _ output: SegmentOutput, of job: BlendJob, interrupt: Interrupt
    ) throws -> SegmentOutput {
        let clip = try ClipTraits.read(job.before.source, interrupt: interrupt)
        guard SeamTail.canEncode(clip.codec) else {
            throw MontageError(
                .incompatible, operation: "no frames can be encoded beside copies of \(clip.codec)",
                subject: job.before.source, hint: "Deliver the film by a preset that encodes, like mp4-web.")
        }
        var output = output
        output.preset.video = SeamTail.preset(like: clip, setID: blendID)
        return output
    }

    /// Gives blended frames that were encoded by `besideCopies` their numbers, where their encoder could not.
    static func numberBlend(_ path: String, codec: String, rate: Rational, interrupt: Interrupt) throws {
        try SeamTail.number(path, codec: codec, rate: rate, setID: blendID, interrupt: interrupt)
    }

    /// Makes the segment at `path`, proved packet by packet. Blocks.
    static func render(
        _ job: SegmentJob, preset: Preset, to path: String, interrupt: Interrupt
    ) throws -> SegmentReport {
        let clip = try ClipTraits.read(job.source, interrupt: interrupt)
        let first = job.frames?.lowerBound ?? 0
        let shown = job.frames?.upperBound ?? clip.frames
        let fitting = try job.fitting.map { try ClipTraits.read($0, interrupt: interrupt) }
        let reasons =
            fitting == nil
            ? obstacles(clip, job: job, first: first, shown: shown)
            : ["its parameter sets do not go with the other shots'"]
        let scratch = try ScratchFolder()
        var parts: [JoinPart] = []
        if let reason = reasons.first {
            var wanted = fitting ?? clip
            (wanted.width, wanted.height) = (job.format.width, job.format.height)
            wanted.rate = job.format.rate
            guard SeamTail.canEncode(wanted.codec) else {
                throw MontageError(
                    .incompatible, operation: "it cannot be copied into the film: \(reason)",
                    subject: job.source, hint: "Deliver the film by a preset that encodes, like mp4-web.")
            }
            let file = scratch.file("conformed.mp4")
            try SeamTail.conform(
                clip, frames: job.frames, match: job.match, to: job.format, like: wanted, setID: conformID,
                path: file,
                interrupt: interrupt)
            parts = [JoinPart(path: file)]
        } else {
            let copied = clip.cuts.last { $0 <= shown } ?? 0
            let start = start(of: clip, job: job, first: first, copied: copied)
            if let start, start.frame > first {
                let file = scratch.file("head.mp4")
                try SeamTail.conform(
                    clip, frames: first..<start.frame, match: job.match, to: job.format, like: clip,
                    setID: conformID, path: file, interrupt: interrupt)
                parts.append(JoinPart(path: file))
            }
            let begun = start?.frame ?? 0
            if copied > begun {
                parts.append(
                    JoinPart(
                        path: clip.path, frames: copied - begun, startTicks: start?.ticks, isSource: true))
            }
            if copied < shown {
                let file = scratch.file("tail.mp4")
                try SeamTail.render(
                    clip, frames: copied..<shown, like: clip, setID: tailID, to: file, interrupt: interrupt)
                parts.append(JoinPart(path: file))
            }
        }
        var bare = preset
        (bare.container, bare.audio, bare.muxerOptions) = ("mp4", nil, [:])
        let join = JoinJob(parts: parts, sound: [], format: job.format, preset: bare, output: path)
        let proof = try Join.run(join, interrupt: interrupt)
        return SegmentReport(
            path: path, preset: preset.name, frames: proof.frames, codec: proof.videoCodec,
            byteCount: proof.byteCount, sha256: proof.sha256,
            findings: reasons.isEmpty
                ? [] : ["it was encoded, not copied: " + reasons.joined(separator: "; ")],
            bitExactFrames: proof.bitExactFrames)
    }

    /// The first keyframe behind what must be encoded at the beginning, and before what is at the end; nil where the
    /// clip is copied from its first frame on, or not at all.
    private static func start(
        of clip: ClipTraits, job: SegmentJob, first: Int, copied: Int
    ) -> ClipTraits.Entry? {
        let free = first + (job.match?.frames ?? 0)
        return free == 0 ? nil : clip.starts.first { $0.frame >= free && $0.frame < copied }
    }

    private static func obstacles(_ clip: ClipTraits, job: SegmentJob, first: Int, shown: Int) -> [String] {
        var reasons = clip.faults
        let format = job.format
        if (clip.width, clip.height) != (format.width, format.height) {
            reasons.append("its size is \(clip.width)x\(clip.height)")
        }
        if clip.rate != format.rate { reasons.append("its rate is \(clip.rate.words) frames a second") }
        if clip.pixelAspect.num != clip.pixelAspect.den { reasons.append("its pixels are not square") }
        if let colour = format.colour, colour != clip.colour { reasons.append("its colour differs") }
        let copied = clip.cuts.last { $0 <= shown } ?? 0
        if start(of: clip, job: job, first: first, copied: copied) == nil {
            if job.match != nil { reasons.append("its colours are matched to the shot before") }
            if first > 0 { reasons.append("it does not begin with the clip's first frame") }
        } else {
            reasons += headFaults(clip)
        }
        if reasons.isEmpty, shown > clip.frames { reasons.append("it has only \(clip.frames) frames") }
        if reasons.isEmpty, copied != shown {
            reasons += clip.tailFaults
            if isTaken(tailID, by: clip) {
                reasons.append("its parameter sets have the numbers of encoded ends")
            }
        }
        return reasons
    }

    /// Why frames cannot be encoded beside its packets at its beginning.
    private static func headFaults(_ clip: ClipTraits) -> [String] {
        if SeamTail.encoder(of: clip.codec) == nil {
            return ["\(clip.codec) has no parameter sets by number"]
        }
        if !SeamTail.canEncode(clip.codec) { return ["this FFmpeg has no encoder for its ends"] }
        return isTaken(conformID, by: clip)
            ? ["its parameter sets have the numbers of encoded beginnings"]
            : clip.tailFaults.filter { !$0.contains("recovery points") }
    }

    private static func isTaken(_ id: Int, by clip: ClipTraits) -> Bool {
        clip.sets.map { !$0.isFree(id) } ?? false
    }
}

extension Segments {
    /// The segments whose parameter sets do not go with those of the most frames, and one that the film has the
    /// header of: render the former once more with `SegmentJob.fitting`. Reads headers only. Blocks.
    public static func outliers(
        of segments: [(path: String, frames: Int)], interrupt: Interrupt
    ) throws -> (reference: Int, outliers: [Int]) {
        var seen: [[UInt8]: ParameterSets] = [:]
        let sets = try segments.map { segment -> ParameterSets? in
            let demuxer = try Demuxer(
                path: segment.path, accept: .clips, analyse: .none, interrupt: interrupt)
            guard let coded = demuxer.bestStream(.video).map({ demuxer.streams[$0].parameters }) else {
                return nil
            }
            let header = coded.extradata
            if let known = seen[header] { return known }
            let own = ParameterSets(coded)
            seen[header] = own
            return own
        }
        var best = (reference: 0, frames: -1, outliers: [Int]())
        var tried: [ParameterSets] = []
        for place in sets.indices {
            guard let own = sets[place], !tried.contains(own) else { continue }
            tried.append(own)
            var common = own
            var (frames, outliers) = (0, [Int]())
            for other in sets.indices {
                guard let theirs = sets[other], theirs.conflict(with: common) == nil else {
                    outliers.append(other)
                    continue
                }
                common = common.merged(with: theirs)
                frames += segments[other].frames
            }
            if frames > best.frames { best = (place, frames, outliers) }
        }
        return (best.reference, best.frames < 0 ? [] : best.outliers)
    }
}
