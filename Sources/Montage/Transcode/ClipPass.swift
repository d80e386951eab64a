import Media

/// The state of one pass over a clip: which picture waits for its slots, and what came before it.
struct ClipPass {
    /// Samples of all channels together that may wait for the first picture: a minute and a half in stereo, 32 MB.
    private static let mostEarlySound = 1 << 23

    var grid: FrameGrid
    /// Slots wanted; up to `Int.max` for all from the first on.
    let range: Range<Int>?
    let video: StreamInfo
    let audio: StreamInfo?
    let rate: Rational
    private let match: ColourMatch?

    var findings: [String] = []
    var damaged = 0
    /// The last slot of the range is filled.
    private(set) var isDone = false
    private var waiting: FrameBox?
    private var earlySound: [FrameBox] = []
    private var earlySamples = 0
    /// Seconds of sound that were too many to wait with.
    private var lostSound = 0.0
    private var emitted = 0
    /// Set where pictures between the first and the next one are left out.
    private var resumed: ClipStart?

    init(
        grid: FrameGrid, range: Range<Int>?, video: StreamInfo, audio: StreamInfo?, rate: Rational,
        match: ColourMatch? = nil
    ) {
        self.grid = grid
        self.range = range
        self.video = video
        self.audio = audio
        self.rate = rate
        self.match = match
    }

    var hasStarted: Bool { waiting != nil }

    /// Says which picture is the clip's first, when the next one that comes lies further on.
    mutating func resume(after first: borrowing Frame) throws {
        _ = grid.place(pts: first.pts, duration: first.duration)
        resumed = start(first)
    }

    mutating func take(_ frame: borrowing Frame, _ emit: (ClipEvent) throws -> Void) throws {
        guard frame.width > 0, frame.height > 0 else { return }
        let box = FrameBox(try frame.reference())
        let isFirst = waiting == nil
        if isFirst, resumed != nil {
            grid.resume(pts: frame.pts, duration: frame.duration)
        } else {
            let step = grid.place(pts: frame.pts, duration: frame.duration)
            if let waiting { try fill(step.fills, waiting, emit) }
        }
        waiting = box
        guard isFirst else { return }
        try emit(.begin(resumed ?? start(box.frame)))
        for sound in earlySound { try emit(.sound(sound)) }
        earlySound = []
    }

    mutating func take(sound frame: borrowing Frame, _ emit: (ClipEvent) throws -> Void) throws {
        let box = FrameBox(try frame.reference())
        if hasStarted { return try emit(.sound(box)) }
        let samples = frame.sampleCount * frame.channelCount
        if earlySamples + samples <= Self.mostEarlySound {
            earlySamples += samples
            earlySound.append(box)
        } else if frame.sampleRate > 0 {
            lostSound += Double(frame.sampleCount) / Double(frame.sampleRate)
        }
    }

    /// Whether sound of this time still belongs to the range that is now filled.
    func wantsSound(at pts: Int64?) -> Bool {
        guard let range, let start = grid.start, let audio, let pts else { return false }
        let end = rescale(Int64(range.upperBound), from: rate.inverse, to: audio.timeBase, rounding: .up)
        return pts < rescale(start, from: video.timeBase, to: audio.timeBase) + end
    }

    mutating func finish(path: String, _ emit: (ClipEvent) throws -> Void) throws {
        if let waiting, !isDone { try fill(grid.finish(), waiting, emit) }
        if let range, emitted < (range.upperBound == .max ? 1 : range.count) {
            let wanted =
                range.upperBound == .max
                ? "frames from \(range.lowerBound) on" : "frames \(range.lowerBound)..<\(range.upperBound)"
            let count = grid.finish().upperBound
            let seconds = (Double(count) / rate.value * 1000).rounded() / 1000
            throw MontageError(
                .outOfRange,
                operation:
                    "\(wanted) were asked for, but frame \(count) does not exist at \(rate) frames a second",
                subject: path, hint: "Ask for a part of 0 to \(seconds) s, or for all of it.")
        }
        if lostSound > 0 {
            findings.append(
                "\(Int(lostSound.rounded(.up))) s of sound stand so far before the first picture in the file "
                    + "that they were left out")
        }
        if damaged > 0 { findings.append("\(damaged) damaged packets were passed over") }
        if grid.mended > 0 { findings.append("\(grid.mended) broken time stamps were mended") }
        try emit(.end(ClipEnd(frames: emitted, findings: findings)))
    }

    private mutating func fill(
        _ slots: Range<Int>, _ box: FrameBox, _ emit: (ClipEvent) throws -> Void
    ) throws {
        var slots = slots
        if let range {
            slots = slots.clamped(to: range)
            if slots.upperBound >= range.upperBound { isDone = true }
        }
        guard !slots.isEmpty else { return }
        let first = range?.lowerBound ?? 0
        try emit(.picture(box, slots.lowerBound - first..<slots.upperBound - first))
        emitted = slots.upperBound - first
    }

    private func start(_ frame: borrowing Frame) -> ClipStart {
        var format = frame.videoFormat(timeBase: rate.inverse, rate: rate)
        // The container's word on the shape of pixels goes before the codec's, as in players.
        format.sampleAspectRatio =
            video.parameters.sampleAspectRatio ?? frame.sampleAspectRatio ?? Rational(1, 1)
        let declared = video.parameters.colour
        func fill(_ said: String, _ otherwise: String) -> String { said == "unknown" ? otherwise : said }
        format.colour = ColourTags(
            matrix: fill(format.colour.matrix, declared.matrix),
            primaries: fill(format.colour.primaries, declared.primaries),
            transfer: fill(format.colour.transfer, declared.transfer),
            range: fill(format.colour.range, declared.range))
        // Position 0 of what is made is the first slot of the range.
        let skipped = rescale(Int64(range?.lowerBound ?? 0), from: rate.inverse, to: video.timeBase)
        return ClipStart(
            picture: .init(format: format, rotation: video.rotation, isMirrored: video.isMirrored),
            timeBase: video.timeBase, startTicks: (grid.start ?? 0) + skipped,
            sound: audio.map { .init(timeBase: $0.timeBase) }, match: match)
    }
}
