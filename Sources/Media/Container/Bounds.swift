import CFFmpeg

/// What is taken for a film at all. Beyond it lies damage or an attack, and the refusal says which bound.
///
/// Frame areas are bound where decoders are opened (`Decoder.maxPixels`), times where they come in
/// (`BelievedTime`).
enum Bounds {
    /// Streams in a file.
    static let streams = 100
    /// Samples a second of each channel.
    static let sampleRate = 768_000
    /// Channels of a sound.
    static let channels = 64

    /// Refuses a stream beyond the bounds.
    static func check(_ stream: StreamInfo, of path: String) throws(MediaError) {
        guard stream.kind == .audio else { return }
        let coded = stream.parameters
        if coded.sampleRate > sampleRate {
            throw refusal(
                "stream \(stream.index) claims \(coded.sampleRate) samples a second, at most \(sampleRate) are read",
                path)
        }
        if let count = coded.channelLayout?.count, count > channels {
            throw refusal(
                "stream \(stream.index) claims \(count) channels, at most \(channels) are read", path)
        }
    }

    /// FFmpeg refuses too many streams as a lack of memory; its log line tells.
    static func named(_ error: MediaError) -> MediaError {
        guard error.logLine?.contains("max_streams") == true else { return error }
        return refusal("it claims more than \(streams) streams", error.subject)
    }

    private static func refusal(_ words: String, _ path: String) -> MediaError {
        MediaError(.tooLarge, operation: words, subject: path)
    }
}
