import ArgumentParser
import Film
import Foundation
import Media
import Montage

struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench", abstract: "Measure what a cluster would do, without one.",
        subcommands: [ClusterSim.self])

    struct ClusterSim: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "cluster-sim",
            abstract: "Drive the scheduler of film --executor slurm against a simulated cluster.",
            discussion: """
                The steps' folders and files, the results and the queue's listing are real; machines and their work \
                are not. Where a film ends the next begins. docs/CLUSTER.md says what the figures mean.
                """)

        @Option(help: "Films in flight.") var films = 1000
        @Option(help: "Films in all.") var allFilms = 1500
        @Option(help: "Shots of a film, one job each.") var shots = 40
        @Option(help: "Jobs that the cluster runs at a time.") var slots = 10_000
        @Option(help: "Jobs that the head keeps with the cluster; without it 1.3 of the slots.")
        var maxQueued: Int?
        @Option(help: ArgumentHelp("How long a job takes on average.", valueName: "seconds")) var job = 60.0
        @Option(help: ArgumentHelp("How many jobs in a hundred are lost.", valueName: "percent"))
        var lost = 1.0
        @Option(help: ArgumentHelp("How long between two looks at the queue.", valueName: "seconds"))
        var poll = 5.0
        @Option(help: "Simulated seconds that pass in one.") var speed = 1.0
        @Option(help: "Chooses lengths and losses.") var seed: UInt64 = 1
        @OptionGroup var presets: PresetOptions
        @OptionGroup var common: CommonOptions

        func validate() throws {
            if films < 1 || allFilms < films || shots < 1 || slots < 1 || (maxQueued ?? 1) < 1 {
                throw ValidationError(
                    "--films, --shots, --slots and --max-queued are numbers from 1, and --all-films is no fewer"
                )
            }
            if !(0...50).contains(lost) { throw ValidationError("--lost takes 0 to 50 of a hundred") }
            if !(0.01...3600).contains(job) || !(0.01...3600).contains(poll) || !(0.01...1000).contains(speed)
            {
                throw ValidationError("--job and --poll take 0.01 to 3600 s, --speed 0.01 to 1000")
            }
        }

        func run() async throws {
            _ = common.logger()
            var settings = ClusterSimulation.Settings()
            (settings.films, settings.shots, settings.slots) = (films, shots, slots)
            settings.allFilms = allFilms
            settings.mostJobs = maxQueued ?? slots * 13 / 10
            (settings.jobSeconds, settings.lost, settings.pause) = (job, lost / 100, poll)
            (settings.speed, settings.seed) = (speed, seed)
            let report = try await ClusterSimulation.run(
                settings, in: NSTemporaryDirectory(),
                preset: try presets.library().preset(named: "mp4-social"))
            if common.json { return try Streams.result(json: report) }
            for failure in report.failures { Streams.note("a film ended: \(failure)") }
            func percent(_ part: Double) -> String { String(format: "%.1f %%", part * 100) }
            Streams.result(
                """
                films        \(report.films) of \(allFilms), \(report.jobs) jobs, in \(Int(report.seconds)) s
                lost         \(report.lost) jobs and \(Int(report.wasted)) slot-seconds, all done again; \
                \(report.refusedCommands) commands found no controller
                utilisation  \(percent(report.utilisation)) of the slots for which there was work, \
                \(percent(report.wholeUtilisation)) of all from first to last
                queue        \(Int(report.averageQueue)) jobs on average, \(report.deepestQueue) at most
                head         \(String(format: "%.2f", report.headMilliseconds)) ms of a processor a job, \
                \(Numbers.bytes(report.memory)) of memory
                """)
        }
    }
}
