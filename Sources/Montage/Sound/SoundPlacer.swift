import Media

/// Brings one clip's decoded sound to a rate and layout, and onto the clip's clock.
///
/// Position 0 is the clip's first picture. Sound before it is dropped, holes are filled with silence, and
/// what overlaps is cut; the encoder's priming is gone already, since decoders honour the container's edit
/// list and time stamps. Jitter below `tolerance` is not a hole: containers with ticks of a millisecond
/// never hit a sample exactly.
final class SoundPlacer {
    /// Seconds that a time stamp may be off before it is believed.
    static let tolerance = 0.012
    /// Seconds of a hole that are believed; a longer one is a broken time stamp.
    static let longestHole = 600.0

    private final class Chain {
        let resampler: Resampler
        init(from: AudioFormat, to: AudioFormat) throws {
            resampler = try Resampler(from: from, to: to)
        }
    }

    let sampleRate: Int
    let layout: ChannelLayout
    let timeBase: Rational
    /// Ticks of `timeBase` at which the clip's first picture stands.
    let origin: Int64

    /// Placed samples from the front of what has not been taken.
    var store: SampleStore

    private var chain: Chain?
    private var format: AudioFormat?
    /// Where the current unbroken run began, and the source samples since.
    private var runStart: Int64 = 0
    private var runSamples: Int64 = 0
    private var hasRun = false
    /// Output samples placed so far, dropped ones not counted.
    private var placed: Int64 = 0
    /// Output samples still to be dropped.
    private var toDrop = 0

    init(sampleRate: Int, layout: ChannelLayout, timeBase: Rational, origin: Int64) {
        self.sampleRate = sampleRate
        self.layout = layout
        self.timeBase = timeBase
        self.origin = origin
        store = SampleStore(channelCount: layout.count)
    }

    /// Takes the next decoded frame; its PTS is in `timeBase`.
    func accept(_ frame: borrowing Frame) throws {
        guard frame.sampleCount > 0, frame.sampleRate > 0 else { return }
        let format = frame.audioFormat()
        if let old = self.format, old != format {
            try flush()
            hasRun = false
        }
        if let pts = frame.pts, isBroken(at: pts) {
            try flush()
            start(at: pts)
        } else if !hasRun {
            start(at: frame.pts ?? origin)
        }
        self.format = format
        runSamples += Int64(frame.sampleCount)
        if format.sampleRate == sampleRate, format.layout.name == layout.name, format.sampleFormat == .fltp {
            add(frame)
            return
        }
        if chain == nil {
            let target = AudioFormat(sampleRate: sampleRate, sampleFormat: .fltp, layout: layout)
            chain = try Chain(from: format, to: target)
        }
        guard let chain else { return }
        add(try chain.resampler.convert(frame))
    }

    /// Brings out what the resampler still holds. Call it at the end of the sound.
    func flush() throws {
        guard let chain else { return }
        self.chain = nil
        add(try chain.resampler.finish())
    }

    private func add(_ frame: borrowing Frame) {
        store.append(frame)
        var count = frame.sampleCount
        if toDrop > 0 {
            let dropped = store.dropBack(frame.sampleCount, first: toDrop)
            toDrop -= dropped
            count -= dropped
        }
        placed += Int64(count)
    }

    private func position(_ ticks: Int64) -> Int64 {
        rescale(ticks - origin, from: timeBase, to: Rational(1, sampleRate), rounding: .nearest)
    }

    private func isBroken(at pts: Int64) -> Bool {
        guard hasRun, let format else { return false }
        let expected =
            runStart + rescale(runSamples, from: Rational(1, format.sampleRate), to: timeBase)
        let off = abs(Double(pts - expected) * timeBase.value)
        return off > Self.tolerance && off < Self.longestHole
    }

    private func start(at pts: Int64) {
        hasRun = true
        runStart = pts
        runSamples = 0
        let wanted = position(pts)
        let hole = wanted - placed
        if hole > 0 {
            if Double(hole) / Double(sampleRate) < Self.longestHole {
                store.appendSilence(Int(hole))
                placed = wanted
            }
            toDrop = 0
        } else {
            toDrop = Int(clamping: -hole)
        }
    }
}
