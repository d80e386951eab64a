import Media

/// The sound of one output while pictures are encoded beside it: never longer than the pictures so far,
/// and in the end exactly as long as they are.
///
/// Positions are absolute in the output's samples. Sound waits here until its picture has come, so that a
/// clip whose sound is longer than its picture is cut at the right sample without looking ahead.
final class SoundLine {
    /// Seconds over which sound comes and goes at a plain cut, against the click of a step.
    static let cutFade = 0.005

    private var encoder: SoundEncoder
    private var placer: SoundPlacer?
    private let grid: SampleGrid
    private var fade = 0
    private var clipStart: Int64 = 0
    private var risesAtStart = false
    private var hasSound = false
    private let gain: Float
    private let fades: DeliveryOrder.Fades

    /// - Parameters:
    ///   - rate: Pictures a second of the clips.
    ///   - gain: What every sample is multiplied with.
    ///   - fades: Over the whole of the sound, beside those at cuts.
    init(_ encoding: AudioEncoding, rate: Rational, gain: Float = 1, fades: DeliveryOrder.Fades = .init())
        throws
    {
        encoder = try SoundEncoder(encoding)
        grid = SampleGrid(rate: rate, sampleRate: encoder.format.sampleRate)
        self.gain = gain
        self.fades = fades
    }

    /// What the muxer needs to know.
    var stream: DeliveryMuxer.Audio {
        .init(
            parameters: encoder.encoder.parameters, timeBase: encoder.encoder.timeBase,
            initialPadding: encoder.encoder.initialPadding)
    }

    /// Samples so far.
    var sampleCount: Int64 { encoder.accepted }

    /// Begins a clip at the end of the one before.
    func begin(_ clip: ClipStart) {
        clipStart = encoder.accepted
        risesAtStart = clip.isCutBefore
        fade = clip.isCutAfter ? Int(Self.cutFade * Double(grid.sampleRate)) : 0
        hasSound = clip.sound != nil
        placer = clip.sound.map {
            SoundPlacer(
                sampleRate: grid.sampleRate, layout: encoder.format.layout, timeBase: $0.timeBase,
                origin: rescale(clip.startTicks, from: clip.timeBase, to: $0.timeBase))
        }
    }

    func accept(_ frame: borrowing Frame) throws { try placer?.accept(frame) }

    /// Encodes what is there up to the end of picture `frames` of the whole output.
    func advance(toFrames frames: Int, emit: (borrowing Packet) throws -> Void) throws {
        let room = grid.samples(upTo: frames) - Int64(fade) - encoder.accepted
        guard room > 0 else { return }
        guard hasSound else { return try encoder.encodeSilence(room, emit: emit) }
        let samples = placer?.store.take(Int(room)) ?? []
        if samples.first?.isEmpty == false { try encode(samples, fallsTo: nil, emit: emit) }
    }

    /// Ends the clip at picture `frames` of the whole output: cuts what is longer, fills what is shorter.
    func end(atFrames frames: Int, emit: (borrowing Packet) throws -> Void) throws {
        try placer?.flush()
        let end = grid.samples(upTo: frames)
        while encoder.accepted < end {
            let room = Int(min(end - encoder.accepted, 1 << 16))
            let samples = placer?.store.take(room) ?? []
            guard samples.first?.isEmpty == false else { break }
            try encode(samples, fallsTo: end, emit: emit)
        }
        try encoder.encodeSilence(end - encoder.accepted, emit: emit)
        placer = nil
    }

    func finish(emit: (borrowing Packet) throws -> Void) throws { try encoder.finish(emit: emit) }

    private func encode(
        _ samples: [[Float]], fallsTo end: Int64?, emit: (borrowing Packet) throws -> Void
    ) throws {
        var samples = samples
        let start = Int(encoder.accepted - clipStart)
        if risesAtStart {
            Fade.rise(&samples, from: start, length: Int(Self.cutFade * Double(grid.sampleRate)))
        }
        if let end, fade > 0 {
            let after = Int(end - encoder.accepted) - (samples.first?.count ?? 0)
            Fade.fall(&samples, left: after, length: fade)
        }
        if gain != 1 {
            for channel in samples.indices {
                for i in samples[channel].indices { samples[channel][i] *= gain }
            }
        }
        if fades.inSlots > 0 {
            let length = Int(clamping: grid.samples(upTo: fades.inSlots))
            Fade.rise(&samples, from: Int(clamping: encoder.accepted), length: length)
        }
        if fades.outSlots > 0, let total = fades.total {
            let whole = grid.samples(upTo: total)
            let length = Int(clamping: whole - grid.samples(upTo: max(0, total - fades.outSlots)))
            let left = Int(clamping: whole - encoder.accepted) - (samples.first?.count ?? 0)
            Fade.fall(&samples, left: max(0, left), length: length)
        }
        try encoder.encode(samples, emit: emit)
    }
}
