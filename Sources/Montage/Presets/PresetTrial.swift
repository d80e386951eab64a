import Media

/// Opens the encoders of a preset on a small format, to find what only they can tell: an option they do
/// not have, a value they refuse. Nothing is encoded.
struct PresetTrial {
    let file: PresetFile

    func run() throws {
        let preset = file.preset
        let rate = Rational(24, 1)
        do {
            _ = try VideoEncoding(
                preset: preset.video, size: (320, 240), rate: rate,
                colour: preset.video.colour ?? .bt709, threads: 1
            ).open()
        } catch {
            throw blame(error, codec: preset.video.codec, section: "video")
        }
        guard let audio = preset.audio else { return }
        do { _ = try AudioEncoding(preset: audio).open() } catch {
            throw blame(error, codec: audio.codec, section: "audio")
        }
    }

    private func blame(_ error: any Error, codec: String, section: String) -> any Error {
        guard let error = error as? MediaError else { return error }
        if error.code == .cancelled || error.code == .outOfMemory { return error }
        let options = section == "video" ? file.preset.video.options : (file.preset.audio?.options ?? [:])
        // The error of an unknown option names the key; for a refused value the log line usually does.
        let text = [error.subject, error.operation, error.logLine ?? "", error.hint ?? ""]
            .joined(separator: " ")
        let guilty = options.keys.sorted().first { key in
            text.split { !$0.isLetter && !$0.isNumber && $0 != "-" && $0 != "_" }.contains { $0 == key }
        }
        let key = guilty.map { "\(section).options.\($0)" } ?? "\(section).options"
        let line = file.lines[key] ?? file.lines[section]
        let what = error.code == .unknownOption ? "is no option of \(codec)" : "is refused by \(codec)"
        return MontageError(
            .presetInvalid, operation: "\(key) \(what)",
            subject: line.map { "\(file.path):\($0)" } ?? file.path,
            hint: "'ffmpeg -h encoder=\(codec)' lists what it takes.", underlying: error)
    }
}
