import ArgumentParser
import Film
import Media

struct VerifyCommand: AsyncParsableCommand, StopsSoon {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Read every file of a film's store again, and hold every charge against a clip.",
        discussion: """
            Nothing is written and nobody is asked. docs/JOURNAL.md tells how to do the same with sqlite3 and \
            sha256sum.
            """)

    @OptionGroup var folder: StateFolder
    @OptionGroup var telling: ProgressOptions
    @OptionGroup var common: CommonOptions

    func run() async throws {
        _ = common.logger()
        let folder = try folder.path()
        let progress = Progress(telling.progress)
        let audit: Audit
        do {
            audit = try await Lanes.shared.run { interrupt in
                try Film.verify(stateDirectory: folder, interrupt: interrupt) {
                    progress.show("verify", "reading the store", fraction: $0)
                }
            }
        } catch {
            progress.clear()
            throw error
        }
        progress.end("verify")
        if common.json { try Streams.result(json: audit) } else { tell(audit) }
        guard let first = audit.problems.first else { return }
        throw Complaint(
            .failed, code: "verifyFailed",
            audit.problems.count == 1
                ? first.detail
                : "\(audit.problems.count) things are not as the journal says; the first: \(first.detail)",
            at: first.subject,
            hint:
                "run `reel film` again: what is missing is made or fetched anew, and `reel plan` says before what it costs"
        )
    }

    private func tell(_ audit: Audit) {
        let states = TakeState.allCases.compactMap { state in
            audit.takes[state.rawValue].map { "\($0) \(state.rawValue)" }
        }
        Streams.result(
            "\(audit.files) \(audit.files == 1 ? "file" : "files"), \(Numbers.bytes(audit.bytes)), read again"
        )
        Streams.result("takes: \(states.isEmpty ? "none" : states.joined(separator: ", "))")
        for (provider, sum) in audit.spent.sorted(by: { $0.key < $1.key }) {
            Streams.result("spent: $\(sum) (\(provider))")
        }
        for problem in audit.problems {
            Streams.result("WRONG  \(problem.kind)  \(problem.subject): \(problem.detail)")
        }
        for note in audit.notes { Streams.result("note   \(note)") }
        if audit.passed { Streams.result("everything is as the journal says") }
    }
}
