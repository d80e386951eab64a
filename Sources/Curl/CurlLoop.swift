import Foundation
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Where callers put what the engine's thread is to do.
final class CurlTray: Sendable {
    enum Order {
        case start(CurlJob)
        case stop(CurlJob)
    }

    let multi: MultiHandle
    private let state: Mutex<(orders: [Order], isClosed: Bool)> = Mutex(([], false))

    init(_ multi: MultiHandle) { self.multi = multi }

    func put(_ order: Order) {
        state.withLock { $0.orders.append(order) }
        multi.wake()
    }

    func close() {
        state.withLock { $0.isClosed = true }
        multi.wake()
    }

    func take() -> (orders: [Order], isClosed: Bool) {
        state.withLock { state in
            defer { state.orders = [] }
            return state
        }
    }
}

/// The engine's thread: starts and stops exchanges, lets libcurl work, and sleeps.
final class CurlLoop {
    /// An exchange and when its flow is looked at next.
    private struct Running {
        var exchange: CurlExchange
        var look: ContinuousClock.Instant?
        var receivedThen: Int64 = 0
    }

    private let tray: CurlTray
    private var running: [UnsafeMutableRawPointer: Running] = [:]

    init(_ tray: CurlTray) { self.tray = tray }

    func run() {
        // A peer that goes away while TLS writes must not end the program.
        var pipe = sigset_t()
        sigemptyset(&pipe)
        sigaddset(&pipe, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &pipe, nil)
        while true {
            let (orders, isClosed) = tray.take()
            for order in orders {
                switch order {
                case .start(let job): start(job)
                case .stop(let job): stop(job)
                }
            }
            if isClosed { break }
            tray.multi.perform()
            while let (easy, code) = tray.multi.nextEnded() {
                end(easy) { $0.failure(code) }
            }
            tray.multi.sleep(milliseconds: lookAtFlows())
        }
        for easy in Array(running.keys) { end(easy) { _ in Self.cancelled } }
    }

    private static let cancelled = CurlFailure(kind: .cancelled, message: "stopped waiting")

    private func start(_ job: CurlJob) {
        if job.isCancelled { return job.end(Self.cancelled) }
        guard let exchange = CurlExchange(job), tray.multi.add(exchange.easy) else {
            return job.end(CurlFailure(kind: .unreachable, message: "out of memory"))
        }
        let look = job.call.slowest.map { ContinuousClock.now + $0.time }
        running[exchange.easy] = Running(exchange: exchange, look: look)
    }

    private func stop(_ job: CurlJob) {
        let found = running.first { $0.value.exchange.job === job }
        // Nothing found: over already, or stopped before the start, which then sees it by itself.
        if let found { end(found.key) { _ in Self.cancelled } }
    }

    private func end(_ easy: UnsafeMutableRawPointer, _ failure: (CurlExchange) -> CurlFailure?) {
        guard let exchange = running.removeValue(forKey: easy)?.exchange else { return }
        let failure = failure(exchange)
        tray.multi.remove(easy)
        exchange.job.end(failure)
    }

    /// Ends what flows too slowly. Gives the time until the next look, in milliseconds.
    private func lookAtFlows() -> Int32 {
        let now = ContinuousClock.now
        var pause: Int64 = 60_000
        for (easy, entry) in running {
            guard let look = entry.look, let flow = entry.exchange.job.call.slowest else { continue }
            if now < look {
                pause = min(pause, (look - now).milliseconds + 1)
                continue
            }
            let came = entry.exchange.received - entry.receivedThen
            guard came >= flow.bytes else {
                end(easy) { _ in CurlFailure(kind: .slow, message: "\(came) bytes in \(flow.time)") }
                continue
            }
            running[easy]?.look = now + flow.time
            running[easy]?.receivedThen = entry.exchange.received
            pause = min(pause, flow.time.milliseconds + 1)
        }
        return Int32(max(1, min(60_000, pause)))
    }
}
