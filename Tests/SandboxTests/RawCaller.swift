import Foundation

/// One HTTP exchange over a bare socket, to see what a client library would hide: how much came, and whether
/// the connection was ended or reset.
struct RawCaller {
    var received = Data()
    var isReset = false

    /// Sends a POST of tasks, or a GET, and reads until the connection ends. Blocks.
    static func exchange(_ base: URL, method: String, target: String, headers: [String: String], body: Data)
        throws -> RawCaller
    {
        let file = try connection(to: base)
        defer { close(file) }
        var head = "\(method) \(target) HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: \(body.count)\r\n"
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        let message = Data((head + "Connection: close\r\n\r\n").utf8) + body
        _ = message.withUnsafeBytes { send(file, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        var result = RawCaller()
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = recv(file, &buffer, buffer.count, 0)
            if count < 0 { result.isReset = errno == ECONNRESET }
            if count <= 0 { return result }
            result.received.append(contentsOf: buffer[..<count])
        }
    }

    static func post(_ base: URL, _ task: [String: Any], headers: [String: String] = [:]) throws -> RawCaller
    {
        let body = try JSONSerialization.data(withJSONObject: [task])
        let all = headers.merging(["Authorization": "Bearer test"]) { $1 }
        return try exchange(base, method: "POST", target: "/v1", headers: all, body: body)
    }

    /// Body bytes, and how many the head announced.
    var body: (count: Int, announced: Int?) {
        guard let end = received.range(of: Data("\r\n\r\n".utf8)) else { return (0, nil) }
        let head = String(decoding: received[..<end.lowerBound], as: UTF8.self)
        let length = head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("content-length:") }
        return (
            received.distance(from: end.upperBound, to: received.endIndex),
            length.flatMap { Int($0.split(separator: ":")[1].trimmingCharacters(in: .whitespaces)) }
        )
    }
}

/// A socket that is connected to a server of this machine; the caller closes it. Blocks.
func connection(to base: URL) throws -> Int32 {
    let file = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard file >= 0 else { throw Trouble(what: "no socket") }
    // A sandbox that says nothing must not hang the tests.
    var patience = timeval(tv_sec: 120, tv_usec: 0)
    setsockopt(file, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(base.port ?? 0).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let isConnected = withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            connect(file, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
        }
    }
    guard isConnected else {
        close(file)
        throw Trouble(what: "no connection")
    }
    return file
}
