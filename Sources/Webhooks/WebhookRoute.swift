import FlyingFox
import Foundation

/// Hears POSTs whose path ends in the token, and answers everything else alike.
struct WebhookRoute: HTTPHandler {
    let token: String
    /// Most bytes of a body that are taken in.
    let bodyLimit: Int
    let hear: @Sendable (Data) -> Void

    func handleRequest(_ request: HTTPRequest) async throws -> HTTPResponse {
        let last = request.path.split(separator: "/").last.map(String.init) ?? ""
        guard Self.isEqual(last, token), request.method == .POST else {
            return Self.closing(.notFound)
        }
        var body = Data()
        for try await chunk in request.bodySequence {
            body.append(chunk)
            guard body.count <= bodyLimit else { return Self.closing(.payloadTooLarge) }
        }
        // Answered before anything is done about it: services wait but a few seconds.
        hear(body)
        return HTTPResponse(statusCode: .noContent)
    }

    /// What is left unread of the body must not be taken for the next request.
    private static func closing(_ status: HTTPStatusCode) -> HTTPResponse {
        var headers = HTTPHeaders()
        headers[.connection] = "close"
        return HTTPResponse(statusCode: status, headers: headers)
    }

    /// Takes as long for a near miss as for a far one.
    static func isEqual(_ a: String, _ b: String) -> Bool {
        let (a, b) = (Array(a.utf8), Array(b.utf8))
        guard a.count == b.count else { return false }
        return zip(a, b).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
