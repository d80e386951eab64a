import Media

/// Moves a clip's packets into another container: no picture is decoded, none loses anything.
///
/// Times are shifted so that the first picture stands at zero. Decoding times are made anew from the times of
/// presentation, the way encoders make them, since not every container has them.
struct CopyLine {
    let plan: CopyPlan
    let path: String
    let output: String
    let preset: Preset
    let tags: CarriedTags
    let gain: Float
    let interrupt: Interrupt

    /// Moves everything. Blocks.
    func run(progress: (@Sendable (Double) -> Void)?) throws -> DeliveredOutput {
        let demuxer = try Demuxer(path: path, accept: .media, analyse: .full, interrupt: interrupt)
        let video = plan.video
        let moved = plan.movesSound ? plan.audio : nil
        demuxer.keepOnly(Set([video.index] + (moved.map { [$0.index] } ?? [])))
        let line = try SoundBeside(self)
        let muxer = try DeliveryMuxer(
            path: output, container: preset.container, options: preset.muxerOptions,
            editLists: preset.editLists ?? true, video: video.parameters, timeBase: video.timeBase,
            rate: constantRate, tag: preset.video.tag, audio: moved.map(stream) ?? line?.stream, tags: tags,
            interrupt: interrupt)
        var clock = DecodingClock(delay: plan.delay, step: plan.step)
        let packet = try Packet()
        let expected = video.durationTicks
        var frames = 0
        var end: Int64 = 0
        var told = 0.0
        var samples: Int64 = 0
        while try demuxer.read(into: packet) {
            try interrupt.check()
            defer { packet.clear() }
            if let moved, packet.streamIndex == moved.index {
                packet.pts = packet.pts.map { $0 + plan.soundShift }
                packet.dts = packet.pts
                samples = max(samples, (packet.pts ?? 0) + packet.duration)
                try muxer.writeAudio(packet)
                continue
            }
            guard packet.streamIndex == video.index, packet.byteCount > 0 else { continue }
            guard let pts = packet.pts.map({ $0 - plan.origin }), let dts = clock.next(pts) else {
                throw MontageError(
                    .incompatible, operation: "its packets are out of order and cannot be moved",
                    subject: path, hint: "Use a preset that encodes, like mp4-web.")
            }
            packet.pts = pts
            packet.dts = dts
            frames += 1
            end = max(end, pts + (packet.duration > 0 ? packet.duration : plan.step))
            try muxer.writeVideo(packet)
            try line?.advance(to: seconds(end, frames: frames)) { try muxer.writeAudio($0) }
            if let expected {
                let share = min(0.99, Double(end) / Double(max(1, expected)))
                if share >= told + 0.01 {
                    told = share
                    progress?(share)
                }
            }
        }
        try line?.finish(at: seconds(end, frames: frames)) { try muxer.writeAudio($0) }
        try muxer.finish()
        let coded = video.parameters
        let count = moved.map {
            rescale(samples, from: $0.timeBase, to: Rational(1, max(1, $0.parameters.sampleRate)))
        }
        return DeliveredOutput(
            width: coded.width, height: coded.height,
            rate: constantRate ?? video.averageRate ?? Rational(25, 1),
            frames: frames, slots: frames, samples: count ?? line?.sampleCount, videoCodec: coded.codecName,
            audioCodec: moved?.parameters.codecName ?? line?.stream.parameters.codecName,
            colour: coded.colour, findings: [], sharedWith: nil)
    }

    /// The rate, where the container leaves no doubt that it is constant.
    private var constantRate: Rational? {
        guard let average = plan.video.averageRate, let nominal = plan.video.nominalRate,
            abs(average.value - nominal.value) <= nominal.value * 0.0005
        else { return nil }
        return nominal
    }

    /// Where `frames` pictures end. Matroska counts milliseconds: where the rate is constant it says it better.
    private func seconds(_ end: Int64, frames: Int) -> Double {
        let told = Double(end) * plan.video.timeBase.value
        guard let rate = constantRate else { return told }
        let counted = Double(frames) / rate.value
        return abs(counted - told) < 0.002 ? counted : told
    }

    private func stream(_ audio: StreamInfo) -> DeliveryMuxer.Audio {
        .init(
            parameters: audio.parameters, timeBase: audio.timeBase,
            initialPadding: Int(
                rescale(
                    Int64(audio.parameters.initialPadding),
                    from: Rational(1, max(1, audio.parameters.sampleRate)), to: audio.timeBase)))
    }
}

/// Decoding times for pictures in the order in which they are decoded: the times of presentation in order of
/// size, as far behind as decoding must run ahead.
struct DecodingClock {
    private let delay: Int
    private let step: Int64
    private var waiting: [Int64] = []
    private var count = 0
    private var last: Int64?

    init(delay: Int, step: Int64) {
        self.delay = delay
        self.step = step
    }

    /// The decoding time of the next packet, which is shown at `pts`; nil where none can be right.
    mutating func next(_ pts: Int64) -> Int64? {
        let place = waiting.lastIndex { $0 < pts }.map { $0 + 1 } ?? 0
        waiting.insert(pts, at: place)
        var dts: Int64
        if count < delay {
            dts = -Int64(delay - count) * step
        } else {
            dts = waiting.removeFirst()
        }
        count += 1
        // A group that reorders more deeply than the head of the clip did.
        dts = min(dts, pts)
        if let last, dts <= last { dts = last + 1 }
        guard dts <= pts else { return nil }
        last = dts
        return dts
    }
}

/// Sound that is encoded while pictures are moved.
private final class SoundBeside {
    private let encoder: SoundEncoder
    private let sound: PieceSound?
    private let gain: Float

    /// Nil where the delivery has no sound, or where it is moved.
    init?(_ line: CopyLine) throws {
        guard let audio = line.preset.audio, !line.plan.movesSound,
            line.plan.audio != nil || line.preset.video.mode == .auto
        else { return nil }
        encoder = try SoundEncoder(AudioEncoding(preset: audio))
        let grid = SampleGrid(rate: Rational(1, 1), sampleRate: audio.sampleRate)
        sound = try PieceSound.open(
            SoundPiece(source: line.path, frames: 0..<1), grid: grid, layout: encoder.format.layout,
            accept: .media, interrupt: line.interrupt)
        gain = line.gain
    }

    var stream: DeliveryMuxer.Audio {
        .init(
            parameters: encoder.encoder.parameters, timeBase: encoder.encoder.timeBase,
            initialPadding: encoder.encoder.initialPadding)
    }

    var sampleCount: Int64 { encoder.accepted }

    /// Encodes up to this second; what the clip does not have is silent.
    func advance(to seconds: Double, emit: (borrowing Packet) throws -> Void) throws {
        let end = Int64((seconds * Double(encoder.format.sampleRate)).rounded())
        while encoder.accepted < end {
            let room = Int(min(end - encoder.accepted, 1 << 14))
            var samples = try sound?.take(room) ?? []
            guard samples.first?.isEmpty == false else {
                return try encoder.encodeSilence(end - encoder.accepted, emit: emit)
            }
            if gain != 1 {
                for channel in samples.indices {
                    for i in samples[channel].indices { samples[channel][i] *= gain }
                }
            }
            try encoder.encode(samples, emit: emit)
        }
    }

    func finish(at seconds: Double, emit: (borrowing Packet) throws -> Void) throws {
        try advance(to: seconds, emit: emit)
        try encoder.finish(emit: emit)
    }
}
