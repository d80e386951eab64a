import Synchronization

/// Lets so many exchanges through at once; the rest wait in the order of their coming.
///
/// Each exchange with a body costs a socket, so a thousand tasks must not post at the same moment. Questions
/// have places that submissions and uploads never take: a queue of slow uploads does not keep anybody from
/// hearing that a task is done. Waiting costs nothing and ends at once when the caller is cancelled.
package final class ExchangeGate: Sendable {
    package enum Lane: Sendable {
        /// Questions: quick, free of charge.
        case asking
        /// Submissions and uploads.
        case sending
    }

    private struct Waiter {
        var number: Int
        var continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var inside = 0
        var sending = 0
        var most = 0
        var asking: [Waiter] = []
        var queue: [Waiter] = []
        var next = 0
        /// Cancelled before they stood in the queue.
        var gone: Set<Int> = []
    }

    private let limit: Int
    private let limitOfSending: Int
    private let state = Mutex(State())

    /// - Parameters:
    ///   - limit: exchanges at once, at least 1.
    ///   - reserved: how many of these only questions may take; one place for the others always stays.
    package init(limit: Int, reserved: Int = 2) {
        self.limit = max(1, limit)
        limitOfSending = max(1, self.limit - reserved)
    }

    /// The most exchanges that were ever under way at once.
    package var most: Int { state.withLock { $0.most } }

    /// Does the work when a place is free. Nil, and nothing done, where the caller was cancelled meanwhile.
    package func through<T: Sendable>(_ lane: Lane, _ work: () async -> T) async -> T? {
        guard await enter(lane) else { return nil }
        defer { leave(lane) }
        return await work()
    }

    private func enter(_ lane: Lane) async -> Bool {
        let number = state.withLock { state in
            state.next += 1
            return state.next
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer: Bool? = state.withLock { state in
                    if state.gone.remove(number) != nil { return false }
                    if take(lane, &state) { return true }
                    let waiter = Waiter(number: number, continuation: continuation)
                    if lane == .asking { state.asking.append(waiter) } else { state.queue.append(waiter) }
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            let waiter: Waiter? = state.withLock { state in
                if let place = state.asking.firstIndex(where: { $0.number == number }) {
                    return state.asking.remove(at: place)
                }
                if let place = state.queue.firstIndex(where: { $0.number == number }) {
                    return state.queue.remove(at: place)
                }
                state.gone.insert(number)
                return nil
            }
            waiter?.continuation.resume(returning: false)
        }
    }

    private func take(_ lane: Lane, _ state: inout State) -> Bool {
        guard state.inside < limit, lane == .asking || state.sending < limitOfSending else { return false }
        state.inside += 1
        if lane == .sending { state.sending += 1 }
        state.most = max(state.most, state.inside)
        return true
    }

    private func leave(_ lane: Lane) {
        let next: Waiter? = state.withLock { state in
            state.inside -= 1
            if lane == .sending { state.sending -= 1 }
            if !state.asking.isEmpty, take(.asking, &state) { return state.asking.removeFirst() }
            if !state.queue.isEmpty, take(.sending, &state) { return state.queue.removeFirst() }
            return nil
        }
        next?.continuation.resume(returning: true)
    }
}
