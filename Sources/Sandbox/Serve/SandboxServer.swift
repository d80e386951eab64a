import FlyingFox
import FlyingSocks
public import Foundation
import Media

/// The sandbox's HTTP side, on 127.0.0.1 only.
///
/// `start()`, use it, `stop()`; or `run()`, which does both and waits in between.
public actor SandboxServer {
    private let configuration: SandboxConfiguration
    private let world: World
    private let workshop: Workshop
    private let address = Address()
    private let sessions: Sessions
    private var server: HTTPServer?
    private var running: Task<Void, any Error>?
    private var base: URL?
    private var routes: Routes?

    /// Opens the world in the configured folder; nothing listens yet.
    ///
    /// - Throws: `SandboxError` if the folder cannot be used.
    public init(_ configuration: SandboxConfiguration) throws {
        self.configuration = configuration
        world = try World(configuration)
        sessions = Sessions(clock: configuration.clock)
        let courier = Courier(world: world, configuration: configuration, address: address)
        workshop = Workshop(world: world, configuration: configuration, courier: courier)
    }

    /// Starts to listen, and goes on with the tasks that an earlier process left unfinished.
    ///
    /// - Returns: The API's base URL, `http://127.0.0.1:PORT/v1`, with the real port.
    /// - Throws: `SandboxError` if the port is taken.
    public func start() async throws -> URL {
        if let base { return base }
        let taken = SandboxError(
            message: "the sandbox cannot listen on 127.0.0.1:\(configuration.port)",
            hint: "another program has the port; name another one, or 0 for any")
        let stills = Stills(world: world, address: address, lanes: Lanes(width: 2))
        let desk = Desk(configuration: configuration, world: world, workshop: workshop, stills: stills)
        let media = MediaRoute(world: world, address: address, clock: configuration.clock)
        let routes = Routes(desk: desk, world: world, media: media, sessions: sessions)
        let server = HTTPServer(
            address: try sockaddr_in.inet(ip4: "127.0.0.1", port: configuration.port), timeout: 120,
            logger: .disabled, handler: routes)
        let (beginning, signal) = AsyncStream.makeStream(of: Bool.self)
        let running = Task {
            do {
                try await server.run()
            } catch {
                signal.yield(false)
                throw error
            }
        }
        let watching = Task {
            try await server.waitUntilListening(timeout: 30)
            signal.yield(true)
        }
        let isListening = await beginning.first { _ in true } ?? false
        watching.cancel()
        guard isListening, case .ip4(_, let port) = await server.listeningAddress else {
            running.cancel()
            throw taken
        }
        address.set(port: port)
        Sockets.sendAtOnce(port: port)
        guard let url = URL(string: "\(address.origin)/v1") else { throw taken }
        self.server = server
        self.running = running
        self.routes = routes
        base = url
        workshop.open()
        for record in await world.unfinished() { workshop.take(record) }
        return url
    }

    /// Serves until the calling task is cancelled, then stops.
    ///
    /// - Parameter started: Called with the base URL once the server listens.
    public func run(started: @Sendable (URL) -> Void = { _ in }) async throws {
        started(try await start())
        guard let running else { return }
        do {
            try await withTaskCancellationHandler {
                try await running.value
            } onCancel: {
                running.cancel()
            }
        } catch {
            await stop()
            if Task.isCancelled { return }
            throw error
        }
    }

    /// Stops to listen and to paint; unfinished tasks stay in the world for the next start.
    public func stop() async {
        await server?.stop()
        running?.cancel()
        _ = await running?.result
        server = nil
        running = nil
        base = nil
        await workshop.close()
    }

    /// One exchange without a socket, for tests: what a request is answered.
    ///
    /// - Throws: `SandboxError` before `start()`; whatever cuts a body short.
    package func answer(
        method: String, path: String, headers: [String: String], body: Data
    ) async throws -> (status: Int, headers: [String: String], body: Data) {
        guard let routes else { throw SandboxError(message: "the sandbox is not started", hint: "start it") }
        var fields = HTTPHeaders()
        for (name, value) in headers { fields[HTTPHeader(name)] = value }
        let answer = try await routes.handleRequest(
            HTTPRequest(
                method: HTTPMethod(method), version: .http11, path: path, query: [], headers: fields,
                body: HTTPBodySequence(data: body)))
        var found: [String: String] = [:]
        for (name, value) in answer.headers { found[name.rawValue] = value }
        return (answer.statusCode.code, found, try await answer.bodyData)
    }

    /// What `GET /world` answers: every task with state, times submitted and charge, and the sum.
    public func report() async -> Data { await world.report().data }
}
