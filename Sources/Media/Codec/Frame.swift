import CFFmpeg

/// A decoded picture, or some samples of sound. Owns FFmpeg's frame.
///
/// Planes are counted references: `reference()` gives a second owner of the same planes, after which
/// writing to either needs `makeWritable()`. Times are in the time base of whoever filled it. A frame
/// may move between threads; one thread at a time writes it.
public struct Frame: ~Copyable, @unchecked Sendable {
    let pointer: UnsafeMutablePointer<AVFrame>

    /// Makes an empty frame to receive into.
    public init() throws(MediaError) {
        guard let pointer = av_frame_alloc() else {
            throw MediaError(.outOfMemory, operation: "av_frame_alloc", subject: "frame")
        }
        self.pointer = pointer
    }

    /// Makes a picture with planes of its own, their contents undefined.
    public init(videoWidth width: Int, height: Int, format: PixelFormat) throws(MediaError) {
        let made = try Frame()
        made.pointer.pointee.width = width.c
        made.pointer.pointee.height = height.c
        made.pointer.pointee.format = format.raw.rawValue
        try check(
            av_frame_get_buffer(made.pointer, 0), "av_frame_get_buffer", "\(width)x\(height) \(format)")
        self = made
    }

    /// Makes room for sound, its samples undefined.
    ///
    /// - Parameter count: Samples of each channel.
    public init(
        audioSamples count: Int, sampleRate: Int, layout: ChannelLayout, format: SampleFormat
    ) throws(MediaError) {
        let made = try Frame()
        let target = made.pointer
        try layout.withC { (c) throws(MediaError) in
            try check(
                av_channel_layout_copy(&target.pointee.ch_layout, c), "av_channel_layout_copy", layout.name)
        }
        target.pointee.nb_samples = count.c
        target.pointee.sample_rate = sampleRate.c
        target.pointee.format = format.raw.rawValue
        if count > 0 {
            try check(av_frame_get_buffer(target, 0), "av_frame_get_buffer", "\(count) samples")
        }
        self = made
    }

    deinit {
        var pointer: UnsafeMutablePointer<AVFrame>? = pointer
        av_frame_free(&pointer)
    }

    /// A second frame that shares the planes.
    public func reference() throws(MediaError) -> Frame {
        let other = try Frame()
        try check(av_frame_ref(other.pointer, pointer), "av_frame_ref", "frame")
        return other
    }

    /// Makes the planes this frame's own, copying them if they are shared.
    public func makeWritable() throws(MediaError) {
        try check(av_frame_make_writable(pointer), "av_frame_make_writable", "frame")
    }

    /// Takes over what `other` holds and leaves it empty.
    public func take(from other: borrowing Frame) {
        av_frame_unref(pointer)
        av_frame_move_ref(pointer, other.pointer)
    }

    /// Drops the planes and resets the times.
    public func clear() { av_frame_unref(pointer) }

    /// Copies times, colour and aspect, not the picture.
    public func copyProperties(of other: borrowing Frame) throws(MediaError) {
        try check(av_frame_copy_props(pointer, other.pointer), "av_frame_copy_props", "frame")
    }

    /// Whether nothing is inside.
    public var isEmpty: Bool { pointer.pointee.buf.0 == nil }

    /// Presentation time in ticks: the decoder's best effort; set it before encoding.
    public var pts: Int64? {
        get {
            let best = pointer.pointee.best_effort_timestamp
            if pointer.pointee.pts != reel_nopts() { return pointer.pointee.pts }
            return best == reel_nopts() ? nil : best
        }
        nonmutating set {
            pointer.pointee.pts = newValue ?? reel_nopts()
            pointer.pointee.best_effort_timestamp = newValue ?? reel_nopts()
        }
    }
    /// Length in ticks; 0 where unknown.
    public var duration: Int64 {
        get { reel_frame_duration(pointer) }
        nonmutating set { reel_frame_set_duration(pointer, newValue) }
    }

    /// Whether the decoder knows the frame to be damaged.
    public var isCorrupt: Bool {
        reel_frame_is_corrupt(pointer) != 0 || pointer.pointee.decode_error_flags != 0
    }

    /// Bytes of the buffers that the frame refers to, shared ones too: what a queue of frames holds.
    public var byteCount: Int {
        withUnsafeBytes(of: pointer.pointee.buf) { buffers in
            buffers.bindMemory(to: UnsafeMutablePointer<AVBufferRef>?.self)
                .reduce(0) { $0 + Int($1?.pointee.size ?? 0) }
        }
    }

    /// How many planes hold data.
    public var planeCount: Int {
        var count = 0
        while count < 8, pointer.pointee.extended_data?[count] != nil { count += 1 }
        return isVideo ? min(count, 4) : count
    }

    private var isVideo: Bool { pointer.pointee.width > 0 }
}

// MARK: Pictures

extension Frame {
    /// Pixels a line.
    public var width: Int { Int(pointer.pointee.width) }
    /// Lines.
    public var height: Int { Int(pointer.pointee.height) }
    /// The layout of samples.
    public var pixelFormat: PixelFormat { PixelFormat(raw: AVPixelFormat(rawValue: pointer.pointee.format)) }
    /// Width to height of one pixel; nil where nothing is said.
    public var sampleAspectRatio: Rational? {
        get {
            let ratio = Rational(pointer.pointee.sample_aspect_ratio)
            return ratio.isValid ? ratio : nil
        }
        nonmutating set { pointer.pointee.sample_aspect_ratio = (newValue ?? Rational(0, 1)).c }
    }
    /// What is said about colour.
    public var colour: ColourTags {
        get {
            let f = pointer.pointee
            return ColourTags(f.colorspace, f.color_primaries, f.color_trc, f.color_range)
        }
        nonmutating set {
            pointer.pointee.colorspace = newValue.cSpace
            pointer.pointee.color_primaries = newValue.cPrimaries
            pointer.pointee.color_trc = newValue.cTransfer
            pointer.pointee.color_range = newValue.cRange
        }
    }
    /// Whether decoding can start here.
    public var isKeyframe: Bool { reel_frame_is_key(pointer) != 0 }
    /// Whether the picture holds two fields.
    public var isInterlaced: Bool { reel_frame_is_interlaced(pointer) != 0 }
    /// "I", "P", "B" or "?".
    public var pictureType: String {
        let letter = UInt8(bitPattern: av_get_picture_type_char(pointer.pointee.pict_type))
        return String(UnicodeScalar(letter))
    }

    /// Leaves the choice of picture type to the encoder; x264 would repeat the source's types.
    public func clearPictureType() { pointer.pointee.pict_type = AV_PICTURE_TYPE_NONE }

    /// The frame's format, with a time base and rate of the caller's.
    public func videoFormat(timeBase: Rational, rate: Rational? = nil) -> VideoFormat {
        VideoFormat(
            width: width, height: height, pixelFormat: pixelFormat,
            sampleAspectRatio: sampleAspectRatio ?? Rational(1, 1), colour: colour, timeBase: timeBase,
            rate: rate)
    }

    private func lines(ofPlane i: Int) -> Int {
        let format = pixelFormat
        let isChroma = (i == 1 || i == 2) && !(format.isRGB)
        let shift = isChroma ? format.log2ChromaHeight : 0
        return (height + (1 << shift) - 1) >> shift
    }

    /// Lends one plane for reading.
    ///
    /// - Parameters:
    ///   - i: 0 for luma or packed pixels; 1 and 2 for chroma, 3 for alpha of planar formats.
    ///   - body: Receives the plane's bytes, top line first, and the bytes from line to line (more than
    ///     a line's own; the rest is padding).
    public func withPlane<R>(
        _ i: Int, _ body: (UnsafeRawBufferPointer, _ stride: Int) throws -> R
    ) rethrows -> R {
        let stride = Int(
            withUnsafeBytes(of: pointer.pointee.linesize) { $0.load(fromByteOffset: 4 * i, as: Int32.self) })
        let start = pointer.pointee.extended_data[i]
        return try body(
            UnsafeRawBufferPointer(start: start, count: max(0, stride) * lines(ofPlane: i)), stride)
    }

    /// Lends one plane for writing. The frame must be writable: freshly made, or after `makeWritable()`.
    public func withMutablePlane<R>(
        _ i: Int, _ body: (UnsafeMutableRawBufferPointer, _ stride: Int) throws -> R
    ) rethrows -> R {
        let stride = Int(
            withUnsafeBytes(of: pointer.pointee.linesize) { $0.load(fromByteOffset: 4 * i, as: Int32.self) })
        let start = pointer.pointee.extended_data[i]
        return try body(
            UnsafeMutableRawBufferPointer(start: start, count: max(0, stride) * lines(ofPlane: i)), stride)
    }

    /// The picture's bytes without padding, plane after plane: for digests, tests and still pictures.
    public func packedBytes() throws(MediaError) -> [UInt8] {
        let format = pixelFormat.raw
        let size = try check(
            av_image_get_buffer_size(format, width.c, height.c, 1), "av_image_get_buffer_size",
            "\(width)x\(height) \(pixelFormat)")
        let data = pointer.pointee.data
        let strides = pointer.pointee.linesize
        var result: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: Int(size)) { buffer, count in
            result = withUnsafePointer(to: data) { planes in
                withUnsafePointer(to: strides) { lines in
                    planes.withMemoryRebound(to: UnsafePointer<UInt8>?.self, capacity: 8) { planes in
                        lines.withMemoryRebound(to: Int32.self, capacity: 8) { lines in
                            av_image_copy_to_buffer(
                                buffer.baseAddress, size, planes, lines, format, width.c, height.c, 1)
                        }
                    }
                }
            }
            count = Int(size)
        }
        try check(result, "av_image_copy_to_buffer", "\(width)x\(height) \(pixelFormat)")
        return bytes
    }
}

// MARK: Sound

extension Frame {
    /// Samples of each channel.
    public var sampleCount: Int { Int(pointer.pointee.nb_samples) }
    /// Samples a second.
    public var sampleRate: Int { Int(pointer.pointee.sample_rate) }
    /// The layout of samples.
    public var sampleFormat: SampleFormat {
        SampleFormat(raw: AVSampleFormat(rawValue: pointer.pointee.format))
    }
    /// The loudspeakers.
    public var channelLayout: ChannelLayout { ChannelLayout(copying: &pointer.pointee.ch_layout) ?? .mono }
    /// How many channels.
    public var channelCount: Int { Int(pointer.pointee.ch_layout.nb_channels) }

    /// The frame's format, with a time base of the caller's; one sample unless given.
    public func audioFormat(timeBase: Rational? = nil) -> AudioFormat {
        AudioFormat(
            sampleRate: sampleRate, sampleFormat: sampleFormat, layout: channelLayout, timeBase: timeBase)
    }

    /// Says that only the first `count` samples of each channel count.
    public func shorten(toSamples count: Int) {
        pointer.pointee.nb_samples = min(count.c, pointer.pointee.nb_samples)
    }

    /// Lends the samples of a planar channel, or all samples of an interleaved frame (channel 0).
    public func withSamples<T, R>(
        _ channel: Int = 0, as type: T.Type, _ body: (UnsafeMutableBufferPointer<T>) throws -> R
    ) rethrows -> R {
        let count = sampleFormat.isPlanar ? sampleCount : sampleCount * channelCount
        let start = UnsafeMutableRawPointer(pointer.pointee.extended_data[channel])
        return try body(
            UnsafeMutableBufferPointer(
                start: start?.assumingMemoryBound(to: type), count: start == nil ? 0 : count))
    }

    /// Fills all channels with silence.
    public func silence() {
        guard sampleCount > 0 else { return }
        av_samples_set_silence(
            pointer.pointee.extended_data, 0, pointer.pointee.nb_samples,
            pointer.pointee.ch_layout.nb_channels,
            sampleFormat.raw)
    }
}
