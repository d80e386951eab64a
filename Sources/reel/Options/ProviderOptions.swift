import ArgumentParser
import Foundation
import Logging
import Runware
import Sandbox

/// Who generates, and where: Runware where there is a key, else a sandbox inside this process.
struct ProviderOptions: ParsableArguments {
    @Option(help: "Who generates: sandbox or runware. Without it: runware if RUNWARE_API_KEY is set.")
    var provider: Provider?

    @Option(
        name: .customLong("base-url"),
        help: ArgumentHelp(
            "The API's address, up to and with /v1. Without it: RUNWARE_BASE_URL, or the service's own.",
            valueName: "url"))
    var baseURL: String?

    @Option(
        help: ArgumentHelp(
            "How long a generation seems to take in the built-in sandbox.", valueName: "seconds"))
    var sandboxDelay: Double = 1

    @Option(
        help: ArgumentHelp(
            "How pictures of this machine travel: inline within the request, upload, or auto (large ones are uploaded).",
            valueName: "way"))
    var images: PictureWay = .inline

    /// How pictures travel.
    enum PictureWay: String, ExpressibleByArgument, CaseIterable {
        case inline, upload, auto

        var policy: ImagePolicy {
            switch self {
            case .inline: .inline
            case .upload: .upload
            // A request of some megabytes is slow to repeat.
            case .auto: .auto(over: 2 << 20)
            }
        }
    }

    /// A place to send tasks to. The key is for its host only and is never printed.
    struct Service: Sendable {
        var provider: Provider
        var baseURL: URL
        var apiKey: String
        /// The sandbox that this process runs; nil for one elsewhere and for the real service.
        var sandbox: SandboxServer?
        var lock: WorldLock?
        var images = ImagePolicy.inline

        /// How to reach it. A sandbox answers soon, so it is asked sooner.
        var configuration: ClientConfiguration {
            var poll = PollPolicy()
            if provider == .sandbox {
                poll.initialDelay = .milliseconds(200)
                poll.firstInterval = .milliseconds(200)
                poll.longestInterval = .seconds(1)
            }
            var configuration = ClientConfiguration(baseURL: baseURL, apiKey: apiKey, poll: poll)
            configuration.images = images
            return configuration
        }

        func client(_ logger: Logger) -> Client { Client(configuration, logger: logger) }

        func stop() async { await sandbox?.stop() }
    }

    func validate() throws {
        guard sandboxDelay >= 0, sandboxDelay <= 3600 else {
            throw ValidationError("--sandbox-delay takes 0 to 3600 seconds")
        }
    }

    /// What was decided, before anything is started.
    enum Decision: Equatable {
        case remote(Provider, URL, apiKey: String)
        case inProcess
    }

    static let serviceURL = ClientConfiguration.hostedURL

    func decide(_ environment: [String: String] = ProcessInfo.processInfo.environment) throws -> Decision {
        let key = environment["RUNWARE_API_KEY"].flatMap { $0.isEmpty ? nil : $0 }
        let address = baseURL ?? environment["RUNWARE_BASE_URL"].flatMap { $0.isEmpty ? nil : $0 }
        let chosen = provider ?? (key == nil && address == nil ? .sandbox : .runware)
        guard chosen == .runware || address != nil else { return .inProcess }
        let url = try Self.url(address ?? Self.serviceURL)
        if chosen == .sandbox {
            // Never the real key: a sandbox takes any.
            return .remote(.sandbox, url, apiKey: "sandbox")
        }
        guard let key = key ?? (ClientConfiguration.isLoopback(url) ? "sandbox" : nil) else {
            throw Complaint(
                .usage, code: "keyMissing", "no API key for Runware", at: "RUNWARE_API_KEY is not set",
                hint: "export RUNWARE_API_KEY=…, or take --provider sandbox, which needs none")
        }
        return .remote(.runware, url, apiKey: key)
    }

    /// Starts the sandbox where one is wanted, its world in `.reel/sandbox` inside `folder`, and says so.
    func start(in folder: String, logger: Logger, say: (String) -> Void) async throws -> Service {
        switch try decide() {
        case .remote(let provider, let url, let key):
            return Service(provider: provider, baseURL: url, apiKey: key, images: images.policy)
        case .inProcess:
            let world = (folder as NSString).appendingPathComponent(".reel/sandbox")
            try OutputPath.prepare(folder: world)
            let lock = try WorldLock(folder: world)
            let server = try SandboxServer(
                SandboxConfiguration(folder: world, delay: .milliseconds(Int64(sandboxDelay * 1000))))
            let url = try await server.start()
            say(
                "sandbox: \(url.absoluteString), nothing is bought (set RUNWARE_API_KEY for the real service)"
            )
            return Service(
                provider: .sandbox, baseURL: url, apiKey: "sandbox", sandbox: server, lock: lock,
                images: images.policy)
        }
    }

    /// The same decision with nothing started, for questions that ask nobody.
    func notStarted() throws -> Service {
        switch try decide() {
        case .remote(let provider, let url, let key):
            return Service(provider: provider, baseURL: url, apiKey: key)
        case .inProcess:
            return Service(
                provider: .sandbox, baseURL: try Self.url("http://127.0.0.1:9/v1"), apiKey: "sandbox")
        }
    }

    private static func url(_ text: String) throws -> URL {
        guard let url = URL(string: text), let scheme = url.scheme, ["http", "https"].contains(scheme),
            url.host != nil
        else {
            throw Complaint(
                .usage, code: "baseURLInvalid", "not a web address", at: text,
                hint: "give it whole, as in \(serviceURL) or http://127.0.0.1:8080/v1")
        }
        guard scheme == "https" || ClientConfiguration.isLoopback(url) else {
            throw Complaint(
                .usage, code: "baseURLInvalid", "the API key would travel unencrypted", at: text,
                hint: "use https; plain http is for this machine only")
        }
        return url
    }
}
