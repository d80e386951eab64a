import Media

/// A muxer with the settings that all outputs share: exact lengths, no clock in the file, start at zero.
///
/// A class, since a muxer is consumed by its finish and this one is held by structs that are not.
final class DeliveryMuxer {
    /// What a sound stream needs to be muxed.
    struct Audio {
        var parameters: CodecParameters
        var timeBase: Rational
        var initialPadding: Int
    }

    private var muxer: Muxer?
    private let videoStream: Int
    private let audioStream: Int?
    /// Added to sound times: Matroska wants Opus to start at zero and its delay stated beside it.
    private let audioShift: Int64

    init(
        path: String, container: String, options: [String: String], video: CodecParameters, rate: Rational,
        audio: Audio?, title: String? = nil, chapters: [Chapter] = [], interrupt: Interrupt
    ) throws {
        let muxer = try Muxer(path: path, format: container, interrupt: interrupt)
        videoStream = try muxer.addStream(video, timeBase: rate.inverse, rate: rate)
        audioStream = try audio.map { try muxer.addStream($0.parameters, timeBase: $0.timeBase) }
        let isMatroska = container == "webm" || container == "matroska"
        audioShift = isMatroska ? Int64(audio?.initialPadding ?? 0) : 0
        if let title { muxer.setMetadata(["title": title]) }
        try muxer.setChapters(chapters)
        var options = options
        if container == "mp4" || container == "mov", options["movie_timescale"] == nil {
            options["movie_timescale"] = String(
                Self.movieClock(rate: rate, sampleRate: audio?.parameters.sampleRate ?? 48000))
        }
        try muxer.start(options: options)
        self.muxer = consume muxer
    }

    /// Ticks a second in which both frames and samples are whole. MP4 states the length of what is shown in
    /// these; at the usual 1000 a film is up to half a millisecond too long or too short.
    static func movieClock(rate: Rational, sampleRate: Int) -> Int {
        var (a, b) = (rate.num, sampleRate)
        while b != 0 { (a, b) = (b, a % b) }
        let common = rate.num / a * sampleRate
        return common <= 1_000_000 ? common : sampleRate
    }

    func writeVideo(_ packet: borrowing Packet) throws {
        packet.streamIndex = videoStream
        try muxer?.write(packet)
    }

    func writeAudio(_ packet: borrowing Packet) throws {
        guard let audioStream else { return }
        packet.streamIndex = audioStream
        if audioShift != 0 {
            packet.pts = packet.pts.map { $0 + audioShift }
            packet.dts = packet.dts.map { $0 + audioShift }
        }
        try muxer?.write(packet)
    }

    /// Writes what is left and closes the file; nothing may be written after it.
    func finish() throws { try muxer.take()?.finish() }
}
