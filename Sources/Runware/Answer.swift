import Curl
import Foundation
import Synchronization

/// Takes one answer into a sink and keeps its head; says what a broken one means.
final class Answer: CurlReceiver {
    private struct State {
        var head = CurlHead(status: 0, headers: [:])
        var received: Int64 = 0
        var expected: Int64?
        var refusal: TransportError?
    }

    private let sink: any BodySink
    private let progress: @Sendable () -> Void
    private let state: Mutex<State> = Mutex(State())

    init(_ sink: any BodySink, _ progress: @escaping @Sendable () -> Void) {
        self.sink = sink
        self.progress = progress
    }

    func begin(_ head: CurlHead) -> Bool {
        let isPlain = head.headers["content-encoding"].map { $0.lowercased() == "identity" } ?? true
        let expected = isPlain ? head.headers["content-length"].flatMap { Int64($0) } : nil
        state.withLock { state in
            state.head = head
            state.expected = expected
        }
        return accepted { () throws(TransportError) in
            try sink.begin(HTTPReply(status: head.status, headers: head.headers), expected: expected)
        }
    }

    func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
        state.withLock { $0.received += Int64(bytes.count) }
        return accepted { () throws(TransportError) in
            try sink.take(bytes)
            progress()
        }
    }

    private func accepted(_ work: () throws(TransportError) -> Void) -> Bool {
        do {
            try work()
            return true
        } catch {
            state.withLock { $0.refusal = error }
            return false
        }
    }

    /// The answer, once it is complete.
    var reply: HTTPReply {
        let state = state.withLock { $0 }
        return HTTPReply(
            status: state.head.status, headers: state.head.headers, body: sink.body,
            byteCount: state.received)
    }

    /// What a failure means to the one who made the call, with what had come of the answer.
    func reason(_ failure: CurlFailure, _ call: String) -> TransportError {
        let state = state.withLock { $0 }
        let hasAnswer = state.head.status != 0
        var error: TransportError
        switch failure.kind {
        case .stopped: error = state.refusal ?? TransportError(.lost, "the connection broke during \(call)")
        case .unreachable:
            error = TransportError(.unreachable, "cannot connect for \(call) (\(failure.message))")
        case .untrusted:
            error = TransportError(
                .unreachable, "no trusted encrypted connection for \(call) (\(failure.message))")
        case .deadline: error = TransportError(.deadline, "no complete answer in time from \(call)")
        case .slow: error = TransportError(.lost, "\(call) stands still: \(failure.message)")
        case .cancelled: error = TransportError(.cancelled, "stopped waiting for \(call)")
        case .short:
            let size = state.expected.map { "\($0)" } ?? "more"
            error = TransportError(.lost, "\(call) ended after \(state.received) of \(size) bytes")
        case .broken:
            error = TransportError(.lost, "the connection broke during \(call) (\(failure.message))")
        case .invalid: error = TransportError(.refused, "cannot go to \(call)")
        }
        if hasAnswer, error.head == nil {
            error.head = HTTPReply(
                status: state.head.status, headers: state.head.headers, byteCount: state.received)
        }
        return error
    }
}
