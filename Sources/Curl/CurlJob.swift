import Synchronization

/// One call on its way through an engine; resumes its caller once.
final class CurlJob: Sendable {
    let call: CurlCall
    let receiver: any CurlReceiver
    private let state: Mutex<State> = Mutex(State())

    private struct State {
        var waiter: CheckedContinuation<CurlFailure?, Never>?
        var isCancelled = false
    }

    init(_ call: CurlCall, _ receiver: any CurlReceiver) {
        self.call = call
        self.receiver = receiver
    }

    /// Whether the caller still wants it.
    var isCancelled: Bool { state.withLock { $0.isCancelled } }
    /// The caller wants it no more.
    func cancel() { state.withLock { $0.isCancelled = true } }
    /// Who waits.
    func wait(_ waiter: CheckedContinuation<CurlFailure?, Never>) { state.withLock { $0.waiter = waiter } }

    /// Tells the caller the end; a second call does nothing.
    func end(_ failure: CurlFailure?) {
        let waiter = state.withLock { state in
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume(returning: failure)
    }
}
