import Foundation

/// The boxes of an MP4 or MOV file, read header by header.
///
/// Source: ISO/IEC 14496-12, 4.2: a box is its size (4 bytes, big-endian; 1 means 8 more bytes behind the name,
/// 0 means to the end of what it lies in), its name (4 bytes) and its contents.
struct BoxFile {
    /// One box.
    struct Box {
        let name: String
        /// Where its contents lie, as far as they do.
        let inside: Range<UInt64>
        /// Whether it claims more bytes than what it lies in has.
        let isCutShort: Bool
    }

    /// Bytes of the file.
    let end: UInt64
    private let file: FileHandle

    /// Opens the file; nil where it cannot be read.
    init?(path: String) {
        guard let file = FileHandle(forReadingAtPath: path), let end = try? file.seekToEnd() else {
            return nil
        }
        (self.file, self.end) = (file, end)
    }

    /// Goes over the boxes that lie side by side in a range, until `body` answers false or one is cut short.
    ///
    /// - Parameter limit: Boxes at most: a hostile file has as many as it likes.
    func walk(_ range: Range<UInt64>, limit: Int, _ body: (Box) -> Bool) {
        var place = range.lowerBound
        for _ in 0..<limit {
            guard let head = bytes(at: place, 8, within: range) else { return }
            var size = Self.number(head[0..<4])
            var header: UInt64 = 8
            if size == 1 {
                guard let long = bytes(at: place + 8, 8, within: range) else { return }
                (size, header) = (Self.number(long[...]), 16)
            } else if size == 0 {
                size = range.upperBound - place
            }
            guard size >= header else { return }
            let isCutShort = size > range.upperBound - place
            let next = isCutShort ? range.upperBound : place + size
            let box = Box(
                name: String(decoding: head[4..<8], as: UTF8.self), inside: (place + header)..<next,
                isCutShort: isCutShort)
            guard body(box), !isCutShort else { return }
            place = next
        }
    }

    /// Bytes that lie in a range, or nil where they do not.
    func bytes(at place: UInt64, _ count: Int, within range: Range<UInt64>) -> [UInt8]? {
        guard place >= range.lowerBound, place <= range.upperBound,
            UInt64(count) <= range.upperBound - place, (try? file.seek(toOffset: place)) != nil,
            let data = try? file.read(upToCount: count), data.count == count
        else { return nil }
        return [UInt8](data)
    }

    /// Bytes as a number, the highest first.
    static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
}
