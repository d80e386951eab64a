import Media

/// Eats the events of one or more clips and makes one output file of them. Runs on one thread.
final class DeliveryLine {
    /// What an output shall be.
    struct Order: Sendable {
        /// Where to write.
        var path: String
        var container: String
        var muxerOptions: [String: String]
        var video: VideoPreset
        /// Nil for no sound stream.
        var audio: AudioPreset?
        /// Nil takes the first clip's size.
        var size: FilmSize?
        var rate: Rational
        /// The colour that must come out where the preset demands none; nil keeps the first clip's.
        var colour: ColourTags?
        var threads: Int
        var title: String?
    }

    struct FilmSize: Sendable {
        var width: Int
        var height: Int
    }

    private let order: Order
    private let interrupt: Interrupt
    private var writer: DeliveryWriter?
    private var conformer: PictureConformer?
    /// Frames of the clips that have ended, and of the current one.
    private var base = 0
    private var findings: [String] = []

    init(_ order: Order, interrupt: Interrupt) {
        self.order = order
        self.interrupt = interrupt
    }

    func eat(_ event: ClipEvent) throws {
        try interrupt.check()
        switch event {
        case .begin(let clip):
            let writer = try open(for: clip)
            conformer = try PictureConformer(
                clip.picture, target: writer.pictureFormat, rate: order.rate)
            writer.sound?.begin(clip)
        case .picture(let box, let slots):
            guard let writer else { return }
            for slot in slots {
                try interrupt.check()
                try conformer?.conform(box.frame, pts: Int64(base + slot)) { frame throws in
                    try writer.write(frame)
                }
                try writer.sound?.advance(toFrames: base + slot + 1) { try writer.writeSound($0) }
            }
        case .sound(let box):
            try writer?.sound?.accept(box.frame)
        case .end(let clip):
            base += clip.frames
            findings += clip.findings
            guard let writer else { return }
            try writer.sound?.end(atFrames: base) { try writer.writeSound($0) }
        }
    }

    /// Closes the file and says what is in it.
    func finish() throws -> DeliveredOutput {
        guard let writer else {
            throw MontageError(.noVideo, operation: "no picture came", subject: order.path)
        }
        try writer.finish()
        let format = writer.pictureFormat
        return DeliveredOutput(
            width: format.width, height: format.height, rate: order.rate, frames: writer.frames,
            samples: writer.sound?.sampleCount, videoCodec: writer.videoCodec,
            audioCodec: writer.sound?.stream.parameters.codecName, colour: format.colour, findings: findings)
    }

    private func open(for clip: ClipStart) throws -> DeliveryWriter {
        if let writer { return writer }
        let size = order.size.map { ($0.width, $0.height) }
        guard let pixelFormat = PixelFormat(named: order.video.pixelFormat) else {
            throw MontageError(
                .presetInvalid, operation: "'\(order.video.pixelFormat)' names no pixel format",
                subject: order.video.codec)
        }
        let plan = PicturePlan(
            clip.picture, size: size, rate: order.rate, pixelFormat: pixelFormat,
            demanded: order.video.colour ?? order.colour)
        let encoding = VideoEncoding(
            preset: order.video, size: (plan.target.width, plan.target.height), rate: order.rate,
            colour: plan.target.colour, threads: order.threads)
        let made = try DeliveryWriter(
            path: order.path, container: order.container, options: order.muxerOptions, encoding: encoding,
            audio: order.audio.map { AudioEncoding(preset: $0) }, title: order.title, interrupt: interrupt)
        writer = made
        return made
    }
}

/// What a line made.
struct DeliveredOutput: Sendable {
    var width: Int
    var height: Int
    var rate: Rational
    var frames: Int
    /// Samples of each channel; nil without sound.
    var samples: Int64?
    var videoCodec: String
    var audioCodec: String?
    var colour: ColourTags
    var findings: [String]
}
