import CFFmpeg

/// The times that this room believes.
///
/// A hostile file may state any 64 bits as a time, and the sum of two of them stops a Swift program. What
/// lies beyond 2^60 ticks either way (36 years in nanoseconds) is taken for no time at all, where it comes
/// in: in packets, frames, stream descriptions and indexes. Sums and differences of a few that are believed
/// stay far from the ends of `Int64`.
enum BelievedTime {
    /// The largest, in ticks.
    static let limit: Int64 = 1 << 60

    /// The time, or nil where it is unknown or beyond belief.
    static func time(_ ticks: Int64) -> Int64? { (-limit...limit).contains(ticks) ? ticks : nil }

    /// The length, or 0 where it is unknown, negative or beyond belief.
    static func length(_ ticks: Int64) -> Int64 { (0...limit).contains(ticks) ? ticks : 0 }

    /// The same in FFmpeg's words.
    static func orUnknown(_ ticks: Int64) -> Int64 { time(ticks) ?? reel_nopts() }
}

/// The nearest whole number; those beyond what is believed of times, and what is none, become the nearest
/// that is.
///
/// - Parameter value: Seconds or ticks, computed from what a file states.
public func whole(_ value: Double) -> Int {
    guard !value.isNaN else { return 0 }
    let limit = Double(BelievedTime.limit)
    return Int(min(limit, max(-limit, value.rounded())))
}
