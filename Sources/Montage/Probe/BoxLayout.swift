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

    /// Whether a box of content credentials (C2PA) lies beside the film.
    var hasCredentials = false

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
            // The box's own name follows: d8fec3d6-1b0e-483c-9297-5828877ec481. Source: C2PA 2.1, 11.1.4.
            case "uuid"
            where bytes.dropFirst(8).elementsEqual([0xd8, 0xfe, 0xc3, 0xd6, 0x1b, 0x0e, 0x48, 0x3c]):
                hasCredentials = true
            default: break
            }
            let (next, overflow) = place.addingReportingOverflow(size)
            if overflow || next > end { isCutShort = true }
            guard !overflow else { return }
            place = next
        }
    }
}
