import Foundation
import TestSupport
import Testing

/// A person at a terminal is asked before much money moves. `script`, of util-linux, is the terminal.
@Suite struct ConsentTests {
    private static let storyboard = """
        title: Dear
        model: pixverse:1@6
        defaults: {resolution: 360p, aspect: "1:1", duration: 5, audio: false}
        shots: [{id: one, prompt: a lamp in the fog, seed: 1}]
        film: {deliver: [mp4-copy], thumbnails: false}
        """

    /// Runs `reel film` at a terminal, with this typed, against a sandbox that passes for the service.
    private func film(_ words: String, typing answer: String, in folder: CrashFolder) async throws
        -> Shell.Outcome
    {
        let service = try await folder.startService()
        defer { kill(service.running.process.processIdentifier, SIGKILL) }
        let command =
            "reel film film.yaml --out out --provider runware --base-url \(service.address) \(words)"
        let outcome = try await Shell.run(
            "printf '\(answer)\\n' | RUNWARE_API_KEY=play script -qec '\(command)' /dev/null", in: folder.path
        )
        let bought = try await service.world().tasks.count
        return Shell.Outcome(exit: outcome.exit, output: outcome.output, errors: "\(bought) bought")
    }

    @Test(.enabled(if: Shell.has("script"))) func `who says no buys nothing, and who says yes or --yes does`()
        async throws
    {
        let folder = try CrashFolder(Self.storyboard)
        let asked = try await film("--ask-above 0.05", typing: "n", in: folder)
        #expect(asked.exit == 4 && asked.errors == "0 bought", "\(asked)")
        #expect(
            asked.output.contains("This buys 1 clip for about $")
                && asked.output.contains("nothing was bought"))
        let below = try await film("--ask-above 50", typing: "n", in: folder)
        #expect(
            below.exit == 0 && below.errors == "1 bought" && !below.output.contains("This buys"), "\(below)")
        let other = try CrashFolder(Self.storyboard)
        let agreed = try await film("--ask-above 0.05", typing: "y", in: other)
        #expect(
            agreed.exit == 0 && agreed.errors == "1 bought" && agreed.output.contains("This buys"),
            "\(agreed)")
        let third = try CrashFolder(Self.storyboard)
        let told = try await film("--ask-above 0.05 --yes", typing: "n", in: third)
        #expect(told.exit == 0 && told.errors == "1 bought" && !told.output.contains("This buys"), "\(told)")
    }
}
