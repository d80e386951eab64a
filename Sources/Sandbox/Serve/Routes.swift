import FlyingFox
import Foundation

/// Which path goes where.
struct Routes: HTTPHandler {
    let desk: Desk
    let world: World
    let media: MediaRoute
    let sessions: Sessions

    func handleRequest(_ request: HTTPRequest) async throws -> HTTPResponse {
        let parts = request.path.split(separator: "/").map(String.init)
        switch (parts.first, parts.count) {
        case ("v1", 1):
            let isUpgrade = request.headers[.upgrade]?.lowercased() == "websocket"
            return try await isUpgrade ? socket(request) : tasks(request)
        case ("world", 1): return Self.json(await world.report())
        case ("media", 2):
            await watch(request)
            return try await media.answer(request, name: parts[1])
        case ("images", 2):
            await watch(request)
            return image(request, id: parts[1])
        default:
            return Self.json(
                [
                    "errors": [
                        ["code": "notFound", "message": "There is nothing here. Tasks go to POST /v1."]
                    ]
                ],
                status: 404)
        }
    }

    /// The key is for the API only: whoever sends it along to fetch a file gives it away.
    private func watch(_ request: HTTPRequest) async {
        if request.headers[.authorization] != nil { await world.countKeyLeak() }
    }

    private func socket(_ request: HTTPRequest) async throws -> HTTPResponse {
        let talk = SocketTalk(
            desk: desk, sessions: sessions, clock: media.clock, peer: request.remoteAddress,
            port: media.address.port, faults: request.headers[.sandboxFaults])
        return try await WebSocketHTTPHandler(handler: MessageFrameWSHandler(handler: talk))
            .handleRequest(request)
    }

    private func tasks(_ request: HTTPRequest) async throws -> HTTPResponse {
        guard request.method == .POST else {
            return Self.json(
                ["errors": [["code": "methodNotAllowed", "message": "Tasks are sent with POST."]]],
                status: 405)
        }
        var body = Data()
        for try await chunk in request.bodySequence {
            body.append(chunk)
            guard body.count <= desk.configuration.bodyLimit else { return Self.tooLarge }
        }
        let ask = Desk.Ask(
            authorization: request.headers[.authorization], faults: request.headers[.sandboxFaults],
            isDryRun: request.headers[.dryRun] == "1")
        let answer = await desk.answer(body: body, ask)
        let response = Self.json(answer.body, status: answer.status)
        guard let fault = answer.fault else { return response }
        let mishap = Mishap(
            fault: fault, request: request, port: media.address.port, clock: media.clock)
        return try await mishap.apply(to: response)
    }

    /// The connection ends with it: what is left of the body is nobody's request.
    private static var tooLarge: HTTPResponse {
        let body = JSON.object([
            "errors": [["code": "payloadTooLarge", "message": "The body is too large."]]
        ])
        var headers = HTTPHeaders()
        headers[.contentType] = "application/json"
        headers[.connection] = "close"
        return HTTPResponse(
            statusCode: HTTPStatusCode(413, phrase: "Payload Too Large"), headers: headers,
            body: BrokenBody(data: body.data, piece: 4096, closes: true).sequence)
    }

    private func image(_ request: HTTPRequest, id: String) -> HTTPResponse {
        guard UUID(uuidString: id) != nil else { return HTTPResponse(statusCode: .notFound) }
        let file = FileRoute(
            path: world.imagePath(id), contentType: "application/octet-stream", tag: id.lowercased())
        return file.answer(request)
    }

    static func json(_ value: JSON, status: Int = 200) -> HTTPResponse {
        let phrases = [
            200: "OK", 400: "Bad Request", 401: "Unauthorized", 402: "Payment Required", 404: "Not Found",
            405: "Method Not Allowed", 413: "Payload Too Large", 429: "Too Many Requests",
            500: "Internal Server Error", 503: "Service Unavailable", 504: "Gateway Time-out",
        ]
        return HTTPResponse(
            statusCode: HTTPStatusCode(status, phrase: phrases[status] ?? "Error"),
            headers: [.contentType: "application/json"], body: value.data)
    }
}

extension HTTPHeader {
    static let sandboxFaults = HTTPHeader("X-Sandbox-Faults")
    static let dryRun = HTTPHeader("X-Runware-Dry-Run")
}
