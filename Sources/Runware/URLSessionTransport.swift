import Foundation

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// Foundation's URLSession as the way to the network.
///
/// What is done differently from its defaults, and why: no cookies, cache or stored credentials; more than
/// six connections a host; redirects come back to us (URLSession would hand `Authorization` on to the next
/// host); deadlines are ours (its idle time-out never ends a server that drips); downloads go to the file
/// piece by piece; a call with a body, or one that must be sent once, gets a connection of its own.
public final class URLSessionTransport: Transport {
    private let pooled: URLSession
    private let hub: ExchangeHub
    private let connectionsPerHost: Int

    /// Makes a transport with a connection pool of its own.
    public init(connectionsPerHost: Int = 64) {
        self.connectionsPerHost = connectionsPerHost
        hub = ExchangeHub()
        pooled = Self.session(hub, connectionsPerHost)
    }

    deinit { pooled.invalidateAndCancel() }

    private static func session(_ hub: ExchangeHub, _ connectionsPerHost: Int) -> URLSession {
        let settings = URLSessionConfiguration.ephemeral
        settings.httpMaximumConnectionsPerHost = connectionsPerHost
        settings.httpShouldSetCookies = false
        settings.httpCookieStorage = nil
        settings.urlCache = nil
        settings.urlCredentialStorage = nil
        settings.requestCachePolicy = .reloadIgnoringLocalCacheData
        settings.timeoutIntervalForRequest = 3600
        settings.timeoutIntervalForResource = 86400
        let queue = OperationQueue()
        queue.maxConcurrentOperationCount = 1
        return URLSession(configuration: settings, delegate: hub, delegateQueue: queue)
    }

    /// One exchange, answer in memory.
    public func send(_ call: HTTPCall) async throws(TransportError) -> HTTPReply {
        try await follow(call) {
            MemorySink(limit: call.bodyLimit)
        } progress: { _, _ in
        }
    }

    /// One exchange, the body of a 200 or 206 answer into a file, on the disk when this returns.
    public func download(
        _ call: HTTPCall, to path: String, from offset: Int64, limit: Int64,
        progress: @escaping @Sendable (_ received: Int64, _ expected: Int64?) -> Void
    ) async throws(TransportError) -> HTTPReply {
        let file = try FileSink(path: path, from: offset, limit: limit)
        var call = call
        // Compressed on the way, the announced length would not be the file's.
        call.headers["Accept-Encoding"] = "identity"
        defer { file.seal() }
        let reply = try await follow(call, { file }) { _, _ in
            let standing = file.standing
            progress(standing.present, standing.total)
        }
        try await file.flush()
        return reply
    }

    private func follow(
        _ first: HTTPCall, _ sink: @Sendable () -> any BodySink,
        progress: @escaping @Sendable (Int64, Int64?) -> Void
    ) async throws(TransportError) -> HTTPReply {
        let end = ContinuousClock.now + first.deadline
        var call = first
        var steps = 0
        while true {
            guard isWebAddress(call.url.absoluteString) else {
                throw TransportError(.refused, "\(plain(call.url)) is not an http or https address")
            }
            let reply = try await exchange(call, sink(), until: end, progress: progress)
            let location = reply.headers["location"]
            switch Redirect.step(after: call, status: reply.status, location: location, steps: steps) {
            case .stay: return reply
            case .follow(let next): call = next
            case .refuse(let why): throw TransportError(.refused, why)
            }
            steps += 1
        }
    }

    private func exchange(
        _ call: HTTPCall, _ sink: any BodySink, until end: ContinuousClock.Instant,
        progress: @escaping @Sendable (Int64, Int64?) -> Void
    ) async throws(TransportError) -> HTTPReply {
        let left = end - ContinuousClock.now
        guard left > .zero else { throw TransportError(.deadline, "no time left for \(call)") }
        var request = URLRequest(url: call.url)
        request.httpMethod = call.method
        request.timeoutInterval = 3600
        for (name, value) in call.headers { request.setValue(value, forHTTPHeaderField: name) }
        request.httpBody = call.body
        // On Linux a request with a body waits for ever where a pooled connection dies under it (the library
        // wants to rewind the body and does not), so these get a fresh connection, too.
        let isFresh = call.once || call.body != nil
        let session = isFresh ? Self.session(hub, connectionsPerHost) : pooled
        defer { if isFresh { session.finishTasksAndInvalidate() } }
        let task = session.dataTask(with: request)
        let exchange = Exchange(task: task, call: call, sink: sink, progress: progress)
        hub.add(exchange, for: task)
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { done in exchange.start(left, done) }
        } onCancel: {
            exchange.stop(TransportError(.cancelled, "stopped waiting for \(call)"))
        }
        hub.remove(task)
        return try outcome.get()
    }
}
