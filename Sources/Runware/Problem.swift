/// One thing wrong with a request, found before it is sent.
public struct Problem: Sendable, Codable, Equatable, CustomStringConvertible {
    /// How bad it is.
    public enum Severity: String, Sendable, Codable {
        /// May be sent; the outcome may surprise.
        case warning
        /// The service would refuse it, or it would buy something that was not meant.
        case error
    }

    /// Where: the field's dotted path, as in `providerSettings.pixverse.style`.
    public var path: String
    /// What stands there, in JSON, shortened; nil where something is missing.
    public var value: String?
    /// What may stand there, for people.
    public var allowed: String?
    /// What was probably meant.
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
        if let suggestion { line += "; write " + suggestion }
        return line
    }
}

/// The candidate that a mistyped word most likely meant, if any is near enough.
func nearest(to word: String, among candidates: [String]) -> String? {
    let lowered = word.lowercased()
    let scored = candidates.map { ($0, editDistance(lowered, $0.lowercased())) }
    guard let best = scored.min(by: { ($0.1, $0.0) < ($1.1, $1.0) }) else { return nil }
    return best.1 <= max(1, word.count / 3) ? best.0 : nil
}

private func editDistance(_ a: String, _ b: String) -> Int {
    let a = Array(a.unicodeScalars.prefix(64))
    let b = Array(b.unicodeScalars.prefix(64))
    if a.isEmpty || b.isEmpty { return max(a.count, b.count) }
    var row = Array(0...b.count)
    for i in 1...a.count {
        var diagonal = row[0]
        row[0] = i
        for j in 1...b.count {
            let cost = a[i - 1] == b[j - 1] ? diagonal : diagonal + 1
            diagonal = row[j]
            row[j] = min(cost, row[j] + 1, row[j - 1] + 1)
        }
    }
    return row[b.count]
}
