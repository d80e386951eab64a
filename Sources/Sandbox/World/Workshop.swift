import Foundation
import Media
import Synchronization

/// Makes the clips of accepted tasks.
///
/// A clip is painted on a lane as soon as one is free and shown as finished when it is painted and the
/// configured delay has passed since the task was accepted: a restart does not start the delay anew.
final class Workshop: Sendable {
    private let world: World
    private let configuration: SandboxConfiguration
    private let courier: Courier
    private let lanes: Lanes
    private let canned: CannedClips
    private struct State {
        var jobs: [String: Task<Void, Never>] = [:]
        var painted: [String: Double] = [:]
        var isClosed = false
    }
    private let state = Mutex(State())

    init(world: World, configuration: SandboxConfiguration, courier: Courier) {
        self.world = world
        self.configuration = configuration
        self.courier = courier
        lanes = Lanes(width: configuration.paintingWidth)
        canned = CannedClips(
            folder: configuration.world.cannedFolder ?? "\(configuration.folder)/canned", lanes: lanes)
    }

    /// Takes up work, at first and after a `close`.
    func open() { state.withLock { $0.isClosed = false } }

    /// Starts on a task; returns at once.
    func take(_ record: TaskRecord) {
        let uuid = record.task.taskUUID
        state.withLock { state in
            guard !state.isClosed else { return }
            state.jobs[uuid] = Task { [self] in
                await make(record)
                self.state.withLock { state in
                    state.jobs.removeValue(forKey: uuid)
                    for clip in record.clips { state.painted.removeValue(forKey: clip.videoUUID) }
                }
            }
        }
    }

    /// Stops all work and waits for it to end. What is unfinished stays so in the world.
    func close() async {
        let jobs = state.withLock { state in
            state.isClosed = true
            return Array(state.jobs.values)
        }
        for job in jobs { job.cancel() }
        for job in jobs { await job.value }
    }

    /// How far a task seems to be, 0 to 99: the slower of the painting and the delay.
    func progress(of record: TaskRecord) -> Int {
        let painted = state.withLock { state in
            record.clips.reduce(0) { sum, clip in
                sum + (clip.state == .processing ? state.painted[clip.videoUUID] ?? 0 : 1)
            } / Double(record.clips.count)
        }
        let delay = configuration.delay.inSeconds
        let waited = delay > 0 ? configuration.clock.now().timeIntervalSince(record.created) / delay : 1
        return Int((min(painted, waited) * 100).rounded(.down).clamped(to: 0...99))
    }

    private func make(_ record: TaskRecord) async {
        let uuid = record.task.taskUUID
        do {
            if record.state == .processing {
                try await make(record, outcome: try await world.outcome(uuid))
            }
            try await courier.announce(uuid)
        } catch is CancellationError {
            return
        } catch {
            // The file could not be made (a full disk, say): the task fails, the books stay right.
            try? await world.fail(uuid, code: "inferenceError", message: "\(error)")
            try? await courier.announce(uuid)
        }
    }

    private func make(_ record: TaskRecord, outcome: Fault?) async throws {
        let task = record.task
        let verdict: (code: String, message: String)? =
            switch outcome?.kind {
            case .moderationAfter: ("contentPolicyViolation", "The content was refused by moderation.")
            case .providerFailure: ("providerError", "The provider could not make the video.")
            case .final504: ("failedProviderTimeout", "The provider did not answer in time.")
            default: nil
            }
        if let verdict {
            try await wait(for: record)
            return try await world.fail(task.taskUUID, code: verdict.code, message: verdict.message)
        }
        if outcome?.kind == .neverFinish { throw CancellationError() }
        // Each result is announced by itself, unless all are shown together or fault has them reordered.
        let mischief = await world.mischief(of: task.taskUUID)
        let isHeldBack =
            configuration.world.results.together || mischief?.has(.webhookReordered) == true
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (i, clip) in record.clips.enumerated() where clip.state == .processing {
                try await make(clip, i, of: record, outcome)
                guard !isHeldBack else { continue }
                group.addTask { [courier] in try await courier.announce(task.taskUUID, clip: i) }
            }
            try await group.waitForAll()
        }
    }

    private func make(_ clip: TaskRecord.Clip, _ i: Int, of record: TaskRecord, _ outcome: Fault?)
        async throws
    {
        let task = record.task
        let stagger = configuration.world.results.stagger * Double(i)
        let lost = outcome?.kind == .partialFailure ? outcome?.amount ?? 1 : 0
        if i >= record.clips.count - lost {
            try await wait(for: record, and: stagger)
            return try await world.fail(
                task.taskUUID, clip: i, code: "providerError",
                message: "The provider could not make this one of the videos.")
        }
        try await paint(task, clip)
        try await wait(for: record, and: stagger)
        state.withLock { _ = $0.painted.updateValue(1, forKey: clip.videoUUID) }
        try await world.finish(task.taskUUID, clip: i, isUnsafe: outcome?.kind == .nsfw)
    }

    private func paint(_ task: VideoTask, _ clip: TaskRecord.Clip) async throws {
        let path = world.mediaPath(clip.videoUUID, task.format)
        if configuration.world.clips == .canned { return try await canned.place(task, at: path) }
        let folder = world.folder
        try await lanes.run { [self] interrupt in
            let order = ClipOrder(task: task, seed: clip.seed, imageFolder: "\(folder)/images")
            try ClipMaker.make(order, path: path, interrupt: interrupt) { share in
                self.state.withLock { _ = $0.painted.updateValue(share, forKey: clip.videoUUID) }
            }
        }
    }

    private func wait(for record: TaskRecord, and more: Double = 0) async throws {
        let clock = configuration.clock
        let left = configuration.delay.inSeconds + more - clock.now().timeIntervalSince(record.created)
        if left > 0 { try await clock.sleep(.seconds(left)) }
        try Task.checkCancellation()
    }
}

extension Comparable {
    fileprivate func clamped(to range: ClosedRange<Self>) -> Self {
        min(max(self, range.lowerBound), range.upperBound)
    }
}
