import CFFmpeg

/// Coded data of one frame, or of a few samples, with its times. Owns FFmpeg's packet.
///
/// Times are in the time base of the stream, demuxer or encoder that filled it. Filling a packet again
/// drops what was inside. A packet may move between threads; one thread at a time uses it.
public struct Packet: ~Copyable, @unchecked Sendable {
    let pointer: UnsafeMutablePointer<AVPacket>

    /// Makes an empty packet to read or receive into.
    public init() throws(MediaError) {
        guard let pointer = av_packet_alloc() else {
            throw MediaError(.outOfMemory, operation: "av_packet_alloc", subject: "packet")
        }
        self.pointer = pointer
    }

    /// Makes a packet that holds a copy of `bytes`, without times.
    public init(copying bytes: some Sequence<UInt8>) throws(MediaError) {
        let bytes = Array(bytes)
        var made = av_packet_alloc()
        let result = made.map { av_new_packet($0, bytes.count.c) } ?? reel_averror(ENOMEM)
        guard result >= 0, let packet = made else {
            av_packet_free(&made)
            throw MediaError(ffmpeg: result, operation: "av_new_packet", subject: "packet")
        }
        bytes.withUnsafeBytes { source in
            if let from = source.baseAddress, source.count > 0 {
                UnsafeMutableRawPointer(packet.pointee.data).copyMemory(from: from, byteCount: source.count)
            }
        }
        pointer = packet
    }

    deinit {
        var pointer: UnsafeMutablePointer<AVPacket>? = pointer
        av_packet_free(&pointer)
    }

    /// A second packet that shares the data; the data is then read-only for both.
    public func reference() throws(MediaError) -> Packet {
        let other = try Packet()
        try check(av_packet_ref(other.pointer, pointer), "av_packet_ref", "packet")
        return other
    }

    /// Drops the data and resets the times.
    public func clear() { av_packet_unref(pointer) }

    /// The stream's number in its container.
    public var streamIndex: Int {
        get { Int(pointer.pointee.stream_index) }
        nonmutating set { pointer.pointee.stream_index = newValue.c }
    }
    /// Presentation time in ticks, if known.
    public var pts: Int64? {
        get { pointer.pointee.pts == reel_nopts() ? nil : pointer.pointee.pts }
        nonmutating set { pointer.pointee.pts = newValue ?? reel_nopts() }
    }
    /// Decoding time in ticks, if known.
    public var dts: Int64? {
        get { pointer.pointee.dts == reel_nopts() ? nil : pointer.pointee.dts }
        nonmutating set { pointer.pointee.dts = newValue ?? reel_nopts() }
    }
    /// Length in ticks; 0 where unknown.
    public var duration: Int64 {
        get { pointer.pointee.duration }
        nonmutating set { pointer.pointee.duration = newValue }
    }
    /// Whether decoding can start here.
    public var isKeyframe: Bool {
        get { pointer.pointee.flags & AV_PKT_FLAG_KEY != 0 }
        nonmutating set {
            if newValue {
                pointer.pointee.flags |= AV_PKT_FLAG_KEY
            } else {
                pointer.pointee.flags &= ~AV_PKT_FLAG_KEY
            }
        }
    }
    /// Whether an edit list hides it: it is decoded, but its frame is not presented.
    public var isDiscarded: Bool { pointer.pointee.flags & AV_PKT_FLAG_DISCARD != 0 }
    /// Whether the container knows it to be damaged.
    public var isCorrupt: Bool { pointer.pointee.flags & AV_PKT_FLAG_CORRUPT != 0 }
    /// Bytes of coded data.
    public var byteCount: Int { Int(pointer.pointee.size) }
    /// Its offset in the file, if known.
    public var position: Int64? { pointer.pointee.pos >= 0 ? pointer.pointee.pos : nil }

    /// Samples that the decoder drops at the packet's start and end (Opus, edit lists); nil where the
    /// packet says nothing. Source: AV_PKT_DATA_SKIP_SAMPLES.
    public var skippedSamples: (start: Int, end: Int)? {
        var size = 0
        guard let data = av_packet_get_side_data(pointer, AV_PKT_DATA_SKIP_SAMPLES, &size), size >= 8 else {
            return nil
        }
        func little(_ at: Int) -> Int { (0..<4).reduce(0) { $0 | Int(data[at + $1]) << (8 * $1) } }
        return (little(0), little(4))
    }

    /// Lends the coded bytes for one call.
    public func withBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        try body(UnsafeRawBufferPointer(start: pointer.pointee.data, count: byteCount))
    }

    /// Converts PTS, DTS and length to another time base, to the nearest tick.
    public func rescale(from: Rational, to: Rational) {
        av_packet_rescale_ts(pointer, from.c, to.c)
    }
}
