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

    static func isCarried(in container: String) -> Bool { isBox(in: container) || tag(in: container) != nil }

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
        guard let file = BoxFile(path: path) else { return nil }
        var text: String?
        file.walk(0..<file.end, limit: 10_000) { box in
            guard box.name == "uuid", !box.isCutShort else { return true }
            let length = box.inside.count - boxIdentifier.count
            guard length >= 0, length <= longest,
                file.bytes(at: box.inside.lowerBound, boxIdentifier.count, within: box.inside)
                    == boxIdentifier
            else { return true }
            let start = box.inside.lowerBound + UInt64(boxIdentifier.count)
            text = file.bytes(at: start, length, within: box.inside).map {
                String(decoding: $0, as: UTF8.self)
            }
            return false
        }
        return text
    }
}
