import Synchronization

/// How soon a cancelled run must end. Clips that are on their way here were paid for: a run that is asked to stop first
/// lets them arrive, buys nothing more and renders nothing more. In haste it stops their downloads as well; the next
/// run fetches them.
public final class Haste: Sendable {
    private struct State {
        var isUrgent = false
        var stops: [Int: @Sendable () -> Void] = [:]
        var count = 0
    }
    private let state = Mutex(State())

    /// No haste.
    public init() {}

    /// Stops what is still being finished. To be called beside cancelling the run, from any thread.
    public func hurry() {
        let stops = state.withLock { state in
            state.isUrgent = true
            return Array(state.stops.values)
        }
        for stop in stops { stop() }
    }

    /// Runs work to its end though the calling task may be cancelled, unless there is haste.
    func finishing<T: Sendable>(_ work: @escaping @Sendable () async throws -> T) async throws -> T {
        try Task.checkCancellation()
        let task = Task { try await work() }
        let (number, isUrgent) = state.withLock { state in
            state.count += 1
            state.stops[state.count] = { task.cancel() }
            return (state.count, state.isUrgent)
        }
        if isUrgent { task.cancel() }
        defer { state.withLock { _ = $0.stops.removeValue(forKey: number) } }
        return try await task.value
    }
}
