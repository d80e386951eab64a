import CFFmpeg

/// Writes packets into a container file.
///
/// Add the streams, `start()`, write, `finish()`. A muxer that goes away unfinished closes its file and
/// leaves it incomplete: write into a `PendingFile`, which then goes too.
public struct Muxer: ~Copyable {
    private let output: Output

    /// Creates the file, replacing what is there. Blocks.
    ///
    /// - Parameters:
    ///   - path: A local file, never taken as a URL.
    ///   - format: FFmpeg's short name: "mp4", "mov", "webm", "matroska", "null".
    ///   - interrupt: Stops every later call.
    /// - Throws: `.notFound` (folder), `.permissionDenied`, `.diskFull`, `.unsupported` (format).
    public init(path: String, format: String, interrupt: Interrupt) throws(MediaError) {
        output = try Output(path: path, format: format, interrupt: interrupt)
    }

    /// Adds a stream; before `start()`.
    ///
    /// - Parameters:
    ///   - parameters: How it is coded.
    ///   - timeBase: Seconds a tick of the packets that will be written.
    ///   - rate: Frames a second, where constant; stated in the container where it can be.
    ///   - tag: The container's four-letter code ("hvc1"); the usual one unless given.
    ///   - metadata: Tags of the stream.
    /// - Returns: The stream's number, for `Packet.streamIndex`.
    public func addStream(
        _ parameters: CodecParameters, timeBase: Rational, rate: Rational? = nil, tag: String? = nil,
        metadata: [String: String] = [:]
    ) throws(MediaError) -> Int {
        guard let stream = avformat_new_stream(output.context, nil), let coded = stream.pointee.codecpar
        else {
            throw MediaError(.outOfMemory, operation: "avformat_new_stream", subject: output.path)
        }
        try check(
            avcodec_parameters_copy(coded, parameters.copy.pointer), "avcodec_parameters_copy", output.path)
        let letters = Array((tag ?? "").utf8.prefix(4))
        coded.pointee.codec_tag = letters.reversed().reduce(0) { $0 << 8 | UInt32($1) }
        stream.pointee.time_base = timeBase.c
        stream.pointee.sample_aspect_ratio = coded.pointee.sample_aspect_ratio
        if let rate {
            stream.pointee.avg_frame_rate = rate.c
            stream.pointee.r_frame_rate = rate.c
        }
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
            av_dict_set(&stream.pointee.metadata, key, value, 0)
        }
        output.timeBases.append(timeBase)
        return Int(stream.pointee.index)
    }

    /// Sets tags of the whole file ("title"); before `start()`.
    public func setMetadata(_ metadata: [String: String]) {
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
            av_dict_set(&output.context.pointee.metadata, key, value, 0)
        }
    }

    /// Names parts of the film; before `start()`. Muxers without chapters pass over them.
    public func setChapters(_ chapters: [Chapter]) throws(MediaError) {
        let context = output.context
        guard context.pointee.nb_chapters == 0, !chapters.isEmpty else { return }
        let size = MemoryLayout<UnsafeMutablePointer<AVChapter>?>.stride
        guard let list = av_calloc(chapters.count, size) else {
            throw MediaError(.outOfMemory, operation: "av_calloc", subject: output.path)
        }
        context.pointee.chapters = list.bindMemory(
            to: UnsafeMutablePointer<AVChapter>?.self, capacity: chapters.count)
        for (i, chapter) in chapters.enumerated() {
            guard let memory = av_mallocz(MemoryLayout<AVChapter>.size) else {
                throw MediaError(.outOfMemory, operation: "av_mallocz", subject: output.path)
            }
            let c = memory.bindMemory(to: AVChapter.self, capacity: 1)
            c.pointee.id = Int64(i + 1)
            c.pointee.time_base = AVRational(num: 1, den: 1_000_000)
            c.pointee.start = chapter.startMicroseconds
            c.pointee.end = chapter.endMicroseconds
            av_dict_set(&c.pointee.metadata, "title", chapter.title, 0)
            context.pointee.chapters[i] = c
            context.pointee.nb_chapters = UInt32(i + 1)
        }
    }

    /// Writes the header.
    ///
    /// - Parameter options: The muxer's options ("movflags": "+faststart"); all must be known to it.
    /// - Throws: `.unknownOption`; `.invalidArgument` for streams that the container does not take.
    public func start(options: [String: String] = [:]) throws(MediaError) {
        try withOptions(options, subject: output.format) { [output] (dictionary) throws(MediaError) in
            try check(
                avformat_write_header(output.context, &dictionary), "avformat_write_header", output.path,
                as: .invalidArgument)
        }
        output.isStarted = true
    }

    /// Seconds a tick that the container chose for a stream; after `start()`.
    public func timeBase(of stream: Int) -> Rational {
        guard let st = output.context.pointee.streams[stream] else { return Rational(0, 1) }
        return Rational(st.pointee.time_base)
    }

    /// Writes one packet, interleaved with the other streams by decoding time.
    ///
    /// Takes the packet's data: it is empty afterwards, also on failure. Its times are in the time base
    /// given to `addStream`.
    ///
    /// - Throws: `.diskFull`, `.io`, `.cancelled`; `.invalidArgument` for times out of order.
    public func write(_ packet: borrowing Packet) throws(MediaError) {
        let stream = packet.streamIndex
        packet.rescale(from: output.timeBases[stream], to: timeBase(of: stream))
        packet.pointer.pointee.pos = -1
        try check(
            av_interleaved_write_frame(output.context, packet.pointer), "av_interleaved_write_frame",
            output.path, as: .invalidArgument)
    }

    /// Writes what is left and the trailer, and closes the file.
    ///
    /// - Throws: `.diskFull`, `.io`. The file is then incomplete.
    public consuming func finish() throws(MediaError) { try output.finish() }
}

/// The C side of a muxer, closed once: by `finish()` or with the last reference.
private final class Output {
    let path: String
    let format: String
    let interrupt: Interrupt
    var timeBases: [Rational] = []
    var isStarted = false
    let context: UnsafeMutablePointer<AVFormatContext>

    init(path: String, format: String, interrupt: Interrupt) throws(MediaError) {
        FFmpegLog.begin()
        self.path = path
        self.format = format
        self.interrupt = interrupt
        var context: UnsafeMutablePointer<AVFormatContext>?
        let url = "file:" + path
        let allocated = avformat_alloc_output_context2(&context, nil, format, url)
        guard allocated >= 0, let made = context else {
            throw MediaError(
                ffmpeg: allocated, operation: "avformat_alloc_output_context2", subject: format,
                as: .unsupported)
        }
        made.pointee.interrupt_callback = interrupt.callback
        // No clock and no version in the file: the same film gives the same bytes.
        made.pointee.flags |= AVFMT_FLAG_BITEXACT
        if made.pointee.oformat.pointee.flags & AVFMT_NOFILE == 0 {
            var callback = interrupt.callback
            let opened = avio_open2(&made.pointee.pb, url, AVIO_FLAG_WRITE, &callback, nil)
            if opened < 0 {
                avformat_free_context(made)
                throw MediaError(ffmpeg: opened, operation: "avio_open2", subject: path)
            }
        }
        self.context = made
    }

    func finish() throws(MediaError) {
        if isStarted {
            isStarted = false
            try check(av_write_trailer(context), "av_write_trailer", path)
        }
        guard context.pointee.pb != nil else { return }
        let pending = context.pointee.pb.pointee.error
        let closed = avio_closep(&context.pointee.pb)
        try check(pending, "avio_write", path)
        try check(closed, "avio_closep", path)
    }

    deinit {
        if context.pointee.pb != nil { avio_closep(&context.pointee.pb) }
        avformat_free_context(context)
    }
}
