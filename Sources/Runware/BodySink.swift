import Foundation
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Where the bytes of an answer go. Called from one queue, in order.
protocol BodySink: Sendable {
    func begin(status: Int, expected: Int64?) throws(TransportError)
    func take(_ data: Data) throws(TransportError)
    var body: Data { get }
}

/// Keeps an answer in memory up to a limit.
final class MemorySink: BodySink {
    private let limit: Int
    private let bytes: Mutex<Data> = Mutex(Data())

    init(limit: Int) { self.limit = limit }

    func begin(status: Int, expected: Int64?) throws(TransportError) {
        if let expected, expected > Int64(limit) {
            throw TransportError(.tooLarge, "the answer announces \(expected) bytes, more than \(limit)")
        }
    }

    func take(_ data: Data) throws(TransportError) {
        let fits = bytes.withLock { bytes in
            guard bytes.count + data.count <= limit else { return false }
            bytes.append(data)
            return true
        }
        if !fits { throw TransportError(.tooLarge, "the answer is larger than \(limit) bytes") }
    }

    var body: Data { bytes.withLock { $0 } }
}

/// Streams the body of a 200 answer into a file; other bodies are dropped.
final class FileSink: BodySink {
    private struct State {
        var isWanted = false
        var written: Int64 = 0
    }

    private let path: String
    private let limit: Int64
    private let descriptor: Int32
    private let state: Mutex<State> = Mutex(State())

    init(path: String, limit: Int64) throws(TransportError) {
        self.path = path
        self.limit = limit
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        if descriptor < 0 { throw Self.failure(path, "cannot be written") }
    }

    deinit { if descriptor >= 0 { _ = close(descriptor) } }

    func begin(status: Int, expected: Int64?) throws(TransportError) {
        state.withLock { $0.isWanted = status == 200 }
        if status == 200, let expected, expected > limit {
            throw TransportError(.tooLarge, "the file announces \(expected) bytes, more than \(limit)")
        }
    }

    func take(_ data: Data) throws(TransportError) {
        let (isWanted, total) = state.withLock { state in
            if state.isWanted { state.written += Int64(data.count) }
            return (state.isWanted, state.written)
        }
        guard isWanted else { return }
        if total > limit { throw TransportError(.tooLarge, "the file is larger than \(limit) bytes") }
        let isWritten = data.withUnsafeBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if count < 0 && errno == EINTR { continue }
                if count <= 0 { return false }
                rest = rest.dropFirst(count)
            }
            return true
        }
        if !isWritten { throw Self.failure(path, "cannot be written") }
    }

    var body: Data { Data() }

    /// Waits, off the cooperative pool, until the disk has the bytes.
    func flush() async throws(TransportError) {
        let isSafe = await withCheckedContinuation { done in
            DispatchQueue.global().async {
                done.resume(returning: fsync(self.descriptor) == 0 || errno == EINVAL)
            }
        }
        if !isSafe { throw Self.failure(path, "cannot be flushed to the disk") }
    }

    private static func failure(_ path: String, _ what: String) -> TransportError {
        TransportError(.file, "\(path) \(what): \(String(cString: strerror(errno)))")
    }
}
