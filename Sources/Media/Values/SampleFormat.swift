import CFFmpeg

/// How sound samples lie in memory, by FFmpeg's name ("fltp": 32-bit float, one plane a channel).
public struct SampleFormat: Sendable, Hashable, Codable, CustomStringConvertible {
    let raw: AVSampleFormat

    init(raw: AVSampleFormat) { self.raw = raw }

    /// The format of that name, if there is one.
    public init?(named name: String) {
        let raw = av_get_sample_fmt(name)
        guard raw != AV_SAMPLE_FMT_NONE else { return nil }
        self.raw = raw
    }

    /// 32-bit float, planar.
    public static let fltp = SampleFormat(raw: AV_SAMPLE_FMT_FLTP)
    /// 32-bit float, interleaved.
    public static let flt = SampleFormat(raw: AV_SAMPLE_FMT_FLT)
    /// 16-bit integer, interleaved.
    public static let s16 = SampleFormat(raw: AV_SAMPLE_FMT_S16)
    /// 32-bit integer, interleaved; 24-bit encoders take it too.
    public static let s32 = SampleFormat(raw: AV_SAMPLE_FMT_S32)

    /// FFmpeg's name.
    public var name: String { av_get_sample_fmt_name(raw).map { String(cString: $0) } ?? "none" }
    /// The name.
    public var description: String { name }
    /// Whether each channel has a plane of its own.
    public var isPlanar: Bool { av_sample_fmt_is_planar(raw) == 1 }
    /// Bytes of one sample of one channel.
    public var bytesPerSample: Int { Int(av_get_bytes_per_sample(raw)) }

    /// Reads the name; an unknown name is a decoding error.
    public init(from decoder: any Swift.Decoder) throws {
        let name = try decoder.singleValueContainer().decode(String.self)
        guard let format = SampleFormat(named: name) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "unknown sample format '\(name)'"))
        }
        self = format
    }

    /// Writes the name.
    public func encode(to encoder: any Swift.Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(name)
    }

    /// Equality of value.
    public static func == (a: SampleFormat, b: SampleFormat) -> Bool { a.raw == b.raw }
    /// Hashes what `==` compares.
    public func hash(into hasher: inout Hasher) { hasher.combine(raw.rawValue) }
}

/// Which loudspeakers the channels are for, by FFmpeg's name ("mono", "stereo", "5.1", "2 channels").
public struct ChannelLayout: Sendable, Hashable, Codable, CustomStringConvertible {
    /// FFmpeg's description; parses back to the same layout.
    public let name: String
    /// How many channels.
    public let count: Int

    /// The layout that FFmpeg reads from that text, if it is one.
    public init?(named name: String) {
        var layout = AVChannelLayout()
        guard av_channel_layout_from_string(&layout, name) >= 0 else { return nil }
        defer { av_channel_layout_uninit(&layout) }
        self.init(copying: &layout)
    }

    /// One channel.
    public static let mono = ChannelLayout(name: "mono", count: 1)
    /// Left and right.
    public static let stereo = ChannelLayout(name: "stereo", count: 2)

    private init(name: String, count: Int) {
        self.name = name
        self.count = count
    }

    /// A layout with no channels gives nil. One that names no loudspeakers becomes the usual layout of
    /// that many channels, as FFmpeg's own program assumes.
    init?(copying layout: UnsafePointer<AVChannelLayout>) {
        guard layout.pointee.nb_channels > 0 else { return nil }
        var usual = AVChannelLayout()
        defer { av_channel_layout_uninit(&usual) }
        if layout.pointee.order == AV_CHANNEL_ORDER_UNSPEC {
            av_channel_layout_default(&usual, layout.pointee.nb_channels)
        } else {
            guard av_channel_layout_copy(&usual, layout) >= 0 else { return nil }
        }
        name = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
            _ = av_channel_layout_describe(&usual, buffer.baseAddress, 256)
            return buffer.baseAddress.map { String(cString: $0) } ?? ""
        }
        count = Int(layout.pointee.nb_channels)
    }

    /// The name.
    public var description: String { name }

    /// Lends the C value for one call.
    @discardableResult
    func withC<R>(_ body: (UnsafeMutablePointer<AVChannelLayout>) throws(MediaError) -> R) throws(MediaError)
        -> R
    {
        var layout = AVChannelLayout()
        if av_channel_layout_from_string(&layout, name) < 0 {
            av_channel_layout_default(&layout, count.c)
        }
        defer { av_channel_layout_uninit(&layout) }
        return try body(&layout)
    }
}
