import Film
import Runware

/// One thing wrong with a request or a storyboard, as people and programs see it: one line, or one object.
struct Finding: Encodable, Sendable {
    enum Severity: String, Encodable, Sendable { case error, warning }

    var severity: Severity
    /// A file, or a file with line and column.
    var place: String?
    var shot: String?
    /// The field, as a path of keys; empty where the finding is about the whole.
    var path: String
    var value: String?
    var message: String
    var allowed: String?
    var suggestion: String?

    init(_ problem: Problem, place: String?) {
        severity = problem.severity == .error ? .error : .warning
        self.place = place
        (path, value, message) = (problem.path, problem.value, problem.message)
        (allowed, suggestion) = (problem.allowed, problem.suggestion)
    }

    init(_ found: ShotProblem) {
        let problem = found.problem
        severity = problem.isError ? .error : .warning
        (place, shot) = (found.place, found.shot)
        (path, value, message) = (problem.path, problem.value, problem.message)
        (allowed, suggestion) = (problem.allowed, problem.suggestion)
    }

    init(_ complaint: Complaint) {
        severity = .error
        place = complaint.location
        path = ""
        message = complaint.what
        suggestion = complaint.hint
    }

    /// Field, value, what is wrong.
    var headline: String {
        let field = [shot.map { "shot \($0):" }, path.isEmpty ? nil : path, value].compactMap(\.self)
        return field.isEmpty ? message : field.joined(separator: " ") + ": " + message
    }

    /// What would be right; nil where nobody knows.
    var advice: String? {
        let parts = [suggestion, allowed.map { "allowed: \($0)" }].compactMap(\.self)
        return parts.isEmpty ? nil : parts.joined(separator: "; ")
    }

    /// Everything on one line.
    var line: String {
        let text = [headline, advice].compactMap(\.self).joined(separator: "; ")
        return "\(severity.rawValue): \(text.onOneLine)" + (place.map { " — \($0)" } ?? "")
    }
}

extension Complaint {
    /// What is wrong with an input, all of it. A single finding looks like any other complaint.
    init(_ findings: [Finding], code: String, hint: String) {
        let first = findings.first
        self.init(
            .inputInvalid, code: code, first?.headline ?? "is not what it should be", at: first?.place,
            hint: findings.count == 1 ? first?.advice ?? hint : hint)
        if findings.count > 1 { self.findings = findings }
    }
}
