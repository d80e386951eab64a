import ArgumentParser
import Film
import Foundation

/// Where what encodes and joins is run.
struct EngineOptions: ParsableArguments {
    enum Executor: String, ExpressibleByArgument, CaseIterable {
        case local, slurm
    }

    @Option(help: "Who encodes and joins: local, or slurm, by its commands sbatch, squeue and scancel.")
    var executor: Executor = .local

    @Option(help: ArgumentHelp("Slurm: the partition. Without it the cluster's default.", valueName: "name"))
    var partition: String?

    @Option(
        help: ArgumentHelp(
            "Slurm: further words for sbatch, as one text: '--account=film --qos=low'.", valueName: "words"))
    var sbatchArgs: String?

    @Option(help: ArgumentHelp("How many jobs may be with Slurm at a time.", valueName: "n"))
    var maxQueued = 100

    @Option(help: ArgumentHelp("How long to wait between two looks at Slurm's queue.", valueName: "seconds"))
    var poll = 5.0

    func validate() throws {
        if maxQueued < 1 { throw ValidationError("--max-queued takes a number from 1") }
        if !(0.05...3600).contains(poll) { throw ValidationError("--poll takes seconds, 0.05 to 3600") }
    }

    func apply(to settings: inout FilmSettings) {
        guard executor == .slurm else { return }
        let program = Bundle.main.executablePath ?? CommandLine.arguments[0]
        settings.engine = SlurmEngine(
            .init(
                program: program, partition: partition,
                arguments: sbatchArgs?.split(separator: " ").map(String.init) ?? []))
        settings.mostJobs = maxQueued
        settings.enginePause = .milliseconds(Int(poll * 1000))
    }
}
