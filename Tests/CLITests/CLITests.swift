import Foundation
import TestSupport
import Testing

/// The program is run as a user runs it: arguments in, exit code and two streams out. What it should do is
/// written in `Transcripts/*.txt`, which read like a terminal; `Transcript` says how.
@Suite struct `The command line` {
    @Test(arguments: try Transcript.names())
    func `does what the transcript says`(name: String) async throws {
        let transcript = try Transcript(named: name)
        if let needed = transcript.needs, !Shell.has(needed) { return }
        let folder = try Folder()
        for step in transcript.steps {
            let outcome = try await Shell.run(step.command, in: folder.path)
            for complaint in step.complaints(about: outcome) {
                Issue.record("\(name):\(step.line): \(complaint)\n$ \(step.command)\n\(outcome.description)")
            }
        }
    }

    @Test func `a transcript notices what is wrong`() {
        let step = Transcript.Step(
            line: 1, command: "", exit: 0, output: ["made *.png", "…"], errors: [])
        func complaints(_ exit: Int32, _ output: String, _ errors: String) -> Int {
            step.complaints(about: Shell.Outcome(exit: exit, output: output, errors: errors)).count
        }
        #expect(complaints(0, "made a.png\nand more\n", "") == 0)
        #expect(complaints(1, "made a.png\n", "") == 1)
        #expect(complaints(0, "made a.jpg\n", "") == 1)
        #expect(complaints(0, "", "") == 1)
        #expect(complaints(0, "made a.png\n", "a warning\n") == 1)
    }

    @Test func `JSON on stdout is one document and a JSON complaint is one line`() async throws {
        let folder = try Folder()
        let good = try await Shell.run("reel presets --json", in: folder.path)
        #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(good.output.utf8)) }
        let bad = try await Shell.run("reel probe --json nowhere.mp4", in: folder.path)
        #expect(bad.output.isEmpty)
        let line = try #require(bad.errors.split(separator: "\n").last)
        let report = try #require(
            try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: [String: Any]])
        #expect(report["error"]?["exit"] as? Int == 5)
        #expect(report["error"]?["code"] as? String == "notFound")
    }

    @Test func `the API key is shown nowhere`() async throws {
        let folder = try Folder()
        let key = "key-that-must-not-be-seen"
        for command in [
            "reel doctor --verbose", "reel doctor --json",
            "reel generate request.json -o a.mp4 --base-url https://127.0.0.1:9/v1 --verbose",
        ] {
            let outcome = try await Shell.run("RUNWARE_API_KEY=\(key) " + command, in: folder.path)
            #expect(!outcome.description.contains(key), "\(command)")
        }
    }
}
