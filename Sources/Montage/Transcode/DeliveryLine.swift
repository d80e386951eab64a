import Media

/// Eats the events of one or more clips and makes one or more output files of them. Runs on one thread.
///
/// All its outputs share their pictures' encode; they differ in container, and may in sound.
final class DeliveryLine {
    private let orders: [DeliveryOrder]
    private let order: DeliveryOrder
    private let interrupt: Interrupt
    private var writer: DeliveryWriter?
    private var conformer: PictureConformer?
    private var fade: PictureFade?
    private var match: PictureMatch?
    /// Slots of the clips that have ended, and of the current one.
    private var base = 0
    private var findings: [String] = []

    /// - Parameter orders: At least one; they share their pictures.
    init(_ orders: [DeliveryOrder], interrupt: Interrupt) {
        self.orders = orders
        order = orders[0]
        self.interrupt = interrupt
    }

    func eat(_ event: ClipEvent) throws {
        try interrupt.check()
        switch event {
        case .begin(let clip):
            let writer = try open(for: clip)
            match = try clip.match.map { (match) throws(MontageError) in
                try PictureMatch(match, format: writer.pictureFormat)
            }
            conformer = try PictureConformer(
                clip.picture, target: writer.pictureFormat, rate: order.pictureRate,
                fit: order.box?.fit ?? .pad, upscales: order.box?.upscales ?? true)
            for sound in writer.sounds { sound.begin(clip) }
        case .picture(let box, let slots):
            guard let writer else { return }
            let stride = order.stride
            for slot in slots {
                try interrupt.check()
                let place = base + slot
                if place % stride == 0 {
                    try conformer?.conform(box.frame, pts: Int64(place / stride), emit: write)
                }
                try writer.advanceSound(toFrames: place + 1)
            }
        case .sound(let box):
            for sound in writer?.sounds ?? [] { try sound.accept(box.frame) }
        case .end(let clip):
            try conformer?.finish(emit: write)
            base += clip.frames
            findings += clip.findings
            try writer?.endSound(atFrames: (base + order.stride - 1) / order.stride * order.stride)
        }
    }

    /// Closes the files and says what is in each.
    func finish() throws -> [DeliveredOutput] {
        guard let writer else {
            throw MontageError(.noVideo, operation: "no picture came", subject: order.path)
        }
        try writer.finish()
        let format = writer.pictureFormat
        return orders.indices.map { i in
            let sound = writer.sound(of: i)
            return DeliveredOutput(
                width: format.width, height: format.height, rate: order.pictureRate, frames: writer.frames,
                slots: base, samples: sound?.sampleCount, videoCodec: writer.videoCodec,
                audioCodec: sound?.stream.parameters.codecName, colour: format.colour, findings: findings,
                sharedWith: i == 0 ? nil : orders[0].path)
        }
    }

    private func write(_ frame: borrowing Frame) throws {
        guard let writer else { return }
        let slot = Int(frame.pts ?? 0) * order.stride
        if let match, let matched = try match.apply(to: frame, slot: slot - base) {
            return try write(matched, at: slot, to: writer)
        }
        try write(frame, at: slot, to: writer)
    }

    private func write(_ frame: borrowing Frame, at slot: Int, to writer: DeliveryWriter) throws {
        if let fade, let faded = try fade.apply(to: frame, slot: slot) { return try writer.write(faded) }
        try writer.write(frame)
    }

    private func open(for clip: ClipStart) throws -> DeliveryWriter {
        if let writer { return writer }
        let made = try DeliveryWriter(orders, firstClip: clip, interrupt: interrupt)
        if order.fades.inSlots > 0 || order.fades.outSlots > 0 {
            fade = PictureFade(order.fades, format: made.pictureFormat)
        }
        writer = made
        return made
    }
}

extension DeliveryWriter {
    /// Opens the encoders for the pictures that the first clip brings.
    convenience init(_ orders: [DeliveryOrder], firstClip clip: ClipStart, interrupt: Interrupt) throws {
        let order = orders[0]
        let source = clip.picture.format
        var demanded = order.video.colour ?? order.colour
        var wanted = PixelFormat(named: order.video.pixelFormat)
        if order.video.pixelFormat == "source" {
            wanted = Encoder.nearestPixelFormat(to: source.pixelFormat, codec: order.video.codec)
            // What keeps the source's pixels keeps its colours too, high dynamic range and full range included.
            demanded =
                demanded
                ?? ColourPlan(
                    tags: source.colour, pixelFormat: source.pixelFormat, height: source.height, demanded: nil
                ).source
        }
        guard let pixelFormat = wanted else {
            throw MontageError(
                .presetInvalid, operation: "'\(order.video.pixelFormat)' names no pixel format",
                subject: order.video.codec)
        }
        let box = order.box
        let plan = PicturePlan(
            clip.picture, size: box.map { ($0.width, $0.height) }, fit: box?.fit ?? .pad,
            upscales: box?.upscales ?? true, rate: order.pictureRate, pixelFormat: pixelFormat,
            demanded: demanded)
        var video = order.video
        video.pixelFormat = pixelFormat.name
        let encoding = VideoEncoding(
            preset: video, size: (plan.target.width, plan.target.height), rate: order.pictureRate,
            colour: plan.target.colour, threads: order.threads)
        try self.init(orders, encoding: encoding, interrupt: interrupt)
    }
}

/// What a line made of one order.
struct DeliveredOutput: Sendable {
    var width: Int
    var height: Int
    var rate: Rational
    var frames: Int
    /// Slots of the clips, at their own rate.
    var slots: Int
    /// Samples of each channel; nil without sound.
    var samples: Int64?
    var videoCodec: String
    var audioCodec: String?
    var colour: ColourTags
    var findings: [String]
    /// The file, as it is written, whose encode it shares.
    var sharedWith: String?
}
