import FlyingFox
import Foundation

/// Which path goes where.
struct Routes: HTTPHandler {
    let desk: Desk
    let world: World

    /// The largest body that is read: four pictures of 20 MB in base64 and something over.
    static let bodyLimit = 128 << 20

    func handleRequest(_ request: HTTPRequest) async throws -> HTTPResponse {
        let parts = request.path.split(separator: "/").map(String.init)
        switch (parts.first, parts.count) {
        case ("v1", 1): return try await tasks(request)
        case ("world", 1): return Self.json(await world.report())
        case ("media", 2): return media(request, name: parts[1])
        case ("images", 2): return image(request, id: parts[1])
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

    private func tasks(_ request: HTTPRequest) async throws -> HTTPResponse {
        guard request.method == .POST else {
            return Self.json(
                ["errors": [["code": "methodNotAllowed", "message": "Tasks are sent with POST."]]],
                status: 405)
        }
        var body = Data()
        for try await chunk in request.bodySequence {
            body.append(chunk)
            guard body.count <= Self.bodyLimit else {
                return Self.json(
                    ["errors": [["code": "payloadTooLarge", "message": "The body is too large."]]],
                    status: 413)
            }
        }
        let answer = await desk.answer(body: body, authorization: request.headers[.authorization])
        return Self.json(answer.body, status: answer.status)
    }

    private func media(_ request: HTTPRequest, name: String) -> HTTPResponse {
        // Only names that the sandbox itself could have given: a UUID and one of three endings.
        let parts = name.split(separator: ".").map(String.init)
        guard parts.count == 2, UUID(uuidString: parts[0]) != nil,
            let format = VideoTask.Format(rawValue: parts[1].uppercased())
        else { return HTTPResponse(statusCode: .notFound) }
        let uuid = parts[0].lowercased()
        return FileRoute.answer(
            request, path: world.mediaPath(uuid, format), contentType: format.contentType, tag: uuid)
    }

    private func image(_ request: HTTPRequest, id: String) -> HTTPResponse {
        guard UUID(uuidString: id) != nil else { return HTTPResponse(statusCode: .notFound) }
        return FileRoute.answer(
            request, path: world.imagePath(id), contentType: "application/octet-stream", tag: id.lowercased())
    }

    static func json(_ value: JSON, status: Int = 200) -> HTTPResponse {
        let phrases = [
            200: "OK", 400: "Bad Request", 401: "Unauthorized", 404: "Not Found", 405: "Method Not Allowed",
            413: "Payload Too Large", 500: "Internal Server Error",
        ]
        return HTTPResponse(
            statusCode: HTTPStatusCode(status, phrase: phrases[status] ?? "Error"),
            headers: [.contentType: "application/json"], body: value.data)
    }
}
