import CFFmpeg

/// What a stream says about its colours, by FFmpeg's names; "unknown" where it says nothing.
public struct ColourTags: Sendable, Hashable, Codable {
    /// From Y'CbCr to R'G'B': "bt709", "smpte170m", "bt470bg", "bt2020nc", "gbr", …
    public var matrix: String
    /// "bt709", "smpte170m", "bt2020", …
    public var primaries: String
    /// The transfer function: "bt709", "iec61966-2-1", "smpte2084", "arib-std-b67", …
    public var transfer: String
    /// "tv" (16…235 of 8 bits), "pc" (0…255) or "unknown".
    public var range: String

    /// Makes tags from FFmpeg's names; names that FFmpeg does not know count as "unknown" when used.
    public init(matrix: String, primaries: String, transfer: String, range: String) {
        self.matrix = matrix
        self.primaries = primaries
        self.transfer = transfer
        self.range = range
    }

    /// High definition video, limited range.
    public static let bt709 = ColourTags(matrix: "bt709", primaries: "bt709", transfer: "bt709", range: "tv")
    /// Standard definition video, limited range.
    public static let bt601 = ColourTags(
        matrix: "smpte170m", primaries: "smpte170m", transfer: "smpte170m", range: "tv")
    /// sRGB pictures: full range RGB.
    public static let sRGB = ColourTags(
        matrix: "gbr", primaries: "bt709", transfer: "iec61966-2-1", range: "pc")
    /// Nothing said.
    public static let unknown = ColourTags(
        matrix: "unknown", primaries: "unknown", transfer: "unknown", range: "unknown")

    /// Whether the transfer function is one of the two of high dynamic range (PQ, HLG).
    public var isHDR: Bool { transfer == "smpte2084" || transfer == "arib-std-b67" }

    /// The tags with the gaps filled: what is not said is BT.709 from 720 lines up, else BT.601 (525
    /// lines), limited range.
    ///
    /// - Parameter height: Lines of the coded picture.
    public func resolved(height: Int) -> ColourTags {
        let usual = height >= 720 ? ColourTags.bt709 : .bt601
        func fill(_ said: String, _ otherwise: String) -> String {
            said == "unknown" || said == "reserved" || said.isEmpty ? otherwise : said
        }
        return ColourTags(
            matrix: fill(matrix, usual.matrix), primaries: fill(primaries, usual.primaries),
            transfer: fill(transfer, usual.transfer), range: fill(range, "tv"))
    }

    init(
        _ space: AVColorSpace, _ primaries: AVColorPrimaries,
        _ transfer: AVColorTransferCharacteristic, _ range: AVColorRange
    ) {
        func text(_ name: UnsafePointer<CChar>?) -> String { name.map { String(cString: $0) } ?? "unknown" }
        self.init(
            matrix: text(av_color_space_name(space)), primaries: text(av_color_primaries_name(primaries)),
            transfer: text(av_color_transfer_name(transfer)), range: text(av_color_range_name(range)))
    }

    var cSpace: AVColorSpace {
        let raw = av_color_space_from_name(matrix)
        return raw < 0 ? AVCOL_SPC_UNSPECIFIED : AVColorSpace(rawValue: AVColorSpace.RawValue(raw))
    }
    var cPrimaries: AVColorPrimaries {
        let raw = av_color_primaries_from_name(primaries)
        return raw < 0 ? AVCOL_PRI_UNSPECIFIED : AVColorPrimaries(rawValue: AVColorPrimaries.RawValue(raw))
    }
    var cTransfer: AVColorTransferCharacteristic {
        let raw = av_color_transfer_from_name(transfer)
        return raw < 0
            ? AVCOL_TRC_UNSPECIFIED
            : AVColorTransferCharacteristic(rawValue: AVColorTransferCharacteristic.RawValue(raw))
    }
    var cRange: AVColorRange {
        switch range {
        case "tv": AVCOL_RANGE_MPEG
        case "pc": AVCOL_RANGE_JPEG
        default: AVCOL_RANGE_UNSPECIFIED
        }
    }
}
