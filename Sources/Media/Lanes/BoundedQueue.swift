import Foundation

/// A blocking hand-over between two threads of one job, bounded by what its elements weigh.
///
/// The weight is one for each element unless said otherwise; for pictures it is best their bytes, since twelve
/// of them may be a megabyte or a gigabyte. An element that is heavier than all the room goes in alone.
///
/// Both ends may declare the end: the sender by `close()` (what is inside is still received), the
/// receiver by `abandon()` (later sends are refused). Both ends wake up when the interrupt is raised.
public final class BoundedQueue<Element: Sendable>: @unchecked Sendable {
    private let condition = NSCondition()
    private let capacity: Int
    private let weigh: @Sendable (Element) -> Int
    private let interrupt: Interrupt
    private var elements: [(element: Element, weight: Int)] = []
    private var load = 0
    private var isClosed = false
    private var isAbandoned = false

    /// Makes an empty queue in the job of `interrupt`.
    ///
    /// - Parameters:
    ///   - capacity: How much it may hold, at least one, in the unit of `weighing`.
    ///   - weighing: What an element weighs, from 0; asked once for each, by the sender.
    public init(
        capacity: Int, interrupt: Interrupt, weighing: @escaping @Sendable (Element) -> Int = { _ in 1 }
    ) {
        self.capacity = max(1, capacity)
        weigh = weighing
        self.interrupt = interrupt
    }

    /// Puts an element in; blocks while there is no room for it.
    ///
    /// - Returns: False if the receiver has abandoned the queue; the element is then dropped.
    /// - Throws: `.cancelled` when the interrupt is raised.
    @discardableResult
    public func send(_ element: Element) throws(MediaError) -> Bool {
        let weight = weigh(element)
        condition.lock()
        defer { condition.unlock() }
        while !elements.isEmpty && load + weight > capacity && !isAbandoned {
            try wait()
        }
        if isAbandoned { return false }
        elements.append((element, weight))
        load += weight
        condition.broadcast()
        return true
    }

    /// Takes the oldest element; blocks while the queue is empty. Nil after `close()` and the last one.
    ///
    /// - Throws: `.cancelled` when the interrupt is raised.
    public func receive() throws(MediaError) -> Element? {
        condition.lock()
        defer { condition.unlock() }
        while elements.isEmpty {
            if isClosed { return nil }
            try wait()
        }
        let (element, weight) = elements.removeFirst()
        load -= weight
        condition.broadcast()
        return element
    }

    /// Says that nothing more will be sent.
    public func close() {
        condition.lock()
        isClosed = true
        condition.broadcast()
        condition.unlock()
    }

    /// Says that nothing more will be received, and drops what is inside.
    public func abandon() {
        condition.lock()
        isAbandoned = true
        elements = []
        load = 0
        condition.broadcast()
        condition.unlock()
    }

    // The interrupt cannot signal the condition (it may be raised from a signal's path), so a waiter
    // looks at it ten times a second; hand-overs themselves wake at once.
    private func wait() throws(MediaError) {
        try interrupt.check()
        _ = condition.wait(until: Date(timeIntervalSinceNow: 0.1))
        try interrupt.check()
    }
}

/// A frame in a box: for queues and arrays, which cannot hold a value without copies.
public final class FrameBox: Sendable {
    /// The frame. Shared by whoever holds the box, so read only.
    public let frame: Frame

    /// Takes the frame over.
    public init(_ frame: consuming Frame) { self.frame = frame }
}
