import CFFmpeg

/// A chain of FFmpeg's filters with one input and one output. The first one loads libavfilter.
///
/// Push frames, pull until `.needsInput`; `pushEnd()`, then pull until `.ended`.
public struct FilterGraph: ~Copyable, @unchecked Sendable {
    private let graph: UnsafeMutablePointer<AVFilterGraph>
    private let source: UnsafeMutablePointer<AVFilterContext>
    private let sink: UnsafeMutablePointer<AVFilterContext>
    private let subject: String

    /// Builds a chain for pictures.
    ///
    /// - Parameters:
    ///   - video: What will be pushed. Colour tags travel with each frame.
    ///   - description: FFmpeg's filter syntax: "scale=640:360,format=yuv420p".
    ///   - threads: Threads of the filters that slice; 0 for as many as there are cores.
    /// - Throws: `.invalidArgument` with FFmpeg's words about the description.
    public init(video: VideoFormat, _ description: String, threads: Int = 0) throws(MediaError) {
        var arguments =
            "video_size=\(video.width)x\(video.height):pix_fmt=\(video.pixelFormat.raw.rawValue)"
            + ":time_base=\(video.timeBase):pixel_aspect=\(video.sampleAspectRatio)"
        if let rate = video.rate { arguments += ":frame_rate=\(rate)" }
        try self.init("buffer", arguments, "buffersink", description, threads: threads)
    }

    /// Builds a chain for sound.
    ///
    /// - Parameters:
    ///   - audio: What will be pushed.
    ///   - description: FFmpeg's filter syntax: "aresample=48000,aformat=channel_layouts=stereo".
    ///   - samplesPerFrame: Every frame pulled but the last has so many samples; 0 for any number.
    public init(audio: AudioFormat, _ description: String, samplesPerFrame: Int = 0) throws(MediaError) {
        let arguments =
            "time_base=\(audio.timeBase):sample_rate=\(audio.sampleRate)"
            + ":sample_fmt=\(audio.sampleFormat):channel_layout=\(audio.layout)"
        try self.init("abuffer", arguments, "abuffersink", description, threads: 1)
        if samplesPerFrame > 0 { reel_sink_set_samples(sink, UInt32(samplesPerFrame)) }
    }

    private init(
        _ sourceName: String, _ arguments: String, _ sinkName: String, _ description: String, threads: Int
    ) throws(MediaError) {
        FFmpegLog.begin()
        guard reel_filters_loaded() != 0 else {
            throw MediaError(
                .wrongLibrary, operation: "libavfilter cannot be loaded", subject: "libavfilter",
                hint: "install FFmpeg's libavfilter of the version that Reel was built with")
        }
        var graph = reel_graph_alloc()
        guard let made = graph else {
            throw MediaError(.outOfMemory, operation: "avfilter_graph_alloc", subject: description)
        }
        var source: UnsafeMutablePointer<AVFilterContext>?
        var sink: UnsafeMutablePointer<AVFilterContext>?
        var inputs = reel_inout_alloc()
        var outputs = reel_inout_alloc()
        defer {
            reel_inout_free(&inputs)
            reel_inout_free(&outputs)
        }
        do {
            made.pointee.nb_threads = threads.c
            try check(
                reel_graph_create_filter(&source, reel_filter_by_name(sourceName), "in", arguments, made),
                "avfilter_graph_create_filter", arguments, as: .invalidArgument)
            try check(
                reel_graph_create_filter(&sink, reel_filter_by_name(sinkName), "out", nil, made),
                "avfilter_graph_create_filter", sinkName, as: .invalidArgument)
            // The graph's open output is fed by our source, its open input by our sink.
            outputs?.pointee.name = av_strdup("in")
            outputs?.pointee.filter_ctx = source
            outputs?.pointee.pad_idx = 0
            outputs?.pointee.next = nil
            inputs?.pointee.name = av_strdup("out")
            inputs?.pointee.filter_ctx = sink
            inputs?.pointee.pad_idx = 0
            inputs?.pointee.next = nil
            try check(
                reel_graph_parse(made, description, &inputs, &outputs),
                "avfilter_graph_parse_ptr", description, as: .invalidArgument)
            try check(
                reel_graph_config(made), "avfilter_graph_config", description, as: .invalidArgument)
        } catch {
            reel_graph_free(&graph)
            throw error
        }
        guard let source, let sink else {
            reel_graph_free(&graph)
            throw MediaError(.outOfMemory, operation: "avfilter_graph_create_filter", subject: description)
        }
        self.graph = made
        self.source = source
        self.sink = sink
        subject = description
    }

    deinit {
        var graph: UnsafeMutablePointer<AVFilterGraph>? = graph
        reel_graph_free(&graph)
    }

    /// What pulled pictures are, colour apart: that stands in each frame.
    public var outputVideo: VideoFormat {
        let rate = Rational(reel_sink_rate(sink))
        let aspect = Rational(reel_sink_aspect(sink))
        return VideoFormat(
            width: Int(reel_sink_width(sink)), height: Int(reel_sink_height(sink)),
            pixelFormat: PixelFormat(raw: AVPixelFormat(rawValue: reel_sink_format(sink))),
            sampleAspectRatio: aspect.isValid ? aspect : Rational(1, 1),
            timeBase: Rational(reel_sink_time_base(sink)), rate: rate.isValid ? rate : nil)
    }

    /// What pulled sound is.
    public var outputAudio: AudioFormat {
        var layout = AVChannelLayout()
        defer { av_channel_layout_uninit(&layout) }
        reel_sink_layout(sink, &layout)
        return AudioFormat(
            sampleRate: Int(reel_sink_sample_rate(sink)),
            sampleFormat: SampleFormat(raw: AVSampleFormat(rawValue: reel_sink_format(sink))),
            layout: ChannelLayout(copying: &layout) ?? .mono,
            timeBase: Rational(reel_sink_time_base(sink)))
    }

    /// Gives the chain one frame. It keeps its own reference; the frame stays the caller's.
    public func push(_ frame: borrowing Frame) throws(MediaError) {
        try check(
            reel_source_add(source, frame.pointer),
            "av_buffersrc_add_frame_flags", subject, as: .invalidArgument)
    }

    /// Says that no frame follows.
    public func pushEnd() throws(MediaError) {
        try check(
            reel_source_add(source, nil), "av_buffersrc_add_frame_flags", subject)
    }

    /// Takes the next frame, with PTS in the output's time base.
    public func pull(into frame: borrowing Frame) throws(MediaError) -> Pull {
        av_frame_unref(frame.pointer)
        let result = reel_sink_get(sink, frame.pointer)
        switch result {
        case 0...: return .got
        case reel_averror_again(): return .needsInput
        case reel_averror_eof(): return .ended
        default:
            throw MediaError(
                ffmpeg: result, operation: "av_buffersink_get_frame", subject: subject, as: .invalidArgument)
        }
    }
}
