import Media

/// Where frames stand in samples. One rounding, always from the film's beginning: ten clips of 5 s are
/// 50.000 s, whatever the rate, because no clip's length is rounded by itself.
struct SampleGrid: Sendable {
    let rate: Rational
    let sampleRate: Int

    /// The first sample of frame `frames`, which is the number of samples of the frames before it.
    func samples(upTo frames: Int) -> Int64 {
        rescale(Int64(frames), from: rate.inverse, to: Rational(1, sampleRate), rounding: .nearest)
    }
}
