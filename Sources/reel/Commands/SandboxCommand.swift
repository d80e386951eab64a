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

    @Option(help: ArgumentHelp("How long a generation seems to take (default: 1).", valueName: "seconds"))
    var delay: Double?

    @Option(help: ArgumentHelp("Where the world is kept: tasks, media, charges.", valueName: "dir"))
    var folder: String = ".reel/sandbox"

    @Option(
        help: ArgumentHelp(
            "A world file: faults, clips, money and the forms of answers, as docs/SANDBOX.md describes them. "
                + "Options beside it count more.", valueName: "file"))
    var world: String?

    @Flag(help: "Take the documentation's rules to the letter.")
    var strict = false

    @Option(help: ArgumentHelp("The only key that is let in; without it any is.", valueName: "key"))
    var key: String?

    @Option(help: ArgumentHelp("What may be spent before tasks are refused.", valueName: "usd"))
    var balance: Double?

    @Option(help: ArgumentHelp("What chance in the world file depends on.", valueName: "n"))
    var seed: UInt64?

    @OptionGroup var common: CommonOptions

    func validate() throws {
        if let delay, !(0...3600).contains(delay) {
            throw ValidationError("--delay takes 0 to 3600 seconds")
        }
        if let balance, !(0...1_000_000).contains(balance) {
            throw ValidationError("--balance takes 0 to 1000000 US dollars")
        }
        if key?.isEmpty == true { throw ValidationError("--key takes a text that is not empty") }
    }

    /// What the world file says, and what the options say over it.
    private func configuration() throws -> SandboxConfiguration {
        var configuration = SandboxConfiguration(port: port, folder: folder)
        if let world {
            do {
                try configuration.apply(worldFile: URL(fileURLWithPath: world))
            } catch let error as SandboxError {
                throw Complaint(
                    .usage, code: "worldFile", error.message, at: "--world \(world)", hint: error.hint)
            }
        }
        if let delay { configuration.delay = .milliseconds(Int64(delay * 1000)) }
        if strict { configuration.strict = true }
        if let key { configuration.apiKey = key }
        if let balance { configuration.world.balance = balance }
        if let seed { configuration.world.seed = seed }
        return configuration
    }

    func run() async throws {
        _ = common.logger()
        let configuration = try configuration()
        try OutputPath.prepare(folder: folder)
        let lock = try WorldLock(folder: folder)
        defer { withExtendedLifetime(lock) {} }
        let server = try SandboxServer(configuration)
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
