import Foundation
import Runware
import Sandbox
import Synchronization

/// A service that a test talks to: a sandbox within this process, one on loopback, or the hosted one.
final class Service: Sendable {
    /// How it is reached.
    enum Kind: String, Sendable, CaseIterable, CustomStringConvertible {
        /// Without a socket in between.
        case inProcess
        /// Over HTTP on this machine.
        case loopback
        /// The hosted service, for real money: only with REEL_CONTRACT_KEY and REEL_CONTRACT_CAP (in USD) set.
        case hosted
        var description: String { rawValue }
    }

    let kind: Kind
    let base: URL
    let folder: String
    let server: SandboxServer?
    let transport: any Transport
    private let key: String

    private init(
        _ kind: Kind, base: URL, folder: String, server: SandboxServer?, transport: any Transport, key: String
    ) {
        self.kind = kind
        self.base = base
        self.folder = folder
        self.server = server
        self.transport = transport
        self.key = key
    }

    /// Clips that all worlds of this test run share.
    private static let clips = FileManager.default.temporaryDirectory.path + "/contract-clips-\(getpid())"

    /// A sandbox whose world is set as a world file sets it; its clips are canned.
    static func sandbox(
        _ kind: Kind = .loopback, world: JSONValue? = nil, delay: Duration = .zero,
        folder given: String? = nil
    ) async throws -> Service {
        let folder =
            given ?? FileManager.default.temporaryDirectory.path + "/contract-"
            + UUID().uuidString.lowercased()
        var configuration = SandboxConfiguration(folder: folder, delay: delay)
        configuration.world.clips = .canned
        configuration.world.cannedFolder = clips
        if let world {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let file = URL(fileURLWithPath: folder + "/world.json")
            try Data(world.canonical.utf8).write(to: file)
            try configuration.apply(worldFile: file)
        }
        let server = try SandboxServer(configuration)
        let base = try await server.start()
        let transport: any Transport = kind == .inProcess ? DirectTransport(server) : CurlTransport()
        return Service(kind, base: base, folder: folder, server: server, transport: transport, key: "test")
    }

    /// The hosted service, where the environment allows it and says how much may be spent.
    static var hosted: (service: Service, cap: Decimal)? {
        let environment = ProcessInfo.processInfo.environment
        guard let key = environment["REEL_CONTRACT_KEY"], !key.isEmpty,
            let cap = environment["REEL_CONTRACT_CAP"].flatMap({ Decimal(string: $0) }),
            let base = URL(string: ClientConfiguration.hostedURL)
        else { return nil }
        let folder =
            FileManager.default.temporaryDirectory.path + "/contract-" + UUID().uuidString.lowercased()
        try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        return (
            Service(
                .hosted, base: base, folder: folder, server: nil, transport: CurlTransport(), key: key),
            cap
        )
    }

    /// Stops it and removes its folder.
    func close() async {
        await server?.stop()
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// A client that asks often, unless the service is the hosted one.
    ///
    /// Its patience is long, so that a busy machine changes nothing; a test that wants the end of some patience
    /// shortens that one.
    func client(_ change: (inout ClientConfiguration) -> Void = { _ in }) -> Client {
        var poll = PollPolicy()
        if kind != .hosted {
            poll.initialDelay = .milliseconds(10)
            poll.firstInterval = .milliseconds(20)
            poll.longestInterval = .milliseconds(200)
            poll.deadline = .seconds(180)
            poll.outagePatience = .seconds(120)
            poll.busyPatience = .seconds(120)
        }
        var configuration = ClientConfiguration(baseURL: base, apiKey: key, poll: poll)
        if kind != .hosted {
            configuration.retryPause = .milliseconds(20)
        }
        change(&configuration)
        return Client(configuration, transport: transport)
    }

    /// Posts tasks as they stand.
    func post(_ tasks: [JSONValue], key: String? = nil, headers: [String: String] = [:]) async throws
        -> HTTPReply
    {
        var call = HTTPCall(
            method: "POST", url: base,
            headers: ["Authorization": "Bearer \(key ?? self.key)", "Content-Type": "application/json"],
            body: Data(JSONValue.array(tasks).canonical.utf8))
        for (name, value) in headers { call.headers[name] = value }
        return try await transport.send(call)
    }

    /// Asks for a task until nothing of it runs.
    func end(of uuid: String) async throws {
        let question = JSONValue.object(["taskType": .string("getResponse"), "taskUUID": .string(uuid)])
        while true {
            let reply = try await post([question])
            let data = try JSONValue(parsing: reply.body)["data"]?.array ?? []
            if data.allSatisfy({ $0["status"]?.string != "processing" }) { return }
            await Task.yield()
        }
    }

    /// What the sandbox says of its tasks and charges.
    func world() async throws -> World {
        guard let server else { return World(tasks: [], totalCharge: 0, keyLeaks: 0) }
        return try JSONDecoder().decode(World.self, from: await server.report())
    }

    struct World: Decodable {
        struct Task: Decodable {
            var taskUUID: String
            var charge: Decimal
            var timesSubmitted: Int
        }
        var tasks: [Task]
        var totalCharge: Decimal
        var keyLeaks: Int?
    }

    static func fixture(_ name: String) throws -> Data {
        try Data(contentsOf: root.appendingPathComponent("Tests/Fixtures/runware/\(name).json"))
    }

    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
}

/// Hands calls to a sandbox of this process without a socket; downloads go over its port all the same.
struct DirectTransport: Transport {
    let server: SandboxServer
    private let network = CurlTransport()

    init(_ server: SandboxServer) { self.server = server }

    func send(_ call: HTTPCall) async throws(TransportError) -> HTTPReply {
        let answer: (status: Int, headers: [String: String], body: Data)
        do {
            answer = try await server.answer(
                method: call.method, path: call.url.path, headers: call.headers, body: call.body ?? Data())
        } catch {
            throw TransportError(.lost, "\(error)")
        }
        var headers: [String: String] = [:]
        for (name, value) in answer.headers { headers[name.lowercased()] = value }
        return HTTPReply(status: answer.status, headers: headers, body: answer.body)
    }

    func download(
        _ call: HTTPCall, to path: String, from offset: Int64, limit: Int64,
        progress: @escaping @Sendable (_ received: Int64, _ expected: Int64?) -> Void
    ) async throws(TransportError) -> HTTPReply {
        try await network.download(call, to: path, from: offset, limit: limit, progress: progress)
    }
}
