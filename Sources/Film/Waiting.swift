/// A value that is not known yet; everybody who asks waits until it is, or until it never will be.
actor Promise<Value: Sendable> {
    private var outcome: Result<Value, any Error>?
    private var waiting: [CheckedContinuation<Value, any Error>] = []

    /// The value, once it is known.
    func value() async throws -> Value {
        if let outcome { return try outcome.get() }
        return try await withCheckedThrowingContinuation { waiting.append($0) }
    }

    /// Settles it. Only the first call counts.
    func settle(_ result: Result<Value, any Error>) {
        guard outcome == nil else { return }
        outcome = result
        for turn in waiting { turn.resume(with: result) }
        waiting = []
    }
}

/// Lets so many in at a time, in the order of their coming.
actor Places {
    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []
    private var first = 0

    init(_ count: Int) { free = max(1, count) }

    /// Waits for a place.
    func enter() async {
        if free > 0 {
            free -= 1
        } else {
            await withCheckedContinuation { waiting.append($0) }
        }
    }

    /// Gives the place to the next one.
    func leave() {
        guard first < waiting.count else {
            free += 1
            return
        }
        waiting[first].resume()
        first += 1
        // Thousands may wait: taking the first out of an array moves all others.
        if first == waiting.count || first > 1000 {
            waiting.removeFirst(first)
            first = 0
        }
    }
}

/// Lets one at a time in for each name: two shots that ask for exactly the same thing buy it once.
actor Turns {
    private var busy: [String: [CheckedContinuation<Void, Never>]] = [:]

    /// Waits until nobody is in under this name.
    func enter(_ name: String) async {
        if busy[name] == nil {
            busy[name] = []
            return
        }
        await withCheckedContinuation { busy[name, default: []].append($0) }
    }

    /// Lets the next one in.
    func leave(_ name: String) {
        guard var queue = busy[name], !queue.isEmpty else {
            busy[name] = nil
            return
        }
        let next = queue.removeFirst()
        busy[name] = queue
        next.resume()
    }
}
