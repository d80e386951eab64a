import Media
import Synchronization

/// One decode for many outputs: a thread that reads, a thread for each output, queues between them.
///
/// It cannot deadlock: each queue has one sender and one receiver, the reader waits for nothing but the
/// queues, a line waits for nothing but its own, and all of them wake when the interrupt is raised, which
/// the first failure does.
///
/// A queue is bounded by bytes, so that clips of any size stay within the same memory. The reader is held up by
/// the fullest queue, and the planes that wait are shared, so all queues together hold no more than one may.
enum FanOut {
    /// Bytes that may wait for an output that is alone, one picture of 1080p: its encoder holds what it needs, and the
    /// decoder's own threads run ahead. More only costs memory.
    static let roomForOne = 4 << 20
    /// Bytes that may wait for one of several. The slowest never runs dry, since it is the one whose queue is full;
    /// and the less it has before it when the clip ends, the shorter it works on alone.
    static let roomForSeveral = 24 << 20

    /// Makes all orders of one clip; those whose pictures are alike share one encoder.
    ///
    /// - Returns: What was made, in the order of `orders`.
    static func run(
        _ reader: ClipReader, orders: [DeliveryOrder], posterSeeker: PosterSeeker? = nil,
        thumbnails: ThumbnailLine? = nil, interrupt: Interrupt, progress: (@Sendable (Double) -> Void)?
    ) throws -> [DeliveredOutput] {
        let groups = group(orders)
        let queues = groups.map { _ in queue(of: groups.count, interrupt) }
        let side = thumbnails.map { _ in queue(of: groups.count, interrupt) }
        let results = Mutex<[DeliveredOutput?]>(orders.map { _ in nil })
        let expected = reader.expectedFrames
        var bodies: [@Sendable () throws -> Void] = [
            {
                defer {
                    queues.forEach { $0.close() }
                    side?.close()
                }
                var told = 0.0
                try reader.run { event in
                    try posterSeeker?.look(at: event)
                    for queue in queues { try queue.send(event) }
                    try side?.send(event)
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
                guard try eatAll(queue, line.eat) else { return }
                let made = try line.finish()
                results.withLock { results in
                    for (i, one) in zip(group, made) { results[i] = one }
                }
            }
        }
        if let side, let thumbnails {
            bodies.append {
                if try eatAll(side, thumbnails.eat) { try thumbnails.finish() }
            }
        }
        try runSideBySide(interrupt, bodies)
        return results.withLock { $0.compactMap { $0 } }
    }

    static func queue(of lines: Int, _ interrupt: Interrupt) -> BoundedQueue<ClipEvent> {
        BoundedQueue(
            capacity: lines > 1 ? roomForSeveral : roomForOne, interrupt: interrupt,
            weighing: { $0.byteCount })
    }

    /// Eats all events; false where the clip has no end. The queue also closes when the reader has failed, and
    /// its error tells more than ours would.
    private static func eatAll(
        _ queue: BoundedQueue<ClipEvent>, _ eat: (ClipEvent) throws -> Void
    ) throws -> Bool {
        var isWhole = false
        while let event = try queue.receive() {
            if case .end = event { isWhole = true }
            try eat(event)
        }
        return isWhole
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
