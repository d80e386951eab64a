import ArgumentParser
import Media
import Montage

/// What `transcode` does to a clip beyond its presets: which part, which size, loudness, fades.
struct ClipOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Begin with the picture on screen at this time: 12.5, 1:02.5 or, by number, 48f.",
            valueName: "time"))
    var from: String?

    @Option(help: ArgumentHelp("End before the picture of this time.", valueName: "time"))
    var to: String?

    @Option(help: ArgumentHelp("Bring the picture to exactly this size.", valueName: "WxH"))
    var fit: String?

    @Option(
        help: ArgumentHelp(
            "How --fit treats another shape: pad, crop, stretch, or inside (no larger than the picture needs).",
            valueName: "way"))
    var how = "pad"

    @Flag(name: .customLong("no-upscale"), help: "Never make a picture larger than it is.")
    var keepsSmall = false

    @Option(help: ArgumentHelp("Pictures a second: 24, 23.976 or 30000/1001.", valueName: "rate"))
    var rate: String?

    @OptionGroup var level: LoudnessOptions

    @Option(name: .customLong("fade-in"), help: ArgumentHelp("Fade from black and silence.", valueName: "s"))
    var fadeIn: String?

    @Option(name: .customLong("fade-out"), help: ArgumentHelp("Fade to black and silence.", valueName: "s"))
    var fadeOut: String?

    @Flag(name: .customLong("no-metadata"), help: "Leave the source's tags and chapters behind.")
    var dropsMetadata = false

    /// The settings; a word that makes no sense is an error that names its option.
    func settings() throws -> TranscodeSettings {
        guard let fitting = PictureFit(rawValue: how) else {
            throw ValidationError("--how wants pad, crop, stretch or inside, not '\(how)'")
        }
        var settings = TranscodeSettings(
            fit: fitting, upscales: !keepsSmall, from: try time("--from", from), to: try time("--to", to),
            fadeIn: try NumberOption.parse("--fade-in", fadeIn, 0...86399) ?? 0,
            fadeOut: try NumberOption.parse("--fade-out", fadeOut, 0...86399) ?? 0,
            keepsMetadata: !dropsMetadata)
        if let fit {
            guard let size = PictureShape.size(fit), size.width % 2 == 0, size.height % 2 == 0 else {
                throw ValidationError("--fit wants even sides from 2 to 16384, like 1280x720, not '\(fit)'")
            }
            (settings.width, settings.height) = (size.width, size.height)
        } else if fitting != .pad || keepsSmall {
            throw ValidationError("--how and --no-upscale go with --fit WxH")
        }
        if let rate {
            guard let parsed = Rational(parsing: rate), parsed.isValid, (0.1...1000).contains(parsed.value)
            else { throw ValidationError("--rate wants pictures a second from 0.1 to 1000, not '\(rate)'") }
            settings.rate = parsed
        }
        settings.loudness = try level.target()
        return settings
    }

    private func time(_ option: String, _ text: String?) throws -> ClipTime? {
        guard let text else { return nil }
        guard let time = ClipTime(parsing: text) else {
            throw ValidationError("\(option) wants a time like 12.5, 1:02.5 or 48f, not '\(text)'")
        }
        return time
    }
}
