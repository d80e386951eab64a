import FlyingFox
import Foundation

/// Ends connections the hard way, which HTTP has no word for.
enum Wreck {
    /// An answer of no bytes at all: the connection is closed in place of it, with a reset where the socket
    /// can be found.
    ///
    /// The server asks an upgrade's handler for its frames before it writes the head, and closes the
    /// connection if that throws.
    static func answer(to request: HTTPRequest, port: UInt16) -> HTTPResponse {
        arm(request.remoteAddress, port: port)
        return HTTPResponse(webSocket: Thrower())
    }

    /// Has the close of a connection send a reset in place of an orderly end.
    ///
    /// The server does not show its sockets. One of this process has both this port and that peer.
    ///
    /// - Returns: Whether the socket was found.
    @discardableResult
    static func arm(_ peer: HTTPRequest.Address?, port: UInt16) -> Bool {
        guard case .ip4(_, let peerPort) = peer else { return false }
        for file in Int32(3)..<Int32(65_536) {
            guard Self.port(file, of: getpeername) == peerPort, Self.port(file, of: getsockname) == port
            else {
                continue
            }
            var hard = linger(l_onoff: 1, l_linger: 0)
            return setsockopt(
                file, SOL_SOCKET, SO_LINGER, &hard, socklen_t(MemoryLayout<linger>.size)) == 0
        }
        return false
    }

    private static func port(
        _ file: Int32,
        of name: (Int32, UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32
    ) -> UInt16? {
        var address = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { name(file, $0, &size) }
        }
        guard result == 0, Int32(address.sin_family) == AF_INET else { return nil }
        return UInt16(bigEndian: address.sin_port)
    }

    private struct Thrower: WSHandler {
        func makeFrames(
            for client: AsyncThrowingStream<WSFrame, any Error>
        ) async throws -> AsyncStream<WSFrame> {
            throw BrokenBody.Stop()
        }
    }
}
