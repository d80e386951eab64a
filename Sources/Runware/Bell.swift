import Synchronization

/// A pause that a hint can end: one for each task that is waited for.
///
/// A hint that comes while nobody waits is kept for the next pause. Hints less than a second after the last
/// one are put together into one, a second later, so that whoever rings often causes one question a second
/// at most.
final class Bell: Sendable {
    enum Sound: Sendable { case time, hint, cancelled }

    private struct State {
        var waiting: CheckedContinuation<Sound, Never>?
        /// What ended the pause before anybody stood waiting.
        var early: Sound?
        var isRung = false
        var lastRing: Duration?
        var isOwed = false
    }

    private let pace: any Pace
    private let state: Mutex<State> = Mutex(State())

    init(pace: any Pace) { self.pace = pace }

    /// Waits until the time is over, somebody rings (where `listens`), or the caller is cancelled.
    func wait(_ pause: Duration, listens: Bool) async -> Sound {
        let isRung = state.withLock { state in
            state.early = nil
            guard listens, state.isRung else { return false }
            state.isRung = false
            return true
        }
        if isRung { return Task.isCancelled ? .cancelled : .hint }
        guard listens else {
            do {
                try await pace.sleep(pause)
                return .time
            } catch {
                return .cancelled
            }
        }
        let timer = Task { [pace] in
            do {
                try await pace.sleep(pause)
                self.end(.time)
            } catch {
                // The pause ended otherwise.
            }
        }
        defer { timer.cancel() }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let early: Sound? = state.withLock { state in
                    if state.isRung {
                        state.isRung = false
                        return .hint
                    }
                    if state.early == nil { state.waiting = continuation }
                    return state.early
                }
                if let early { continuation.resume(returning: early) }
            }
        } onCancel: {
            end(.cancelled)
        }
    }

    /// Ends the pause, or the next one.
    func ring() {
        let now = pace.now()
        let rest: Duration? = state.withLock { state in
            if state.isOwed { return nil }
            if let last = state.lastRing, now - last < .seconds(1) {
                state.isOwed = true
                return .seconds(1) - (now - last)
            }
            state.lastRing = now
            return .zero
        }
        guard let rest else { return }
        if rest == .zero { return sound() }
        Task {
            try? await pace.sleep(rest)
            state.withLock { state in
                state.isOwed = false
                state.lastRing = pace.now()
            }
            sound()
        }
    }

    private func sound() {
        let waiting = state.withLock { state in
            if state.waiting == nil { state.isRung = true }
            defer { state.waiting = nil }
            return state.waiting
        }
        waiting?.resume(returning: .hint)
    }

    private func end(_ sound: Sound) {
        let waiting = state.withLock { state in
            if state.waiting == nil { state.early = sound }
            defer { state.waiting = nil }
            return state.waiting
        }
        waiting?.resume(returning: sound)
    }
}
