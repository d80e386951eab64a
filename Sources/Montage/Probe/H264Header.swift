import Media

/// What an H.264 stream says of itself in its first sequence parameter set.
///
/// An MP4's index holds this set, and a probe that reads it need not decode a frame to learn profile, pixel
/// format and colours. Source: ISO/IEC 14496-15, 5.3.3.1 (avcC); ITU-T H.264, 7.3.2.1.1 and E.1.1.
struct H264Header {
    /// FFmpeg's name of the profile.
    var profile: String?
    /// The level times ten: 41 for 4.1.
    var level: Int
    /// FFmpeg's name of the layout of samples.
    var pixelFormat: String
    /// What is said about colour.
    var colour = ColourTags.unknown
    /// How many pictures a decoder keeps to refer to.
    var referenceFrames = 0
    /// How many pictures a decoder holds back to put them in order; nil where nothing is said.
    var reorderFrames: Int?
    /// Whether no picture is coded as two fields.
    var isProgressive = true

    /// Reads the header bytes of an MP4's avcC box; nil if they are not such a box or damaged.
    init?(avcC bytes: [UInt8]) {
        guard bytes.count > 8, bytes[0] == 1, bytes[5] & 31 > 0 else { return nil }
        let length = Int(bytes[6]) << 8 | Int(bytes[7])
        guard length > 4, 8 + length <= bytes.count, bytes[8] & 31 == 7 else { return nil }
        var bits = Bits(payload: bytes[9..<(8 + length)])
        let number = bits.read(8)
        let constraints = bits.read(8)
        level = bits.read(8)
        profile = Self.name(number, constraints)
        _ = bits.golomb()
        var (chroma, depth) = (1, 8)
        if [100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135].contains(number) {
            chroma = bits.golomb()
            if chroma == 3 { _ = bits.read(1) }
            depth = 8 + bits.golomb()
            _ = bits.golomb()
            _ = bits.read(1)
            if bits.read(1) == 1 { Self.skipScaling(&bits, lists: chroma == 3 ? 12 : 8) }
        }
        (referenceFrames, isProgressive) = Self.skipToUsability(&bits)
        if bits.read(1) == 1 {
            colour = Self.colour(&bits)
            var rest = bits
            reorderFrames = Self.reordering(&rest)
        }
        guard !bits.isExhausted, chroma < 4, depth <= 14 else { return nil }
        pixelFormat = Self.pixelFormat(chroma, depth, colour)
    }

    private static func pixelFormat(_ chroma: Int, _ depth: Int, _ colour: ColourTags) -> String {
        let deep = depth > 8 ? "\(depth)le" : ""
        if chroma == 0 { return "gray\(deep)" }
        if chroma == 3, colour.matrix == "gbr" { return "gbrp\(deep)" }
        let layout = ["", "420p", "422p", "444p"][chroma]
        return (colour.range == "pc" && depth == 8 ? "yuvj" : "yuv") + layout + deep
    }

    /// FFmpeg's names, with the constraint flags that make a name of their own.
    private static func name(_ number: Int, _ constraints: Int) -> String? {
        let (isConstrained, isIntra) = (constraints & 0x40 != 0, constraints & 0x10 != 0)
        switch number {
        case 66: return isConstrained ? "Constrained Baseline" : "Baseline"
        case 77: return "Main"
        case 88: return "Extended"
        case 100: return "High"
        case 110: return isIntra ? "High 10 Intra" : "High 10"
        case 122: return isIntra ? "High 4:2:2 Intra" : "High 4:2:2"
        case 244: return isIntra ? "High 4:4:4 Intra" : "High 4:4:4 Predictive"
        case 44: return "CAVLC 4:4:4"
        default: return nil
        }
    }

    private static func skipScaling(_ bits: inout Bits, lists: Int) {
        for list in 0..<lists where bits.read(1) == 1 {
            var (last, next) = (8, 8)
            for _ in 0..<(list < 6 ? 16 : 64) {
                if next != 0 { next = (last + bits.signedGolomb() + 256) % 256 }
                last = next == 0 ? last : next
            }
        }
    }

    /// Reads what stands between the sample format and the usability information.
    private static func skipToUsability(_ bits: inout Bits) -> (references: Int, isProgressive: Bool) {
        _ = bits.golomb()
        switch bits.golomb() {
        case 0: _ = bits.golomb()
        case 1:
            _ = bits.read(1)
            _ = bits.signedGolomb()
            _ = bits.signedGolomb()
            for _ in 0..<min(255, bits.golomb()) { _ = bits.signedGolomb() }
        default: break
        }
        let references = bits.golomb()
        _ = bits.read(1)
        _ = bits.golomb()
        _ = bits.golomb()
        let isProgressive = bits.read(1) == 1
        if !isProgressive { _ = bits.read(1) }
        _ = bits.read(1)
        if bits.read(1) == 1 { for _ in 0..<4 { _ = bits.golomb() } }
        return (references, isProgressive)
    }

    private static func colour(_ bits: inout Bits) -> ColourTags {
        if bits.read(1) == 1, bits.read(8) == 255 { _ = bits.read(32) }
        if bits.read(1) == 1 { _ = bits.read(1) }
        guard bits.read(1) == 1 else { return .unknown }
        _ = bits.read(3)
        var tags = ColourTags.unknown
        // FFmpeg says "unknown" and not "tv" where only the range bit is there and is 0.
        let isFull = bits.read(1) == 1
        tags.range = isFull ? "pc" : "tv"
        if bits.read(1) == 1 {
            tags.primaries = CodePoints.primaries[bits.read(8)] ?? "unknown"
            tags.transfer = CodePoints.transfers[bits.read(8)] ?? "unknown"
            tags.matrix = CodePoints.matrices[bits.read(8)] ?? "unknown"
        }
        return tags
    }
}

extension H264Header {
    /// Reads the usability information behind the colours: the depth of reordering; nil where it is not there.
    private static func reordering(_ bits: inout Bits) -> Int? {
        if bits.read(1) == 1 { for _ in 0..<2 { _ = bits.golomb() } }
        if bits.read(1) == 1 { for length in [32, 32, 1] { _ = bits.read(length) } }
        var hasBuffers = false
        for _ in 0..<2 where bits.read(1) == 1 {
            hasBuffers = true
            let count = min(32, bits.golomb() + 1)
            _ = bits.read(8)
            for _ in 0..<count {
                for _ in 0..<2 { _ = bits.golomb() }
                _ = bits.read(1)
            }
            _ = bits.read(20)
        }
        if hasBuffers { _ = bits.read(1) }
        _ = bits.read(1)
        guard bits.read(1) == 1 else { return nil }
        _ = bits.read(1)
        for _ in 0..<4 { _ = bits.golomb() }
        let depth = bits.golomb()
        return bits.isExhausted || depth > 16 ? nil : depth
    }
}

/// FFmpeg's names of the numbers by which streams say their colours. Source: ITU-T H.273, tables 2 to 4.
enum CodePoints {
    static let primaries = [
        1: "bt709", 4: "bt470m", 5: "bt470bg", 6: "smpte170m", 7: "smpte240m", 8: "film", 9: "bt2020",
        10: "smpte428", 11: "smpte431", 12: "smpte432", 22: "ebu3213",
    ]
    static let transfers = [
        1: "bt709", 4: "bt470m", 5: "bt470bg", 6: "smpte170m", 7: "smpte240m", 8: "linear", 9: "log100",
        10: "log316", 11: "iec61966-2-4", 12: "bt1361e", 13: "iec61966-2-1", 14: "bt2020-10", 15: "bt2020-12",
        16: "smpte2084", 17: "smpte428", 18: "arib-std-b67",
    ]
    static let matrices = [
        0: "gbr", 1: "bt709", 4: "fcc", 5: "bt470bg", 6: "smpte170m", 7: "smpte240m", 8: "ycgco",
        9: "bt2020nc",
        10: "bt2020c", 14: "ictcp",
    ]
}

/// Reads a NAL unit's payload bit by bit; zeros beyond its end.
struct Bits {
    private let bytes: [UInt8]
    private var place = 0

    /// Takes the payload with its emulation prevention bytes (the 3 of 0, 0, 3), which it leaves out.
    init(payload: ArraySlice<UInt8>) {
        bytes = NALUnits.payload(payload)
    }

    /// Whether more was read than there is.
    var isExhausted: Bool { place > bytes.count * 8 }

    /// The next bits as a number, at most 32.
    mutating func read(_ count: Int) -> Int {
        var value = 0
        for _ in 0..<count {
            let bit = place < bytes.count * 8 ? bytes[place / 8] >> (7 - UInt8(place % 8)) & 1 : 0
            value = value << 1 | Int(bit)
            place += 1
        }
        return value
    }

    /// An unsigned Exp-Golomb number.
    mutating func golomb() -> Int {
        var zeros = 0
        while zeros < 32, !isExhausted, read(1) == 0 { zeros += 1 }
        return (1 << zeros) - 1 + read(zeros)
    }

    /// A signed Exp-Golomb number.
    mutating func signedGolomb() -> Int {
        let code = golomb()
        return code % 2 == 0 ? -(code / 2) : (code + 1) / 2
    }
}
