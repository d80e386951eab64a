import Foundation

/// The top boxes of an MP4 or MOV file in their order. Source: ISO/IEC 14496-12, 4.2.
struct BoxOrder {
    let names: [String]

    /// Whether a player can start before it has the whole file.
    var isIndexFirst: Bool {
        guard let index = names.firstIndex(of: "moov"), let data = names.firstIndex(of: "mdat") else {
            return false
        }
        return index < data
    }

    static func read(_ path: String) throws -> BoxOrder {
        let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        defer { try? file.close() }
        let end = try file.seekToEnd()
        var names: [String] = []
        var at: UInt64 = 0
        while at + 8 <= end, names.count < 64 {
            try file.seek(toOffset: at)
            guard let head = try file.read(upToCount: 16), head.count >= 8 else { break }
            let bytes = [UInt8](head)
            func number(_ range: Range<Int>) -> UInt64 { bytes[range].reduce(0) { $0 << 8 | UInt64($1) } }
            names.append(String(decoding: bytes[4..<8], as: UTF8.self))
            var size = number(0..<4)
            if size == 1, bytes.count == 16 { size = number(8..<16) }
            guard size >= 8 else { break }
            at += size
        }
        return BoxOrder(names: names)
    }
}
