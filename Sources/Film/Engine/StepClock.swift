/// The time by which jobs are looked after: the machine's, or in a simulation a faster one.
package struct StepClock: Sendable {
    /// Seconds since some instant.
    package var now: @Sendable () -> Double
    /// Waits for seconds; throws `CancellationError` when the calling task is cancelled.
    package var sleep: @Sendable (Double) async throws -> Void

    /// The machine's, or one on which `speed` seconds pass in one.
    package static func running(speed: Double = 1) -> StepClock {
        let begun = ContinuousClock.now
        return StepClock(
            now: { (ContinuousClock.now - begun) / .seconds(1) * speed },
            sleep: { try await Task.sleep(for: .seconds($0 / speed)) })
    }
}
