import Dispatch
import Foundation
import Synchronization

/// The executor of one media job: a serial queue of its own, outside Swift's cooperative pool.
///
/// Swift's pool has one thread a core and expects tasks to yield; a decode that blocks it stops every
/// other task of the process, timers and downloads among them.
final class Lane: SerialExecutor {
    private let queue = DispatchQueue(label: "reel.lane")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }
}

/// One blocking job, isolated to its lane; synchronous inside.
actor MediaJob {
    private let lane = Lane()
    nonisolated var unownedExecutor: UnownedSerialExecutor { lane.asUnownedSerialExecutor() }

    func perform<T: Sendable>(_ body: @Sendable () throws -> T) throws -> T { try body() }
}

/// A bounded number of lanes for blocking media work.
///
/// A body must not wait for another `run` of the same lanes: with all lanes taken by waiters, nobody
/// would move. Work that needs several threads at once uses `runSideBySide` inside one lane.
public final class Lanes: Sendable {
    /// As many lanes as the machine has cores. FFmpeg's codecs bring threads of their own.
    public static let shared = Lanes(width: ProcessInfo.processInfo.activeProcessorCount)

    private struct State {
        var free: Int
        var waiting: [(id: Int, turn: CheckedContinuation<Bool, Never>)] = []
        var nextID = 0
        var gone: Set<Int> = []
    }

    private let state: Mutex<State>

    /// Makes lanes for `width` jobs at a time, at least one.
    public init(width: Int) { state = Mutex(State(free: max(1, width))) }

    /// Runs `body` on a thread of its own, as soon as a lane is free, in order of arrival.
    ///
    /// Cancelling the calling task raises the body's interrupt; a body that then throws `.cancelled`
    /// makes this throw `CancellationError`.
    ///
    /// - Parameter body: Blocking work; must poll the interrupt it is given.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws; `CancellationError` when interrupted or cancelled while waiting.
    public func run<T: Sendable>(_ body: @escaping @Sendable (Interrupt) throws -> T) async throws -> T {
        try await take()
        defer { give() }
        let interrupt = Interrupt()
        do {
            return try await withTaskCancellationHandler {
                try Task.checkCancellation()
                return try await MediaJob().perform { try body(interrupt) }
            } onCancel: {
                interrupt.raise()
            }
        } catch let error as MediaError where error.code == .cancelled {
            throw CancellationError()
        }
    }

    private func take() async throws {
        let id: Int? = state.withLock { state in
            if state.free > 0 {
                state.free -= 1
                return nil
            }
            state.nextID += 1
            return state.nextID
        }
        guard let id else { return }
        let taken = await withTaskCancellationHandler {
            await withCheckedContinuation { (turn: CheckedContinuation<Bool, Never>) in
                let answer: Bool? = state.withLock { state in
                    if state.gone.remove(id) != nil { return false }
                    if state.free > 0 {
                        state.free -= 1
                        return true
                    }
                    state.waiting.append((id, turn))
                    return nil
                }
                if let answer { turn.resume(returning: answer) }
            }
        } onCancel: {
            let turn: CheckedContinuation<Bool, Never>? = state.withLock { state in
                if let place = state.waiting.firstIndex(where: { $0.id == id }) {
                    return state.waiting.remove(at: place).turn
                }
                state.gone.insert(id)
                return nil
            }
            turn?.resume(returning: false)
        }
        state.withLock { _ = $0.gone.remove(id) }
        if !taken { throw CancellationError() }
    }

    private func give() {
        let next: CheckedContinuation<Bool, Never>? = state.withLock { state in
            if state.waiting.isEmpty {
                state.free += 1
                return nil
            }
            return state.waiting.removeFirst().turn
        }
        next?.resume(returning: true)
    }
}
