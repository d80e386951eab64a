import Foundation
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Where the bytes of an answer go. Called from one thread, in order.
protocol BodySink: Sendable {
    /// The answer's head is there; `expected` is its body's length, where known.
    func begin(_ head: HTTPReply, expected: Int64?) throws(TransportError)
    func take(_ data: UnsafeRawBufferPointer) throws(TransportError)
    var body: Data { get }
}

extension BodySink {
    /// Takes what is in memory already.
    func take(_ data: Data) throws(TransportError) {
        // Foundation's closure does not carry the error's type.
        let end: Result<Void, TransportError> = data.withUnsafeBytes { bytes in
            do throws(TransportError) {
                return .success(try take(bytes))
            } catch {
                return .failure(error)
            }
        }
        try end.get()
    }
}

/// Keeps an answer in memory up to a limit.
final class MemorySink: BodySink {
    private let limit: Int
    private let bytes: Mutex<Data> = Mutex(Data())

    init(limit: Int) { self.limit = limit }

    func begin(_ head: HTTPReply, expected: Int64?) throws(TransportError) {
        if let expected, expected > Int64(limit) {
            throw TransportError(.tooLarge, "the answer announces \(expected) bytes, more than \(limit)")
        }
    }

    func take(_ data: UnsafeRawBufferPointer) throws(TransportError) {
        let fits = bytes.withLock { bytes in
            guard bytes.count + data.count <= limit else { return false }
            bytes.append(contentsOf: data)
            return true
        }
        if !fits { throw TransportError(.tooLarge, "the answer is larger than \(limit) bytes") }
    }

    var body: Data { bytes.withLock { $0 } }
}

/// Streams the body of a 200 or 206 answer into a file, at its place; other bodies are dropped.
final class FileSink: BodySink {
    private struct State {
        var isWanted = false
        /// Where the next byte goes.
        var place: Int64 = 0
        var total: Int64?
    }

    private let path: String
    private let limit: Int64
    private let offset: Int64
    private let descriptor: Int32
    private let state: Mutex<State> = Mutex(State())

    init(path: String, from offset: Int64, limit: Int64) throws(TransportError) {
        self.path = path
        self.limit = limit
        self.offset = offset
        descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
        if descriptor < 0 { throw Self.failure(path, "cannot be written") }
    }

    deinit { if descriptor >= 0 { _ = close(descriptor) } }

    /// Bytes of the file that are there, and its size, where known.
    var standing: (present: Int64, total: Int64?) { state.withLock { ($0.place, $0.total) } }

    func begin(_ head: HTTPReply, expected: Int64?) throws(TransportError) {
        let start: Int64
        let total: Int64?
        switch head.status {
        case 200: (start, total) = (0, expected)
        case 206:
            let range = ContentRange(head)
            guard range?.start == offset else {
                throw TransportError(.wrongRange, "other bytes came than were asked for", head: head)
            }
            (start, total) = (offset, range?.total)
        default: return
        }
        if let total, total > limit {
            throw TransportError(.tooLarge, "the file announces \(total) bytes, more than \(limit)")
        }
        guard ftruncate(descriptor, off_t(start)) == 0 || (start == 0 && errno == EINVAL),
            lseek(descriptor, off_t(start), SEEK_SET) >= 0 || errno == ESPIPE
        else { throw Self.failure(path, "cannot be written") }
        state.withLock { $0 = State(isWanted: true, place: start, total: total) }
    }

    func take(_ data: UnsafeRawBufferPointer) throws(TransportError) {
        // Written under the lock: after `seal` no byte of a straggler reaches the file.
        let trouble: TransportError? = state.withLock { state in
            guard state.isWanted else { return nil }
            guard state.place + Int64(data.count) <= limit else {
                return TransportError(.tooLarge, "the file is larger than \(limit) bytes")
            }
            var rest = data[...]
            while !rest.isEmpty {
                let count = write(
                    descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if count < 0 && errno == EINTR { continue }
                guard count > 0 else { return Self.failure(path, "cannot be written") }
                rest = rest.dropFirst(count)
            }
            state.place += Int64(data.count)
            return nil
        }
        if let trouble { throw trouble }
    }

    /// Takes nothing more. Returns when a write under way is over.
    func seal() { state.withLock { $0.isWanted = false } }

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
