import FlyingFox
import Foundation

/// Hands out clips: only as long as their URL is valid, and with what is to go wrong.
struct MediaRoute: Sendable {
    let world: World
    let address: Address
    let clock: SandboxClock

    func answer(_ request: HTTPRequest, name: String) async throws -> HTTPResponse {
        // Only names that the sandbox itself could have given: a UUID and one of three endings.
        let parts = name.split(separator: ".").map(String.init)
        guard parts.count == 2, UUID(uuidString: parts[0]) != nil,
            let format = VideoTask.Format(rawValue: parts[1].uppercased())
        else { return HTTPResponse(statusCode: .notFound) }
        let video = parts[0].lowercased()
        guard let record = await world.record(ofVideo: video), record.task.format == format,
            let clip = record.clips.first(where: { $0.videoUUID == video }), clip.state == .success
        else { return HTTPResponse(statusCode: .notFound) }
        let path = world.mediaPath(video, format)
        if let ttl = record.task.ttl, let finished = clip.finished,
            clock.now() >= finished.addingTimeInterval(Double(ttl))
        {
            return expired(path)
        }
        let uuid = record.task.taskUUID
        let given = request.query["t"].flatMap { Int($0) } ?? 1
        if given < (await world.mischief(of: uuid))?.generation ?? 1 { return Self.dead }
        let file = FileRoute(path: path, contentType: format.contentType, tag: video)
        let isMoved = request.query["moved"] != nil
        guard request.method == .GET, !isMoved, let fault = try await world.strike(uuid, .media) else {
            return file.answer(request)
        }
        return try await struck(request, fault, file, given)
    }

    private func struck(
        _ request: HTTPRequest, _ fault: Fault, _ file: FileRoute, _ given: Int
    ) async throws -> HTTPResponse {
        switch fault.kind {
        case .mediaExpired: return Self.dead
        case .mediaRedirect:
            var headers = HTTPHeaders()
            headers[.location] = "http://localhost:\(address.port)\(request.path)?t=\(given)&moved=1"
            return HTTPResponse(statusCode: HTTPStatusCode(302, phrase: "Found"), headers: headers)
        case .mediaEmpty: return whole(Data(), file)
        case .mediaTruncated:
            let bytes = try Data(contentsOf: URL(fileURLWithPath: file.path))
            return whole(bytes.prefix(fault.amount ?? bytes.count / 2), file)
        case .mediaWrongBytes:
            let bytes = try Data(contentsOf: URL(fileURLWithPath: file.path))
            var dice = SystemRandomNumberGenerator()
            return whole(Data((0..<bytes.count).map { _ in UInt8.random(in: 0...255, using: &dice) }), file)
        default:
            var plain = request
            // Encoded or padded, a part would be of nobody knows what.
            if [.mediaGzip, .mediaHuge].contains(fault.kind) { plain.headers[.range] = nil }
            let mishap = Mishap(fault: fault, request: request, port: address.port, clock: clock)
            return try await mishap.apply(to: file.answer(plain))
        }
    }

    private func whole(_ bytes: Data, _ file: FileRoute) -> HTTPResponse {
        HTTPResponse(
            statusCode: .ok, headers: [.contentType: file.contentType],
            body: HTTPBodySequence(data: bytes, suggestedBufferSize: 1 << 16))
    }

    /// Gone, and when asked again, as if it had never been.
    private func expired(_ path: String) -> HTTPResponse {
        guard FileManager.default.fileExists(atPath: path) else {
            return HTTPResponse(statusCode: .notFound)
        }
        try? FileManager.default.removeItem(atPath: path)
        return HTTPResponse(statusCode: HTTPStatusCode(410, phrase: "Gone"))
    }

    private static var dead: HTTPResponse {
        HTTPResponse(statusCode: HTTPStatusCode(403, phrase: "Forbidden"))
    }
}
