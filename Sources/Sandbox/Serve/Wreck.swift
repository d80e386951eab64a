import FlyingFox
import Foundation

/// An answer of no bytes at all: the connection is closed in place of it, with a reset.
///
/// The server asks an upgrade's handler for its frames before it writes the head, and closes the connection if
/// that throws.
struct Wreck: WSHandler {
    static func answer(to request: HTTPRequest, port: UInt16) -> HTTPResponse {
        Sockets.hardenClose(of: request.remoteAddress, port: port)
        return HTTPResponse(webSocket: Wreck())
    }

    func makeFrames(
        for client: AsyncThrowingStream<WSFrame, any Error>
    ) async throws -> AsyncStream<WSFrame> {
        throw BrokenBody.Stop()
    }
}
