/// One thing wrong with a request, found before it is sent.
public struct Problem: Sendable, Codable, Equatable, CustomStringConvertible {
    /// How bad it is.
    public enum Severity: String, Sendable, Codable {
        /// The model's page forbids it and the page's own examples do it: it may be sent.
        case warning
        /// The page forbids it.
        case error
    }

    /// Where: the field's dotted path, as in `providerSettings.pixverse.style`.
    public var path: String
    /// What stands there, in JSON, shortened; nil where something is missing.
    public var value: String?
    /// What may stand there, for people.
    public var allowed: String?
    /// What was probably meant, as an advice: `write 8`, `nearest size: 1280x720`.
    public var suggestion: String?
    /// How bad it is.
    public var severity: Severity
    /// What is wrong, without path and value.
    public var message: String

    /// Makes a finding.
    public init(
        path: String, value: String? = nil, allowed: String? = nil, suggestion: String? = nil,
        severity: Severity = .error, message: String
    ) {
        self.path = path
        self.value = value
        self.allowed = allowed
        self.suggestion = suggestion
        self.severity = severity
        self.message = message
    }

    /// One line: path, value, what is wrong, what to write instead.
    public var description: String {
        var line = path
        if let value { line += " " + value }
        line += ": " + message
        if let allowed { line += "; allowed: " + allowed }
        if let suggestion { line += "; " + suggestion }
        return line
    }
}
