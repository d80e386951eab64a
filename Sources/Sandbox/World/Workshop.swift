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
    private let lanes: Lanes
    private struct State {
        var jobs: [String: Task<Void, Never>] = [:]
        var painted: [String: Double] = [:]
        var isClosed = false
    }
    private let state = Mutex(State())

    init(world: World, configuration: SandboxConfiguration) {
        self.world = world
        self.configuration = configuration
        lanes = Lanes(width: configuration.paintingWidth)
    }

    /// Starts on a task; returns at once.
    func take(_ record: TaskRecord) {
        let uuid = record.task.taskUUID
        state.withLock { state in
            guard !state.isClosed else { return }
            state.jobs[uuid] = Task { [self] in
                await make(record)
                self.state.withLock { _ = $0.jobs.removeValue(forKey: uuid) }
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
            record.clips.reduce(0) { $0 + (state.painted[$1.videoUUID] ?? 0) } / Double(record.clips.count)
        }
        let delay = Self.seconds(configuration.delay)
        let waited = delay > 0 ? Date().timeIntervalSince(record.created) / delay : 1
        return Int((min(painted, waited) * 100).rounded(.down).clamped(to: 0...99))
    }

    private func make(_ record: TaskRecord) async {
        let task = record.task
        do {
            for (mark, code, message) in [
                (
                    configuration.faults.refuse, "contentPolicyViolation",
                    "The content was refused by moderation."
                ),
                (configuration.faults.fail, "providerError", "The provider could not make the video."),
            ] where !mark.isEmpty && task.prompt.contains(mark) {
                try await wait(for: record)
                return try await world.fail(task.taskUUID, code: code, message: message)
            }
            for (i, clip) in record.clips.enumerated() where clip.state == .processing {
                try await paint(task, clip)
                try await wait(for: record)
                try await world.finish(task.taskUUID, clip: i)
                state.withLock { _ = $0.painted.updateValue(1, forKey: clip.videoUUID) }
            }
        } catch is CancellationError {
            return
        } catch {
            // The file could not be made (a full disk, say): the task fails, the books stay right.
            try? await world.fail(task.taskUUID, code: "inferenceError", message: "\(error)")
        }
    }

    private func paint(_ task: VideoTask, _ clip: TaskRecord.Clip) async throws {
        let path = world.mediaPath(clip.videoUUID, task.format)
        let folder = world.folder
        try await lanes.run { [self] interrupt in
            let order = ClipOrder(task: task, seed: clip.seed, imageFolder: "\(folder)/images")
            try ClipMaker.make(order, path: path, interrupt: interrupt) { share in
                self.state.withLock { _ = $0.painted.updateValue(share, forKey: clip.videoUUID) }
            }
        }
    }

    private func wait(for record: TaskRecord) async throws {
        let left = Self.seconds(configuration.delay) - Date().timeIntervalSince(record.created)
        if left > 0 { try await Task.sleep(for: .seconds(left)) }
    }

    private static func seconds(_ duration: Duration) -> Double {
        Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
    }
}

extension Comparable {
    fileprivate func clamped(to range: ClosedRange<Self>) -> Self {
        min(max(self, range.lowerBound), range.upperBound)
    }
}
