import Foundation
import Media
import Synchronization
import TestSupport
import Testing

/// How many jobs run now, and ran at most.
private final class Counts: Sendable {
    private let state = Mutex((now: 0, most: 0))
    var now: Int { state.withLock { $0.now } }
    var most: Int { state.withLock { $0.most } }
    func enter() { state.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) } }
    func leave(_ n: Int) { state.withLock { $0.now -= n } }
}

@Suite struct LaneTests {
    @Test func `work in lanes leaves the pool free`() async throws {
        // More blocked jobs than the pool has threads; the task below would never run in a full pool.
        let lanes = Lanes(width: 16)
        let gate = DispatchSemaphore(value: 0)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<16 { group.addTask { try await lanes.run { _ in gate.wait() } } }
            let ran = await Task { true }.value
            #expect(ran)
            for _ in 0..<16 { gate.signal() }
            try await group.waitForAll()
        }
    }

    @Test func `no more jobs run at once than there are lanes`() async throws {
        let lanes = Lanes(width: 2)
        let counts = Counts()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<20 {
                group.addTask {
                    try await lanes.run { _ in
                        counts.enter()
                        var spin = 0.0
                        for i in 0..<20000 { spin += Double(i).squareRoot() }
                        counts.leave(spin > 0 ? 1 : 0)
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(counts.most <= 2)
        #expect(counts.now == 0)
    }

    @Test func `cancelling the task stops the job in its lane`() async throws {
        let lanes = Lanes(width: 1)
        let started = AsyncStream<Void>.makeStream()
        let task = Task {
            try await lanes.run { interrupt in
                started.continuation.yield()
                while true { try interrupt.check() }
            }
        }
        for await _ in started.stream { break }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(try await lanes.run { _ in 1 } == 1)
    }

    @Test func `a cancelled waiter gives up its place`() async throws {
        let lanes = Lanes(width: 1)
        let gate = DispatchSemaphore(value: 0)
        let started = AsyncStream<Void>.makeStream()
        let holder = Task {
            try await lanes.run { _ in
                started.continuation.yield()
                gate.wait()
            }
        }
        for await _ in started.stream { break }
        let waiter = Task { try await lanes.run { _ in Issue.record("the waiter ran") } }
        waiter.cancel()
        await #expect(throws: CancellationError.self) { try await waiter.value }
        gate.signal()
        try await holder.value
        #expect(try await lanes.run { _ in 2 } == 2)
    }

    @Test func `the first failure side by side stops the others`() throws {
        struct Broken: Error {}
        let interrupt = Interrupt()
        #expect(throws: Broken.self) {
            try runSideBySide(interrupt, [{ throw Broken() }, { while true { try interrupt.check() } }])
        }
    }

    @Test func `a queue hands over in order and ends`() throws {
        let interrupt = Interrupt()
        let queue = BoundedQueue<Int>(capacity: 3, interrupt: interrupt)
        let received = Mutex<[Int]>([])
        try runSideBySide(
            interrupt,
            [
                {
                    for i in 0..<1000 { try queue.send(i) }
                    queue.close()
                },
                { while let i = try queue.receive() { received.withLock { $0.append(i) } } },
            ])
        #expect(received.withLock { $0 } == Array(0..<1000))
    }

    @Test func `a queue is full by what its elements weigh`() throws {
        let interrupt = Interrupt()
        let queue = BoundedQueue<Int>(capacity: 10, interrupt: interrupt, weighing: { $0 })
        // A raised interrupt ends a wait, so what would wait throws.
        interrupt.raise()
        try queue.send(6)
        try queue.send(4)
        #expect(throws: MediaError.self) { try queue.send(1) }
        #expect(try queue.receive() == 6)
        try queue.send(6)
        #expect(throws: MediaError.self) { try queue.send(1) }
        #expect(try [queue.receive(), queue.receive()] == [4, 6])
        // What is heavier than all the room goes in alone.
        try queue.send(99)
        #expect(throws: MediaError.self) { try queue.send(1) }
        #expect(try queue.receive() == 99)
        try queue.send(1)
    }

    @Test func `an abandoned queue refuses instead of blocking`() throws {
        let queue = BoundedQueue<Int>(capacity: 1, interrupt: Interrupt())
        try queue.send(1)
        queue.abandon()
        #expect(try queue.send(2) == false)
    }

    @Test func `a raised interrupt stops reading a file at once`() throws {
        let folder = try TempDirectory("lanes")
        let path = folder.file("film.mp4")
        try Making.film(path, frames: 24)
        let interrupt = Interrupt()
        let demuxer = try Demuxer(path: path, interrupt: interrupt)
        interrupt.raise()
        let packet = try Packet()
        let error = #expect(throws: MediaError.self) { _ = try demuxer.read(into: packet) }
        #expect(error?.code == .cancelled)
    }
}
