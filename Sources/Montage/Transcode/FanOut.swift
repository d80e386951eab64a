import Media
import Synchronization

/// One decode for many outputs: a thread that reads, a thread for each output, short queues between them.
///
/// It cannot deadlock: each queue has one sender and one receiver, the reader waits for nothing but the
/// queues, a line waits for nothing but its own, and all of them wake when the interrupt is raised, which
/// the first failure does.
enum FanOut {
    /// Frames that may wait for one output. Encoders take pictures in bursts; more than this only costs memory.
    static let depth = 12

    /// Makes all orders of one clip; those whose pictures are alike share one encoder.
    ///
    /// - Returns: What was made, in the order of `orders`.
    static func run(
        _ reader: ClipReader, orders: [DeliveryOrder], posterSeeker: PosterSeeker? = nil,
        interrupt: Interrupt, progress: (@Sendable (Double) -> Void)?
    ) throws -> [DeliveredOutput] {
        let groups = group(orders)
        let queues = groups.map { _ in BoundedQueue<ClipEvent>(capacity: depth, interrupt: interrupt) }
        let results = Mutex<[DeliveredOutput?]>(orders.map { _ in nil })
        let expected = reader.expectedFrames
        var bodies: [@Sendable () throws -> Void] = [
            {
                defer { queues.forEach { $0.close() } }
                var told = 0.0
                try reader.run { event in
                    try posterSeeker?.look(at: event)
                    for queue in queues { try queue.send(event) }
                    if case .picture(_, let slots) = event, let expected {
                        let share = min(0.99, Double(slots.upperBound) / Double(expected))
                        if share >= told + 0.01 {
                            told = share
                            progress?(share)
                        }
                    }
                }
                try posterSeeker?.finish()
            }
        ]
        for (queue, group) in zip(queues, groups) {
            bodies.append {
                let line = DeliveryLine(group.map { orders[$0] }, interrupt: interrupt)
                var isWhole = false
                while let event = try queue.receive() {
                    if case .end = event { isWhole = true }
                    try line.eat(event)
                }
                // The queue also closes when the reader has failed; its error tells more than ours would.
                guard isWhole else { return }
                let made = try line.finish()
                results.withLock { results in
                    for (i, one) in zip(group, made) { results[i] = one }
                }
            }
        }
        try runSideBySide(interrupt, bodies)
        return results.withLock { $0.compactMap { $0 } }
    }

    /// Places of orders that share their pictures.
    private static func group(_ orders: [DeliveryOrder]) -> [[Int]] {
        var groups: [[Int]] = []
        for i in orders.indices {
            if let place = groups.firstIndex(where: { orders[$0[0]].sharesPictures(with: orders[i]) }) {
                groups[place].append(i)
            } else {
                groups.append([i])
            }
        }
        return groups
    }
}
