import CFFmpeg

/// Converts sound between sample rates, formats and channel layouts. Source: libswresample.
///
/// Keeps no times: the caller counts samples. Downmixes are normalised, so they do not clip.
public struct Resampler: ~Copyable, @unchecked Sendable {
    private let context: OpaquePointer
    private let to: AudioFormat

    /// Prepares the conversion.
    public init(from: AudioFormat, to: AudioFormat) throws(MediaError) {
        FFmpegLog.begin()
        var context: OpaquePointer?
        let what =
            "\(from.sampleRate) Hz \(from.layout) \(from.sampleFormat) to \(to.sampleRate) Hz \(to.layout)"
        try from.layout.withC { (source) throws(MediaError) in
            try to.layout.withC { (target) throws(MediaError) in
                try check(
                    swr_alloc_set_opts2(
                        &context, target, to.sampleFormat.raw, to.sampleRate.c, source, from.sampleFormat.raw,
                        from.sampleRate.c, 0, nil),
                    "swr_alloc_set_opts2", what, as: .invalidArgument)
            }
        }
        let result = swr_init(context)
        guard result >= 0, let made = context else {
            swr_free(&context)
            throw MediaError(ffmpeg: result, operation: "swr_init", subject: what, as: .invalidArgument)
        }
        self.context = made
        self.to = to
    }

    deinit {
        var context: OpaquePointer? = context
        swr_free(&context)
    }

    /// Converts one frame.
    ///
    /// - Returns: Samples that are ready; none or few at first, while the filter fills. Without PTS.
    public func convert(_ frame: borrowing Frame) throws(MediaError) -> Frame {
        try run(frame.pointer.pointee.extended_data, count: frame.sampleCount)
    }

    /// What is left inside, after the last frame.
    public func finish() throws(MediaError) -> Frame { try run(nil, count: 0) }

    private func run(
        _ planes: UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?, count: Int
    ) throws(MediaError) -> Frame {
        let room = max(1, Int(swr_get_out_samples(context, count.c)))
        let result = try Frame(
            audioSamples: room, sampleRate: to.sampleRate, layout: to.layout, format: to.sampleFormat)
        let made =
            planes.map { planes in
                UnsafeMutableRawPointer(planes).withMemoryRebound(to: UnsafePointer<UInt8>?.self, capacity: 8)
                {
                    swr_convert(context, result.pointer.pointee.extended_data, room.c, $0, count.c)
                }
            } ?? swr_convert(context, result.pointer.pointee.extended_data, room.c, nil, 0)
        try check(made, "swr_convert", "sound", as: .invalidArgument)
        result.shorten(toSamples: Int(made))
        return result
    }
}

/// Samples in waiting, to be taken in other numbers than they came. Source: `AVAudioFifo`.
public struct SampleQueue: ~Copyable, @unchecked Sendable {
    private let fifo: OpaquePointer
    private let format: AudioFormat

    /// Makes an empty queue; it grows as needed.
    public init(_ format: AudioFormat) throws(MediaError) {
        guard let fifo = av_audio_fifo_alloc(format.sampleFormat.raw, format.layout.count.c, 4096) else {
            throw MediaError(.outOfMemory, operation: "av_audio_fifo_alloc", subject: "sound")
        }
        self.fifo = fifo
        self.format = format
    }

    deinit { av_audio_fifo_free(fifo) }

    /// Samples of each channel that wait.
    public var count: Int { Int(av_audio_fifo_size(fifo)) }

    /// Appends a frame's samples, of the queue's format.
    public func append(_ frame: borrowing Frame) throws(MediaError) {
        guard frame.sampleCount > 0 else { return }
        let planes = UnsafeMutableRawPointer(frame.pointer.pointee.extended_data)
        let written = planes?.withMemoryRebound(to: UnsafeMutableRawPointer?.self, capacity: 8) {
            av_audio_fifo_write(fifo, $0, frame.sampleCount.c)
        }
        try check(written ?? reel_averror(22), "av_audio_fifo_write", "sound")
    }

    /// Takes up to `count` samples from the front, without PTS.
    public func take(_ count: Int) throws(MediaError) -> Frame {
        let count = min(count, self.count)
        let frame = try Frame(
            audioSamples: count, sampleRate: format.sampleRate, layout: format.layout,
            format: format.sampleFormat)
        guard count > 0 else { return frame }
        let planes = UnsafeMutableRawPointer(frame.pointer.pointee.extended_data)
        let read = planes?.withMemoryRebound(to: UnsafeMutableRawPointer?.self, capacity: 8) {
            av_audio_fifo_read(fifo, $0, count.c)
        }
        try check(read ?? reel_averror(22), "av_audio_fifo_read", "sound")
        return frame
    }

    /// Drops up to `count` samples from the front.
    public func drop(_ count: Int) throws(MediaError) {
        let count = min(count, self.count)
        guard count > 0 else { return }
        try check(av_audio_fifo_drain(fifo, count.c), "av_audio_fifo_drain", "sound")
    }
}
