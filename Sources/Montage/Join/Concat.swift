public import Media
import Synchronization

/// Puts whole clips of any kind one after the other into one delivery.
public enum Concat {
    /// Conforms all inputs to the first one's format, encodes them as one film and proves it. Blocks.
    ///
    /// The first clip gives size (made even, pixels square), frame rate and colour. Clips of another shape
    /// are fitted with bars; other rates are resampled by time of presentation; clips without sound give
    /// silence; all cuts are plain, with fades of a few milliseconds in the sound. One clip is open at a
    /// time and one encoder runs throughout, so memory and open files do not depend on how many there are.
    ///
    /// - Throws: `MontageError` naming the clip that cannot be used; `MediaError`. No file is left.
    public static func run(
        inputs: [String], output: String, preset: Preset, title: String? = nil, interrupt: Interrupt,
        progress: (@Sendable (Double) -> Void)? = nil
    ) throws -> Proof {
        try run(
            inputs: inputs, shown: Array(repeating: nil, count: inputs.count),
            matches: Array(repeating: nil, count: inputs.count), output: output, preset: preset, gain: 1,
            title: title, interrupt: interrupt, progress: progress)
    }

    /// - Parameters:
    ///   - shown: How many of each clip's frames are shown, at its own rate; nil for all.
    ///   - matches: What is done to the colours of each clip.
    ///   - gain: What the sound is multiplied with.
    static func run(
        inputs: [String], shown: [Shown?], matches: [ColourMatch?], output: String, preset: Preset,
        gain: Float, title: String?, interrupt: Interrupt, progress: (@Sendable (Double) -> Void)?
    ) throws -> Proof {
        guard let first = inputs.first else {
            throw MontageError(
                .invalidArgument, operation: "there are no clips to join", subject: output,
                hint: "Name at least one clip.")
        }
        guard !["gif", "webp"].contains(preset.container), preset.video.mode != .copy else {
            throw MontageError(
                .incompatible,
                operation: "clips cannot be joined by the preset \(preset.name)", subject: output,
                hint: "Join them by another preset, then use `reel transcode` on the result.")
        }
        let pending = try Pending([output])
        for path in inputs { _ = try Pending([output], input: path) }
        let wantsSound = preset.audio != nil
        let opened = try ClipReader(
            first, cut: { shown[0]?.range(at: $0) }, wantsSound: wantsSound, interrupt: interrupt)
        let rate = opened.rate
        var order = DeliveryOrder(
            path: pending.path(0), container: preset.container, muxerOptions: preset.muxerOptions,
            editLists: preset.editLists ?? true, video: preset.video, audio: preset.audio, size: nil,
            rate: rate, colour: nil, threads: 0, title: title)
        order.gain = gain
        let made = try FanOut.run(order, interrupt: interrupt) { send in
            for (i, path) in inputs.enumerated() {
                let reader =
                    i == 0
                    ? opened
                    : try ClipReader(
                        path, rate: rate, range: shown[i]?.range(at: rate), wantsSound: wantsSound,
                        interrupt: interrupt)
                var told = 0.0
                try reader.run { event in
                    if case .begin(var clip) = event {
                        clip.match = matches[i]
                        clip.isCutBefore = i > 0
                        clip.isCutAfter = i + 1 < inputs.count
                        return try send(.begin(clip))
                    }
                    try send(event)
                    if case .picture(_, let slots) = event, let expected = reader.expectedFrames {
                        let share = min(1, Double(slots.upperBound) / Double(expected))
                        if share >= told + 0.05 {
                            told = share
                            progress?(0.95 * (Double(i) + share) / Double(inputs.count))
                        }
                    }
                }
            }
        }
        let grid = SampleGrid(rate: rate, sampleRate: preset.audio?.sampleRate ?? 48000)
        let proof = try Prover.prove(
            pending.path(0), as: output,
            .init(
                container: preset.container, rate: rate, frames: made.frames, videoCodec: made.videoCodec,
                audioCodec: made.audioCodec,
                samples: made.samples == nil ? nil : grid.samples(upTo: made.frames),
                sampleRate: grid.sampleRate, indexFirst: preset.isIndexFirst),
            interrupt: interrupt)
        try interrupt.check()
        try pending.publish()
        progress?(1)
        return proof
    }
}

extension Concat {
    /// A clip's first frames, counted at its own rate.
    struct Shown: Sendable {
        var frames: Int
        var rate: Rational

        /// As slots of another rate.
        func range(at other: Rational) -> Range<Int> {
            let count =
                rate == other ? frames : Int((Double(frames) / rate.value * other.value).rounded())
            return 0..<max(1, count)
        }
    }
}

extension FanOut {
    /// One output fed by any number of clips in turn.
    static func run(
        _ order: DeliveryOrder, interrupt: Interrupt,
        feed: @escaping @Sendable (_ send: (ClipEvent) throws -> Void) throws -> Void
    ) throws -> DeliveredOutput {
        let queue = queue(of: 1, interrupt)
        let result = Mutex<DeliveredOutput?>(nil)
        let isFed = Mutex(false)
        try runSideBySide(
            interrupt,
            [
                {
                    defer { queue.close() }
                    try feed { try queue.send($0) }
                    isFed.withLock { $0 = true }
                },
                {
                    let line = DeliveryLine([order], interrupt: interrupt)
                    while let event = try queue.receive() { try line.eat(event) }
                    guard isFed.withLock({ $0 }) else { return }
                    let made = try line.finish()
                    result.withLock { $0 = made.first }
                },
            ])
        guard let made = result.withLock({ $0 }) else {
            throw MontageError(.noVideo, operation: "no picture came", subject: order.path)
        }
        return made
    }
}
