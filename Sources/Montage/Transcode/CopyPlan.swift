import Media

/// Which streams of a clip can be moved into a delivery as they are, and why the others cannot.
struct CopyPlan {
    /// The picture's stream.
    let video: StreamInfo
    /// The sound's stream; nil where the clip has none.
    let audio: StreamInfo?
    /// Time of the first picture shown, in the picture's ticks: the delivery's zero.
    let origin: Int64
    /// How many packets decoding runs ahead of presentation.
    let delay: Int
    /// Ticks from picture to picture, about.
    let step: Int64
    /// What is added to sound times, in the sound's ticks, so that they fall on the picture's zero.
    let soundShift: Int64
    /// Whether the sound is moved, too; else it is encoded, or there is none.
    let movesSound: Bool
    /// Why the sound is not moved where it might have been.
    let soundReason: String?
    let container: ContainerInfo

    /// What comes of looking.
    enum Outcome {
        case copy(CopyPlan)
        /// The reasons, in words.
        case encode([String])
    }

    /// Looks at a clip's head. Blocks.
    static func make(
        _ path: String, preset: Preset, settings: TranscodeSettings, interrupt: Interrupt
    ) throws -> Outcome {
        let mode = preset.video.mode ?? .encode
        guard mode != .encode else { return .encode([]) }
        let asked = Self.asked(settings)
        guard asked.isEmpty else { return .encode(asked) }
        let demuxer = try Demuxer(path: path, accept: .media, analyse: .full, interrupt: interrupt)
        let video = try Opening.pictureStream(of: demuxer, path: path)
        let audio = demuxer.bestStream(.audio).map { demuxer.streams[$0] }
            .flatMap { $0.parameters.sampleRate > 0 ? $0 : nil }
        var reasons = Self.reasons(video, in: demuxer.container, preset: preset, mode: mode)
        guard reasons.isEmpty else { return .encode(reasons) }
        let head = try Head(demuxer, video: video, audio: audio)
        reasons += head.reasons
        guard reasons.isEmpty, let origin = head.origin else { return .encode(reasons) }
        let (moves, why, shift) = Self.sound(
            audio, head: head, origin: origin, video: video, preset: preset, settings: settings)
        return .copy(
            CopyPlan(
                video: video, audio: audio, origin: origin,
                delay: max(head.delay, video.parameters.reorderDepth), step: head.step, soundShift: shift,
                movesSound: moves, soundReason: why, container: demuxer.container))
    }

    private static func asked(_ settings: TranscodeSettings) -> [String] {
        var reasons: [String] = []
        if settings.from != nil || settings.to != nil { reasons.append("a part of the clip is wanted") }
        if settings.width != nil { reasons.append("a size is wanted") }
        if settings.rate != nil { reasons.append("a rate is wanted") }
        if settings.fadeIn > 0 || settings.fadeOut > 0 { reasons.append("fades are wanted") }
        return reasons
    }

    private static let pictures: [String: Set<String>] = [
        "mp4": ["h264", "hevc", "av1", "vp9", "mpeg4"],
        "mov": ["h264", "hevc", "prores", "mpeg4", "mjpeg"],
        "webm": ["vp8", "vp9", "av1"],
        "matroska": ["h264", "hevc", "av1", "vp8", "vp9", "prores", "ffv1", "mpeg4", "mjpeg", "mpeg2video"],
    ]
    private static let sounds: [String: Set<String>] = [
        "mp4": ["aac", "mp3", "ac3", "eac3", "alac"],
        "mov": [
            "aac", "mp3", "ac3", "alac", "pcm_s16le", "pcm_s24le", "pcm_s32le", "pcm_f32le", "pcm_s16be",
        ],
        "webm": ["opus", "vorbis"],
        "matroska": [
            "aac", "mp3", "ac3", "eac3", "alac", "opus", "vorbis", "flac", "pcm_s16le", "pcm_s24le",
        ],
    ]

    private static func reasons(
        _ video: StreamInfo, in container: ContainerInfo, preset: Preset, mode: StreamMode
    ) -> [String] {
        let coded = video.parameters
        var reasons: [String] = []
        let names = container.names
        guard container.isMP4 || container.isMatroska || names.contains("mpegts") || names.contains("flv")
        else { return ["times in \(container.formatLongName) files are not exact"] }
        if pictures[preset.container]?.contains(coded.codecName) != true {
            reasons.append("\(preset.container) does not take \(coded.codecName)")
        }
        if video.rotation != 0 || video.isMirrored { reasons.append("it is turned by a flag") }
        guard mode == .auto else { return reasons }
        if coded.codecName != Encoder.codecName(of: preset.video.codec) {
            reasons.append("its pictures are \(coded.codecName)")
        }
        if coded.pixelFormat?.name != preset.video.pixelFormat {
            reasons.append("its pixels are \(coded.pixelFormat?.name ?? "unknown")")
        }
        func plain(_ text: String) -> String { text.lowercased().filter { $0.isLetter || $0.isNumber } }
        if let wanted = preset.video.options["profile"], let profile = coded.profile,
            plain(wanted) != plain(profile)
        {
            reasons.append("its profile is \(profile)")
        }
        if let ratio = coded.sampleAspectRatio, ratio.num != ratio.den {
            reasons.append("its pixels are not square")
        }
        if !["progressive", "unknown"].contains(coded.fieldOrder) { reasons.append("it is interlaced") }
        if let colour = preset.video.colour, colour != coded.colour { reasons.append("its colour differs") }
        return reasons
    }

    private static func sound(
        _ audio: StreamInfo?, head: Head, origin: Int64, video: StreamInfo, preset: Preset,
        settings: TranscodeSettings
    ) -> (moves: Bool, reason: String?, shift: Int64) {
        guard let audio, let wanted = preset.audio else { return (false, nil, 0) }
        let coded = audio.parameters
        let mode = wanted.mode ?? .encode
        let isLoud = settings.loudness != nil || (wanted.loudness != nil && !settings.keepsLoudness)
        if isLoud { return (false, "its loudness changes", 0) }
        if mode == .encode { return (false, "the preset encodes sound", 0) }
        guard sounds[preset.container]?.contains(coded.codecName) == true else {
            return (false, "\(preset.container) does not take \(coded.codecName)", 0)
        }
        if mode == .auto {
            if coded.codecName != Encoder.codecName(of: wanted.codec) {
                return (false, "it is \(coded.codecName)", 0)
            }
            if coded.sampleRate != wanted.sampleRate { return (false, "it has \(coded.sampleRate) Hz", 0) }
            if coded.channelLayout?.name != wanted.layout {
                return (false, "it is \(coded.channelLayout?.name ?? "of an unknown layout")", 0)
            }
        }
        let base = rescale(origin, from: video.timeBase, to: audio.timeBase)
        guard let first = head.firstSound, head.soundDuration > 0 else {
            return (false, "its packets have no times", 0)
        }
        let start = first - base
        if start > head.soundDuration { return (false, "it begins later than the picture", 0) }
        guard preset.isMovie else {
            let padding = rescale(
                Int64(coded.initialPadding), from: Rational(1, coded.sampleRate), to: audio.timeBase)
            return start >= -padding - 1 ? (true, nil, -base) : (false, "it begins before the picture", 0)
        }
        guard preset.editLists == false else { return (true, nil, -base) }
        // Without edit lists a packet must begin with the first picture, to two milliseconds.
        let packets = Int64((Double(start) / Double(head.soundDuration)).rounded())
        let off = start - packets * head.soundDuration
        guard abs(Double(off)) * audio.timeBase.value <= 0.002, packets <= 0 else {
            return (false, "none of its packets begins with the first picture", 0)
        }
        return (true, nil, -base - off)
    }
}

/// The first packets of both streams.
private struct Head {
    /// Pictures looked at before anything is believed.
    private static let most = 400
    var reasons: [String] = []
    var origin: Int64?
    var delay = 0
    var step: Int64 = 1
    var firstSound: Int64?
    var soundDuration: Int64 = 0

    init(_ demuxer: borrowing Demuxer, video: StreamInfo, audio: StreamInfo?) throws {
        do { try look(demuxer, video: video, audio: audio) } catch let refusal as Refusal {
            reasons.append(refusal.reason)
        }
    }

    private struct Refusal: Error { var reason: String }

    private mutating func look(_ demuxer: borrowing Demuxer, video: StreamInfo, audio: StreamInfo?) throws {
        let packet = try Packet()
        var times: [Int64] = []
        demuxer.keepOnly(Set([video.index] + (audio.map { [$0.index] } ?? [])))
        while times.count < Self.most, try demuxer.read(into: packet) {
            defer { packet.clear() }
            if packet.streamIndex == audio?.index {
                if firstSound == nil { firstSound = packet.pts }
                soundDuration = max(soundDuration, packet.duration)
                continue
            }
            guard packet.streamIndex == video.index, packet.byteCount > 0 else { continue }
            guard let pts = packet.pts else { throw Refusal(reason: "its packets have no times") }
            if times.isEmpty, !packet.isKeyframe {
                throw Refusal(reason: "it does not begin with a keyframe")
            }
            if packet.isDiscarded { throw Refusal(reason: "an edit list hides some of its pictures") }
            if let first = times.first, pts < first {
                throw Refusal(reason: "pictures are shown before its first keyframe")
            }
            times.append(pts)
        }
        guard let first = times.first else { throw Refusal(reason: "it has no pictures") }
        let sorted = times.sorted()
        guard zip(sorted, sorted.dropFirst()).allSatisfy({ $0 < $1 }) else {
            throw Refusal(reason: "two of its pictures have one time")
        }
        var rank: [Int64: Int] = [:]
        for (i, time) in sorted.enumerated() { rank[time] = i }
        // The last packets' own leading pictures may not have been seen: they would raise the rank.
        for (i, time) in times.enumerated() { delay = max(delay, i - (rank[time] ?? i)) }
        origin = first
        step = max(1, sorted.count > 1 ? (sorted[sorted.count - 1] - sorted[0]) / Int64(sorted.count - 1) : 1)
    }
}
