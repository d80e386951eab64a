/// Something a model's card has against a request.
public struct RequestProblem: Sendable, Hashable, CustomStringConvertible {
    /// The field, as a path of keys.
    public var path: String
    /// What stands there, in JSON, shortened; nil where something is missing.
    public var value: String?
    /// What is wrong.
    public var message: String
    /// What may stand there.
    public var allowed: String?
    /// What was probably meant, as an advice.
    public var suggestion: String?
    /// False for a mere warning.
    public var isError: Bool
    /// Makes a problem.
    public init(
        path: String, value: String? = nil, message: String, allowed: String? = nil,
        suggestion: String? = nil, isError: Bool
    ) {
        self.path = path
        self.value = value
        self.message = message
        self.allowed = allowed
        self.suggestion = suggestion
        self.isError = isError
    }

    /// Path, value, what is wrong.
    public var headline: String { [path, value].compactMap(\.self).joined(separator: " ") + ": " + message }

    /// What would be right; nil where the card does not say.
    public var hint: String? {
        let parts = [suggestion, allowed.map { "allowed: \($0)" }].compactMap(\.self)
        return parts.isEmpty ? nil : parts.joined(separator: "; ")
    }

    /// Everything, on one line.
    public var description: String { [headline, hint].compactMap(\.self).joined(separator: "; ") }
}

/// Something a model's card has against a shot of a storyboard.
public struct ShotProblem: Sendable, Hashable, CustomStringConvertible {
    /// The shot's id.
    public var shot: String
    /// `file:line` of the shot.
    public var place: String
    /// What is wrong with its request.
    public var problem: RequestProblem

    /// Everything, on one line, without the place.
    public var description: String { "shot \(shot): \(problem)" }
}
