import Media

/// Decides what becomes of each clip of a join. Pure: no file is opened here.
package struct JoinPlanner {
    /// The clips, in order.
    package var clips: [ClipTraits]
    /// What is done at each seam.
    package var seams: [SeamChoice]
    /// Whether packets may be moved.
    package var mode: JoinMode
    /// The muxer that the film goes to.
    package var container: String
    /// The name of a preset that was asked for and encodes; nil where none was.
    package var encodingPreset: String?
    /// The codecs for whose tails and outliers there is an encoder.
    package var encoders: Set<String> = ["h264", "hevc"]

    package init(
        clips: [ClipTraits], seams: [SeamChoice]? = nil, mode: JoinMode = .auto, container: String = "mp4",
        encodingPreset: String? = nil
    ) {
        self.clips = clips
        self.seams = seams ?? clips.dropFirst().map { _ in SeamChoice() }
        self.mode = mode
        self.container = container
        self.encodingPreset = encodingPreset
    }

    /// The plan.
    ///
    /// - Throws: `MontageError`: `invalidArgument` for seams that do not fit the clips, `incompatible` where the
    ///   mode is `copy` and something cannot be copied; the message says which clip and why.
    package func plan() throws(MontageError) -> JoinPlan {
        try check()
        let blockers = blockers()
        guard blockers.isEmpty else { return try encodeAll(blockers) }
        let reference = majority()
        let chosen = clips[reference]
        guard chosen.faults.isEmpty else {
            return try encodeAll(["none of the clips can be moved: \(chosen.path): \(chosen.faults[0])"])
        }
        var (members, outsiders) = members(like: reference)
        // Seams that can neither be cut nor encoded make an outlier of their clip.
        for place in clips.indices where outsiders[place] == nil {
            if let why = seamFault(place) { outsiders[place] = why }
        }
        members.removeAll { outsiders[$0] != nil }
        guard !members.isEmpty else {
            return try encodeAll(["no clip can be moved: " + (outsiders[reference] ?? ["nothing is left"])[0]]
            )
        }
        let encodes = clips.indices.contains { outsiders[$0] != nil || needsTail($0) }
        let free = encodes ? freeSetIDs(of: members) : []
        if let place = clips.indices.first(where: { outsiders[$0] != nil }) {
            if let why = conformFault(chosen) ?? (free.count < 2 ? "no parameter-set number is free" : nil) {
                let own = (outsiders[place] ?? [])[0]
                let more = own.contains(why) ? "" : "; and it cannot be encoded beside copied ones: \(why)"
                return try encodeAll(["\(clips[place].path): \(own)\(more)"])
            }
        }
        if let place = clips.indices.first(where: { outsiders[$0] == nil && needsTail($0) }), free.isEmpty {
            return try encodeAll(["\(clips[place].path): no parameter-set number is free for its end"])
        }
        var plan = JoinPlan(clips: [], reasons: [], reference: reference)
        for place in clips.indices {
            plan.clips.append(part(place, outsider: outsiders[place], rate: chosen.rate))
        }
        if plan.clips.contains(where: { $0.treatment == .seam }) { plan.tailSetID = free.first }
        if plan.clips.contains(where: { $0.treatment == .conform }) {
            plan.conformSetID = free.dropFirst().first
            if mode == .copy, let clip = plan.clips.first(where: { $0.treatment == .conform }) {
                throw refusal("\(clip.path): \(clip.reasons.joined(separator: "; "))")
            }
        }
        return plan
    }

    private func check() throws(MontageError) {
        guard seams.count == max(0, clips.count - 1), seams.allSatisfy({ $0.twins >= 0 }) else {
            throw MontageError(
                .invalidArgument, operation: "\(seams.count) seams for \(clips.count) clips", subject: "join",
                hint: "Give one number a seam.")
        }
        for (place, dropped) in seams.map(\.twins).enumerated()
        where dropped > 0 && dropped >= clips[place].frames {
            throw MontageError(
                .invalidArgument,
                operation: "\(dropped) frames cannot be left out of a clip of \(clips[place].frames)",
                subject: clips[place].path, hint: "Join it with --join cut.")
        }
    }

    private static let taken: [String: Set<String>] = [
        "mp4": ["h264", "hevc", "av1", "vp9", "mpeg4"],
        "mov": ["h264", "hevc", "prores", "mpeg4", "mjpeg"],
        "webm": ["vp8", "vp9", "av1"],
        "matroska": ["h264", "hevc", "av1", "vp8", "vp9", "prores", "ffv1", "mpeg4", "mjpeg"],
    ]

    /// What forbids copying whatever the clips are to each other.
    private func blockers() -> [String] {
        if mode == .encode { return ["it was asked for"] }
        if mode == .auto, let encodingPreset { return ["the preset \(encodingPreset) encodes"] }
        return []
    }

    /// The clip that most frames are like; of equals the first.
    private func majority() -> Int {
        var best = (place: 0, frames: -1)
        var seen: [Int] = []
        for place in clips.indices where isUsable(place) {
            if seen.contains(where: { differs(place, from: $0) == nil }) { continue }
            seen.append(place)
            let frames = clips.indices.filter { isUsable($0) && differs($0, from: place) == nil }
                .reduce(0) { $0 + clips[$1].frames }
            if frames > best.frames { best = (place, frames) }
        }
        return best.place
    }

    private func isUsable(_ place: Int) -> Bool { ownFaults(place).isEmpty && !isMatched(place) }

    private func isMatched(_ place: Int) -> Bool { place > 0 && seams[place - 1].match != nil }

    private func ownFaults(_ place: Int) -> [String] {
        let clip = clips[place]
        guard Self.taken[container]?.contains(clip.codec) == true else {
            return ["\(container) does not take \(clip.codec)"] + clip.faults
        }
        return clip.faults
    }

    private func differs(_ place: Int, from other: Int) -> String? {
        if let difference = clips[place].difference(from: clips[other]) { return difference }
        guard let mine = clips[place].sets, let theirs = clips[other].sets else { return nil }
        return mine == theirs ? nil : mine.conflict(with: theirs)
    }

    /// The clips that stand in one stream with the reference, and for each other the reasons why not. Clips of
    /// other parameter sets join as long as no number means two things.
    private func members(like reference: Int) -> (members: [Int], outsiders: [Int: [String]]) {
        var members: [Int] = []
        var outsiders: [Int: [String]] = [:]
        var sets = clips[reference].sets
        for place in [reference] + clips.indices.filter({ $0 != reference }) {
            let faults = ownFaults(place)
            if !faults.isEmpty {
                outsiders[place] = faults
            } else if isMatched(place) {
                outsiders[place] = ["its colours are matched to the clip before"]
            } else if let difference = clips[place].difference(from: clips[reference]) {
                outsiders[place] = [difference]
            } else if let own = clips[place].sets, let common = sets {
                if own != common, let conflict = own.conflict(with: common) {
                    outsiders[place] = [conflict]
                } else {
                    sets = own == common ? common : common.merged(with: own)
                    members.append(place)
                }
            } else {
                members.append(place)
            }
        }
        return (members, outsiders)
    }

    private func dropped(_ place: Int) -> Int { place < seams.count ? seams[place].twins : 0 }

    /// How many of the clip's packets, which are as many of its frames, can be copied before the cut.
    private func copied(_ place: Int) -> Int {
        let clip = clips[place]
        return clip.cuts.last { $0 <= clip.frames - dropped(place) } ?? 0
    }

    private func needsTail(_ place: Int) -> Bool { copied(place) < clips[place].frames - dropped(place) }

    private func seamFault(_ place: Int) -> [String]? {
        guard needsTail(place) else { return nil }
        let clip = clips[place]
        let why = clip.tailFaults + (encoders.contains(clip.codec) ? [] : [Self.noEncoder(clip.codec)])
        return why.isEmpty
            ? nil : ["its last \(dropped(place)) of \(clips[place].frames) frames cannot be cut: \(why[0])"]
    }

    private func conformFault(_ reference: ClipTraits) -> String? {
        if !["h264", "hevc"].contains(reference.codec) {
            return "\(reference.codec) has no parameter sets by number"
        }
        if !encoders.contains(reference.codec) { return Self.noEncoder(reference.codec) }
        return reference.tailFaults.first { !$0.contains("recovery points") }
    }

    /// Numbers from the top that no copied clip uses, for sequence and picture sets alike.
    private func freeSetIDs(of members: [Int]) -> [Int] {
        (0...31).reversed().filter { id in members.allSatisfy { clips[$0].sets?.isFree(id) ?? true } }
    }

    private static func noEncoder(_ codec: String) -> String {
        "this FFmpeg has no \(codec == "hevc" ? "x265" : "x264")"
    }

    private func part(_ place: Int, outsider: [String]?, rate: Rational) -> JoinPlan.Clip {
        let clip = clips[place]
        let shown = clip.frames - dropped(place)
        var part = JoinPlan.Clip(
            path: clip.path, treatment: .copy, frames: shown, copied: shown, dropped: dropped(place),
            reasons: [])
        if let outsider {
            part.treatment = .conform
            part.copied = 0
            part.frames = Self.frames(shown, of: clip, at: rate)
            part.reasons = outsider
        } else if needsTail(place) {
            part.treatment = .seam
            part.copied = copied(place)
            part.reasons = [
                "the \(shown - part.copied) frames before the cut are predicted from what is left out"
            ]
        } else if dropped(place) > 0 {
            part.reasons = ["what is left out comes last in decoding too"]
        }
        return part
    }

    /// As many frames of a clip at the film's rate.
    static func frames(_ count: Int, of clip: ClipTraits, at rate: Rational) -> Int {
        clip.rate == rate
            ? count : max(1, Int((Double(count) / clip.rate.value * rate.value).rounded()))
    }

    private func encodeAll(_ reasons: [String]) throws(MontageError) -> JoinPlan {
        if mode == .copy { throw refusal(reasons[0]) }
        let rate = clips.first?.rate ?? Rational(24, 1)
        return JoinPlan(
            clips: clips.indices.map { place in
                let shown = clips[place].frames - dropped(place)
                return .init(
                    path: clips[place].path, treatment: .encode,
                    frames: Self.frames(shown, of: clips[place], at: rate), copied: 0,
                    dropped: dropped(place), reasons: [])
            }, reasons: reasons, reference: 0)
    }

    private func refusal(_ why: String) -> MontageError {
        MontageError(
            .incompatible, operation: "the clips cannot be joined by copying: \(why)", subject: "join",
            hint: "Use --mode auto, which encodes what must be, or a preset that encodes.")
    }
}
