import Foundation

/// A blocking hand-over of at most `capacity` elements between two threads of one job.
///
/// Both ends may declare the end: the sender by `close()` (what is inside is still received), the
/// receiver by `abandon()` (later sends are refused). Both ends wake up when the interrupt is raised.
public final class BoundedQueue<Element: Sendable>: @unchecked Sendable {
    private let condition = NSCondition()
    private let capacity: Int
    private let interrupt: Interrupt
    private var elements: [Element] = []
    private var isClosed = false
    private var isAbandoned = false

    /// Makes an empty queue of `capacity` places, at least one, in the job of `interrupt`.
    public init(capacity: Int, interrupt: Interrupt) {
        self.capacity = max(1, capacity)
        self.interrupt = interrupt
    }

    /// Puts an element in; blocks while the queue is full.
    ///
    /// - Returns: False if the receiver has abandoned the queue; the element is then dropped.
    /// - Throws: `.cancelled` when the interrupt is raised.
    @discardableResult
    public func send(_ element: Element) throws(MediaError) -> Bool {
        condition.lock()
        defer { condition.unlock() }
        while elements.count >= capacity && !isAbandoned {
            try wait()
        }
        if isAbandoned { return false }
        elements.append(element)
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
        let element = elements.removeFirst()
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
