import Foundation
import Synchronization

/// Runs each body on a thread of its own and waits for all of them.
///
/// The first body that fails raises `interrupt`, so the others stop at their next check. Blocks the
/// calling thread; call it inside a lane.
///
/// - Parameters:
///   - interrupt: The job's flag, polled by every body.
///   - bodies: Blocking work; bodies hand frames to each other by `BoundedQueue`.
/// - Throws: The error of the body that failed first in time; `.cancelled` of the others is not it.
public func runSideBySide(_ interrupt: Interrupt, _ bodies: [@Sendable () throws -> Void]) throws {
    let firstError = Mutex<(any Error)?>(nil)
    let group = DispatchGroup()
    for body in bodies {
        group.enter()
        let thread = Thread {
            do {
                try body()
            } catch {
                firstError.withLock { if $0 == nil { $0 = error } }
                interrupt.raise()
            }
            group.leave()
        }
        // FFmpeg's encoders put large arrays on the stack; the usual 8 MB of a main thread.
        thread.stackSize = 8 << 20
        thread.start()
    }
    group.wait()
    if let error = firstError.withLock({ $0 }) { throw error }
}

/// Calls `body` with each number below `count`, so many at a time, each on a thread; the order in which they begin is
/// that of the numbers. Blocks the calling thread. Errors as in ``runSideBySide(_:_:)``.
public func eachSideBySide(
    _ count: Int, workers: Int, _ interrupt: Interrupt, _ body: @escaping @Sendable (Int) throws -> Void
) throws {
    let next = Mutex(0)
    let work: @Sendable () throws -> Void = {
        while true {
            let place = next.withLock { next in
                defer { next += 1 }
                return next
            }
            guard place < count else { return }
            try interrupt.check()
            try body(place)
        }
    }
    try runSideBySide(interrupt, Array(repeating: work, count: min(count, max(1, workers))))
}
