import Media

/// The last frames of a clip that is cut short, encoded so that they stand beside its copied packets.
///
/// Cutting the last frame off a clip whose pictures are reordered takes away what its neighbours were predicted
/// from. So packets are copied up to the last place where nothing is missing, and the one to three frames from
/// there to the cut are encoded: a closed group that begins with an IDR picture, of the same profile, level
/// and depth of references as the clip, with parameter sets of a number that no clip uses. Decoded frames go
/// to the encoder as they are, bit for bit.
enum SeamTail {
    /// Of the whole tail; so good that it is no worse than its source to the eye.
    private static let quality = "12"

    /// x264's name of a profile by its number; nil for those it does not write.
    static func profileName(_ number: UInt8?) -> String? {
        switch number {
        case 66: "baseline"
        case 77: "main"
        case 100: "high"
        case 110: "high10"
        case 122: "high422"
        case 244: "high444"
        default: nil
        }
    }

    /// The encoder whose pictures stand beside copies of this codec's; nil where there is none.
    static func encoder(of codec: String) -> String? { ["h264": "libx264", "hevc": "libx265"][codec] }

    /// Whether this FFmpeg can encode beside copies of this codec's pictures.
    static func canEncode(_ codec: String) -> Bool {
        encoder(of: codec).map(FFmpegVersions.hasEncoder) ?? false
    }

    /// How pictures are encoded that shall stand in one stream with those of `clip`. x264 numbers its parameter sets as
    /// it is told; what x265 writes must be given its numbers by `number`.
    static func preset(like clip: ClipTraits, setID: Int) -> VideoPreset {
        if clip.codec == "hevc" {
            // No B-frames: x265 takes the times of decoding from the frames that it reorders over, and where fewer come
            // than that it hands out what was never set.
            return VideoPreset(
                codec: "libx265", pixelFormat: clip.pixelFormat, gop: nil,
                options: [
                    "preset": "medium", "crf": quality, "g": "250", "flags": "+cgop",
                    "x265-params": "info=0:repeat-headers=0:bframes=0",
                ])
        }
        var parameters = ["sps-id=\(setID)", "ref=\(max(1, min(16, clip.references)))"]
        // What the clip leaves unsaid stays unsaid.
        for (said, name) in [
            (clip.colour.primaries, "colorprim"), (clip.colour.transfer, "transfer"),
            (clip.colour.matrix, "colormatrix"),
        ] where said == "unknown" {
            parameters.append("\(name)=undef")
        }
        // The depth of reordering is stated like the clip's, too. A decoder that is told in the middle of a film that
        // nothing is reordered any more may drop the picture it still holds back; OpenH264 does.
        let bframes = [0: 0, 1: 1][clip.reordering ?? 2] ?? 3
        parameters.append("b-pyramid=\(bframes > 1 ? "normal" : "none")")
        var options = [
            "preset": "medium", "crf": quality, "bf": "\(bframes)", "g": "250",
            "x264-params": parameters.joined(separator: ":"),
        ]
        options["profile"] = profileName(clip.sets?.profile)
        options["level"] = clip.sets.map { "\($0.level)" }
        return VideoPreset(codec: "libx264", pixelFormat: clip.pixelFormat, gop: nil, options: options)
    }

    /// Gives a finished file of encoded pictures the numbers of `setID`, where its encoder could not. Blocks.
    static func number(
        _ path: String, codec: String, rate: Rational, setID: Int, interrupt: Interrupt
    ) throws {
        guard codec == "hevc" else { return }
        try HEVCNumbers.renumber(path, rate: rate, setID: setID, interrupt: interrupt)
    }

    /// Encodes the clip's frames of `range` into an MP4 file without sound, as `model` is coded. Blocks.
    ///
    /// Decoding begins at the last keyframe before them. Frames that nothing refers to are not decoded on the
    /// way there, which saves about half.
    static func render(
        _ clip: ClipTraits, frames range: Range<Int>, like model: ClipTraits, setID: Int, to path: String,
        interrupt: Interrupt
    ) throws {
        let demuxer = try Opening.open(clip.path, accept: .media, for: .decoding, interrupt: interrupt)
        let video = try Opening.pictureStream(of: demuxer, path: clip.path)
        demuxer.keepOnly([video.index])
        let entry = clip.entries.last { $0.frame <= range.lowerBound }
        if let entry, entry.frame > 0 {
            try demuxer.seek(stream: video.index, ticks: entry.ticks)
        }
        let origin =
            entry.map { $0.ticks - rescale(Int64($0.frame), from: clip.rate.inverse, to: video.timeBase) }
            ?? video.startTicks ?? 0
        let writer = try TailWriter(clip, like: model, setID: setID, to: path, interrupt: interrupt)
        let decoder = try Decoder(video, threads: 0)
        let packet = try Packet()
        let frame = try Frame()
        var wanted = range.lowerBound
        func place(_ pts: Int64?) -> Int? {
            pts.map { Int(rescale($0 - origin, from: video.timeBase, to: clip.rate.inverse)) }
        }
        func take() throws {
            while case .got = try decoder.receive(into: frame) {
                try interrupt.check()
                defer { frame.clear() }
                guard let at = place(frame.pts), range.contains(at) else { continue }
                guard at == wanted, !frame.isCorrupt else { break }
                try writer.add(frame)
                wanted += 1
            }
        }
        while wanted < range.upperBound, try demuxer.read(into: packet) {
            defer { packet.clear() }
            guard packet.streamIndex == video.index, packet.byteCount > 0 else { continue }
            decoder.skip((place(packet.pts) ?? 0) < range.lowerBound ? .nonReference : .nothing)
            while try !decoder.send(packet) { try take() }
            try take()
        }
        if wanted < range.upperBound {
            try decoder.sendEnd()
            try take()
        }
        guard wanted == range.upperBound else {
            throw MontageError(
                .incompatible, operation: "its frame \(wanted) does not decode, so its end cannot be cut",
                subject: clip.path, hint: "Join by a preset that encodes, or with --join cut.")
        }
        try writer.finish()
    }

    /// The same of frames that are at hand, like the clip itself; false where not all of them are. Blocks.
    static func render(
        _ clip: ClipTraits, frames range: Range<Int>, kept edge: EdgeFrames, setID: Int, to path: String,
        interrupt: Interrupt
    ) throws -> Bool {
        let video = edge.stream
        let start = clip.entries.last.map {
            $0.ticks - rescale(Int64($0.frame), from: clip.rate.inverse, to: video.timeBase)
        }
        let origin = start ?? video.startTicks ?? 0
        let wanted = edge.kept.filter { kept in
            guard let pts = kept.frame.pts else { return false }
            return range.contains(Int(rescale(pts - origin, from: video.timeBase, to: clip.rate.inverse)))
        }
        guard wanted.count == range.count, wanted.allSatisfy({ !$0.frame.isCorrupt }) else { return false }
        let writer = try TailWriter(clip, like: clip, setID: setID, to: path, interrupt: interrupt)
        for kept in wanted { try writer.add(kept.frame) }
        try writer.finish()
        return true
    }

    /// Encodes a whole clip so that it stands in one stream with copies of `reference`. Blocks.
    ///
    /// - Parameters:
    ///   - frames: Those shown, at the film's rate; nil for all.
    ///   - match: What is done to its colours.
    static func conform(
        _ clip: ClipTraits, frames: Range<Int>?, match: ColourMatch? = nil, to format: FilmFormat,
        like reference: ClipTraits, setID: Int, path: String, interrupt: Interrupt
    ) throws {
        var video = preset(like: reference, setID: setID)
        video.options["g"] = nil
        video.gop = 2
        var colour = format
        if reference.pixelFormat.hasPrefix("yuvj") { colour.colour?.range = "pc" }
        _ = try Segments.render(
            SegmentJob(
                source: clip.path, frames: frames, format: colour, match: match,
                outputs: [
                    .init(preset: Preset(name: "conformed", container: "mp4", video: video), path: path)
                ]), interrupt: interrupt)
        try number(path, codec: reference.codec, rate: format.rate, setID: setID, interrupt: interrupt)
    }
}

/// Encodes the frames of a clip's end, one after the other, into a file.
private final class TailWriter {
    private let clip: ClipTraits
    private let setID: Int
    private let path: String
    private let interrupt: Interrupt
    private let encoder: Encoder
    private let muxer: DeliveryMuxer
    private let coded: Packet
    private var count: Int64 = 0

    init(_ clip: ClipTraits, like model: ClipTraits, setID: Int, to path: String, interrupt: Interrupt) throws
    {
        var format = VideoFormat(
            width: clip.width, height: clip.height,
            pixelFormat: PixelFormat(named: clip.pixelFormat) ?? .yuv420p,
            sampleAspectRatio: Rational(1, 1), colour: clip.colour, timeBase: clip.rate.inverse,
            rate: clip.rate)
        if clip.pixelFormat.hasPrefix("yuvj") { format.colour.range = "pc" }
        let preset = SeamTail.preset(like: model, setID: setID)
        let encoder = try Encoder(
            video: format,
            settings: EncoderSettings(codec: preset.codec, options: preset.options, threads: 1))
        muxer = try DeliveryMuxer(
            path: path, container: "mp4", options: [:], video: encoder.parameters,
            timeBase: clip.rate.inverse, rate: clip.rate, audio: nil, interrupt: interrupt)
        self.encoder = encoder
        coded = try Packet()
        (self.clip, self.setID, self.path, self.interrupt) = (clip, setID, path, interrupt)
    }

    /// Encodes the next frame; it is shared with others and left as it is.
    func add(_ frame: borrowing Frame) throws {
        let own = try frame.reference()
        own.pts = count
        own.duration = 1
        own.clearPictureType()
        count += 1
        while try !encoder.send(own) { try write() }
        try write()
    }

    func finish() throws {
        try encoder.sendEnd()
        try write()
        try muxer.finish()
        try SeamTail.number(path, codec: clip.codec, rate: clip.rate, setID: setID, interrupt: interrupt)
    }

    private func write() throws {
        while case .got = try encoder.receive(into: coded) {
            try muxer.writeVideo(coded)
            coded.clear()
        }
    }
}
