import Foundation

/// A terminal session as a text file:
///
///     # a comment; `needs ffmpeg` on a line of its own skips the file where there is no such program
///     $ reel probe nothing.mp4
///     error: no such file — nothing.mp4
///     hint: *
///     [5]
///
/// After the command line `$ …` come the lines of stdout, each behind `> `, and the bare lines of stderr, then the
/// exit code in brackets; without one it is 0. `*` in a line stands for any text. A line that is only `…`
/// stands for any lines. The steps of a file run in one folder of their own, through `sh`.
struct Transcript {
    struct Step {
        var line: Int
        var command: String
        var exit: Int32 = 0
        var output: [String] = []
        var errors: [String] = []

        func complaints(about outcome: Shell.Outcome) -> [String] {
            var complaints: [String] = []
            if outcome.exit != exit { complaints.append("exit code \(outcome.exit), expected \(exit)") }
            for (name, wanted, got) in [
                ("stdout", output, outcome.output), ("stderr", errors, outcome.errors),
            ] {
                var lines = got.components(separatedBy: "\n")
                if lines.last == "" { lines.removeLast() }
                if !Transcript.matches(lines[...], wanted[...]) {
                    complaints.append("\(name) is not\n" + wanted.joined(separator: "\n"))
                }
            }
            return complaints
        }
    }

    var steps: [Step] = []
    var needs: String?

    private static var folder: URL {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Transcripts")
    }

    static func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".txt") }
            .sorted()
    }

    init(named name: String) throws {
        let text = try String(contentsOf: Self.folder.appendingPathComponent(name), encoding: .utf8)
        for (number, line) in text.components(separatedBy: "\n").enumerated() {
            if line.hasPrefix("#") || line.isEmpty { continue }
            if line.hasPrefix("needs ") {
                needs = String(line.dropFirst(6))
            } else if line.hasPrefix("$ ") {
                steps.append(Step(line: number + 1, command: String(line.dropFirst(2))))
            } else if steps.isEmpty {
                throw CocoaError(.fileReadCorruptFile)
            } else if line.hasPrefix("> ") {
                steps[steps.count - 1].output.append(String(line.dropFirst(2)))
            } else if line.hasPrefix("["), line.hasSuffix("]"), let code = Int32(line.dropFirst().dropLast())
            {
                steps[steps.count - 1].exit = code
            } else {
                steps[steps.count - 1].errors.append(line)
            }
        }
    }

    /// Whether lines fit patterns; `…` takes any number of lines.
    private static func matches(_ lines: ArraySlice<String>, _ patterns: ArraySlice<String>) -> Bool {
        guard let pattern = patterns.first else { return lines.isEmpty }
        if pattern == "…" {
            return (lines.startIndex...lines.endIndex).contains {
                matches(lines[$0...], patterns.dropFirst())
            }
        }
        guard let line = lines.first, fits(line[...], pattern[...]) else { return false }
        return matches(lines.dropFirst(), patterns.dropFirst())
    }

    private static func fits(_ text: Substring, _ pattern: Substring) -> Bool {
        let parts = pattern.split(separator: "*", omittingEmptySubsequences: false)
        guard parts.count > 1 else { return text == pattern }
        guard text.hasPrefix(parts[0]) else { return false }
        var rest = text.dropFirst(parts[0].count)
        for part in parts[1..<(parts.count - 1)] where !part.isEmpty {
            guard let found = rest.range(of: part) else { return false }
            rest = rest[found.upperBound...]
        }
        let last = parts[parts.count - 1]
        return rest.count >= last.count && rest.hasSuffix(last)
    }
}
