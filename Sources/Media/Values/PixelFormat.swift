import CFFmpeg

/// How a picture's samples lie in memory, by FFmpeg's name ("yuv420p", "rgb24").
public struct PixelFormat: Sendable, Hashable, Codable, CustomStringConvertible {
    let raw: AVPixelFormat

    init(raw: AVPixelFormat) { self.raw = raw }

    /// The format of that name in this FFmpeg, if there is one.
    public init?(named name: String) {
        let raw = av_get_pix_fmt(name)
        guard raw != AV_PIX_FMT_NONE else { return nil }
        self.raw = raw
    }

    private init(known name: String) { raw = av_get_pix_fmt(name) }

    /// FFmpeg's name.
    public var name: String { av_get_pix_fmt_name(raw).map { String(cString: $0) } ?? "none" }
    /// The name.
    public var description: String { name }

    /// Planar 4:2:0, 8 bits: what every player takes.
    public static let yuv420p = PixelFormat(known: "yuv420p")
    /// Planar 4:2:0, 10 bits.
    public static let yuv420p10le = PixelFormat(known: "yuv420p10le")
    /// Planar 4:2:2, 10 bits: ProRes 422.
    public static let yuv422p10le = PixelFormat(known: "yuv422p10le")
    /// Planar 4:2:0, 8 bits, full range implied by the name.
    public static let yuvj420p = PixelFormat(known: "yuvj420p")
    /// Packed RGB, 8 bits a channel.
    public static let rgb24 = PixelFormat(known: "rgb24")
    /// Packed RGB with alpha, 8 bits a channel.
    public static let rgba = PixelFormat(known: "rgba")
    /// Packed RGB, 16 bits a channel, little-endian.
    public static let rgb48le = PixelFormat(known: "rgb48le")
    /// Packed RGB, 16 bits a channel, big-endian: PNG's order.
    public static let rgb48be = PixelFormat(known: "rgb48be")
    /// Packed RGB with alpha, 16 bits a channel, little-endian.
    public static let rgba64le = PixelFormat(known: "rgba64le")
    /// Packed RGB with alpha, 16 bits a channel, big-endian: PNG's order.
    public static let rgba64be = PixelFormat(known: "rgba64be")
    /// Planar RGB, 8 bits a channel.
    public static let gbrp = PixelFormat(known: "gbrp")
    /// One 8-bit plane.
    public static let gray8 = PixelFormat(known: "gray")

    private var traits: AVPixFmtDescriptor? { av_pix_fmt_desc_get(raw)?.pointee }
    private func has(_ flag: Int32) -> Bool { traits.map { $0.flags & UInt64(flag) != 0 } ?? false }

    /// Whether the samples are red, green and blue (or indices of such colours).
    public var isRGB: Bool { has(AV_PIX_FMT_FLAG_RGB) || has(AV_PIX_FMT_FLAG_PAL) }
    /// Whether there is an alpha channel (or a palette that may hold one).
    public var hasAlpha: Bool { has(AV_PIX_FMT_FLAG_ALPHA) }
    /// Whether samples are indices of a palette.
    public var isPalette: Bool { has(AV_PIX_FMT_FLAG_PAL) }
    /// Whether the name alone implies full range (the "yuvj" family).
    public var impliesFullRange: Bool { name.hasPrefix("yuvj") }
    /// Bits of the first component's samples.
    public var bitDepth: Int { traits.map { Int($0.comp.0.depth) } ?? 0 }
    /// Chroma planes are 1 << this times narrower than luma.
    public var log2ChromaWidth: Int { traits.map { Int($0.log2_chroma_w) } ?? 0 }
    /// Chroma planes are 1 << this times lower than luma.
    public var log2ChromaHeight: Int { traits.map { Int($0.log2_chroma_h) } ?? 0 }

    /// Reads the name; an unknown name is a decoding error.
    public init(from decoder: any Swift.Decoder) throws {
        let name = try decoder.singleValueContainer().decode(String.self)
        guard let format = PixelFormat(named: name) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "unknown pixel format '\(name)'"))
        }
        self = format
    }

    /// Writes the name.
    public func encode(to encoder: any Swift.Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(name)
    }

    /// Equality of value.
    public static func == (a: PixelFormat, b: PixelFormat) -> Bool { a.raw == b.raw }
    /// Hashes what `==` compares.
    public func hash(into hasher: inout Hasher) { hasher.combine(raw.rawValue) }
}
