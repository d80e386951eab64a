import Media

/// How a preset's picture becomes an encoder: options, GOP in frames, threads.
struct VideoEncoding {
    let preset: VideoPreset
    let size: (width: Int, height: Int)
    let rate: Rational
    let colour: ColourTags
    /// 0 takes the number that suits the encoder and never shows in its bytes; 1 where several encoders run side by side.
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

    func open() throws -> Encoder {
        var options = preset.options
        if let gop = preset.gop {
            options["g"] = String(max(1, Int((gop * rate.value).rounded())))
        }
        return try Encoder(
            video: try format(),
            settings: EncoderSettings(
                codec: preset.codec, options: options,
                threads: threads > 0 ? threads : EncoderThreads.number(for: preset.codec)))
    }
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
