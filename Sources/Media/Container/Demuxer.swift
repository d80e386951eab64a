import CFFmpeg
import Foundation

/// An opened media file: its streams as values, and its packets one after the other.
///
/// The interrupt given on opening stops every later call. Reads are in file order; times are those of
/// each stream's time base, with edit lists applied (packets they hide are marked `isDiscarded`).
public struct Demuxer: ~Copyable {
    private let context: UnsafeMutablePointer<AVFormatContext>
    private let interrupt: Interrupt
    private let path: String

    /// What the container says of itself.
    public private(set) var container: ContainerInfo
    /// The streams, in the container's order.
    public private(set) var streams: [StreamInfo]

    /// Opens a local file. Blocks.
    ///
    /// - Parameters:
    ///   - path: The file. Never taken as a URL.
    ///   - accept: Which demuxers may open it.
    ///   - analyse: How much is read to describe the streams.
    ///   - interrupt: Stops this call and all later ones.
    /// - Throws: `.notFound`, `.isDirectory`, `.empty`, `.permissionDenied`, `.notMedia`, `.truncated`,
    ///   `.noStream`, `.cancelled`. Source: `avformat_open_input`.
    public init(
        path: String, accept: DemuxerSet = .clips, analyse: Analysis = .full, interrupt: Interrupt
    ) throws(MediaError) {
        FFmpegLog.begin()
        try FFmpegVersions.prepare()
        let byteCount = try Self.checkReadable(path)
        var context = avformat_alloc_context()
        guard let made = context else {
            throw MediaError(.outOfMemory, operation: "avformat_alloc_context", subject: path)
        }
        made.pointee.interrupt_callback = interrupt.callback
        var options: OpaquePointer?
        av_dict_set(&options, "protocol_whitelist", "file", 0)
        av_dict_set(&options, "format_whitelist", accept.whitelist, 0)
        // A picture named "shot%03d.png" is itself, and no pattern that reads its neighbours.
        av_dict_set(&options, "pattern_type", "none", 0)
        av_dict_set(&options, "max_streams", "\(Bounds.streams)", 0)
        defer { av_dict_free(&options) }
        // On failure avformat_open_input frees the context itself.
        let opened = avformat_open_input(&context, "file:" + path, nil, &options)
        guard opened >= 0, let context else {
            var error = MediaError(
                ffmpeg: opened, operation: "avformat_open_input", subject: path, as: .notMedia)
            if error.logLine?.contains("moov atom not found") == true, Self.beginsLikeMP4(path) {
                error = MediaError(.truncated, operation: "avformat_open_input", subject: path)
                error.logLine = "its index, the moov box, is missing"
            }
            // Without this the line would list all demuxers that may.
            if let line = error.logLine, line.contains("not on whitelist") {
                error.logLine =
                    "it is of the kind " + (line.split(separator: " ").first.map(String.init) ?? "unknown")
            }
            throw Bounds.named(error)
        }
        let described: [StreamInfo]
        do {
            if analyse == .full {
                try Self.findStreamInfo(context, path)
            }
            described = try Self.listStreams(context)
            for stream in described { try Bounds.check(stream, of: path) }
        } catch {
            var context: UnsafeMutablePointer<AVFormatContext>? = context
            avformat_close_input(&context)
            throw error
        }
        container = Self.describe(context, byteCount: byteCount)
        streams = described
        self.context = context
        self.interrupt = interrupt
        self.path = path
    }

    deinit {
        var context: UnsafeMutablePointer<AVFormatContext>? = context
        avformat_close_input(&context)
    }

    /// Reads and decodes enough packets to fill the gaps in the streams' descriptions. Blocks.
    public mutating func analyse() throws(MediaError) {
        try Self.findStreamInfo(context, path)
        let described = try Self.listStreams(context)
        for stream in described { try Bounds.check(stream, of: path) }
        container = Self.describe(context, byteCount: container.byteCount)
        streams = described
    }

    /// Analysis opens decoders of its own; they are bound like ours.
    private static func findStreamInfo(
        _ context: UnsafeMutablePointer<AVFormatContext>, _ path: String
    ) throws(MediaError) {
        let count = Int(context.pointee.nb_streams)
        var options = [OpaquePointer?](repeating: nil, count: count)
        for i in 0..<count {
            av_dict_set_int(&options[i], "max_pixels", Decoder.maxPixels, 0)
            av_dict_set_int(&options[i], "threads", 1, 0)
        }
        let result = options.withUnsafeMutableBufferPointer {
            avformat_find_stream_info(context, $0.baseAddress)
        }
        for i in 0..<count { av_dict_free(&options[i]) }
        do {
            try check(result, "avformat_find_stream_info", path, as: .notMedia)
        } catch {
            throw Bounds.named(error)
        }
    }

    /// The stream of that kind that a player would choose; nil if there is none. Cover pictures count
    /// only where there is nothing else.
    public func bestStream(_ kind: MediaKind) -> Int? {
        let type: AVMediaType
        switch kind {
        case .video: type = AVMEDIA_TYPE_VIDEO
        case .audio: type = AVMEDIA_TYPE_AUDIO
        case .subtitle: type = AVMEDIA_TYPE_SUBTITLE
        default: return streams.firstIndex { $0.kind == kind }
        }
        let best = av_find_best_stream(context, type, -1, -1, nil, 0)
        return best >= 0 ? Int(best) : nil
    }

    /// Reads the next packet of any kept stream. Blocks.
    ///
    /// - Parameter packet: Filled; what it held is dropped.
    /// - Returns: False at the end of the file; the packet is then empty.
    /// - Throws: `.io`, `.notMedia`, `.cancelled`. Source: `av_read_frame`.
    public func read(into packet: borrowing Packet) throws(MediaError) -> Bool {
        while true {
            try interrupt.check()
            packet.clear()
            let result = av_read_frame(context, packet.pointer)
            if result == reel_averror_eof() { return false }
            try check(result, "av_read_frame", path, as: .notMedia)
            let inside = packet.pointer
            inside.pointee.pts = BelievedTime.orUnknown(inside.pointee.pts)
            inside.pointee.dts = BelievedTime.orUnknown(inside.pointee.dts)
            inside.pointee.duration = BelievedTime.length(inside.pointee.duration)
            // Packets that analysis had read ahead come out whatever was said about their stream since.
            let stream = context.pointee.streams[Int(packet.pointer.pointee.stream_index)]
            if stream?.pointee.discard != AVDISCARD_ALL { return true }
        }
    }

    /// Goes to a keyframe at or before `ticks` (or at or after, if not `backward`).
    ///
    /// Containers without a good index may land elsewhere: compare the times of what is read next.
    ///
    /// - Parameters:
    ///   - stream: The stream whose time base `ticks` is in.
    ///   - ticks: Where to; the decoding time where the two differ.
    ///   - backward: To the keyframe before rather than after.
    /// - Throws: `.io` if the container cannot seek. Source: `av_seek_frame`.
    public func seek(stream: Int, ticks: Int64, backward: Bool = true) throws(MediaError) {
        try check(
            av_seek_frame(context, stream.c, ticks, backward ? AVSEEK_FLAG_BACKWARD : 0), "av_seek_frame",
            path)
    }

    /// Bytes read from the file so far, read-ahead among them: what a probe costs.
    package var bytesRead: Int64 { context.pointee.pb?.pointee.bytes_read ?? 0 }

    /// Reads packets of these streams only; the others' are skipped, unread where the container allows.
    public func keepOnly(_ kept: Set<Int>) {
        for i in 0..<Int(context.pointee.nb_streams) {
            context.pointee.streams[i]?.pointee.discard = kept.contains(i) ? AVDISCARD_DEFAULT : AVDISCARD_ALL
        }
    }

    /// One packet as the container's index lists it.
    public struct IndexEntry: Sendable {
        /// Decoding time (presentation time in Matroska), in the stream's ticks.
        public let ticks: Int64
        /// Offset in the file.
        public let position: Int64
        /// Bytes.
        public let byteCount: Int
        /// Whether decoding can start there.
        public let isKeyframe: Bool
    }

    /// The index that the container has or that was built while reading: every packet for MP4, the cues
    /// for Matroska, nothing for MPEG-TS. In order of time.
    public func index(of stream: Int) -> [IndexEntry] {
        var entries: [IndexEntry] = []
        forEachIndexEntry(of: stream) {
            entries.append($0)
            return true
        }
        return entries
    }

    /// Walks the index entry by entry without a copy of it: a film of ten hours has nearly a million.
    ///
    /// - Parameter body: Receives the entries in order of time; answers whether it wants more.
    public func forEachIndexEntry(of stream: Int, _ body: (IndexEntry) -> Bool) {
        guard stream < Int(context.pointee.nb_streams), let st = context.pointee.streams[stream] else {
            return
        }
        for i in 0..<max(0, avformat_index_get_entries_count(st)) {
            guard let entry = avformat_index_get_entry(st, i)?.pointee,
                let ticks = BelievedTime.time(entry.timestamp)
            else { continue }
            let wantsMore = body(
                IndexEntry(
                    ticks: ticks, position: entry.pos, byteCount: Int(entry.size),
                    isKeyframe: entry.flags & AVINDEX_KEYFRAME != 0))
            if !wantsMore { return }
        }
    }

    // MARK: Reading C

    private static func listStreams(_ context: UnsafeMutablePointer<AVFormatContext>) throws(MediaError)
        -> [StreamInfo]
    {
        var result: [StreamInfo] = []
        for i in 0..<Int(context.pointee.nb_streams) {
            guard let stream = context.pointee.streams[i] else { continue }
            result.append(try StreamInfo(stream, of: context))
        }
        return result
    }

    private static func describe(
        _ context: UnsafeMutablePointer<AVFormatContext>, byteCount: Int64
    ) -> ContainerInfo {
        let c = context.pointee
        var chapters: [Chapter] = []
        for i in 0..<Int(c.nb_chapters) {
            guard let chapter = c.chapters?[i]?.pointee else { continue }
            let base = Rational(chapter.time_base)
            let micro = Rational(1, 1_000_000)
            chapters.append(
                Chapter(
                    startMicroseconds: rescale(BelievedTime.time(chapter.start) ?? 0, from: base, to: micro),
                    endMicroseconds: rescale(BelievedTime.time(chapter.end) ?? 0, from: base, to: micro),
                    title: readDictionary(chapter.metadata)["title"] ?? ""))
        }
        return ContainerInfo(
            formatName: c.iformat.map { String(cString: $0.pointee.name) } ?? "",
            formatLongName: c.iformat.map { String(cString: $0.pointee.long_name) } ?? "",
            durationMicroseconds: BelievedTime.length(c.duration) > 0 ? c.duration : nil,
            startMicroseconds: BelievedTime.time(c.start_time),
            bitRate: c.bit_rate > 0 ? c.bit_rate : nil, byteCount: byteCount,
            metadata: readDictionary(c.metadata), chapters: chapters)
    }

    /// Whether the file begins with a box of MP4 or MOV: then a missing index means a file cut short, not
    /// another kind of file. Source: ISO/IEC 14496-12, 4.2.
    private static func beginsLikeMP4(_ path: String) -> Bool {
        guard let file = FileHandle(forReadingAtPath: path) else { return false }
        defer { try? file.close() }
        guard let head = try? file.read(upToCount: 8), head.count == 8 else { return false }
        return ["ftyp", "mdat", "moov", "free", "skip", "wide"].contains(
            String(decoding: head[4...], as: UTF8.self))
    }

    /// Tells the plain troubles apart before FFmpeg sees the file; returns its size.
    private static func checkReadable(_ path: String) throws(MediaError) -> Int64 {
        var info = stat()
        if stat(path, &info) != 0 {
            throw MediaError(ffmpeg: reel_averror(errno), operation: "stat", subject: path)
        }
        switch info.st_mode & S_IFMT {
        case S_IFDIR: throw MediaError(.isDirectory, operation: "stat", subject: path)
        case S_IFREG: break
        default:
            throw MediaError(
                .unsupported, operation: "only regular files are opened", subject: path,
                hint: "save the data to a file first")
        }
        if info.st_size == 0 { throw MediaError(.empty, operation: "stat", subject: path) }
        if access(path, R_OK) != 0 {
            throw MediaError(ffmpeg: reel_averror(errno), operation: "access", subject: path)
        }
        return Int64(info.st_size)
    }
}
