import Media

/// A few seconds of a clip as a small moving picture: GIF and WebP.
///
/// Ten frames a second at most, 320 wide, six seconds in all: a clip of six seconds or less as it is, of a
/// longer one six parts of a second each, spread over it.
struct AnimatedPreview {
    private static let rate = 10.0
    private static let seconds = 6.0
    private static let limit = 61

    private let spans: [Range<Double>]
    /// Pictures with their times in the preview, in seconds.
    private var frames: [(seconds: Double, picture: Picture)] = []
    private var tiles: TileSheet

    init(stream: StreamInfo, length: Double) {
        tiles = TileSheet(stream: stream, side: 320, limit: 1, distance: 1)
        if length <= Self.seconds || !length.isFinite {
            spans = [0..<Self.seconds]
        } else {
            let count = Int(Self.seconds)
            spans = (0..<count).map { part in
                let begin = length * (Double(part) + 0.5) / Double(count) - 0.5
                return max(0, begin)..<(max(0, begin) + 1)
            }
        }
    }

    mutating func offer(_ frame: borrowing Frame, at seconds: Double) throws {
        var before = 0.0
        for span in spans {
            if span.contains(seconds) {
                let time = before + seconds - span.lowerBound
                // A hair early counts, so that ten frames a second stay ten.
                if let last = frames.last, time < last.seconds + 1 / Self.rate - 0.001 { return }
                guard frames.count < Self.limit else { return }
                frames.append((time, try tiles.small(frame)))
                return
            }
            before += span.upperBound - span.lowerBound
        }
    }

    /// The kinds of file it may be.
    enum Kind {
        case webp, gif

        /// - Throws: `MontageError` with code `invalidArgument` for another ending.
        init(forFile path: String) throws(MontageError) {
            let name = path.split(separator: "/").last.map { $0.lowercased() } ?? ""
            if name.hasSuffix(".webp") {
                self = .webp
            } else if name.hasSuffix(".gif") {
                self = .gif
            } else {
                throw MontageError(
                    .invalidArgument, operation: "no moving preview has this ending", subject: path,
                    hint: "End the preview in .webp or .gif.")
            }
        }
    }

    /// Writes one file. Blocks.
    func write(_ path: String, as kind: Kind, sync: Bool = false, interrupt: Interrupt) throws {
        guard let first = frames.first?.picture else { return }
        let isGIF = kind == .gif
        // GIF counts hundredths of a second.
        let clock = Rational(1, isGIF ? 100 : 1000)
        let palette =
            "split[a][b];[a]palettegen=stats_mode=diff[p];"
            + "[b][p]paletteuse=dither=sierra2_4a:diff_mode=rectangle"
        var source = first.videoFormat()
        source.timeBase = clock
        source.rate = nil
        let graph = try FilterGraph(
            video: source, isGIF ? palette : "format=bgra", threads: 1)
        for frame in frames {
            try interrupt.check()
            let filled = try frame.picture.filled(.rgb24)
            filled.pts = Int64(whole((frame.seconds - frames[0].seconds) / clock.value))
            try graph.push(filled)
        }
        try graph.pushEnd()
        let format = VideoFormat(
            width: first.width, height: first.height,
            pixelFormat: PixelFormat(named: isGIF ? "pal8" : "bgra") ?? .rgba, colour: .sRGB, timeBase: clock,
            rate: Rational(10, 1))
        let settings = EncoderSettings(
            codec: isGIF ? "gif" : "libwebp_anim",
            options: isGIF ? [:] : ["quality": "70", "compression_level": "4"], threads: 1,
            globalHeader: false)
        let pending = try PendingFile(for: path)
        try encode(graph, format, settings, to: pending.path, container: isGIF ? "gif" : "webp", interrupt)
        try pending.publish(sync: sync)
    }

    private func encode(
        _ graph: borrowing FilterGraph, _ format: VideoFormat, _ settings: EncoderSettings, to path: String,
        container: String, _ interrupt: Interrupt
    ) throws {
        let encoder = try Encoder(video: format, settings: settings)
        let muxer = try Muxer(path: path, format: container, interrupt: interrupt)
        let track = try muxer.addStream(
            encoder.parameters, timeBase: encoder.timeBase, rate: Rational(10, 1))
        try muxer.start(options: ["loop": "0"])
        let frame = try Frame()
        while case .got = try graph.pull(into: frame) {
            try interrupt.check()
            try encoder.send(frame)
            try Self.drain(encoder, into: muxer, track)
        }
        try encoder.sendEnd()
        try Self.drain(encoder, into: muxer, track)
        try muxer.finish()
    }

    private static func drain(
        _ encoder: borrowing Encoder, into muxer: borrowing Muxer, _ track: Int
    ) throws {
        let packet = try Packet()
        while case .got = try encoder.receive(into: packet) {
            packet.streamIndex = track
            try muxer.write(packet)
        }
    }
}
