import Foundation
public import Testing

/// Moves tests that wait for programs and codecs off Swift's cooperative pool.
///
/// The pool has a thread a core. Bodies that block it starve every asynchronous test of the process: its
/// deadlines pass while nothing runs. Suites that call FFmpeg or other programs carry `.blocking`.
public struct BlockingTrait: SuiteTrait, TestTrait, TestScoping {
    /// Nested suites are moved too.
    public var isRecursive: Bool { true }

    /// Runs the test on a thread that may block; four of them run at once.
    public func provideScope(
        for test: Test, testCase: Test.Case?,
        performing function: @Sendable @concurrent () async throws -> Void
    ) async throws {
        try await withTaskExecutorPreference(BlockingThreads.shared) { try await function() }
    }
}

extension Trait where Self == BlockingTrait {
    /// The test's body may block its thread.
    public static var blocking: Self { BlockingTrait() }
}

/// Threads that may block, fed from one queue, so that a job waits for the first thread that is free.
private final class BlockingThreads: TaskExecutor, @unchecked Sendable {
    static let shared = BlockingThreads(width: 4)

    private let condition = NSCondition()
    private var jobs: [UnownedJob] = []

    init(width: Int) {
        for _ in 0..<width { Thread.detachNewThread { self.work() } }
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        condition.lock()
        jobs.append(job)
        condition.signal()
        condition.unlock()
    }

    private func work() {
        let executor = asUnownedTaskExecutor()
        while true {
            condition.lock()
            while jobs.isEmpty { condition.wait() }
            let job = jobs.removeFirst()
            condition.unlock()
            job.runSynchronously(on: executor)
        }
    }
}
