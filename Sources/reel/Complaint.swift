import Foundation

/// An error as people see it: what went wrong and where on one line, what to do on the next.
struct Complaint: Error, Sendable {
    var status: ExitStatus
    /// For programs: a stable word such as `notFound`.
    var code: String
    var what: String
    var location: String?
    var hint: String?
    var taskUUID: String?
    /// Whether money is gone: `yes`, `no` or `unknown`; nil where nothing could have been bought.
    var charged: String?
    /// All that is wrong, where it is more than one thing; each is then a line of its own.
    var findings: [Finding] = []

    init(
        _ status: ExitStatus, code: String, _ what: String, at location: String? = nil, hint: String? = nil
    ) {
        self.status = status
        self.code = code
        self.what = what
        self.location = location
        self.hint = hint
    }

    /// The two lines, without a newline at the end; of several findings each has a line.
    var text: String {
        var line = "error: " + what.onOneLine
        if let location, !location.isEmpty { line += " — " + location.onOneLine }
        if let taskUUID, !line.contains(taskUUID) { line += " (task \(taskUUID))" }
        // Of several findings the headline only repeats the first; other headlines stand before theirs.
        if findings.first?.headline == what { line = "" }
        return ([line] + findings.map(\.line) + ["hint: " + advice.onOneLine]).filter { !$0.isEmpty }
            .joined(separator: "\n")
    }

    /// The hint, or what helps in general: nobody is left with an error alone.
    private var advice: String {
        if let hint, !hint.isEmpty { return hint }
        return switch status {
        case .inputInvalid: "check the file; `reel probe` says what is in it"
        case .serviceRefused: "the service's documentation explains the code \(code)"
        case .inUse: "wait for the other run to end"
        case .filmIncomplete: "run the same command again; what is there is kept"
        default: "run again with --verbose to see what went on"
        }
    }

    /// One JSON object on one line.
    var json: String {
        let report = Report(
            error: .init(
                code: code, exit: status.rawValue, message: what, location: location, hint: advice,
                taskUUID: taskUUID, charged: charged, problems: findings.isEmpty ? nil : findings))
        return JSONText.line(report) ?? #"{"error":{"exit":\#(status.rawValue)}}"#
    }

    private struct Report: Encodable {
        struct Body: Encodable {
            var code: String
            var exit: Int32
            var message: String
            var location: String?
            var hint: String?
            var taskUUID: String?
            var charged: String?
            var problems: [Finding]?
        }
        var error: Body
    }
}

extension String {
    /// A line break in a message would turn one line into two.
    var onOneLine: String {
        split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }.joined(
            separator: "; ")
    }
}
