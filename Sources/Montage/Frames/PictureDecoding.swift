import Foundation
import Media

extension Picture {
    /// Reads a picture file: PNG, JPEG, WebP, BMP or GIF (its first image), told by its first bytes. Blocks.
    ///
    /// A JPEG is turned as its camera noted. A size beyond 16384x8192 pixels is refused.
    ///
    /// - Throws: `MontageError.pictureInvalid` for other or damaged bytes.
    public static func decode(_ bytes: [UInt8]) throws -> Picture { try decode(bytes, named: "picture") }

    /// Reads a picture file of the disk. Blocks.
    ///
    /// - Throws: `MediaError` if it cannot be read; as `decode` otherwise.
    public static func load(path: String) throws -> Picture {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw MediaError(.notFound, operation: "open", subject: path)
        }
        if isFolder.boolValue { throw MediaError(.isDirectory, operation: "open", subject: path) }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw MediaError(.permissionDenied, operation: "open", subject: path)
        }
        if data.isEmpty { throw MediaError(.empty, operation: "open", subject: path) }
        return try decode([UInt8](data), named: path)
    }

    /// The name of the format that the first bytes announce, as FFmpeg calls its decoder; nil for others.
    static func decoderName(_ bytes: [UInt8]) -> String? {
        func begins(_ text: String, at place: Int = 0) -> Bool {
            bytes.dropFirst(place).starts(with: text.utf8)
        }
        if bytes.starts(with: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]) { return "png" }
        if bytes.starts(with: [0xff, 0xd8, 0xff]) { return "mjpeg" }
        if begins("RIFF"), begins("WEBP", at: 8) { return "webp" }
        if begins("GIF87a") || begins("GIF89a") { return "gif" }
        if begins("BM"), bytes.count > 26 { return "bmp" }
        return nil
    }

    private static func decode(_ bytes: [UInt8], named subject: String) throws -> Picture {
        guard let name = decoderName(bytes) else {
            throw MontageError(
                .pictureInvalid, operation: "is not a picture that Reel reads", subject: subject,
                hint: "give a PNG, JPEG, WebP, BMP or GIF file")
        }
        let frame = try Frame()
        do {
            let decoder = try Decoder(codecNamed: name)
            try decoder.send(Packet(copying: bytes))
            try decoder.sendEnd()
            guard try decoder.receive(into: frame) == .got else {
                throw MediaError(.decodeFailed, operation: "avcodec_receive_frame", subject: name)
            }
        } catch let error as MediaError where error.code == .decodeFailed || error.code == .invalidArgument {
            throw MontageError(
                .pictureInvalid, operation: "the \(name == "mjpeg" ? "jpeg" : name) picture is damaged",
                subject: subject, hint: "open it in a viewer and save it again", underlying: error)
        }
        let turn = name == "mjpeg" ? ExifOrientation(jpeg: bytes) : ExifOrientation()
        // What a still picture does not say is BT.601 whatever its size: JFIF and WebP define it so.
        return try Picture(
            frame, rotation: turn.degrees, isMirrored: turn.isMirrored, untagged: .bt601)
    }
}
