import Foundation

/// The order of the top-level boxes of an MP4 or MOV file, read from their headers alone.
///
/// Source: ISO/IEC 14496-12, 4.2: a box is its size (4 bytes, big-endian; 1 means 8 more bytes behind the name,
/// 0 means to the end of the file), its name (4 bytes) and its contents.
struct BoxLayout {
    /// Where the index stands: "first", "last", "fragments", or nil if there is none.
    var moov: String?
    /// Whether a box claims more bytes than the file has.
    var isCutShort = false

    /// Reads the layout; empty where the file cannot be read.
    init(path: String) {
        guard let file = FileHandle(forReadingAtPath: path), let end = try? file.seekToEnd() else { return }
        defer { try? file.close() }
        var place: UInt64 = 0
        var sawMedia = false
        // Files have some dozens of boxes; fragmented ones are known by their first fragment.
        for _ in 0..<10_000 where place + 8 <= end {
            guard (try? file.seek(toOffset: place)) != nil, let head = try? file.read(upToCount: 16),
                head.count >= 8
            else { return }
            let bytes = [UInt8](head)
            func number(_ range: Range<Int>) -> UInt64 { bytes[range].reduce(0) { $0 << 8 | UInt64($1) } }
            var size = number(0..<4)
            if size == 1 {
                size = bytes.count == 16 ? number(8..<16) : 0
            } else if size == 0 {
                size = end - place
            }
            guard size >= 8 else { return }
            switch String(decoding: bytes[4..<8], as: UTF8.self) {
            case "moov": moov = sawMedia ? "last" : "first"
            case "moof":
                moov = "fragments"
                return
            case "mdat": sawMedia = true
            default: break
            }
            let (next, overflow) = place.addingReportingOverflow(size)
            if overflow || next > end { isCutShort = true }
            guard !overflow else { return }
            place = next
        }
    }
}
