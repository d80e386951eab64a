/// A running 64-bit digest of packets' payloads, to see that a muxer wrote what it was given.
///
/// It guards against faults, not against malice, and is as fast as memory is read.
struct PayloadDigest: Equatable, Sendable {
    private(set) var value: UInt64 = 0x9e37_79b9_7f4a_7c15

    /// Adds one packet; its length counts, so that bytes cannot move from one packet to the next unseen.
    mutating func add(_ bytes: UnsafeRawBufferPointer) {
        var state = value ^ UInt64(truncatingIfNeeded: bytes.count)
        let whole = bytes.count & ~7
        var at = 0
        while at < whole {
            let word = bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self)
            state = (state ^ word) &* 0x9fb2_1c65_1e98_df25
            state ^= state >> 32
            at += 8
        }
        while at < bytes.count {
            state = (state ^ UInt64(bytes[at])) &* 0x0000_0100_0000_01b3
            at += 1
        }
        value = (state ^ state >> 29) &* 0xbf58_476d_1ce4_e5b9
    }
}
