import Media

/// The first of the two passes that loudness needs: decodes the sound of the part that will be made, as the
/// output will have it in rate and loudspeakers, and measures it.
enum LoudnessPass {
    /// - Parameters:
    ///   - slots: The part, at `rate`; up to `Int.max` for all the sound there is.
    static func measure(
        _ path: String, audio: AudioPreset, slots: Range<Int>, rate: Rational, interrupt: Interrupt
    ) throws -> (integrated: Double?, truePeak: Double?) {
        guard let layout = ChannelLayout(named: audio.layout) else {
            throw MontageError(
                .presetInvalid, operation: "'\(audio.layout)' names no channel layout", subject: audio.codec)
        }
        let grid = SampleGrid(rate: rate, sampleRate: audio.sampleRate)
        let sound = try PieceSound.open(
            SoundPiece(source: path, frames: slots.lowerBound..<max(slots.lowerBound + 1, 0)), grid: grid,
            layout: layout, accept: .media, interrupt: interrupt)
        guard let sound else { return (nil, nil) }
        var meter = LoudnessMeter(
            sampleRate: audio.sampleRate,
            weights: LoudnessMeter.weights(layout: audio.layout, channels: layout.count))
        var left =
            slots.upperBound == .max
            ? Int64.max : grid.samples(upTo: slots.upperBound) - grid.samples(upTo: slots.lowerBound)
        while left > 0 {
            try interrupt.check()
            let samples = try sound.take(Int(min(left, 1 << 14)))
            guard let count = samples.first?.count, count > 0 else { break }
            meter.add(samples)
            left -= Int64(count)
        }
        return (meter.integrated, meter.truePeak)
    }
}
