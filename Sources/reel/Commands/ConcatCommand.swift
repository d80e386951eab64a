import ArgumentParser
import Media
import Montage

struct ConcatCommand: AsyncParsableCommand, StopsSoon {
    static let configuration = CommandConfiguration(
        commandName: "concat",
        abstract: "Join clips one after the other into one file, and prove it.",
        discussion: """
            Size, rate and sound are those of the first clip; the others are conformed to it. Memory does \
            not grow with the number of clips.
            """)

    @Argument(help: ArgumentHelp("The clips, in order.", valueName: "file"))
    var files: [String]

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("Where to write: .mp4, .webm, .mov or .mkv.", valueName: "file"))
    var output: String

    @Option(
        help: ArgumentHelp("The delivery preset; without it the ending of -o decides.", valueName: "name"))
    var preset: String?

    @OptionGroup var presets: PresetOptions
    @OptionGroup var overrides: PresetOverrides
    @OptionGroup var telling: ProgressOptions
    @OptionGroup var common: CommonOptions

    func run() async throws {
        _ = common.logger()
        let choice = try DeliveryChoice.pair(outputs: [output], presets: [preset].compactMap { $0 })[0]
        for file in files { try InputPath.check(file) }
        let chosen = try choice.resolve(
            in: presets.library(beside: files.first), setting: overrides.parsed())
        try OutputPath.check(file: output, inputs: files)

        let (files, output, progress) = (files, output, Progress(telling.progress))
        let title = "concat \(files.count) clips"
        let whole = await WorkPace.Whole.of(files)
        let proof: Proof
        do {
            proof = try await Lanes.shared.run { interrupt in
                try Concat.run(
                    inputs: files, output: output, preset: chosen, interrupt: interrupt,
                    progress: { progress.show("concat", title, fraction: $0, whole: whole) })
            }
        } catch {
            progress.clear()
            throw error
        }
        progress.end("concat")
        if common.json {
            try Streams.result(json: proof)
        } else {
            Streams.result(output)
            Streams.note(
                "\(proof.frames) frames, \(Numbers.seconds(proof.duration)), \(Numbers.bytes(proof.byteCount))"
            )
        }
    }
}
