import Foundation

/// Whether a Matroska or WebM file is as long as its head claims.
///
/// Source: RFC 8794, 4: an element is its name, its size as a number whose leading zeros say how many bytes it
/// has, and its contents; a size of ones only is unknown, as in files that were written live.
enum SegmentLayout {
    /// Whether the segment claims more bytes than the file has; false where nothing can be told.
    static func isCutShort(path: String) -> Bool {
        guard let file = FileHandle(forReadingAtPath: path), let end = try? file.seekToEnd() else {
            return false
        }
        defer { try? file.close() }
        var place: UInt64 = 0
        // The head, perhaps something void, then the segment.
        for _ in 0..<8 {
            guard (try? file.seek(toOffset: place)) != nil, let data = try? file.read(upToCount: 12) else {
                return false
            }
            let bytes = [UInt8](data)
            guard let name = length(bytes, at: 0), name <= 4, let size = length(bytes, at: name), size <= 8,
                bytes.count >= name + size
            else { return false }
            let mark = UInt64(1) << (7 * UInt64(size))
            let value = bytes[name..<(name + size)].reduce(UInt64(0)) { $0 << 8 | UInt64($1) } & (mark - 1)
            let start = place + UInt64(name + size)
            let isSegment = bytes.starts(with: [0x18, 0x53, 0x80, 0x67])
            if value == mark - 1 { return false }
            let (next, overflow) = start.addingReportingOverflow(value)
            if isSegment { return overflow || next > end }
            guard !overflow, next < end else { return false }
            place = next
        }
        return false
    }

    /// How many bytes the number at a place has.
    private static func length(_ bytes: [UInt8], at place: Int) -> Int? {
        guard place < bytes.count, bytes[place] != 0 else { return nil }
        return bytes[place].leadingZeroBitCount + 1
    }
}
