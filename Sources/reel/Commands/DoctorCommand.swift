import ArgumentParser
import Film
import Foundation
import Media
import Montage

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Say whether this machine can make films, and what is missing.",
        discussion: """
            With --executor slurm the cluster's machines too: a small job on each says whether it shares the folder and \
            has the same program and the same FFmpeg. Exit code 1 when something is missing that a preset or a film needs.
            """)

    @Option(
        help: ArgumentHelp(
            "Slurm: the folder that films are made in. Without it the current one.", valueName: "dir"))
    var folder = "."

    @Option(
        help: ArgumentHelp(
            "Slurm: how long a job on a machine may take, with the machine's boot.", valueName: "seconds"))
    var wait = 60.0

    @OptionGroup var engine: EngineOptions
    @OptionGroup var presets: PresetOptions
    @OptionGroup var common: CommonOptions

    func validate() throws {
        if !(1...86400).contains(wait) { throw ValidationError("--wait takes seconds, 1 to 86400") }
    }

    func run() async throws {
        _ = common.logger()
        let engine = try engine.configuration(beside: folder + "/x")
        var checkup = Checkup.make(
            presetDirectories: PresetLibrary.defaultDirectories(flag: presets.directory, beside: nil))
        if engine.executor == .slurm {
            checkup.add(
                try await ClusterCheckup.make(
                    engine.slurm, folder: URL(fileURLWithPath: folder).path, patience: wait))
        }
        if common.json {
            try Streams.result(json: checkup)
        } else {
            Streams.result(checkup.text)
        }
        guard let trouble = checkup.findings.first else { return }
        throw Complaint(
            .failed, code: "doctor", trouble.what, at: trouble.location, hint: trouble.hint)
    }
}
