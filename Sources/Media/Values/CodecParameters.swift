import CFFmpeg

/// How a stream is coded: an immutable copy of FFmpeg's `AVCodecParameters`, with its header bytes.
public struct CodecParameters: Sendable {
    /// The owner of the C copy; shared by copies of the value, freed with the last.
    final class Copy: @unchecked Sendable {
        let pointer: UnsafeMutablePointer<AVCodecParameters>

        init() throws(MediaError) {
            guard let pointer = avcodec_parameters_alloc() else {
                throw MediaError(
                    .outOfMemory, operation: "avcodec_parameters_alloc", subject: "codec parameters")
            }
            self.pointer = pointer
        }

        deinit {
            var pointer: UnsafeMutablePointer<AVCodecParameters>? = pointer
            avcodec_parameters_free(&pointer)
        }
    }

    let copy: Copy
    private var c: AVCodecParameters { copy.pointee }

    /// - Parameter containerAspect: The aspect of pixels that the container states; it wins, as in the
    ///   ffmpeg program, where valid.
    init(
        copying other: UnsafePointer<AVCodecParameters>,
        containerAspect: AVRational = AVRational(num: 0, den: 1)
    ) throws(MediaError) {
        copy = try Copy()
        try check(
            avcodec_parameters_copy(copy.pointer, other), "avcodec_parameters_copy", "codec parameters")
        if containerAspect.num > 0, containerAspect.den > 0 {
            copy.pointer.pointee.sample_aspect_ratio = containerAspect
        }
    }

    init(of context: UnsafePointer<AVCodecContext>) throws(MediaError) {
        copy = try Copy()
        try check(
            avcodec_parameters_from_context(copy.pointer, context), "avcodec_parameters_from_context",
            "codec parameters")
    }

    /// What is coded.
    public var kind: MediaKind { MediaKind(c.codec_type) }
    /// FFmpeg's short name of the codec ("h264").
    public var codecName: String { avcodec_get_name(c.codec_id).map { String(cString: $0) } ?? "none" }
    /// The codec's name for people, if it has one.
    public var codecLongName: String {
        avcodec_descriptor_get(c.codec_id)?.pointee.long_name.map { String(cString: $0) } ?? codecName
    }
    /// The container's four-letter code ("avc1"), or an empty string.
    public var codecTag: String {
        guard c.codec_tag != 0 else { return "" }
        let letters = (0..<4).map { UInt8(truncatingIfNeeded: c.codec_tag >> (8 * UInt32($0))) }
        return letters.allSatisfy { (32...126).contains($0) }
            ? String(decoding: letters, as: UTF8.self) : "0x" + String(c.codec_tag, radix: 16)
    }
    /// The profile's name ("High"), if FFmpeg knows it.
    public var profile: String? { avcodec_profile_name(c.codec_id, c.profile).map { String(cString: $0) } }
    /// The level as the codec numbers it (41 for H.264's 4.1), if stated.
    public var level: Int? { c.level > 0 ? Int(c.level) : nil }
    /// Bits a second on average, if known.
    public var bitRate: Int64? { c.bit_rate > 0 ? c.bit_rate : nil }

    /// Coded width in pixels.
    public var width: Int { Int(c.width) }
    /// Coded height in pixels.
    public var height: Int { Int(c.height) }
    /// The layout of decoded pictures, if known without decoding.
    public var pixelFormat: PixelFormat? {
        kind == .video && c.format >= 0 ? PixelFormat(raw: AVPixelFormat(rawValue: c.format)) : nil
    }
    /// Width to height of one pixel; nil where nothing is said.
    public var sampleAspectRatio: Rational? {
        let ratio = Rational(c.sample_aspect_ratio)
        return ratio.isValid ? ratio : nil
    }
    /// What the stream says about colour.
    public var colour: ColourTags {
        ColourTags(c.color_space, c.color_primaries, c.color_trc, c.color_range)
    }
    /// "progressive", "tt", "bb", "tb", "bt" or "unknown".
    public var fieldOrder: String {
        switch c.field_order {
        case AV_FIELD_PROGRESSIVE: "progressive"
        case AV_FIELD_TT: "tt"
        case AV_FIELD_BB: "bb"
        case AV_FIELD_TB: "tb"
        case AV_FIELD_BT: "bt"
        default: "unknown"
        }
    }
    /// How many frames presentation may lag behind decoding; 0 without B-frames.
    public var reorderDepth: Int { Int(c.video_delay) }

    /// Samples a second.
    public var sampleRate: Int { Int(c.sample_rate) }
    /// The loudspeakers, if known.
    public var channelLayout: ChannelLayout? {
        kind == .audio ? ChannelLayout(copying: &copy.pointer.pointee.ch_layout) : nil
    }
    /// The layout of decoded samples, if known without decoding.
    public var sampleFormat: SampleFormat? {
        kind == .audio && c.format >= 0 ? SampleFormat(raw: AVSampleFormat(rawValue: c.format)) : nil
    }
    /// Samples of one packet, where constant; else 0.
    public var frameSize: Int { Int(c.frame_size) }
    /// Samples that the decoder drops at the start (the encoder's delay).
    public var initialPadding: Int { Int(c.initial_padding) }

    /// The codec's header bytes (avcC, AudioSpecificConfig, …); empty if there are none.
    public var extradata: [UInt8] {
        guard let data = c.extradata, c.extradata_size > 0 else { return [] }
        return Array(UnsafeBufferPointer(start: data, count: Int(c.extradata_size)))
    }

    /// The same stream with other header bytes: those of a stream that was put together from several.
    ///
    /// - Parameter level: As the codec numbers it; nil keeps what is stated.
    public func replacing(extradata bytes: [UInt8], level: Int? = nil) throws(MediaError) -> CodecParameters {
        let made = try CodecParameters(copying: copy.pointer)
        let target = made.copy.pointer
        let padding = Int(AV_INPUT_BUFFER_PADDING_SIZE)
        guard let memory = av_mallocz(bytes.count + padding) else {
            throw MediaError(.outOfMemory, operation: "av_mallocz", subject: "codec parameters")
        }
        bytes.withUnsafeBytes { source in
            if let from = source.baseAddress { memory.copyMemory(from: from, byteCount: source.count) }
        }
        av_free(target.pointee.extradata)
        target.pointee.extradata = memory.assumingMemoryBound(to: UInt8.self)
        target.pointee.extradata_size = bytes.count.c
        if let level { target.pointee.level = level.c }
        return made
    }
}

extension CodecParameters.Copy {
    var pointee: AVCodecParameters { pointer.pointee }
}
