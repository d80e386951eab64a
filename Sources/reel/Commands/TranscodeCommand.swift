import ArgumentParser
import Media
import Montage

struct TranscodeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "transcode",
        abstract: "Encode a clip by delivery presets; several outputs share one decode.",
        discussion: """
            Without --preset the ending of -o decides. With --preset give one \
            for each -o, in the same order. `reel presets` lists them.
            """)

    @Argument(help: "The clip.")
    var file: String

    @Option(
        name: .shortAndLong, help: ArgumentHelp("Where to write: .mp4, .webm or .mov.", valueName: "file"))
    var output: [String]

    @Option(help: ArgumentHelp("The preset of the -o at the same place.", valueName: "name"))
    var preset: [String] = []

    @Option(
        help: ArgumentHelp(
            "Also write a poster picture of the clip, from the same decode.", valueName: "file"))
    var poster: String?

    @OptionGroup var presets: PresetOptions
    @OptionGroup var common: CommonOptions

    func run() async throws {
        _ = common.logger()
        let choices = try DeliveryChoice.pair(outputs: output, presets: preset)
        try InputPath.check(file)
        let library = try presets.library(beside: file)
        let outputs = try choices.map { choice in
            TranscodeOutput(path: choice.path, preset: try choice.resolve(in: library))
        }
        for path in output + [poster].compactMap({ $0 }) { try OutputPath.check(file: path, inputs: [file]) }

        let (file, poster, progress) = (file, poster, Progress())
        let title = "transcode \(file)"
        let report: TranscodeReport
        do {
            report = try await Lanes.shared.run { interrupt in
                try Transcode.run(
                    input: file, outputs: outputs, poster: poster, interrupt: interrupt,
                    progress: { progress.show("transcode", title, fraction: $0) })
            }
        } catch {
            progress.clear()
            throw error
        }
        progress.clear()
        if common.json {
            try Streams.result(json: report)
        } else {
            for path in output + [poster].compactMap({ $0 }) { Streams.result(path) }
        }
    }
}
