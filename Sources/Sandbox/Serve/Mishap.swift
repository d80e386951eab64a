import FlyingFox
import Foundation

/// Does to an HTTP answer what a fault asks for.
struct Mishap: Sendable {
    let fault: Fault
    let request: HTTPRequest
    /// The port that the sandbox listens on.
    let port: UInt16
    let clock: SandboxClock

    /// The answer as it goes out. One that the fault replaces is not looked at.
    func apply(to answer: HTTPResponse) async throws -> HTTPResponse {
        guard let treatment = fault.kind.treatment else { return answer }
        switch treatment.what {
        case .reset: return Wreck.answer(to: request, port: port)
        case .status(let code): return refusal(code)
        case .page:
            return HTTPResponse(
                statusCode: HTTPStatusCode(504, phrase: "Gateway Time-out"),
                headers: [.contentType: "text/html"],
                body: Data("<html><head><title>504 Gateway Time-out</title></head></html>\n".utf8))
        case .slow:
            try await clock.sleep(.milliseconds(fault.amount ?? 2000))
            return answer
        case .cut:
            let body = try await answer.bodyData
            return broken(
                answer, BrokenBody(data: body, piece: 1 << 16, stop: fault.amount ?? body.count / 2))
        case .drip:
            let body = try await answer.bodyData
            return broken(
                answer,
                BrokenBody(
                    data: body, piece: max(1, (body.count + 19) / 20),
                    pause: .milliseconds(fault.amount ?? 100), clock: clock))
        case .gzip:
            var packed = answer
            packed.headers[HTTPHeader("Content-Encoding")] = "gzip"
            packed.payload = .httpBody(HTTPBodySequence(data: Gzip.stored(try await answer.bodyData)))
            return packed
        case .huge:
            // Blanks after a JSON document are part of it; a clip bears some at its end, too.
            var body = try await answer.bodyData
            let size = (fault.amount ?? 9) << 20
            if body.count < size { body.append(Data(repeating: 0x20, count: size - body.count)) }
            var large = answer
            large.payload = .httpBody(HTTPBodySequence(data: body, suggestedBufferSize: 1 << 16))
            return large
        }
    }

    private func broken(_ answer: HTTPResponse, _ body: BrokenBody) -> HTTPResponse {
        var answer = answer
        answer.payload = .httpBody(body.sequence)
        return answer
    }

    private func refusal(_ code: Int) -> HTTPResponse {
        let (name, message) =
            switch code {
            case 429: ("rateLimitExceeded", "Too many requests.")
            case 503: ("noAvailableServer", "No server is free.")
            default: ("internalServerError", "The service failed.")
            }
        var answer = Routes.json(
            ["errors": [["code": .string(name), "message": .string(message)]]], status: code)
        if code == 429 || fault.amount != nil {
            answer.headers[HTTPHeader("Retry-After")] = String(fault.amount ?? 1)
        }
        return answer
    }
}
