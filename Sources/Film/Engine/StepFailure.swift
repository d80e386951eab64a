/// A failure of a step as it comes back from another process.
public struct StepFailure: Sendable, Codable, Error, Hashable {
    /// In words.
    public var message: String
    /// What to do.
    public var hint: String?
    /// Whether the same step will fail again: bad input, and no full disk.
    public var isFinal: Bool

    /// Makes a failure.
    package init(message: String, hint: String?, isFinal: Bool) {
        (self.message, self.hint, self.isFinal) = (message, hint, isFinal)
    }
}
