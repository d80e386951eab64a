/// A file held against a platform's requirements.
public struct LintReport: Sendable, Codable, Equatable {
    /// How a file stands to one requirement.
    public enum Verdict: String, Sendable, Codable {
        case ok
        /// Advice that is not followed, or what the file does not tell.
        case warning
        /// The platform refuses it.
        case fail
    }

    /// One requirement.
    public struct Finding: Sendable, Codable, Equatable {
        /// What is asked for.
        public var requirement: Requirement
        /// Whether the platform refuses files without it.
        public var isRequired: Bool
        /// What is asked for, in words.
        public var wanted: String
        /// What the file has, in words.
        public var found: String
        /// How it stands.
        public var verdict: Verdict
    }

    /// The file, as it was named.
    public var path: String
    /// The platform's name.
    public var platform: String
    /// Each requirement.
    public var findings: [Finding]
    /// The command that mends what a command can mend, word by word; nil where there is nothing to mend, or no way.
    public var command: [String]?
    /// What no command mends: a person must decide.
    public var unmended: [Requirement]

    /// Whether the platform takes the file.
    public var passed: Bool { !findings.contains { $0.verdict == .fail } }

    /// The command as it is typed into a shell.
    public var commandLine: String? { command.map { $0.map(Self.quoted).joined(separator: " ") } }

    /// For people: a line a requirement, what is wrong first, then how to mend it.
    public var text: String {
        let order: [Verdict] = [.fail, .warning, .ok]
        let sorted = order.flatMap { verdict in findings.filter { $0.verdict == verdict } }
        let width = sorted.map(\.requirement.title.count).max() ?? 0
        let (failed, warned) = (count(.fail), count(.warning))
        let verdict =
            failed > 0
            ? "\(failed) of \(findings.count) requirements are not met" : "it meets what is required"
        var lines = [
            "\(path) for \(platform): \(verdict)\(warned > 0 ? ", \(warned) warning\(warned == 1 ? "" : "s")" : "")"
        ]
        for finding in sorted {
            let word = ["ok": "ok  ", "warning": "warn", "fail": "FAIL"][finding.verdict.rawValue] ?? ""
            let title = finding.requirement.title
            let padding = String(repeating: " ", count: width - title.count)
            let wanted =
                finding.verdict == .ok
                ? "" : "; \(finding.isRequired ? "wanted" : "advised"): \(finding.wanted)"
            lines.append("  \(word)  \(title)\(padding)  \(finding.found)\(wanted)")
        }
        if let commandLine { lines.append("  mend  \(commandLine)") }
        if !unmended.isEmpty {
            lines.append("  no command mends: " + unmended.map(\.title).joined(separator: ", "))
        }
        return lines.joined(separator: "\n")
    }

    private func count(_ verdict: Verdict) -> Int { findings.count { $0.verdict == verdict } }

    /// A word as a POSIX shell takes it.
    static func quoted(_ word: String) -> String {
        let plain = word.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || "-_./=:,+@".utf8.contains(byte)
        }
        return plain && !word.isEmpty ? word : "'" + word.replacing("'", with: "'\\''") + "'"
    }
}
