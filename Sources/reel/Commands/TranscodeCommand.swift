import ArgumentParser
import Foundation
import Media
import Montage

struct TranscodeCommand: AsyncParsableCommand, StopsSoon {
    static let configuration = CommandConfiguration(
        commandName: "transcode",
        abstract: "Encode clips by delivery presets; several outputs share one decode.",
        discussion: """
            Without --preset the ending of -o decides. With --preset give one \
            for each -o, in the same order. `reel presets` lists them. Streams are moved as they are where \
            the preset allows and nothing has to change.

            With --out the clips are files, folders and patterns, each is made by every --preset, and what is \
            up to date is passed over.
            """)

    @Argument(
        help: ArgumentHelp("The clip; with --out also several, folders and patterns.", valueName: "file"))
    var files: [String]

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("Where to write: .mp4, .webm, .mov, .mkv, .gif or .webp.", valueName: "file"))
    var output: [String] = []

    @Option(
        help: ArgumentHelp(
            "The preset of the -o at the same place; with --out of all clips.", valueName: "name"))
    var preset: [String] = []

    @Option(
        help: ArgumentHelp(
            "Also write a poster picture of the clip (.jpg or .png), from the same decode.", valueName: "file"
        ))
    var poster: String?

    @OptionGroup var small: ThumbnailOptions

    @Option(
        help: ArgumentHelp(
            "Make every clip by every --preset into this folder, as NAME.ending.", valueName: "dir"))
    var out: String?

    @Flag(help: "With --out: look into folders within folders, too.")
    var recursive = false

    @Flag(help: "With --out: make also what is up to date.")
    var force = false

    @OptionGroup var clip: ClipOptions
    @OptionGroup var presets: PresetOptions
    @OptionGroup var overrides: PresetOverrides
    @OptionGroup var telling: ProgressOptions
    @OptionGroup var common: CommonOptions

    func validate() throws {
        if out == nil {
            if files.count > 1 {
                throw ValidationError("\(files.count) clips, and -o names files of one: give --out DIR")
            }
            if recursive || force { throw ValidationError("--recursive and --force go with --out DIR") }
            if output.isEmpty, poster == nil, small.order.isEmpty {
                throw ValidationError("no output: give -o FILE, or --out DIR --preset NAME for many")
            }
        } else {
            if !output.isEmpty || poster != nil {
                throw ValidationError("-o and --poster name files of one clip and do not go with --out")
            }
            if !small.order.isEmpty {
                throw ValidationError(
                    "--sprites, --contact, --preview and --scenes are of one clip and do not go with --out")
            }
            if preset.isEmpty { throw ValidationError("--out needs --preset NAME, once or more often") }
        }
    }

    func run() async throws {
        _ = common.logger()
        let settings = try clip.settings()
        let changes = try overrides.parsed()
        if let out {
            let library = try presets.library(beside: nil)
            let chosen = try preset.map { try library.preset(named: $0, setting: changes) }
            try await TranscodeBatch(
                inputs: files, folder: out, presets: chosen, settings: settings, isRecursive: recursive,
                isForced: force, json: common.json, progress: Progress(telling.progress)
            ).run()
            return
        }
        let file = files[0]
        let choices =
            output.isEmpty && preset.isEmpty ? [] : try DeliveryChoice.pair(outputs: output, presets: preset)
        try InputPath.check(file)
        let library = try presets.library(beside: file)
        let outputs = try choices.map { choice in
            TranscodeOutput(path: choice.path, preset: try choice.resolve(in: library, setting: changes))
        }
        for path in output + [poster, small.contact, small.preview].compactMap({ $0 }) {
            try OutputPath.check(file: path, inputs: [file])
        }
        for folder in [small.sprites, small.scenes].compactMap({ $0 }) {
            try OutputPath.prepare(folder: folder)
        }

        let (poster, thumbnails, progress) = (poster, small.order, Progress(telling.progress))
        let title = "transcode \(file)"
        let whole = progress.isTold ? await WorkPace.Whole.of(file, settings) : nil
        let report: TranscodeReport
        do {
            report = try await Lanes.shared.run { interrupt in
                try Transcode.run(
                    input: file, outputs: outputs, settings: settings, poster: poster,
                    thumbnails: thumbnails, sync: false, interrupt: interrupt,
                    progress: { progress.show("transcode", title, fraction: $0, whole: whole) })
            }
        } catch {
            progress.clear()
            throw error
        }
        progress.end("transcode")
        if common.json {
            try Streams.result(json: report)
        } else {
            for path in output + [poster].compactMap({ $0 }) { Streams.result(path) }
            if let made = report.thumbnails {
                for path in [made.sprites, made.vtt, made.contact, made.preview, made.scenes] {
                    if let path { Streams.result(path) }
                }
            }
            for line in Self.remarks(on: report) { Streams.note(line) }
        }
    }

    /// What a person should know about what was made.
    static func remarks(on report: TranscodeReport) -> [String] {
        var lines: [String] = []
        for output in report.outputs {
            if let copied = output.copied {
                let why = output.encodedBecause.map { "; " + $0.joined(separator: "; ") } ?? ""
                let moved =
                    copied.count > 1
                    ? "picture and sound moved as they are, nothing had to change" : "picture moved as it is"
                lines.append("\(output.path): \(moved)\(why)")
            } else if let reasons = output.encodedBecause {
                lines.append("\(output.path): encoded, since \(reasons.joined(separator: "; "))")
            }
            if let other = output.sharedWith {
                lines.append("\(output.path): shares the encode of \(other)")
            }
            if let loudness = output.loudness, let measured = loudness.measured, let result = loudness.result
            {
                lines.append(
                    String(
                        format: "%@: loudness %.1f LUFS, made %.1f LUFS", output.path, measured, result))
            }
        }
        return lines + report.findings.map { "note: \($0)" }
    }
}
