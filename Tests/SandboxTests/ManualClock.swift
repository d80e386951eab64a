import Foundation
import Sandbox
import Synchronization

/// A clock that a test moves. Whoever waits on it is woken when its time has come.
final class ManualClock: Sendable {
    private struct State {
        var now = Date(timeIntervalSince1970: 1_700_000_000)
        var waiting: [(until: Date, go: CheckedContinuation<Void, any Error>)] = []
    }
    private let state = Mutex(State())

    var clock: SandboxClock {
        SandboxClock(
            now: { self.state.withLock { $0.now } },
            sleep: { duration in
                try await withCheckedThrowingContinuation { go in
                    self.state.withLock { state in
                        state.waiting.append((state.now.addingTimeInterval(duration / .seconds(1)), go))
                    }
                }
            })
    }

    /// Lets time pass.
    func advance(_ seconds: Double) {
        let due = state.withLock { state in
            state.now += seconds
            let due = state.waiting.filter { $0.until <= state.now }
            state.waiting.removeAll { $0.until <= state.now }
            return due
        }
        for item in due { item.go.resume() }
    }

    /// Ends all waiting, so that a sandbox can stop.
    func release() {
        let all = state.withLock { state in
            defer { state.waiting = [] }
            return state.waiting
        }
        for item in all { item.go.resume(throwing: CancellationError()) }
    }
}
