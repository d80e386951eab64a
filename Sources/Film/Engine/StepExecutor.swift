import Media

/// Who runs the steps that encode, or join a whole film: this process, or other machines.
protocol StepExecutor: Sendable {
    /// Runs a step to its end.
    ///
    /// - Parameter progress: Told how much of it is done, 0 to 1, where that is known.
    /// - Returns: What was made, at the paths that the step asked for.
    /// - Throws: What went wrong; `CancellationError` when the calling task was cancelled, and then the step has ended.
    func run(_ spec: StepSpec, progress: (@Sendable (Double) -> Void)?) async throws -> StepOutcome
}

/// This process, in lanes.
extension Lanes: StepExecutor {
    func run(_ spec: StepSpec, progress: (@Sendable (Double) -> Void)?) async throws -> StepOutcome {
        try await run { try spec.run(interrupt: $0, progress: progress) }
    }
}
