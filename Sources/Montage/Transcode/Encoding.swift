import Media

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// How a preset's picture becomes an encoder: options, GOP in frames, threads.
struct VideoEncoding {
    let preset: VideoPreset
    let size: (width: Int, height: Int)
    let rate: Rational
    let colour: ColourTags
    /// 0 lets the encoder choose; 1 where several encoders run side by side.
    let threads: Int

    /// The format the encoder is fed: square pixels, ticks of one frame.
    func format() throws -> VideoFormat {
        guard let pixelFormat = PixelFormat(named: preset.pixelFormat) else {
            throw MontageError(
                .presetInvalid, operation: "'\(preset.pixelFormat)' names no pixel format",
                subject: preset.codec)
        }
        return VideoFormat(
            width: size.width, height: size.height, pixelFormat: pixelFormat,
            sampleAspectRatio: Rational(1, 1), colour: colour, timeBase: rate.inverse, rate: rate)
    }

    func open() throws -> PictureEncoder {
        var options = preset.options
        // FFmpeg finds unknown options only after the encoder is open, and SVT-AV1 cannot be closed then.
        for key in options.keys.sorted() where !Encoder.hasOption(key, codec: preset.codec) {
            throw MediaError(
                .unknownOption, operation: "option '\(key)'",
                subject: "\(preset.codec) has no option '\(key)'",
                hint: "check the spelling; 'ffmpeg -h encoder=\(preset.codec)' lists an encoder's options")
        }
        if let gop = preset.gop {
            options["g"] = String(max(1, Int((gop * rate.value).rounded())))
        }
        if preset.codec == "libsvtav1" { Self.quietSVT() }
        let format = try format()
        return PictureEncoder(
            try Encoder(
                video: format,
                settings: EncoderSettings(codec: preset.codec, options: options, threads: threads)),
            format: format, codec: preset.codec)
    }

    /// SVT-AV1 prints to stderr by itself, past FFmpeg's log; this variable, read once, is its only switch.
    private static func quietSVT() { setenv("SVT_LOG", "1", 0) }
}

/// How a preset's sound becomes an encoder.
struct AudioEncoding {
    let preset: AudioPreset

    /// The format the encoder is fed; ticks of one sample.
    func format() throws -> AudioFormat {
        let offered = Encoder.supportedSampleFormats(preset.codec).map(\.name)
        // The richest first: what is in Reel's hands are floats.
        let liked = ["fltp", "flt", "s32p", "s32", "s16p", "s16"].first { offered.contains($0) }
        let name = preset.sampleFormat ?? liked ?? offered.first ?? "fltp"
        guard let sampleFormat = SampleFormat(named: name) else {
            throw MontageError(
                .presetInvalid, operation: "'\(name)' names no sample format", subject: preset.codec)
        }
        guard let layout = ChannelLayout(named: preset.layout) else {
            throw MontageError(
                .presetInvalid, operation: "'\(preset.layout)' names no channel layout",
                subject: preset.codec)
        }
        return AudioFormat(
            sampleRate: preset.sampleRate, sampleFormat: sampleFormat, layout: layout,
            timeBase: Rational(1, preset.sampleRate))
    }

    func open() throws -> Encoder {
        try Encoder(
            audio: try format(),
            settings: EncoderSettings(codec: preset.codec, options: preset.options, threads: 1))
    }
}
