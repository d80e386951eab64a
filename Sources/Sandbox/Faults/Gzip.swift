import Foundation

/// The gzip form of data without compressing it: stored blocks, as RFC 1951 §3.2.4 allows. What is tried is
/// whether the other side undoes the encoding, not how well anybody packs.
enum Gzip {
    static func stored(_ data: Data) -> Data {
        var out = Data([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255])
        var rest = data[...]
        repeat {
            let block = rest.prefix(65_535)
            rest = rest.dropFirst(block.count)
            out.append(rest.isEmpty ? 1 : 0)
            let count = UInt16(block.count)
            append(count, to: &out)
            append(~count, to: &out)
            out.append(block)
        } while !rest.isEmpty
        append(crc32(data), to: &out)
        append(UInt32(truncatingIfNeeded: data.count), to: &out)
        return out
    }

    /// CRC-32 as gzip has it (polynomial EDB88320, reflected).
    static func crc32(_ data: Data) -> UInt32 {
        var crc = UInt32.max
        for byte in data {
            crc = table[Int(UInt8(truncatingIfNeeded: crc) ^ byte)] ^ (crc >> 8)
        }
        return ~crc
    }

    private static let table: [UInt32] = (0..<256).map { n in
        (0..<8).reduce(UInt32(n)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1 }
    }

    private static func append(_ value: some FixedWidthInteger, to out: inout Data) {
        withUnsafeBytes(of: value.littleEndian) { out.append(contentsOf: $0) }
    }
}
