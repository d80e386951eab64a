import Foundation
import Glibc

/// A WebSocket client on a bare socket: text messages up to 64 kB out, any in. Blocks.
final class RawSocket {
    private let file: Int32
    private var buffer = Data()
    /// Set once the other side has reset the connection.
    private(set) var isReset = false

    init(_ base: URL, headers: [String: String] = [:]) throws {
        file = try connection(to: base)
        var head = "GET /v1 HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        head += "Sec-WebSocket-Key: AAECAwQFBgcICQoLDA0ODw==\r\nSec-WebSocket-Version: 13\r\n"
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        write(Array((head + "\r\n").utf8))
        while true {
            if let end = buffer.range(of: Data("\r\n\r\n".utf8)) {
                guard buffer.starts(with: Data("HTTP/1.1 101".utf8)) else {
                    throw Trouble(what: "no upgrade")
                }
                buffer = Data(buffer[end.upperBound...])
                return
            }
            guard fill() else { throw Trouble(what: "no answer to the upgrade") }
        }
    }

    deinit { close(file) }

    /// Sends tasks as one message.
    func send(_ tasks: [[String: Any]]) throws {
        let payload = [UInt8](try JSONSerialization.data(withJSONObject: tasks))
        var frame: [UInt8] = [0x81]
        if payload.count < 126 {
            frame.append(0x80 | UInt8(payload.count))
        } else {
            frame += [0xFE, UInt8(payload.count >> 8), UInt8(payload.count & 255)]
        }
        // The mask is zero: the payload stands as it is.
        write(frame + [0, 0, 0, 0] + payload)
    }

    /// The next message, or nil where the connection has ended.
    func next() throws -> Envelope? {
        var text = Data()
        while true {
            guard let frame = try frame() else { return nil }
            if frame.opcode == 8 { return nil }
            text.append(frame.payload)
            guard frame.isLast else { continue }
            let top = try JSONSerialization.jsonObject(with: text) as? [String: Any] ?? [:]
            return Envelope(
                status: 0, size: text.count, data: top["data"] as? [[String: Any]] ?? [],
                errors: top["errors"] as? [[String: Any]] ?? [], keys: Set(top.keys))
        }
    }

    /// Authenticates; the session's id.
    @discardableResult
    func enter(_ session: String? = nil) throws -> String? {
        var task: [String: Any] = ["taskType": "authentication", "apiKey": "test"]
        if let session { task["connectionSessionUUID"] = session }
        try send([task])
        return try next()?.data.first?["connectionSessionUUID"] as? String
    }

    private func frame() throws -> (isLast: Bool, opcode: UInt8, payload: Data)? {
        while true {
            let bytes = [UInt8](buffer.prefix(10))
            if bytes.count >= 2 {
                var start = 2
                var length = Int(bytes[1] & 127)
                if length == 126, bytes.count >= 4 {
                    length = Int(bytes[2]) << 8 | Int(bytes[3])
                    start = 4
                } else if length == 127, bytes.count == 10 {
                    length = bytes[2...].reduce(0) { $0 << 8 | Int($1) }
                    start = 10
                }
                if length < 126 || start > 2, buffer.count >= start + length {
                    let payload = Data(buffer.dropFirst(start).prefix(length))
                    buffer = Data(buffer.dropFirst(start + length))
                    return (bytes[0] & 128 != 0, bytes[0] & 15, payload)
                }
            }
            guard fill() else { return nil }
        }
    }

    private func fill() -> Bool {
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = recv(file, &bytes, bytes.count, 0)
        if count < 0 { isReset = errno == ECONNRESET }
        guard count > 0 else { return false }
        buffer.append(contentsOf: bytes[..<count])
        return true
    }

    private func write(_ bytes: [UInt8]) {
        _ = Glibc.send(file, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }
}
