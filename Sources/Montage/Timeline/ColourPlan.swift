import Media

/// What colour a clip's pictures have, and what they become.
struct ColourPlan: Equatable {
    /// The source's tags, none of them unknown.
    let source: ColourTags
    /// The tags of the output.
    let target: ColourTags
    /// Whether the light must be mapped from a high dynamic range.
    let isToneMapped: Bool
    /// Whether colours must be moved between a wide gamut and another; television's old systems are near
    /// enough to BT.709 that they count as the same.
    var isGamutMapped: Bool {
        !isToneMapped && source.primaries != target.primaries
            && (Self.wideGamuts.contains(source.primaries) || Self.wideGamuts.contains(target.primaries))
    }

    private static let wideGamuts: Set<String> = ["bt2020", "smpte431", "smpte432", "film"]

    /// The matrices that can be made, by FFmpeg's names, with the names libavfilter's `scale` has for them.
    private static let scaleNames = [
        "bt709": "bt709", "smpte170m": "smpte170m", "bt470bg": "bt470", "smpte240m": "smpte240m",
        "fcc": "fcc", "bt2020nc": "bt2020", "bt2020c": "bt2020",
    ]
    static let matrices: Set<String> = ["bt709", "smpte170m", "bt470bg", "smpte240m", "bt2020nc"]

    /// - Parameters:
    ///   - tags: as the stream declares them.
    ///   - demanded: what the output must have; nil keeps the source's, brought to the video range.
    init(tags: ColourTags, pixelFormat: PixelFormat, height: Int, demanded: ColourTags?) {
        var source = Self.completed(tags, height: height)
        if pixelFormat.name.hasPrefix("yuvj") { source.range = "pc" }
        if pixelFormat.isRGB {
            source.matrix = "gbr"
            source.range = "pc"
        }
        self.source = source
        let isHDR = Self.highTransfers.contains(source.transfer)
        if let demanded {
            target = Self.completed(demanded, height: height)
            isToneMapped = isHDR && !Self.highTransfers.contains(demanded.transfer)
        } else {
            isToneMapped = isHDR
            var kept = isHDR ? .bt709 : source
            if kept.matrix == "gbr" { kept.matrix = height >= 720 ? "bt709" : "smpte170m" }
            kept.range = "tv"
            target = kept
        }
    }

    private static let highTransfers: Set<String> = ["smpte2084", "arib-std-b67"]

    /// Fills what is unknown: the matrix by the picture's height, the rest to go with the matrix.
    static func completed(_ tags: ColourTags, height: Int) -> ColourTags {
        var tags = tags.resolved(height: height)
        let companion =
            switch tags.matrix {
            case "bt2020nc", "bt2020c": ("bt2020", "bt2020-10")
            case "bt470bg": ("bt470bg", "smpte170m")
            case "smpte170m", "fcc": ("smpte170m", "smpte170m")
            case "smpte240m": ("smpte240m", "smpte240m")
            default: ("bt709", "bt709")
            }
        if Self.isOpen(tags.primaries) { tags.primaries = companion.0 }
        if Self.isOpen(tags.transfer) { tags.transfer = companion.1 }
        if Self.isOpen(tags.range) { tags.range = "tv" }
        return tags
    }

    private static func isOpen(_ name: String) -> Bool {
        name.isEmpty || name == "unknown" || name == "unspecified" || name == "reserved"
    }

    /// Whether pixels change, beside their format.
    var converts: Bool { isToneMapped || source.matrix != target.matrix || source.range != target.range }

    /// The arguments of `scale` that state matrix and range of both sides; empty where it has no name for one.
    var scaleArguments: String {
        var parts = ["in_range=\(source.range)", "out_range=\(target.range)"]
        if let name = Self.scaleNames[source.matrix] { parts.append("in_color_matrix=\(name)") }
        if let name = Self.scaleNames[target.matrix] { parts.append("out_color_matrix=\(name)") }
        return parts.joined(separator: ":")
    }

    /// The filters that bring high dynamic range to the target: to linear light at 100 nits, to the target's
    /// primaries, through a shoulder, and back.
    var toneMapping: String {
        """
        zscale=tin=\(source.transfer):min=\(source.matrix):pin=\(source.primaries):\
        rin=\(source.range == "pc" ? "full" : "limited"):t=linear:npl=100,format=gbrpf32le,\
        zscale=p=\(target.primaries),tonemap=tonemap=hable:desat=0,\
        zscale=t=\(target.transfer):m=\(target.matrix):p=\(target.primaries):\
        r=\(target.range == "pc" ? "full" : "limited")
        """
    }

    /// The filter that moves colours from one gamut to the other, in linear light.
    var gamutMapping: String {
        """
        zscale=tin=\(Self.curve(source.transfer)):min=\(source.matrix):pin=\(source.primaries):\
        rin=\(source.range == "pc" ? "full" : "limited"):t=\(Self.curve(target.transfer)):m=\(target.matrix):\
        p=\(target.primaries):r=\(target.range == "pc" ? "full" : "limited")
        """
    }

    /// The transfer by a name that zscale has; the rest are near enough to BT.709.
    private static func curve(_ transfer: String) -> String {
        let known: Set<String> = [
            "bt709", "bt470m", "bt470bg", "smpte170m", "linear", "log100", "log316", "iec61966-2-4",
            "iec61966-2-1", "bt2020-10", "bt2020-12", "smpte2084", "arib-std-b67",
        ]
        return known.contains(transfer) ? transfer : "bt709"
    }
}
