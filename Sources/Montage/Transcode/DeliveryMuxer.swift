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
    /// Whether sound before zero is left out, since no edit list can hide it.
    private let dropsEarlySound: Bool

    convenience init(
        _ order: DeliveryOrder, video: CodecParameters, rate: Rational, audio: Audio?, interrupt: Interrupt
    ) throws {
        var tags = order.carried
        if let title = order.title { tags.file["title"] = title }
        try self.init(
            path: order.path, container: order.container, options: order.muxerOptions,
            editLists: order.editLists, video: video, timeBase: rate.inverse, rate: rate,
            tag: order.video.tag, audio: audio, tags: tags, interrupt: interrupt)
    }

    /// - Parameters:
    ///   - timeBase: Seconds a tick of the pictures' packets.
    ///   - rate: Frames a second where constant.
    ///   - tag: The picture stream's four-letter code; nil takes the usual one.
    init(
        path: String, container: String, options: [String: String], editLists: Bool = true,
        video: CodecParameters, timeBase: Rational, rate: Rational?, tag: String? = nil, audio: Audio?,
        tags: CarriedTags = .init(), interrupt: Interrupt
    ) throws {
        let muxer = try Muxer(path: path, format: container, interrupt: interrupt)
        videoStream = try muxer.addStream(
            video, timeBase: timeBase, rate: rate, tag: tag ?? Self.tag(of: video, in: container),
            metadata: tags.picture)
        audioStream = try audio.map {
            try muxer.addStream($0.parameters, timeBase: $0.timeBase, metadata: tags.sound)
        }
        let isMatroska = container == "webm" || container == "matroska"
        let isMovie = container == "mp4" || container == "mov"
        audioShift = isMatroska ? Int64(audio?.initialPadding ?? 0) : 0
        dropsEarlySound = isMovie && !editLists
        muxer.setMetadata(tags.file)
        try muxer.setChapters(tags.chapters)
        var options = options
        if isMovie {
            if options["movie_timescale"] == nil {
                options["movie_timescale"] = String(
                    Self.movieClock(
                        rate: rate ?? timeBase.inverse, sampleRate: audio?.parameters.sampleRate ?? 48000))
            }
            if !editLists {
                // Pictures are decoded ahead of time where B-frames are. Without an edit list either
                // presentation starts late or decoding starts below zero; with signed offsets it is the latter.
                options["use_editlist"] = "0"
                options["movflags"] = (options["movflags"] ?? "") + "+negative_cts_offsets"
            }
        }
        try muxer.start(options: options)
        self.muxer = consume muxer
    }

    /// The four letters that a stream goes by where the muxer's usual ones would be wrong; nil where they are right.
    private static func tag(of video: CodecParameters, in container: String) -> String? {
        switch video.codecName {
        // It says by its code alone which of its kinds it is; left to the muxer all would be 422 HQ.
        case "prores": container == "mov" && video.codecTag.count == 4 ? video.codecTag : nil
        // Left to the muxer it would be hev1, which Apple's players do not play; hev1 is kept where it is said, for
        // its packets may bring parameter sets.
        case "hevc": ["mp4", "mov"].contains(container) ? (video.codecTag == "hev1" ? "hev1" : "hvc1") : nil
        default: nil
        }
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
        // The encoder's lead-in: what it decodes to lies before zero. The next packet starts at zero, in sync;
        // its first samples lack what the lead-in would have added to them, some milliseconds of a fade.
        if dropsEarlySound, let pts = packet.pts, pts < 0, pts + packet.duration <= 0 { return }
        try muxer?.write(packet)
    }

    /// Writes what is left and closes the file; nothing may be written after it.
    func finish() throws { try muxer.take()?.finish() }
}
