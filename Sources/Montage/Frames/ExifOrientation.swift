/// How a camera was held, as a JPEG's Exif block notes it.
///
/// Source: Exif 2.32, tag 0x0112 of the first directory; values 1 to 8.
struct ExifOrientation {
    /// Degrees clockwise that show the picture upright.
    var degrees = 0
    /// Whether it is mirrored left to right after turning.
    var isMirrored = false

    /// Upright.
    init() {}

    /// Reads the note; upright where there is none or it makes no sense.
    init(jpeg bytes: [UInt8]) {
        guard let exif = Self.block(in: bytes), let value = Self.orientation(in: exif) else { return }
        switch value {
        case 2: isMirrored = true
        case 3: degrees = 180
        case 4: (degrees, isMirrored) = (180, true)
        case 5: (degrees, isMirrored) = (90, true)
        case 6: degrees = 90
        case 7: (degrees, isMirrored) = (270, true)
        case 8: degrees = 270
        default: break
        }
    }

    /// The TIFF structure inside the APP1 segment, among the segments before the image data.
    private static func block(in bytes: [UInt8]) -> ArraySlice<UInt8>? {
        var place = 2
        while place + 10 < bytes.count, bytes[place] == 0xff {
            let length = Int(bytes[place + 2]) << 8 | Int(bytes[place + 3])
            let end = min(bytes.count, place + 2 + length)
            let isExif = bytes[(place + 4)...].starts(with: [0x45, 0x78, 0x69, 0x66, 0, 0])
            if bytes[place + 1] == 0xe1, isExif, place + 10 <= end { return bytes[(place + 10)..<end] }
            if bytes[place + 1] == 0xda || length < 2 { return nil }
            place += 2 + length
        }
        return nil
    }

    private static func orientation(in tiff: ArraySlice<UInt8>) -> Int? {
        let bytes = Array(tiff)
        let isLittle = bytes.starts(with: [0x49, 0x49])
        func number(_ at: Int, _ count: Int) -> Int? {
            guard at >= 0, at + count <= bytes.count else { return nil }
            let digits = bytes[at..<(at + count)]
            return (isLittle ? Array(digits.reversed()) : Array(digits)).reduce(0) { $0 << 8 | Int($1) }
        }
        guard let directory = number(4, 4), let count = number(directory, 2) else { return nil }
        for entry in 0..<min(count, 200) {
            let at = directory + 2 + 12 * entry
            if number(at, 2) == 0x0112 { return number(at + 8, 2) }
        }
        return nil
    }
}
