import CFFmpeg

/// Which encoder, and how it is set.
public struct EncoderSettings: Sendable {
    /// FFmpeg's name of the encoder ("libx264").
    public var codec: String
    /// The encoder's options by FFmpeg's names ("crf", "preset", "g", "b"). All must be known to it.
    public var options: [String: String]
    /// Threads of the encoder's own; 0 lets it choose.
    public var threads: Int
    /// Whether headers go into `parameters.extradata` (MP4, MOV, Matroska) rather than into packets.
    public var globalHeader: Bool

    /// Makes settings.
    public init(codec: String, options: [String: String] = [:], threads: Int = 0, globalHeader: Bool = true) {
        self.codec = codec
        self.options = options
        self.threads = threads
        self.globalHeader = globalHeader
    }
}

/// Turns frames into packets.
///
/// Send a frame, then receive until `.needsInput`; after the last frame `sendEnd()`, then receive until
/// `.ended`. Times are in `timeBase`. Nothing of the clock or the machine goes into the output.
public struct Encoder: ~Copyable, @unchecked Sendable {
    private let context: UnsafeMutablePointer<AVCodecContext>
    private let name: String
    private let frameDuration: Int64
    private let begun = Begun()

    /// Whether a frame was ever sent.
    private final class Begun {
        var value = false
    }

    /// How the stream is coded: for `Muxer.addStream`.
    public let parameters: CodecParameters
    /// Seconds a tick of frames and packets.
    public let timeBase: Rational

    /// Opens a picture encoder.
    ///
    /// - Parameters:
    ///   - video: What the frames will be. `rate` is stated in the stream where given.
    ///   - settings: The encoder and its options.
    /// - Throws: `.encoderMissing`; `.unknownOption` naming the option; `.invalidArgument` for a value,
    ///   size or pixel format it refuses. Source: `avcodec_open2`.
    public init(video: VideoFormat, settings: EncoderSettings) throws(MediaError) {
        let rate = video.rate
        try self.init(settings, timeBase: video.timeBase) { (c) in
            c.pointee.width = video.width.c
            c.pointee.height = video.height.c
            c.pointee.pix_fmt = video.pixelFormat.raw
            c.pointee.sample_aspect_ratio = video.sampleAspectRatio.c
            c.pointee.time_base = video.timeBase.c
            if let rate { c.pointee.framerate = rate.c }
            c.pointee.colorspace = video.colour.cSpace
            c.pointee.color_primaries = video.colour.cPrimaries
            c.pointee.color_trc = video.colour.cTransfer
            c.pointee.color_range = video.colour.cRange
        } frameDuration: {
            rate.map { rescale(1, from: $0.inverse, to: video.timeBase) } ?? 0
        }
    }

    /// Opens a sound encoder.
    ///
    /// - Parameters:
    ///   - audio: What the frames will be.
    ///   - settings: The encoder and its options.
    /// - Throws: As for pictures.
    public init(audio: AudioFormat, settings: EncoderSettings) throws(MediaError) {
        var layout = AVChannelLayout()
        defer { av_channel_layout_uninit(&layout) }
        try audio.layout.withC { (c) throws(MediaError) in
            try check(av_channel_layout_copy(&layout, c), "av_channel_layout_copy", audio.layout.name)
        }
        try self.init(settings, timeBase: audio.timeBase) { (c) in
            c.pointee.sample_rate = audio.sampleRate.c
            c.pointee.sample_fmt = audio.sampleFormat.raw
            c.pointee.time_base = audio.timeBase.c
            av_channel_layout_copy(&c.pointee.ch_layout, &layout)
        } frameDuration: {
            0
        }
    }

    private init(
        _ settings: EncoderSettings, timeBase: Rational,
        configure: (UnsafeMutablePointer<AVCodecContext>) -> Void, frameDuration: () -> Int64
    ) throws(MediaError) {
        FFmpegLog.begin()
        try FFmpegVersions.prepare()
        let name = settings.codec
        guard let codec = avcodec_find_encoder_by_name(name) else {
            throw MediaError(.encoderMissing, operation: "avcodec_find_encoder_by_name", subject: name)
        }
        var context = avcodec_alloc_context3(codec)
        guard let made = context else {
            throw MediaError(.outOfMemory, operation: "avcodec_alloc_context3", subject: name)
        }
        let parameters: CodecParameters
        do throws(MediaError) {
            configure(made)
            made.pointee.thread_count = settings.threads.c
            if settings.globalHeader { made.pointee.flags |= AV_CODEC_FLAG_GLOBAL_HEADER }
            // Without AV_CODEC_FLAG_BITEXACT, which turns off the fast DSP that the ffmpeg program uses too;
            // what it would leave out is the library's version, not the clock.
            var options = settings.options
            try ForeignEncoders.prepare(name, options: &options)
            // FFmpeg tells of unknown options only once the encoder is open; not all can be closed then.
            for key in options.keys.sorted()
            where av_opt_find(made, key, nil, 0, AV_OPT_SEARCH_CHILDREN) == nil {
                throw unknownOption(key, of: name)
            }
            try withOptions(options, subject: name) { (options) throws(MediaError) in
                try check(avcodec_open2(made, codec, &options), "avcodec_open2", name, as: .invalidArgument)
            }
            parameters = try CodecParameters(of: made)
        } catch {
            avcodec_free_context(&context)
            throw error
        }
        self.context = made
        self.name = name
        self.timeBase = timeBase
        self.parameters = parameters
        self.frameDuration = frameDuration()
    }

    deinit {
        if !begun.value { ForeignEncoders.settle(context) }
        var context: UnsafeMutablePointer<AVCodecContext>? = context
        avcodec_free_context(&context)
    }

    /// Samples that each sound frame but the last must have; 0 if any number will do.
    public var frameSize: Int {
        let any = context.pointee.codec.map {
            $0.pointee.capabilities & AV_CODEC_CAP_VARIABLE_FRAME_SIZE != 0
        }
        return any == true ? 0 : Int(context.pointee.frame_size)
    }

    /// Samples of the encoder's delay, which stand before the sound and are dropped by decoders.
    public var initialPadding: Int { Int(context.pointee.initial_padding) }

    /// Gives the encoder one frame. It keeps its own reference; the frame stays the caller's.
    ///
    /// - Returns: False if the encoder is full: receive first, then send the same frame again.
    @discardableResult
    public func send(_ frame: borrowing Frame) throws(MediaError) -> Bool {
        begun.value = true
        let result = avcodec_send_frame(context, frame.pointer)
        if result == reel_averror_again() { return false }
        try check(result, "avcodec_send_frame", name, as: .encodeFailed)
        return true
    }

    /// Says that no frame follows.
    public func sendEnd() throws(MediaError) {
        let result = avcodec_send_frame(context, nil)
        if result == reel_averror_eof() { return }
        try check(result, "avcodec_send_frame", name, as: .encodeFailed)
    }

    /// Takes the next packet. A picture's length is one frame where the rate is constant.
    ///
    /// - Parameter packet: Filled on `.got`; what it held is dropped.
    public func receive(into packet: borrowing Packet) throws(MediaError) -> Pull {
        let result = avcodec_receive_packet(context, packet.pointer)
        switch result {
        case 0...:
            if packet.duration == 0 { packet.duration = frameDuration }
            return .got
        case reel_averror_again(): return .needsInput
        case reel_averror_eof(): return .ended
        default:
            throw MediaError(
                ffmpeg: result, operation: "avcodec_receive_packet", subject: name, as: .encodeFailed)
        }
    }
}

/// Lends options as FFmpeg's dictionary and throws `.unknownOption` if one was left unused: FFmpeg
/// itself passes over misspelt options in silence.
func withOptions(
    _ options: [String: String], subject: String,
    _ body: (inout OpaquePointer?) throws(MediaError) -> Void
) throws(MediaError) {
    var dictionary: OpaquePointer?
    defer { av_dict_free(&dictionary) }
    for (key, value) in options.sorted(by: { $0.key < $1.key }) {
        av_dict_set(&dictionary, key, value, 0)
    }
    try body(&dictionary)
    if let unused = readDictionary(dictionary).keys.sorted().first {
        throw unknownOption(unused, of: subject)
    }
}

private func unknownOption(_ key: String, of subject: String) -> MediaError {
    MediaError(
        .unknownOption, operation: "option '\(key)'", subject: "\(subject) has no option '\(key)'",
        hint: "check the spelling; 'ffmpeg -h encoder=\(subject)' lists an encoder's options")
}
