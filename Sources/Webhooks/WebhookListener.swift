import FlyingFox
import FlyingSocks
public import Foundation

/// What is wrong with an address to listen on.
public struct WebhookError: Error, Sendable, Equatable {
    /// What, and where.
    public var message: String
    /// What to do.
    public var hint: String
}

/// Listens for a service's calls on a path that nobody can guess.
///
/// `start(hearing:)`, use it, `stop()`. One listener for one run: the path dies with it.
public actor WebhookListener {
    /// The last component of the path that is heard: 32 random bytes, in letters that an URL may hold.
    public nonisolated let token: String
    private let host: String
    private let port: UInt16
    private var server: HTTPServer?
    private var running: Task<Void, any Error>?

    /// Prepares to listen; nothing is opened yet.
    ///
    /// - Parameter address: `HOST:PORT` or a port alone, which means this machine only. The host is a numeric
    ///   IPv4 address or `localhost`; 0.0.0.0 listens on all; port 0 takes any that is free.
    /// - Throws: ``WebhookError`` if it is none of these.
    public init(address: String) throws(WebhookError) {
        let parts = address.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        let host = parts.count == 2 && parts[0] != "localhost" ? parts[0] : "127.0.0.1"
        guard parts.count <= 2, let port = UInt16(parts[parts.count - 1]), Self.isNumeric(host) else {
            throw WebhookError(
                message: "\(address) is no address to listen on",
                hint: "give HOST:PORT with a numeric host, as in 0.0.0.0:8443, or a port alone")
        }
        self.host = host
        self.port = port
        var random = SystemRandomNumberGenerator()
        let bytes = (0..<32).map { _ in UInt8.random(in: 0...255, using: &random) }
        token = Data(bytes).base64EncodedString().replacingOccurrences(of: "+", with: "-")
            .replacingOccurrences(of: "/", with: "_").replacingOccurrences(of: "=", with: "")
    }

    private static func isNumeric(_ host: String) -> Bool {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy { UInt8($0) != nil }
    }

    /// The address to give to the service: `base`, under which this listener is seen from outside, with the
    /// token behind its path. The query of `base` is kept.
    public nonisolated func address(under base: URL) -> URL { base.appendingPathComponent(token) }

    /// Starts to listen.
    ///
    /// - Parameters:
    ///   - bodyLimit: Most bytes of a call. Bodies are a result's description; one with the clip itself in it is
    ///     not wanted.
    ///   - hear: Called with each body that comes to the right path, from any task; must be quick.
    /// - Returns: The port, which is the asked one unless that was 0.
    /// - Throws: ``WebhookError`` if the address cannot be had.
    @discardableResult
    public func start(
        bodyLimit: Int = 1 << 20, hearing hear: @escaping @Sendable (Data) -> Void
    ) async throws(WebhookError) -> UInt16 {
        let taken = WebhookError(
            message: "cannot listen on \(host):\(port)",
            hint: "another program has the port, or the machine has no such address; name another")
        guard server == nil, let address = try? sockaddr_in.inet(ip4: host, port: port) else { throw taken }
        let server = HTTPServer(
            address: address, timeout: 15, logger: .disabled,
            handler: WebhookRoute(token: token, bodyLimit: bodyLimit, hear: hear))
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
        guard isListening, case .ip4(_, let real) = await server.listeningAddress else {
            running.cancel()
            throw taken
        }
        self.server = server
        self.running = running
        return real
    }

    /// Stops to listen; calls on their way are finished.
    public func stop() async {
        await server?.stop()
        running?.cancel()
        _ = await running?.result
        server = nil
        running = nil
    }
}
