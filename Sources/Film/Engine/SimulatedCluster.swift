import Foundation
import Media
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A cluster that has slots and no machines: its jobs take their time and do nothing, some are lost, and now and then its
/// controller does not answer. For ``ClusterSimulation``.
///
/// It moves when it is asked something, to where it would then be: every slot takes its next job at the instant at which
/// the one before ended. What it does itself, machines' writing of results above all, is timed, so that it can be told
/// from what the head does.
final class SimulatedCluster: StepEngine {
    /// What happened in it, in seconds of its own time.
    struct Account: Sendable {
        var submitted = 0
        var lost = 0
        var refusedCommands = 0
        /// Slot-seconds in which slots were taken.
        var busy = 0.0
        /// Of these, for jobs that were lost.
        var wasted = 0.0
        var deepestQueue = 0
        /// Depth of the queue times seconds.
        var queued = 0.0
        /// Seconds of a processor that the simulation itself took.
        var own = 0.0
        /// When the first slot was taken and the last one became free.
        var begun = Double.infinity
        var ended = 0.0
    }

    private struct Job {
        var id: Int
        var name: String
        var folder: String
        var submitted: Double
        var state = StepJobState.waiting
    }
    private struct Running {
        var id: Int
        var begun: Double
        var ends: Double
        var isLost: Bool
    }
    private struct State {
        var jobs: [Int: Job] = [:]
        /// The ended, in order, with the instant at which they are forgotten.
        var ended: [(id: Int, forgotten: Double)] = []
        var pending: [Int] = []
        var firstPending = 0
        /// The last one ends first.
        var running: [Running] = []
        var random: UInt64
        var account = Account()
        var lastLook = 0.0
        var commands = 0
    }

    private let settings: ClusterSimulation.Settings
    private let clock: StepClock
    private let state: Mutex<State>
    /// As many commands at a time as the real one's.
    private let commands = Lanes(width: 4)

    /// Seconds from a slot's becoming free, or a job's coming, to the job's start.
    private static let start = 0.5
    /// Seconds after which a job that ended is no longer told of: Slurm's usual `MinJobAge`.
    private static let memory = 300.0
    /// Seconds until a machine that is gone is missed.
    private static let detection = 30.0

    init(_ settings: ClusterSimulation.Settings, clock: StepClock) {
        (self.settings, self.clock) = (settings, clock)
        state = Mutex(State(random: settings.seed))
    }

    var account: Account { state.withLock { $0.account } }

    func submit(_ job: StepJob) async throws {
        try await command(taking: 0.0093)
        try state.withLock { state in
            let from = Self.processorTime
            defer { state.account.own += Self.processorTime - from }
            try move(&state)
            state.account.submitted += 1
            let id = state.account.submitted
            state.jobs[id] = Job(
                id: id, name: job.name, folder: FileSync.folder(of: job.spec), submitted: clock.now())
            state.pending.append(id)
            fill(&state, from: clock.now())
        }
    }

    func poll() async throws -> [String: StepJobState] {
        try await command(taking: 0.01)
        // As text, since reading squeue's is the head's work.
        let listing = try state.withLock { state in
            let from = Self.processorTime
            defer { state.account.own += Self.processorTime - from }
            try move(&state)
            return state.jobs.values.map { "\($0.id)|\(Self.word($0.state))|\($0.name)|None" }
                .joined(separator: "\n")
        }
        return SlurmEngine.states(listing)
    }

    func cancel(_ name: String) async throws { try await command(taking: 0.0093) }

    /// What one of Slurm's commands takes; one in five hundred finds the controller away.
    private func command(taking seconds: Double) async throws {
        let speed = settings.speed
        _ = try await commands.run { _ in usleep(UInt32(seconds / speed * 1e6)) }
        let isAway = state.withLock { state in
            state.commands += 1
            if state.commands % 500 == 0 { state.account.refusedCommands += 1 }
            return state.commands % 500 == 0
        }
        if isAway { throw FilmError(.io, "the controller does not answer", subject: "simulation") }
    }

    /// Goes on to now.
    private func move(_ state: inout State) throws {
        let now = clock.now()
        while let next = state.running.last, next.ends <= now {
            state.running.removeLast()
            state.account.busy += next.ends - next.begun
            state.account.begun = min(state.account.begun, next.begun)
            state.account.ended = next.ends
            if next.isLost {
                state.account.lost += 1
                state.account.wasted += next.ends - next.begun
                state.jobs[next.id]?.state = .lost
            } else if let job = state.jobs[next.id] {
                try publish(job)
                state.jobs[next.id]?.state = .ended
            }
            state.ended.append((next.id, next.ends + Self.memory))
            fill(&state, from: next.ends)
        }
        let old = state.ended.prefix { $0.forgotten <= now }
        for job in old { state.jobs[job.id] = nil }
        state.ended.removeFirst(old.count)
        let depth = state.pending.count - state.firstPending
        state.account.queued += Double(depth) * (now - state.lastLook)
        state.account.deepestQueue = max(state.account.deepestQueue, depth)
        state.lastLook = now
    }

    /// Gives free slots to those that wait.
    private func fill(_ state: inout State, from instant: Double) {
        while state.running.count < settings.slots, state.firstPending < state.pending.count {
            let id = state.pending[state.firstPending]
            state.firstPending += 1
            guard let job = state.jobs[id] else { continue }
            state.jobs[id]?.state = .running
            let begun = max(instant, job.submitted) + Self.start
            var seconds = settings.jobSeconds * (0.5 + random(&state))
            let isLost = random(&state) < settings.lost
            if isLost { seconds = seconds * random(&state) + Self.detection }
            let run = Running(id: id, begun: begun, ends: begun + seconds, isLost: isLost)
            var (low, high) = (0, state.running.count)
            while low < high {
                let middle = (low + high) / 2
                if state.running[middle].ends > run.ends { low = middle + 1 } else { high = middle }
            }
            state.running.insert(run, at: low)
        }
        if state.firstPending > 4096 {
            state.pending.removeFirst(state.firstPending)
            state.firstPending = 0
        }
    }

    /// What a machine leaves: one file, and the result.
    private func publish(_ job: Job) throws {
        let digest = try SHA256.hex(of: Array("\(job.name) \(job.id)".utf8))
        try Data(digest.utf8).write(to: URL(fileURLWithPath: "\(job.folder)/\(digest).mp4"))
        let output = StepFile.Output(
            name: "mp4", place: 0, below: "", file: "\(digest).mp4", digest: digest, bytes: 64, facts: "{}")
        let result = StepFile.Result(outputs: [output], failure: nil, machine: "simulated")
        try JSONEncoder().encode(result).write(
            to: URL(fileURLWithPath: job.folder + "/result.json"), options: .atomic)
    }

    private static func word(_ state: StepJobState) -> String {
        switch state {
        case .waiting: "PENDING"
        case .running: "RUNNING"
        case .lost: "NODE_FAIL"
        default: "COMPLETED"
        }
    }

    /// From 0 up to 1; the same numbers for the same seed (splitmix64).
    private func random(_ state: inout State) -> Double {
        state.random &+= 0x9E37_79B9_7F4A_7C15
        var bits = state.random
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return Double((bits ^ (bits >> 31)) >> 11) / Double(1 << 53)
    }

    /// Seconds of a processor that this thread has taken.
    private static var processorTime: Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
