import Foundation
import Synchronization

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// One request on its way: collects the answer, keeps the deadline, and ends exactly once.
final class Exchange: Sendable {
    private struct State {
        var done: CheckedContinuation<Result<HTTPReply, TransportError>, Never>?
        var stopped: TransportError?
        var ended = false
        var status = 0
        var headers: [String: String] = [:]
        var received: Int64 = 0
        var expected: Int64?

        /// An error with what had come of the answer.
        func broken(_ error: TransportError) -> TransportError {
            guard status != 0, error.head == nil else { return error }
            var error = error
            error.head = HTTPReply(status: status, headers: headers, byteCount: received)
            return error
        }
    }

    let sink: any BodySink
    private let task: URLSessionTask
    private let call: String
    private let flow: HTTPCall.Flow?
    private let progress: @Sendable (Int64, Int64?) -> Void
    private let state: Mutex<State> = Mutex(State())

    init(
        task: URLSessionTask, call: HTTPCall, sink: any BodySink,
        progress: @escaping @Sendable (Int64, Int64?) -> Void
    ) {
        self.task = task
        self.call = "\(call)"
        flow = call.flow
        self.sink = sink
        self.progress = progress
    }

    func start(_ left: Duration, _ done: CheckedContinuation<Result<HTTPReply, TransportError>, Never>) {
        let call = call
        let stopped = state.withLock { state in
            state.done = done
            return state.stopped
        }
        if let stopped { return end(.failure(stopped)) }
        DispatchQueue.global().asyncAfter(deadline: .now() + Self.seconds(left)) { [weak self] in
            self?.stop(TransportError(.deadline, "no complete answer in time from \(call)"))
        }
        if let flow { watch(flow, since: 0) }
        task.resume()
    }

    /// Looks again and again whether enough has come.
    private func watch(_ flow: HTTPCall.Flow, since bytes: Int64) {
        DispatchQueue.global().asyncAfter(deadline: .now() + Self.seconds(flow.time)) { [weak self] in
            guard let self else { return }
            let (isOver, now) = state.withLock { ($0.ended, $0.received) }
            if isOver { return }
            guard now - bytes >= flow.bytes else {
                return stop(
                    TransportError(.lost, "\(call) stands still: \(now - bytes) bytes in \(flow.time)"))
            }
            watch(flow, since: now)
        }
    }

    private static func seconds(_ time: Duration) -> Double {
        Double(time.components.seconds) + Double(time.components.attoseconds) * 1e-18
    }

    /// Ends the exchange from our side; the first reason given is the one reported.
    func stop(_ why: TransportError) {
        let (isRunning, reason) = state.withLock { state in
            let reason = state.stopped ?? state.broken(why)
            state.stopped = reason
            return (state.done != nil, reason)
        }
        task.cancel()
        if isRunning { end(.failure(reason)) }
    }

    func received(_ response: URLResponse) {
        guard let http = response as? HTTPURLResponse else { return }
        var headers: [String: String] = [:]
        for (name, value) in http.allHeaderFields {
            headers["\(name)".lowercased()] = "\(value)"
        }
        let plainBody = headers["content-encoding"].map { $0.lowercased() == "identity" } ?? true
        let expected = plainBody ? headers["content-length"].flatMap { Int64($0) } : nil
        state.withLock { state in
            state.status = http.statusCode
            state.headers = headers
            state.expected = expected
        }
        do {
            try sink.begin(HTTPReply(status: http.statusCode, headers: headers), expected: expected)
        } catch {
            stop(error)
        }
    }

    func received(_ data: Data) {
        let (isOver, total, expected) = state.withLock { state in
            state.received += Int64(data.count)
            return (state.ended, state.received, state.expected)
        }
        if isOver { return }
        do {
            try sink.take(data)
            progress(total, expected)
        } catch {
            stop(error)
        }
    }

    func completed(_ error: (any Error)?) {
        let state = state.withLock { $0 }
        if let stopped = state.stopped { return end(.failure(stopped)) }
        if let error {
            return end(.failure(state.broken(Self.reason(error, call, gotAnswer: state.status != 0))))
        }
        guard state.status != 0 else {
            return end(.failure(TransportError(.lost, "no HTTP answer from \(call)")))
        }
        if let expected = state.expected, state.received < expected, [200, 206].contains(state.status) {
            let message = "\(call) ended after \(state.received) of \(expected) bytes"
            return end(.failure(state.broken(TransportError(.lost, message))))
        }
        end(
            .success(
                HTTPReply(
                    status: state.status, headers: state.headers, body: sink.body, byteCount: state.received))
        )
    }

    private func end(_ result: Result<HTTPReply, TransportError>) {
        let done = state.withLock { state in
            state.ended = true
            defer { state.done = nil }
            return state.done
        }
        done?.resume(returning: result)
    }

    private static func reason(_ error: any Error, _ call: String, gotAnswer: Bool) -> TransportError {
        let code = (error as? URLError)?.code ?? URLError.Code(rawValue: (error as NSError).code)
        switch code {
        case .cannotConnectToHost, .cannotFindHost, .dnsLookupFailed, .notConnectedToInternet:
            if gotAnswer { return TransportError(.lost, "the connection broke during \(call)") }
            return TransportError(.unreachable, "cannot connect for \(call)")
        case .cancelled: return TransportError(.cancelled, "stopped waiting for \(call)")
        case .secureConnectionFailed, .serverCertificateUntrusted, .serverCertificateHasBadDate,
            .serverCertificateNotYetValid, .serverCertificateHasUnknownRoot:
            return TransportError(.unreachable, "no trusted encrypted connection for \(call)")
        case .unsupportedURL, .badURL: return TransportError(.refused, "cannot go to \(call)")
        default: return TransportError(.lost, "the connection broke during \(call)")
        }
    }
}

/// The session's delegate: hands events to the exchange they belong to and refuses redirects.
final class ExchangeHub: NSObject, URLSessionDataDelegate, Sendable {
    private let exchanges: Mutex<[ObjectIdentifier: Exchange]> = Mutex([:])

    func add(_ exchange: Exchange, for task: URLSessionTask) {
        exchanges.withLock { $0[ObjectIdentifier(task)] = exchange }
    }

    func remove(_ task: URLSessionTask) {
        exchanges.withLock { _ = $0.removeValue(forKey: ObjectIdentifier(task)) }
    }

    private func exchange(_ task: URLSessionTask) -> Exchange? {
        exchanges.withLock { $0[ObjectIdentifier(task)] }
    }

    func urlSession(
        _ session: URLSession, task: URLSessionTask, willPerformHTTPRedirection response: HTTPURLResponse,
        newRequest request: URLRequest, completionHandler: @escaping (URLRequest?) -> Void
    ) {
        exchange(task)?.received(response)
        completionHandler(nil)
    }

    func urlSession(
        _ session: URLSession, dataTask: URLSessionDataTask, didReceive response: URLResponse,
        completionHandler: @escaping (URLSession.ResponseDisposition) -> Void
    ) {
        exchange(dataTask)?.received(response)
        completionHandler(.allow)
    }

    func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
        exchange(dataTask)?.received(data)
    }

    func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
        exchange(task)?.completed(error)
    }
}
