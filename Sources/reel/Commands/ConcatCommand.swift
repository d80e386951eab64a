public import ArgumentParser
import Media
public import Montage

struct ConcatCommand: AsyncParsableCommand, StopsSoon {
    static let configuration = CommandConfiguration(
        commandName: "concat",
        abstract: "Join clips one after the other into one file, and prove it.",
        discussion: """
            Without --preset, pictures are moved untouched wherever that is safe, and only what must be is \
            encoded: the last frames before a cut, and clips that differ from the most. With a preset that \
            encodes, all are brought to size and rate of the first. --plan says which, and why. Memory does \
            not grow with the number of clips.
            """)

    @Argument(help: ArgumentHelp("The clips, in order.", valueName: "file"))
    var files: [String]

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "Where to write: .mp4, .webm, .mov or .mkv. Needed unless --plan.", valueName: "file"))
    var output: String?

    @Option(
        help: ArgumentHelp("The delivery preset; without it the ending of -o decides.", valueName: "name"))
    var preset: String?

    @Option(help: ArgumentHelp("copy, auto or encode: whether pictures may be moved.", valueName: "mode"))
    var mode: JoinMode = .auto

    @Option(
        help: ArgumentHelp(
            "cut: nothing is left out; match: a clip's last frame is the next one's first, and shown once; auto: "
                + "as match where the two are the same.", valueName: "how"))
    var join: Splice.Seams = .auto

    @Option(
        name: .customLong("match-colour"),
        help: ArgumentHelp(
            "Bring the colours of a clip that goes on from the one before to those of that one, less and less over so "
                + "many frames, or over the clip. Such a clip is encoded.", valueName: "frames|clip"))
    var matchColour: String?

    @Flag(help: "Say what would become of each clip, and why; write nothing.")
    var plan = false

    @OptionGroup var level: LoudnessOptions
    @OptionGroup var presets: PresetOptions
    @OptionGroup var overrides: PresetOverrides
    @OptionGroup var telling: ProgressOptions
    @OptionGroup var common: CommonOptions

    func validate() throws {
        _ = try level.target()
        _ = try matchedFrames()
    }

    func run() async throws {
        _ = common.logger()
        guard let output = output ?? (plan ? "film.mp4" : nil) else {
            throw ValidationError("no output: give -o FILE, or --plan")
        }
        let choice = try DeliveryChoice.pair(outputs: [output], presets: [preset].compactMap { $0 })[0]
        for file in files { try InputPath.check(file) }
        let chosen = try choice.resolve(
            in: presets.library(beside: files.first), setting: overrides.parsed())
        // Settings of one's own are about encoding: they are meant like a preset that is named.
        let isNamed = try preset != nil || !overrides.parsed().isEmpty
        var job = Splice(
            inputs: files, output: output, preset: chosen, isPresetNamed: isNamed, mode: mode,
            loudness: try level.target())
        job.measuring = Splice.Measuring(join, matching: try matchedFrames())
        if plan { return try await tell(job) }
        try OutputPath.check(file: output, inputs: files)

        let progress = Progress(telling.progress)
        let title = "concat \(files.count) clips"
        let whole = progress.isTold ? await WorkPace.Whole.of(files) : nil
        let made: (proof: Proof, plan: JoinPlan)
        do {
            made = try await Lanes.shared.run { [job] interrupt in
                try job.run(
                    interrupt: interrupt,
                    progress: { progress.show("concat", title, fraction: $0, whole: whole) })
            }
        } catch {
            progress.clear()
            throw error
        }
        progress.end("concat")
        if common.json { return try Streams.result(json: made.proof) }
        let proof = made.proof
        Streams.result(output)
        if let words = proof.loudness?.finding { Streams.note(words) }
        let copied = proof.bitExactFrames > 0 ? ", \(proof.bitExactLine)" : ""
        Streams.note(
            "\(proof.frames) frames, \(Numbers.seconds(proof.duration)), \(Numbers.bytes(proof.byteCount))\(copied)"
        )
    }

    private func tell(_ job: Splice) async throws {
        let plan = try await Lanes.shared.run { try job.plan(interrupt: $0) }
        if common.json { try Streams.result(json: plan) } else { Streams.result(plan.text) }
    }

    private func matchedFrames() throws -> Int? {
        guard let matchColour else { return nil }
        guard join != .cut else { throw ValidationError("--match-colour goes with --join match or auto") }
        if matchColour == "clip" { return ColourMatch.longest }
        guard let frames = Int(matchColour), (1...ColourMatch.longest).contains(frames) else {
            throw ValidationError(
                "--match-colour wants frames from 1 to \(ColourMatch.longest), or clip, not '\(matchColour)'")
        }
        return frames
    }
}

extension JoinMode: ExpressibleByArgument {}
extension Splice.Seams: ExpressibleByArgument {}
