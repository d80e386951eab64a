import Dispatch
import Synchronization
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

/// Threads that may block: a queue of queues, so that no more than a few run at once.
private final class BlockingThreads: TaskExecutor {
    static let shared = BlockingThreads(width: 4)

    private let lanes: [DispatchQueue]
    private let next = Turn()

    init(width: Int) { lanes = (0..<width).map { DispatchQueue(label: "test.blocking.\($0)") } }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let executor = asUnownedTaskExecutor()
        lanes[next.take(lanes.count)].async { job.runSynchronously(on: executor) }
    }
}

/// Whose turn it is.
private final class Turn: Sendable {
    private let count = Atomic<Int>(0)
    func take(_ width: Int) -> Int { count.wrappingAdd(1, ordering: .relaxed).oldValue % width }
}
