import Foundation
public import Media

/// The text about a film that is put into the film's file.
///
/// In MP4 and MOV it is a box of its own at the end of the file: type `uuid`, then our 16 bytes, then UTF-8 to the
/// box's end. The specification has players pass over such boxes; a tag would show up where people look for
/// comments, and MOV's tags end at 64 kB. In Matroska and WebM it is the tag `REEL_MANIFEST` of the whole file.
/// Other containers carry none.
public enum EmbeddedManifest {
    /// What marks the box. Source: ISO/IEC 14496-12, 4.2, `usertype`.
    public static let boxIdentifier: [UInt8] = [
        0x5c, 0x1e, 0x9b, 0x06, 0x3f, 0x52, 0x4b, 0x71, 0x9d, 0x0a, 0x72, 0x65, 0x65, 0x6c, 0x4d, 0x31,
    ]
    /// The name of the tag.
    public static let tagName = "REEL_MANIFEST"
    /// Bytes; more is not believed.
    static let longest = 16 << 20

    static func isBox(in container: String) -> Bool { container == "mp4" || container == "mov" }

    static func tag(in container: String) -> String? {
        container == "webm" || container == "matroska" ? tagName : nil
    }

    /// Puts the box at the end of a finished file. Blocks.
    static func append(_ text: String, to path: String) throws {
        let bytes = Array(text.utf8)
        guard bytes.count <= longest else {
            throw MontageError(
                .invalidArgument, operation: "the manifest is longer than 16 MiB", subject: path)
        }
        let size = UInt32(8 + boxIdentifier.count + bytes.count)
        var box = (0..<4).map { UInt8(truncatingIfNeeded: size >> (24 - 8 * $0)) }
        box += Array("uuid".utf8) + boxIdentifier + bytes
        do {
            let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
            defer { try? file.close() }
            try file.seekToEnd()
            try file.write(contentsOf: Data(box))
        } catch {
            throw MontageError(
                .media, operation: "the manifest cannot be written: \(error.localizedDescription)",
                subject: path, hint: "Check the space on the disk.")
        }
    }

    /// The text in a film's file; nil where there is none. Blocks; reads no more than heads of boxes and the text.
    ///
    /// - Throws: `MediaError` for what is no media file.
    public static func read(_ path: String, interrupt: Interrupt) throws -> String? {
        let demuxer = try Demuxer(path: path, accept: .clips, analyse: .none, interrupt: interrupt)
        guard demuxer.container.isMP4 else { return demuxer.container.metadata[tagName] }
        let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        defer { try? file.close() }
        let end = try file.seekToEnd()
        var at: UInt64 = 0
        while at + 8 <= end {
            try interrupt.check()
            try file.seek(toOffset: at)
            guard let head = try file.read(upToCount: 24), head.count >= 8 else { return nil }
            let bytes = [UInt8](head)
            func number(_ range: Range<Int>) -> UInt64 { bytes[range].reduce(0) { $0 << 8 | UInt64($1) } }
            var size = number(0..<4)
            if size == 1, bytes.count >= 16 { size = number(8..<16) }
            guard size >= 8, size <= end - at else { return nil }
            let isOurs = bytes.count == 24 && bytes[4..<8].elementsEqual("uuid".utf8)
            if isOurs, Array(bytes[8..<24]) == boxIdentifier, size >= 24, size <= UInt64(longest) + 24 {
                try file.seek(toOffset: at + 24)
                return try file.read(upToCount: Int(size) - 24).map { String(decoding: $0, as: UTF8.self) }
            }
            at += size
        }
        return nil
    }
}
