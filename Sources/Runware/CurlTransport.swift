import Curl
import Foundation

/// libcurl as the way to the network.
///
/// The rules of `Redirect` are followed here, step by step: libcurl would hand `Authorization` on to the next
/// host. Downloads go to the file piece by piece; a call that must be sent once gets a connection of its own.
public final class CurlTransport: Transport {
    private let engine: CurlEngine

    /// Makes a transport with a connection pool and a thread of its own.
    public init(connectionsPerHost: Int = 64) {
        engine = CurlEngine(connectionsPerHost: connectionsPerHost)
    }

    /// One exchange, answer in memory.
    public func send(_ call: HTTPCall) async throws(TransportError) -> HTTPReply {
        try await follow(call) {
            MemorySink(limit: call.bodyLimit)
        } progress: {
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
        let reply = try await follow(call, { file }) {
            let standing = file.standing
            progress(standing.present, standing.total)
        }
        try await file.flush()
        return reply
    }

    private func follow(
        _ first: HTTPCall, _ sink: @Sendable () -> any BodySink, progress: @escaping @Sendable () -> Void
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
        progress: @escaping @Sendable () -> Void
    ) async throws(TransportError) -> HTTPReply {
        let left = end - ContinuousClock.now
        guard left > .zero else { throw TransportError(.deadline, "no time left for \(call)") }
        let request = CurlCall(
            method: call.method, url: call.url.absoluteString, headers: call.headers, body: call.body,
            deadline: left, isAlone: call.once,
            slowest: call.flow.map { CurlCall.Flow(bytes: $0.bytes, time: $0.time) })
        let answer = Answer(sink, progress)
        do {
            try await engine.run(request, into: answer)
        } catch {
            throw answer.reason(error, "\(call)")
        }
        return answer.reply
    }
}
