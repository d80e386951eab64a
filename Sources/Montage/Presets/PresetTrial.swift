import Media

/// Looks at a preset with this FFmpeg at hand, to find what only it can tell: an encoder it lacks, formats
/// that an encoder does not take, an option it does not have, a value it refuses. Nothing is encoded.
struct PresetTrial {
    let file: PresetFile

    func run() throws {
        // Before the first look into an encoder's struct, which another major version lays out otherwise.
        try FFmpegVersions.prepare()
        let preset = file.preset
        try lookAt(preset.video)
        if let audio = preset.audio { try lookAt(audio) }
        let format = preset.video.pixelFormat
        var video = preset.video
        if format == "source" {
            let offered = Encoder.supportedPixelFormats(video.codec).map(\.name)
            video.pixelFormat =
                offered.isEmpty || offered.contains("yuv420p") ? "yuv420p" : offered.first ?? "yuv420p"
        }
        let rate = Rational(24, 1)
        do {
            _ = try VideoEncoding(
                preset: video, size: (320, 240), rate: rate, colour: preset.video.colour ?? .bt709,
                threads: 1
            ).open()
        } catch {
            throw blame(error, codec: preset.video.codec, section: "video")
        }
        guard let audio = preset.audio else { return }
        do { _ = try AudioEncoding(preset: audio).open() } catch {
            throw blame(error, codec: audio.codec, section: "audio")
        }
    }

    private func lookAt(_ video: VideoPreset) throws(MontageError) {
        try lookForEncoder(video.codec, "video.codec", .video)
        guard video.pixelFormat != "source" else { return }
        guard PixelFormat(named: video.pixelFormat) != nil else {
            throw fault("video.pixelFormat", "names no pixel format: '\(video.pixelFormat)'")
        }
        let offered = Encoder.supportedPixelFormats(video.codec)
        guard offered.isEmpty || offered.contains(where: { $0.name == video.pixelFormat }) else {
            throw fault(
                "video.pixelFormat", "is '\(video.pixelFormat)', which \(video.codec) does not take",
                hint: "It takes \(offered.map(\.name).joined(separator: ", ")).")
        }
    }

    private func lookAt(_ audio: AudioPreset) throws(MontageError) {
        try lookForEncoder(audio.codec, "audio.codec", .audio)
        let rates = Encoder.supportedSampleRates(audio.codec)
        guard rates.isEmpty || rates.contains(audio.sampleRate) else {
            throw fault(
                "audio.sampleRate", "is \(audio.sampleRate), which \(audio.codec) does not take",
                hint: "It takes \(rates.map(String.init).joined(separator: ", ")).")
        }
        let formats = Encoder.supportedSampleFormats(audio.codec)
        if let format = audio.sampleFormat, !formats.isEmpty, !formats.contains(where: { $0.name == format })
        {
            throw fault(
                "audio.sampleFormat", "is '\(format)', which \(audio.codec) does not take",
                hint: "It takes \(formats.map(\.name).joined(separator: ", ")).")
        }
    }

    private func lookForEncoder(_ codec: String, _ key: String, _ kind: MediaKind) throws(MontageError) {
        guard Encoder.kind(codec) == kind else {
            throw fault(
                key, "names no encoder of this FFmpeg: '\(codec)'",
                hint: "'ffmpeg -encoders' lists them; this FFmpeg may lack one that others have.")
        }
    }

    private func fault(_ key: String, _ what: String, hint: String? = nil) -> MontageError {
        let section = key.split(separator: ".").first.map(String.init) ?? key
        let origin = file.origins[key] ?? file.origins[section] ?? .init(file: file.path)
        return PresetFields.fault(origin, key, what, hint: hint)
    }

    private func blame(_ error: any Error, codec: String, section: String) -> any Error {
        guard let error = error as? MediaError else { return error }
        if error.code == .cancelled || error.code == .outOfMemory || error.code == .wrongLibrary {
            return error
        }
        let options = section == "video" ? file.preset.video.options : (file.preset.audio?.options ?? [:])
        // The error of an unknown option names the key; for a refused value the log line usually does.
        let text = [error.subject, error.operation, error.logLine ?? "", error.hint ?? ""]
            .joined(separator: " ")
        let guilty = options.keys.sorted().first { key in
            text.split { !$0.isLetter && !$0.isNumber && $0 != "-" && $0 != "_" }.contains { $0 == key }
        }
        let key = guilty.map { "\(section).options.\($0)" } ?? "\(section).options"
        let origin = file.origins[key] ?? file.origins[section] ?? .init(file: file.path)
        let isUnknown = error.code == .unknownOption
        let near = isUnknown ? guilty?.nearest(of: Self.usualOptions[section] ?? []) : nil
        return MontageError(
            .presetInvalid,
            operation:
                "\(key) \(isUnknown ? "is no option" : "is refused") \(isUnknown ? "of" : "by") \(codec)",
            subject: origin.text,
            hint: near.map { "Did you mean '\(section).\($0)'?" }
                ?? "'ffmpeg -h encoder=\(codec)' lists what it takes.", underlying: error)
    }

    /// What people set most often, for hints only: encoders do not list their options in a form to search.
    private static let usualOptions: [String: [String]] = [
        "video": (PresetFile.sections["video"] ?? []) + [
            "crf", "preset", "profile", "tune", "bf", "g", "b", "maxrate", "bufsize", "flags", "refs",
            "level", "deadline", "cpu-used", "row-mt", "tile-columns", "threads",
        ],
        "audio": (PresetFile.sections["audio"] ?? []) + ["b", "application", "vbr", "profile"],
    ]
}
