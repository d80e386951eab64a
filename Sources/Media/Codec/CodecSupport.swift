import CFFmpeg

/// What this FFmpeg can do, and which FFmpeg it is.
public enum FFmpegVersions {
    /// FFmpeg's libraries with the version compiled against and the one loaded now.
    public static var libraries: [(name: String, build: String, run: String)] {
        func text(_ v: UInt32) -> String { "\(v >> 16).\(v >> 8 & 255).\(v & 255)" }
        return [
            ("libavutil", text(reel_avutil_build_version()), text(avutil_version())),
            ("libavcodec", text(reel_avcodec_build_version()), text(avcodec_version())),
            ("libavformat", text(reel_avformat_build_version()), text(avformat_version())),
            (
                "libavfilter", text(reel_avfilter_build_version()),
                reel_filters_loaded() != 0 ? text(reel_avfilter_version()) : "missing"
            ),
            ("libswscale", text(reel_swscale_build_version()), text(swscale_version())),
            ("libswresample", text(reel_swresample_build_version()), text(swresample_version())),
        ]
    }

    /// FFmpeg's release as it names itself ("5.1.9-0+deb12u1").
    public static var release: String { av_version_info().map { String(cString: $0) } ?? "unknown" }

    /// The licence of the loaded FFmpeg ("GPL version 2 or later").
    public static var license: String { avcodec_license().map { String(cString: $0) } ?? "unknown" }

    /// Whether there is an encoder of that name.
    public static func hasEncoder(_ name: String) -> Bool { avcodec_find_encoder_by_name(name) != nil }
    /// Whether there is a decoder of that name.
    public static func hasDecoder(_ name: String) -> Bool { avcodec_find_decoder_by_name(name) != nil }
    /// Whether there is a filter of that name.
    public static func hasFilter(_ name: String) -> Bool {
        reel_filters_loaded() != 0 && reel_filter_by_name(name) != nil
    }
}

extension Encoder {
    /// The pixel formats that the encoder of that name takes; empty if any, or if there is no such one.
    public static func supportedPixelFormats(_ codec: String) -> [PixelFormat] {
        guard let codec = avcodec_find_encoder_by_name(codec), let list = reel_codec_pixel_formats(codec)
        else {
            return []
        }
        return sequence(state: 0) { i -> PixelFormat? in
            defer { i += 1 }
            return list[i] == AV_PIX_FMT_NONE ? nil : PixelFormat(raw: list[i])
        }.map { $0 }
    }

    /// The sample formats that the encoder of that name takes; empty if any, or if there is no such one.
    public static func supportedSampleFormats(_ codec: String) -> [SampleFormat] {
        guard let codec = avcodec_find_encoder_by_name(codec), let list = reel_codec_sample_formats(codec)
        else {
            return []
        }
        return sequence(state: 0) { i -> SampleFormat? in
            defer { i += 1 }
            return list[i] == AV_SAMPLE_FMT_NONE ? nil : SampleFormat(raw: list[i])
        }.map { $0 }
    }

    /// The sample rates that the encoder of that name takes; empty if any, or if there is no such one.
    public static func supportedSampleRates(_ codec: String) -> [Int] {
        guard let codec = avcodec_find_encoder_by_name(codec), let list = reel_codec_sample_rates(codec)
        else {
            return []
        }
        return sequence(state: 0) { i -> Int? in
            defer { i += 1 }
            return list[i] == 0 ? nil : Int(list[i])
        }.map { $0 }
    }

    /// What the encoder of that name codes; nil if there is no such encoder.
    public static func kind(_ codec: String) -> MediaKind? {
        avcodec_find_encoder_by_name(codec).map { MediaKind($0.pointee.type) }
    }

    /// The pixel format of that encoder that loses least of a source's; the source's own where it is taken.
    /// Nil if there is no such encoder. Source: `avcodec_find_best_pix_fmt_of_list`.
    public static func nearestPixelFormat(to source: PixelFormat, codec: String) -> PixelFormat? {
        guard let found = avcodec_find_encoder_by_name(codec) else { return nil }
        guard let list = reel_codec_pixel_formats(found) else { return source }
        var loss: Int32 = 0
        let best = avcodec_find_best_pix_fmt_of_list(list, source.raw, source.hasAlpha ? 1 : 0, &loss)
        return best == AV_PIX_FMT_NONE ? nil : PixelFormat(raw: best)
    }

    /// FFmpeg's name of the codec that the encoder of that name makes: `h264` for `libx264`; nil if there is
    /// no such encoder.
    public static func codecName(of encoder: String) -> String? {
        avcodec_find_encoder_by_name(encoder).flatMap { avcodec_get_name($0.pointee.id) }
            .map { String(cString: $0) }
    }
}
