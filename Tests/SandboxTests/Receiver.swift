import Foundation
import Glibc
import Synchronization

/// A little HTTP server for what the sandbox sends of its own accord: it keeps each request and answers with
/// a status of the test's choice.
final class Receiver: Sendable {
    struct Request: Sendable {
        var method: String
        var path: String
        var body: Data

        var json: [String: Any] { (try? JSONSerialization.jsonObject(with: body)) as? [String: Any] ?? [:] }
    }

    let base: String
    private let listener: Int32
    private let state = Mutex<[Request]>([])
    private let arrivals = AsyncStream.makeStream(of: Void.self)

    /// - Parameter status: What the n-th request, counted from 0, is answered with.
    init(status: @escaping @Sendable (Int) -> Int = { _ in 200 }) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, size) == 0 && listen(listener, 16) == 0
                    && getsockname(listener, $0, &size) == 0
            }
        }
        guard isBound else { throw Trouble(what: "no port to listen on") }
        self.listener = listener
        base = "http://127.0.0.1:\(UInt16(bigEndian: address.sin_port))"
        Thread.detachNewThread { [self] in
            while true {
                let file = accept(listener, nil, nil)
                guard file >= 0 else { return }
                serve(file, status)
                Glibc.close(file)
            }
        }
    }

    /// Everything received so far.
    var requests: [Request] { state.withLock { $0 } }

    /// Waits until so many requests have come.
    func wait(for count: Int) async throws -> [Request] {
        var arrival = arrivals.stream.makeAsyncIterator()
        while requests.count < count { await arrival.next() }
        return requests
    }

    func close() { shutdown(listener, Int32(SHUT_RDWR)) }

    private func serve(_ file: Int32, _ status: (Int) -> Int) {
        var data = Data()
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        var isAsked = false
        while true {
            if let end = data.range(of: Data("\r\n\r\n".utf8)) {
                let head = String(decoding: data[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
                let length =
                    head.first { $0.lowercased().hasPrefix("content-length:") }
                    .flatMap { Int($0.split(separator: ":")[1].trimmingCharacters(in: .whitespaces)) } ?? 0
                if head.contains(where: { $0.lowercased() == "expect: 100-continue" }), !isAsked {
                    isAsked = true
                    say("HTTP/1.1 100 Continue\r\n\r\n", file)
                }
                let body = data[end.upperBound...]
                if body.count >= length {
                    let first = head[0].split(separator: " ").map(String.init)
                    let number = state.withLock { all in
                        all.append(Request(method: first[0], path: first[1], body: Data(body)))
                        return all.count - 1
                    }
                    arrivals.continuation.yield()
                    say(
                        "HTTP/1.1 \(status(number)) Said\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
                        file)
                    return
                }
            }
            let count = recv(file, &buffer, buffer.count, 0)
            guard count > 0 else { return }
            data.append(contentsOf: buffer[..<count])
        }
    }

    private func say(_ text: String, _ file: Int32) {
        let bytes = Array(text.utf8)
        _ = send(file, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }
}
