#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The cosine of a share of half a turn: 1 at 0, -1 at 1.
func cosine(_ share: Double) -> Double { cos(Double.pi * share) }

/// Gains of an equal-power crossfade at `share` of its way: squares sum to 1, so that two sounds that
/// have nothing to do with each other keep their loudness.
func equalPower(_ share: Double) -> (out: Float, in: Float) {
    (Float(cos(Double.pi / 2 * share)), Float(sin(Double.pi / 2 * share)))
}
