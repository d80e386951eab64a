import Foundation

/// A client's session over WebSocket. It outlives its connection for a while, and what could not be delivered
/// meanwhile waits for the next one.
actor Session {
    nonisolated let id = UUID().uuidString.lowercased()
    private var outlet: (@Sendable (String) -> Void)?
    private var connection = 0
    private var waiting: [String] = []
    private(set) var left: Date?

    /// Takes over the session for a connection and delivers what waits.
    ///
    /// - Returns: The connection's number, for `leave`.
    func join(_ outlet: @escaping @Sendable (String) -> Void) -> Int {
        connection += 1
        self.outlet = outlet
        left = nil
        return connection
    }

    /// Delivers what waited, once the client knows that it is in.
    func flush() {
        guard let outlet else { return }
        for message in waiting { outlet(message) }
        waiting = []
    }

    /// Notes that a connection has ended, unless a later one has taken its place.
    func leave(_ number: Int, at now: Date) {
        guard number == connection, outlet != nil else { return }
        outlet = nil
        left = now
    }

    /// Delivers a message, now or to the next connection.
    func send(_ message: String) {
        if let outlet { outlet(message) } else { waiting.append(message) }
    }

    /// Keeps a message for the next connection though this one still stands.
    func hold(_ message: String) { waiting.append(message) }
}

/// The sessions that can be taken up again.
actor Sessions {
    private var known: [String: Session] = [:]
    private let clock: SandboxClock

    /// How long a session without a connection is kept, in seconds.
    static let patience: TimeInterval = 120

    init(clock: SandboxClock) { self.clock = clock }

    /// The session with an id where it can still be resumed, or a new one.
    func open(resuming id: String?) async -> Session {
        let now = clock.now()
        for (key, session) in known {
            if let left = await session.left, now.timeIntervalSince(left) >= Self.patience {
                known[key] = nil
            }
        }
        if let id, let session = known[id.lowercased()] { return session }
        let session = Session()
        known[session.id] = session
        return session
    }
}
