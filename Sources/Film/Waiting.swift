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
