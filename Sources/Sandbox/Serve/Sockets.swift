import FlyingFox
import Foundation

/// The sockets of the HTTP server, which it does not show: found among this process's files by their ports.
enum Sockets {
    /// Has the close of a connection send a reset in place of an orderly end.
    ///
    /// - Returns: Whether the connection was found.
    @discardableResult
    static func hardenClose(of peer: HTTPRequest.Address?, port: UInt16) -> Bool {
        guard case .ip4(_, let peerPort) = peer else { return false }
        let file = first { file in
            Self.port(file, getpeername) == peerPort && Self.port(file, getsockname) == port
        }
        guard let file else { return false }
        var hard = linger(l_onoff: 1, l_linger: 0)
        return setsockopt(file, SOL_SOCKET, SO_LINGER, &hard, socklen_t(MemoryLayout<linger>.size)) == 0
    }

    /// Has the connections to a port send small pieces at once.
    ///
    /// The server writes head and body apart. Without this the body waits for the other side's confirmation of
    /// the head, which that side holds back for 40 ms. What is accepted inherits it from what listens.
    @discardableResult
    static func sendAtOnce(port: UInt16) -> Bool {
        let file = first { file in
            var isListening: Int32 = 0
            var size = socklen_t(MemoryLayout<Int32>.size)
            return Self.port(file, getsockname) == port
                && getsockopt(file, SOL_SOCKET, SO_ACCEPTCONN, &isListening, &size) == 0
                && isListening != 0
        }
        guard let file else { return false }
        var yes: Int32 = 1
        return setsockopt(
            file, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size)) == 0
    }

    private static func first(where matches: (Int32) -> Bool) -> Int32? {
        (Int32(3)..<Int32(65_536)).first(where: matches)
    }

    private static func port(
        _ file: Int32,
        _ name: (Int32, UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32
    ) -> UInt16? {
        var address = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { name(file, $0, &size) }
        }
        guard result == 0, Int32(address.sin_family) == AF_INET else { return nil }
        return UInt16(bigEndian: address.sin_port)
    }
}
