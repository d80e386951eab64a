public import Foundation
import Synchronization

/// Runs HTTP exchanges with libcurl on a thread of its own.
///
/// Cheap enough to have one a client: the thread sleeps while nothing is under way, and ends with the engine.
public final class CurlEngine: Sendable {
    private let tray: CurlTray

    /// Starts an engine that keeps at most so many connections to one host.
    public init(connectionsPerHost: Int = 64) {
        let tray = CurlTray(MultiHandle(connectionsPerHost: connectionsPerHost))
        self.tray = tray
        let thread = Thread { CurlLoop(tray).run() }
        thread.name = "curl"
        thread.start()
    }

    // Every call holds the engine until it is over, so nothing is under way here.
    deinit { tray.close() }

    /// Makes one exchange. Suspends until it is over; cancelling the task ends it within moments.
    ///
    /// - Throws: ``CurlFailure`` where no complete answer came. What came before went to the receiver.
    public func run(_ call: CurlCall, into receiver: any CurlReceiver) async throws(CurlFailure) {
        // One more line would be one more field, or another request.
        let lines = call.headers.flatMap { [$0.key, $0.value] } + [call.method, call.url]
        guard lines.allSatisfy({ !$0.utf8.contains { $0 == 10 || $0 == 13 || $0 == 0 } }) else {
            throw CurlFailure(kind: .invalid, message: "a line break in the request's head")
        }
        let job = CurlJob(call, receiver)
        let failure = await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                job.wait(waiter)
                tray.put(.start(job))
            }
        } onCancel: {
            job.cancel()
            tray.put(.stop(job))
        }
        if let failure { throw failure }
    }

    /// Makes one exchange with the answer in memory.
    ///
    /// - Parameter limit: most bytes of body; more ends the exchange as `stopped`.
    public func fetch(
        _ call: CurlCall, limit: Int = 64 << 20
    ) async throws(CurlFailure) -> (head: CurlHead, body: Data) {
        let basket = Basket(limit)
        try await run(call, into: basket)
        return basket.contents
    }
}

/// Keeps an answer in memory.
private final class Basket: CurlReceiver {
    private let limit: Int
    private let state = Mutex((head: CurlHead(status: 0, headers: [:]), body: Data()))

    init(_ limit: Int) { self.limit = limit }

    var contents: (head: CurlHead, body: Data) { state.withLock { $0 } }

    func begin(_ head: CurlHead) -> Bool {
        state.withLock { $0.head = head }
        return true
    }

    func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
        state.withLock { state in
            guard state.body.count + bytes.count <= limit else { return false }
            state.body.append(contentsOf: bytes)
            return true
        }
    }
}
