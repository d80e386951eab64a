import ArgumentParser
import Foundation
import Sandbox

struct SandboxCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sandbox",
        abstract: "Serve the local API, for people who build against Runware.",
        discussion: """
            Speaks the Runware protocol on this machine only and makes real clips; nothing costs money. \
            GET /world answers every task and what would have been charged. Runs until Ctrl-C.
            """)

    @Option(help: ArgumentHelp("The port; 0 takes a free one.", valueName: "n"))
    var port: UInt16 = 8080

    @Option(help: ArgumentHelp("How long a generation seems to take.", valueName: "seconds"))
    var delay: Double = 1

    @Option(help: ArgumentHelp("Where the world is kept: tasks, media, charges.", valueName: "dir"))
    var folder: String = ".reel/sandbox"

    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard delay >= 0, delay <= 3600 else { throw ValidationError("--delay takes 0 to 3600 seconds") }
    }

    func run() async throws {
        _ = common.logger()
        try OutputPath.prepare(folder: folder)
        let lock = try WorldLock(folder: folder)
        defer { withExtendedLifetime(lock) {} }
        let server = try SandboxServer(
            SandboxConfiguration(port: port, folder: folder, delay: .milliseconds(Int64(delay * 1000))))
        let url = try await server.start()
        if common.json {
            Streams.result(
                JSONText.line(Place(url: url.absoluteString, folder: folder)) ?? url.absoluteString)
        } else {
            Streams.result(url.absoluteString)
            Streams.note(
                "sandbox: world in \(folder), charges at \(url.deletingLastPathComponent().absoluteString)world"
            )
        }
        // Ctrl-C is how a server is meant to end, so that is no failure.
        try await server.run()
    }

    private struct Place: Encodable {
        var url: String
        var folder: String
    }
}
