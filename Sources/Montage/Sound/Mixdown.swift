import Media

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A film's sound as it is encoded: the bed, music under it, one gain over both.
///
/// Where a loudness is asked for, the whole is laid twice: once to be measured, once to be heard. The gain is
/// one number for the whole film, so nothing is compressed; only where peaks would then pass the ceiling a
/// limiter takes them down, by `limiterRoom` at most. What more they need, the film stays quieter by.
final class Mixdown {
    /// Decibels that a limiter may take off a peak. More is heard as a flattening of the whole.
    static let limiterRoom = 6.0

    /// What was measured and done; nil where no loudness was asked for. Whole once all has been taken.
    private(set) var loudness: LoudnessReport?
    /// Samples of the whole.
    let sampleCount: Int64

    private let source: MixedSource
    private var limiter: Limiter?
    private var meter: LoudnessMeter?
    private var ready: SampleStore
    private var isOver = false

    /// Prepares the sound; reads all of it once if a loudness is asked for. Blocks then.
    ///
    /// - Parameter format: The film's, with the rate and layout that the sound is encoded in.
    init(_ pieces: [SoundPiece], format: FilmFormat, sound: FilmSound, interrupt: Interrupt) throws {
        func open() throws -> MixedSource {
            try MixedSource(pieces, format: format, music: sound.music, interrupt: interrupt)
        }
        source = try open()
        sampleCount = source.sampleCount
        let channels = source.layout.count
        ready = SampleStore(channelCount: channels)
        guard let target = sound.loudness else { return }
        let weights = LoudnessMeter.weights(layout: format.layout, channels: channels)
        let report = try Self.measure(
            try open(), format: format, target: target, limiterRoom: Self.limiterRoom)
        if report.needsLimiter {
            limiter = Limiter(
                ceiling: Float(pow(10, target.ceiling / 20)), channels: channels,
                sampleRate: format.sampleRate)
            meter = LoudnessMeter(sampleRate: format.sampleRate, weights: weights)
        }
        loudness = report
    }

    /// Reads the clips' bed to its end and says what one gain makes of it, without a limiter. Blocks.
    static func measure(
        _ pieces: [SoundPiece], format: FilmFormat, target: LoudnessTarget, interrupt: Interrupt
    ) throws -> LoudnessReport {
        try measure(
            try MixedSource(pieces, format: format, music: nil, interrupt: interrupt), format: format,
            target: target, limiterRoom: 0)
    }

    private static func measure(
        _ whole: MixedSource, format: FilmFormat, target: LoudnessTarget, limiterRoom: Double
    ) throws -> LoudnessReport {
        let weights = LoudnessMeter.weights(layout: format.layout, channels: whole.layout.count)
        var meter = LoudnessMeter(sampleRate: format.sampleRate, weights: weights)
        while let samples = try whole.take(1 << 14) { meter.add(samples) }
        return LoudnessReport(
            integrated: meter.integrated, truePeak: meter.truePeak, target: target, limiterRoom: limiterRoom)
    }

    /// The next samples, `limit` at most; nil at the end. Blocks.
    func take(_ limit: Int) throws -> [[Float]]? {
        guard let loudness, loudness.gain != 0 || limiter != nil else { return try source.take(limit) }
        while ready.count == 0, !isOver {
            guard var samples = try source.take(1 << 12) else {
                isOver = true
                if limiter != nil { hand(out: limiter?.finish() ?? []) }
                finish()
                break
            }
            let factor = loudness.factor
            for channel in samples.indices {
                for i in samples[channel].indices { samples[channel][i] *= factor }
            }
            hand(out: limiter?.limit(samples) ?? samples)
        }
        return ready.count > 0 ? ready.take(limit) : nil
    }

    private func hand(out samples: [[Float]]) {
        guard samples.first?.isEmpty == false else { return }
        meter?.add(samples)
        ready.append(samples)
    }

    private func finish() {
        guard let limiter else { return }
        loudness?.limiter = -20 * log10(Double(limiter.lowest))
        loudness?.result = meter?.integrated
    }
}

/// The clips' bed with the music under it.
private final class MixedSource {
    let layout: ChannelLayout
    let sampleCount: Int64
    private let bed: SoundBed
    private let music: MusicTrack?
    private var ducker: Ducker?
    private let block: Int
    private var native: SampleStore
    private var isOver = false

    init(_ pieces: [SoundPiece], format: FilmFormat, music: MusicUnder?, interrupt: Interrupt) throws {
        bed = try SoundBed(pieces, format: format, interrupt: interrupt)
        layout = ChannelLayout(named: format.layout) ?? .mono
        sampleCount = bed.sampleCount
        let grid = SampleGrid(rate: format.rate, sampleRate: format.sampleRate)
        self.music = try music.map { [layout, sampleCount] in
            try MusicTrack($0, grid: grid, layout: layout, total: sampleCount, interrupt: interrupt)
        }
        ducker = music?.duck.map { Ducker($0, sampleRate: format.sampleRate) }
        block = max(1, format.sampleRate / 100)
        native = SampleStore(channelCount: layout.count)
    }

    func take(_ limit: Int) throws -> [[Float]]? {
        guard let music else { return try bed.take(limit) }
        // Music is laid in blocks counted from the beginning, whatever is asked for at a time.
        if mixed.count == 0 {
            while native.count < block, !isOver {
                if let samples = try bed.take(1 << 12) { native.append(samples) } else { isOver = true }
            }
            var run = native.take(block)
            guard let count = run.first?.count, count > 0 else { return nil }
            var under = try music.take(count)
            ducker?.apply(run, to: &under)
            for channel in run.indices {
                for i in run[channel].indices { run[channel][i] += under[channel][i] }
            }
            mixed.append(run)
        }
        return mixed.take(limit)
    }

    private lazy var mixed = SampleStore(channelCount: layout.count)
}
