import ArgumentParser
import Film
import Foundation

/// As a value of an option.
enum Executor: String, ExpressibleByArgument, CaseIterable {
    case local, slurm
}

/// Where what encodes and joins is run: by options, or else by a settings file.
struct EngineOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Who encodes and joins: local, or slurm, by its commands sbatch, squeue and scancel.",
            valueName: "name"))
    var executor: Executor?

    @Option(
        help: ArgumentHelp(
            "Settings of the executor. Without it reel.yaml beside the storyboard, or ~/.config/reel/reel.yaml.",
            valueName: "file"))
    var config: String?

    @Option(help: ArgumentHelp("Slurm: the partition. Without it the cluster's default.", valueName: "name"))
    var partition: String?

    @Option(
        help: ArgumentHelp(
            "Slurm: further words for sbatch, as one text: '--account=film --qos=low'.", valueName: "words"))
    var sbatchArgs: String?

    @Option(help: ArgumentHelp("Slurm: how many jobs may be with it at a time (100).", valueName: "n"))
    var maxQueued: Int?

    @Option(
        help: ArgumentHelp(
            "Slurm: how long to wait between two looks at its queue (5).", valueName: "seconds"))
    var poll: Double?

    @Option(
        help: ArgumentHelp(
            "Slurm: a folder on a disk of each machine's own, for copies. Without it $TMPDIR there, or /tmp.",
            valueName: "dir"))
    var scratch: String?

    func validate() throws {
        if let maxQueued, maxQueued < 1 { throw ValidationError("--max-queued takes a number from 1") }
        if let poll, !(0.05...3600).contains(poll) {
            throw ValidationError("--poll takes seconds, 0.05 to 3600")
        }
        if let scratch, !scratch.hasPrefix("/") {
            throw ValidationError("--scratch takes a path that begins with /: it is one of the machines'")
        }
    }

    /// Options over what the settings file says.
    func configuration(beside storyboard: String?) throws -> EngineConfiguration {
        let file = config ?? EngineConfiguration.usualFile(beside: storyboard)
        var found = try file.map { try EngineConfiguration(file: $0) } ?? EngineConfiguration()
        found.executor = executor.flatMap { .init(rawValue: $0.rawValue) } ?? found.executor
        found.partition = partition ?? found.partition
        if let sbatchArgs { found.arguments = sbatchArgs.split(separator: " ").map(String.init) }
        found.mostJobs = maxQueued ?? found.mostJobs
        found.pause = poll ?? found.pause
        found.scratch = scratch ?? found.scratch
        return found
    }
}

extension EngineConfiguration {
    /// How jobs are handed over to Slurm.
    var slurm: SlurmEngine.Options {
        SlurmEngine.Options(
            program: Bundle.main.executablePath ?? CommandLine.arguments[0], partition: partition,
            arguments: arguments, scratch: scratch)
    }

    func apply(to settings: inout FilmSettings) {
        guard executor == .slurm else { return }
        settings.engine = SlurmEngine(slurm)
        if let mostJobs { settings.mostJobs = mostJobs }
        if let pause { settings.enginePause = .milliseconds(Int(pause * 1000)) }
    }
}
