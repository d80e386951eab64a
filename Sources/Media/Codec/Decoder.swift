import CFFmpeg

/// Turns packets of one stream into frames.
///
/// Send a packet, then receive until `.needsInput`; after the last packet `sendEnd()`, then receive
/// until `.ended`. Frames come in presentation order with PTS in the stream's time base.
public struct Decoder: ~Copyable, @unchecked Sendable {
    private let context: UnsafeMutablePointer<AVCodecContext>
    private let subject: String

    /// 16384x8192: a larger picture is damage or an attack, not a film.
    static let maxPixels: Int64 = 1 << 27

    /// Opens the decoder that FFmpeg prefers for the stream.
    ///
    /// - Parameters:
    ///   - stream: As a demuxer describes it.
    ///   - threads: Threads of the codec's own; 0 for as many as the machine has cores.
    /// - Throws: `.unsupported` if there is no decoder. Source: `avcodec_open2`.
    public init(_ stream: StreamInfo, threads: Int = 0) throws(MediaError) {
        let parameters = stream.parameters.copy.pointer
        guard let codec = avcodec_find_decoder(parameters.pointee.codec_id) else {
            throw MediaError(
                .unsupported, operation: "this FFmpeg has no decoder for it",
                subject: "stream \(stream.index), \(stream.parameters.codecName)")
        }
        try self.init(
            codec, parameters: parameters, timeBase: stream.timeBase, threads: threads,
            subject: "stream \(stream.index), \(stream.parameters.codecName)")
    }

    /// Opens a decoder by FFmpeg's name, for data without a container: still pictures.
    public init(codecNamed name: String) throws(MediaError) {
        guard let codec = avcodec_find_decoder_by_name(name) else {
            throw MediaError(.unsupported, operation: "this FFmpeg has no such decoder", subject: name)
        }
        try self.init(codec, parameters: nil, timeBase: Rational(1, 1000), threads: 1, subject: name)
    }

    private init(
        _ codec: UnsafePointer<AVCodec>, parameters: UnsafePointer<AVCodecParameters>?, timeBase: Rational,
        threads: Int, subject: String
    ) throws(MediaError) {
        FFmpegLog.begin()
        try FFmpegVersions.prepare()
        var context = avcodec_alloc_context3(codec)
        guard let made = context else {
            throw MediaError(.outOfMemory, operation: "avcodec_alloc_context3", subject: subject)
        }
        do {
            if let parameters {
                try check(
                    avcodec_parameters_to_context(made, parameters), "avcodec_parameters_to_context", subject)
            }
            made.pointee.pkt_timebase = timeBase.c
            made.pointee.thread_count = threads.c
            made.pointee.max_pixels = Self.maxPixels
            // A frame of sound has some thousand samples; beyond this lies damage as well.
            made.pointee.max_samples = 1 << 22
            try check(avcodec_open2(made, codec, nil), "avcodec_open2", subject, as: .decodeFailed)
        } catch {
            avcodec_free_context(&context)
            throw error
        }
        self.context = made
        self.subject = subject
    }

    deinit {
        var context: UnsafeMutablePointer<AVCodecContext>? = context
        avcodec_free_context(&context)
    }

    /// Which frames the decoder leaves out.
    public enum Skipping: Sendable {
        /// None.
        case nothing
        /// All but keyframes: for thumbnails.
        case nonKeyframes
        /// Those that no other frame refers to.
        case nonReference
    }

    /// Leaves out some frames from here on.
    public func skip(_ what: Skipping) {
        switch what {
        case .nothing: context.pointee.skip_frame = AVDISCARD_DEFAULT
        case .nonKeyframes: context.pointee.skip_frame = AVDISCARD_NONKEY
        case .nonReference: context.pointee.skip_frame = AVDISCARD_NONREF
        }
    }

    /// Gives the decoder one packet. It keeps its own reference; the packet stays the caller's.
    ///
    /// - Returns: False if the decoder is full: receive first, then send the same packet again.
    /// - Throws: `.decodeFailed` for damaged data; the decoder can go on with the next packet.
    @discardableResult
    public func send(_ packet: borrowing Packet) throws(MediaError) -> Bool {
        let result = avcodec_send_packet(context, packet.pointer)
        if result == reel_averror_again() { return false }
        try check(result, "avcodec_send_packet", subject, as: .decodeFailed)
        return true
    }

    /// Says that no packet follows.
    public func sendEnd() throws(MediaError) {
        let result = avcodec_send_packet(context, nil)
        if result == reel_averror_eof() { return }
        try check(result, "avcodec_send_packet", subject, as: .decodeFailed)
    }

    /// Takes the next frame.
    ///
    /// - Parameter frame: Filled on `.got`; what it held is dropped.
    /// - Throws: `.decodeFailed` for damaged data; receiving may go on.
    public func receive(into frame: borrowing Frame) throws(MediaError) -> Pull {
        let result = avcodec_receive_frame(context, frame.pointer)
        switch result {
        case 0...:
            let time = BelievedTime.orUnknown(frame.pointer.pointee.best_effort_timestamp)
            frame.pointer.pointee.best_effort_timestamp = time
            frame.pointer.pointee.pts = time
            frame.duration = BelievedTime.length(frame.duration)
            return .got
        case reel_averror_again(): return .needsInput
        case reel_averror_eof(): return .ended
        default:
            throw MediaError(
                ffmpeg: result, operation: "avcodec_receive_frame", subject: subject, as: .decodeFailed)
        }
    }

    /// Forgets everything inside: after a seek, or to go on after the end.
    public func flush() { avcodec_flush_buffers(context) }
}
