import FlyingFox
import FlyingSocks
import Foundation

/// A body that comes in small pieces with pauses, or ends before its announced length: the server closes a
/// connection whose body throws.
struct BrokenBody: AsyncBufferedSequence {
    typealias Element = UInt8

    var data: Data
    /// Bytes sent at a time.
    var piece: Int
    /// What is waited before each piece but the first.
    var pause: Duration = .zero
    /// After so many bytes the connection is closed; nil for the end of the data.
    var stop: Int?
    /// Whether the connection is closed though all is sent.
    var closes = false
    var clock = SandboxClock.system

    func makeAsyncIterator() -> Iterator { Iterator(body: self) }

    /// Why the server should close the connection.
    struct Stop: Error {}

    struct Iterator: AsyncBufferedIteratorProtocol {
        let body: BrokenBody
        private var position = 0

        init(body: BrokenBody) { self.body = body }

        mutating func next() async throws -> UInt8? { try await nextBuffer(suggested: 1)?.first }

        mutating func nextBuffer(suggested count: Int) async throws -> Data? {
            let end = Swift.min(body.stop ?? .max, body.data.count)
            if position >= end {
                if body.closes || end < body.data.count { throw Stop() }
                return nil
            }
            if position > 0, body.pause > .zero { try await body.clock.sleep(body.pause) }
            let next = Swift.min(end, position + body.piece)
            defer { position = next }
            let start = body.data.startIndex
            return body.data[(start + position)..<(start + next)]
        }
    }

    /// The HTTP body, with the data's whole length announced.
    var sequence: HTTPBodySequence { HTTPBodySequence(from: self, count: data.count) }
}
