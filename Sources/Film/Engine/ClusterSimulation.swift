import Foundation
import Media
public import Montage
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Drives the head's scheduler, the one that `reel film --executor slurm` uses, against a cluster that is simulated: the
/// folders, the steps' files, the results and the listing of the queue are real, the machines and their work are not.
public struct ClusterSimulation: Sendable {
    /// What is simulated.
    public struct Settings: Sendable {
        /// Films that are made at the same time: where one ends the next begins.
        public var films = 1000
        /// Films in all.
        public var allFilms = 1500
        /// Shots of a film: one job each, and one for the film when they are done.
        public var shots = 40
        /// Jobs that the cluster runs at a time.
        public var slots = 10_000
        /// Jobs that the head keeps with the cluster.
        public var mostJobs = 13_000
        /// Seconds of a job on average; each takes half to one and a half of them.
        public var jobSeconds = 60.0
        /// Which part of the jobs is lost with its machine.
        public var lost = 0.01
        /// Seconds between two looks at the queue.
        public var pause = 5.0
        /// Simulated seconds that pass in one.
        public var speed = 1.0
        /// Chooses lengths and losses.
        public var seed: UInt64 = 1

        /// The usual ones.
        public init() {}
    }

    /// What came of it. Seconds are simulated ones.
    public struct Report: Sendable, Codable {
        /// Films whose steps all had their results.
        public var films: Int
        /// What ended the others: a job that was lost three times.
        public var failures: [String]
        /// Jobs whose results the head took.
        public var jobs: Int
        /// Jobs that were submitted, with those that were lost.
        public var submitted: Int
        /// Jobs that were lost.
        public var lost: Int
        /// Commands that found no controller.
        public var refusedCommands: Int
        /// From the first submission to the last result.
        public var seconds: Double
        /// Of the slot-seconds for which there was work, the part in which slots were taken.
        public var utilisation: Double
        /// Of all slot-seconds, from the first job's start to the last one's end.
        public var wholeUtilisation: Double
        /// Slot-seconds that lost jobs had.
        public var wasted: Double
        /// Jobs that waited in the cluster, on average over time.
        public var averageQueue: Double
        /// The most jobs that waited in the cluster.
        public var deepestQueue: Int
        /// Milliseconds of a processor that the head took for a job.
        public var headMilliseconds: Double
        /// The process' greatest size in bytes, the simulated cluster's with it.
        public var memory: Int64
    }

    /// Simulates. Takes as long as it says in simulated seconds, divided by the speed.
    ///
    /// - Parameters:
    ///   - folder: Where the steps are written; what is made there is removed.
    ///   - preset: The delivery that stands in the steps.
    /// - Throws: What a step failed with, which is a fault; `CancellationError`.
    public static func run(_ settings: Settings, in folder: String, preset: Preset) async throws -> Report {
        let state = "\(folder)/reel-simulation-\(UUID().uuidString)"
        let scratch = state + "/tmp"
        try FileSync.makeFolder(scratch)
        defer { try? FileManager.default.removeItem(atPath: state) }
        let clock = StepClock.running(speed: settings.speed)
        let cluster = SimulatedCluster(settings, clock: clock)
        let demand = Demand(slots: settings.slots)
        let desk = StepDesk(
            cluster, in: state, scratch: scratch, most: settings.mostJobs, pause: settings.pause, clock: clock
        ) { _ in }
        let before = processorTime()
        @Sendable func job(_ name: String) async throws {
            let spec = StepSpec(
                id: name,
                inputs: [.init(digest: String(repeating: "0", count: 64), path: state + "/clip.mp4")],
                work: .segment(
                    SegmentJob(
                        source: state + "/clip.mp4", frames: 0..<119,
                        format: FilmFormat(width: 1280, height: 720, rate: Rational(24, 1)), match: nil,
                        outputs: [SegmentOutput(preset: preset, path: "\(scratch)/\(UUID().uuidString).mp4")])
                ))
            demand.begin(at: clock.now())
            do {
                let outcome = try await desk.run(spec, progress: nil)
                demand.end(at: clock.now(), isDone: true)
                for output in outcome.outputs { unlink(output.path) }
            } catch {
                demand.end(at: clock.now(), isDone: false)
                throw error
            }
        }
        let done = try await withThrowingTaskGroup(of: StepFailure?.self) { group in
            func begin(_ film: Int) {
                group.addTask {
                    do {
                        try await withThrowingTaskGroup(of: Void.self) { shots in
                            for shot in 0..<settings.shots {
                                shots.addTask { try await job("segment:\(film):\(shot)") }
                            }
                            try await shots.waitForAll()
                        }
                        try await job("film:\(film)")
                        return nil
                    } catch let failure as StepFailure {
                        return failure
                    }
                }
            }
            var next = min(settings.films, settings.allFilms)
            for film in 0..<next { begin(film) }
            var done: [StepFailure?] = []
            while let film = try await group.next() {
                done.append(film)
                if next < settings.allFilms {
                    begin(next)
                    next += 1
                }
            }
            return done
        }
        let account = cluster.account
        let jobs = demand.ended
        var usage = rusage()
        #if canImport(Darwin)
            getrusage(RUSAGE_SELF, &usage)
            let memory = Int64(usage.ru_maxrss)
        #else
            getrusage(RUSAGE_SELF.rawValue, &usage)
            let memory = Int64(usage.ru_maxrss) * 1024
        #endif
        let slotSeconds = Double(settings.slots) * (account.ended - account.begun)
        return Report(
            films: done.count { $0 == nil }, failures: done.compactMap { $0?.message }, jobs: jobs,
            submitted: account.submitted, lost: account.lost,
            refusedCommands: account.refusedCommands, seconds: clock.now(),
            utilisation: account.busy / demand.slotSeconds, wholeUtilisation: account.busy / slotSeconds,
            wasted: account.wasted, averageQueue: account.queued / clock.now(),
            deepestQueue: account.deepestQueue,
            headMilliseconds: (processorTime() - before - account.own) * 1000 / Double(jobs), memory: memory)
    }

    /// Seconds of a processor that this process has taken.
    private static func processorTime() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}

/// How much work there is for slots, over time.
private final class Demand: Sendable {
    private let slots: Int
    private let state = Mutex((jobs: 0, ended: 0, since: 0.0, slotSeconds: 0.0))

    init(slots: Int) { self.slots = slots }

    func begin(at instant: Double) { change(by: 1, at: instant, ended: 0) }

    func end(at instant: Double, isDone: Bool) { change(by: -1, at: instant, ended: isDone ? 1 : 0) }

    private func change(by count: Int, at instant: Double, ended: Int) {
        state.withLock { state in
            // Instants that two threads took may come in the other order.
            let passed = max(0, instant - state.since)
            state.slotSeconds += Double(min(state.jobs, slots)) * passed
            state.since = max(state.since, instant)
            state.jobs += count
            state.ended += ended
        }
    }

    var slotSeconds: Double { state.withLock { $0.slotSeconds } }
    var ended: Int { state.withLock { $0.ended } }
}
