public import Foundation

/// A picture file that could go into a request: its form and size as its header states them, and its bytes.
///
/// Only the header is understood; whether the rest can be decoded is the service's affair. Reading blocks for
/// the file's length, 20 MB at most.
public struct ImageFile: Sendable, Equatable {
    /// The forms that the service takes as input.
    public enum Form: String, Sendable, CaseIterable {
        case png, jpeg, webp
        /// As in `image/png`.
        public var mediaType: String { "image/\(rawValue)" }
    }

    /// Fewest and most pixels of a side.
    public static let sides = 300...4000
    /// Most bytes.
    public static let limit = 20_000_000

    /// What it is, whatever its name says.
    public var form: Form
    /// Pixels across.
    public var width: Int
    /// Pixels down.
    public var height: Int
    /// The whole file.
    public var bytes: Data

    /// Reads a file. Throws `imageUnreadable`, `imageTooLarge` or `notImage`, each with the path.
    public static func read(path: String) throws(RunwareError) -> ImageFile {
        func fault(_ code: String, _ message: String, _ hint: String) -> RunwareError {
            RunwareError(code: code, category: .validation, message: "\(path) \(message)", hint: hint)
        }
        guard let file = FileHandle(forReadingAtPath: path), let bytes = try? file.read(upToCount: limit + 1)
        else { throw fault("imageUnreadable", "cannot be read", "check the path and its permissions") }
        guard bytes.count <= limit else {
            throw fault("imageTooLarge", "is larger than 20 MB", "make it smaller or save it as JPEG")
        }
        guard let image = ImageFile(bytes) else {
            throw fault("notImage", "is no PNG, JPEG or WebP picture", "convert it to PNG")
        }
        return image
    }

    /// Understands a file's bytes; nil where they are none of the forms.
    public init?(_ bytes: Data) {
        let header = ImageHeader(bytes: bytes)
        guard let found = header.png ?? header.jpeg ?? header.webp, found.width > 0, found.height > 0 else {
            return nil
        }
        (form, width, height) = found
        self.bytes = bytes
    }

    /// What the service would refuse it for; empty where nothing is wrong. `field` names its place in a
    /// request.
    public func problems(field: String) -> [Problem] {
        let isInside = Self.sides.contains(width) && Self.sides.contains(height)
        return isInside
            ? []
            : [
                Problem(
                    path: field, value: "\(width)x\(height)",
                    allowed: "\(Self.sides.lowerBound) to \(Self.sides.upperBound) pixels a side",
                    message: "is not a size that the service takes")
            ]
    }

    /// The picture as text, a third longer than the file.
    public var dataURI: String { "data:\(form.mediaType);base64," + bytes.base64EncodedString() }
}

/// Finds form and size in a picture's first bytes.
private struct ImageHeader {
    typealias Found = (form: ImageFile.Form, width: Int, height: Int)
    private let bytes: [UInt8]

    /// Sizes stand early, except in a JPEG with large application data.
    init(bytes: Data) { self.bytes = [UInt8](bytes.prefix(1 << 20)) }

    private func big(_ place: Int, _ count: Int) -> Int? {
        guard place >= 0, place + count <= bytes.count else { return nil }
        return bytes[place..<(place + count)].reduce(0) { $0 << 8 | Int($1) }
    }

    private func little(_ place: Int, _ count: Int) -> Int? {
        guard place >= 0, place + count <= bytes.count else { return nil }
        return bytes[place..<(place + count)].reversed().reduce(0) { $0 << 8 | Int($1) }
    }

    private func has(_ text: String, at place: Int) -> Bool {
        place + text.utf8.count <= bytes.count && bytes[place...].starts(with: text.utf8)
    }

    /// PNG, third edition, 5.2 and 11.2.1: signature, then IHDR.
    var png: Found? {
        guard bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]), has("IHDR", at: 12),
            let width = big(16, 4), let height = big(20, 4)
        else { return nil }
        return (.png, width, height)
    }

    /// ITU-T T.81, B.2: segments up to the frame header, which says height before width.
    var jpeg: Found? {
        guard bytes.starts(with: [0xFF, 0xD8]) else { return nil }
        var place = 2
        while let marker = big(place, 2), marker >> 8 == 0xFF {
            let code = marker & 0xFF
            if code == 0xFF {
                place += 1
                continue
            }
            if (0xD0...0xD9).contains(code) || code == 0x01 {
                place += 2
                continue
            }
            // Frame headers, without the tables for Huffman and arithmetic codes and the reserved one.
            if (0xC0...0xCF).contains(code), ![0xC4, 0xC8, 0xCC].contains(code) {
                guard let height = big(place + 5, 2), let width = big(place + 7, 2) else { return nil }
                return (.jpeg, width, height)
            }
            guard let length = big(place + 2, 2), length >= 2 else { return nil }
            place += 2 + length
        }
        return nil
    }

    /// RFC 9649: the simple forms, lossy and lossless, and the extended one.
    var webp: Found? {
        guard has("RIFF", at: 0), has("WEBP", at: 8) else { return nil }
        if has("VP8X", at: 12), let width = little(24, 3), let height = little(27, 3) {
            return (.webp, width + 1, height + 1)
        }
        if has("VP8L", at: 12), bytes.count > 20, bytes[20] == 0x2F, let bits = little(21, 4) {
            return (.webp, (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
        }
        if has("VP8 ", at: 12), big(23, 3) == 0x9D012A, let width = little(26, 2), let height = little(28, 2)
        {
            return (.webp, width & 0x3FFF, height & 0x3FFF)
        }
        return nil
    }
}
