package import Foundation

/// The time as the sandbox sees it: of creation and expiry, and the waiting for it.
package struct SandboxClock: Sendable {
    /// What time it is.
    package var now: @Sendable () -> Date
    /// Waits; throws `CancellationError` where the waiting task is cancelled.
    package var sleep: @Sendable (Duration) async throws -> Void

    /// Makes a clock of two functions.
    package init(
        now: @escaping @Sendable () -> Date, sleep: @escaping @Sendable (Duration) async throws -> Void
    ) {
        self.now = now
        self.sleep = sleep
    }

    /// The machine's own.
    package static let system = SandboxClock(now: { Date() }, sleep: { try await Task.sleep(for: $0) })
}

extension Duration {
    /// This length in seconds.
    var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
