import Foundation
import Synchronization

#if canImport(Glibc)
    import Glibc
    private let stream = Int32(SOCK_STREAM.rawValue)
    private let quiet = Int32(MSG_NOSIGNAL)
#else
    import Darwin
    private let stream = SOCK_STREAM
    private let quiet: Int32 = 0
#endif

/// A small HTTP server on a free loopback port, a thread a connection, whose answers a test writes byte by
/// byte. It keeps connections open between requests, as real servers do, and can break them at any place.
final class LoopbackServer: Sendable {
    struct Request: Sendable {
        var method = ""
        var path = ""
        var headers: [String: String] = [:]
        var body = Data()
        /// Requests seen before this one, on any connection.
        var number = 0
        /// Which connection it came on.
        var connection = 0
    }

    struct Reply: Sendable {
        var bytes = Data()
        /// Close after the bytes.
        var closes = false
        /// Send this again and again, with the pause in milliseconds, until the other side leaves.
        var drip: (data: Data, pause: UInt32)?
        /// Say nothing until the other side leaves.
        var hangs = false

        static func http(
            _ status: Int, _ body: Data = Data(), headers: [String: String] = [:], length: Int? = nil
        ) -> Reply {
            var head = "HTTP/1.1 \(status) X\r\nContent-Length: \(length ?? body.count)\r\n"
            for (name, value) in headers { head += "\(name): \(value)\r\n" }
            return Reply(
                bytes: Data((head + "\r\n").utf8) + body, closes: (length ?? body.count) != body.count)
        }
        static func json(_ body: Data, status: Int = 200, headers: [String: String] = [:]) -> Reply {
            http(status, body, headers: headers.merging(["Content-Type": "application/json"]) { a, _ in a })
        }
        static let drop = Reply(closes: true)
        static let hang = Reply(hangs: true)
    }

    private struct State {
        var requests: [Request] = []
        var open: [Int32] = []
        var connections = 0
        var isOver = false
    }

    let port: UInt16
    private let listener: Int32
    private let state: Mutex<State> = Mutex(State())
    private let answer: @Sendable (Request) -> Reply
    private let patience: Int?
    private let answersEarly: Bool

    var url: URL { URL(string: "http://127.0.0.1:\(port)/v1")! }
    var requests: [Request] { state.withLock { $0.requests } }

    struct CannotListen: Error {}

    /// - Parameters:
    ///   - patience: a connection is reset once so many bytes came of a request that is not whole.
    ///   - answersEarly: the answer is sent before the request's body is read; then the connection ends.
    init(patience: Int? = nil, answersEarly: Bool = false, _ answer: @escaping @Sendable (Request) -> Reply)
        throws
    {
        self.answer = answer
        self.patience = patience
        self.answersEarly = answersEarly
        listener = socket(AF_INET, stream, 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = listener
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { plain in
                bind(listener, plain, length) == 0 && listen(listener, 64) == 0
                    && getsockname(listener, plain, &length) == 0
            }
        }
        guard isBound else { throw CannotListen() }
        port = UInt16(bigEndian: address.sin_port)
        Thread.detachNewThread { [weak self] in
            defer { close(listener) }
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else { return }
                guard let self, self.admit(connection) else {
                    close(connection)
                    return
                }
                Thread.detachNewThread { self.serve(connection) }
            }
        }
    }

    /// Ends the listener and every open connection.
    func stop() {
        // Only shut down here: the threads that use these descriptors close them, so that no number is
        // reused under them.
        state.withLock { state in
            guard !state.isOver else { return }
            state.isOver = true
            shutdown(listener, Int32(SHUT_RDWR))
            for connection in state.open { shutdown(connection, Int32(SHUT_RDWR)) }
        }
    }

    private func admit(_ connection: Int32) -> Bool {
        state.withLock { state in
            guard !state.isOver else { return false }
            state.open.append(connection)
            state.connections += 1
            return true
        }
    }

    private func serve(_ connection: Int32) {
        let number = state.withLock { $0.connections }
        var buffer = Data()
        while var request = read(connection, &buffer) {
            request.connection = number
            state.withLock { state in
                request.number = state.requests.count
                state.requests.append(request)
            }
            let reply = answer(request)
            guard write(connection, reply.bytes) else { break }
            if let drip = reply.drip {
                while write(connection, drip.data) { usleep(drip.pause * 1000) }
                break
            }
            if reply.hangs || answersEarly {
                var bytes = [UInt8](repeating: 0, count: 65536)
                while recv(connection, &bytes, bytes.count, 0) > 0 {}
                break
            }
            if reply.closes { break }
        }
        state.withLock { state in state.open.removeAll { $0 == connection } }
        close(connection)
    }

    private func read(_ connection: Int32, _ buffer: inout Data) -> Request? {
        let end = Data("\r\n\r\n".utf8)
        while buffer.range(of: end) == nil { guard more(connection, &buffer) else { return nil } }
        guard let split = buffer.range(of: end) else { return nil }
        let head = String(decoding: buffer[buffer.startIndex..<split.lowerBound], as: UTF8.self)
        let lines = head.components(separatedBy: "\r\n")
        let words = lines[0].split(separator: " ").map(String.init)
        var request = Request()
        request.method = words.first ?? ""
        request.path = words.count > 1 ? words[1] : ""
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let value = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
            request.headers[line[..<colon].lowercased()] = value
        }
        buffer = Data(buffer[split.upperBound...])
        if request.headers["expect"]?.lowercased() == "100-continue" {
            guard write(connection, Data("HTTP/1.1 100 Continue\r\n\r\n".utf8)) else { return nil }
        }
        let length = Int(request.headers["content-length"] ?? "") ?? 0
        if answersEarly { return request }
        while buffer.count < length {
            if let patience, buffer.count >= patience {
                // What was not read yet makes this a reset.
                var now = linger(l_onoff: 1, l_linger: 0)
                setsockopt(connection, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
                return nil
            }
            guard more(connection, &buffer) else { return nil }
        }
        request.body = Data(buffer.prefix(length))
        buffer = Data(buffer.dropFirst(length))
        return request
    }

    private func more(_ connection: Int32, _ buffer: inout Data) -> Bool {
        var bytes = [UInt8](repeating: 0, count: 65536)
        let count = recv(connection, &bytes, bytes.count, 0)
        guard count > 0 else { return false }
        buffer.append(contentsOf: bytes[0..<count])
        return true
    }

    private func write(_ connection: Int32, _ data: Data) -> Bool {
        var rest = data
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(connection, $0.baseAddress, $0.count, quiet) }
            guard count > 0 else { return false }
            rest = Data(rest.dropFirst(count))
        }
        return true
    }
}
