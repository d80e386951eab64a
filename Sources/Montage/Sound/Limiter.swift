#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Holds peaks under a ceiling without clipping them: looks a few milliseconds ahead and turns down smoothly
/// before a peak comes, then comes back slowly. All channels get the same gain.
///
/// Each sample needs a gain of ceiling / peak, its peak being that of itself and of what lies between it and its
/// neighbours. The smallest of the needs in a window, averaged over a window of the same length ahead, is never
/// above the need of the sample itself; so nothing passes the ceiling, and the gain has no corner. What comes
/// out stands where it went in: the delay is inside.
struct Limiter {
    /// Seconds looked ahead, and seconds in which the gain comes most of the way back.
    static let ahead = 0.005
    static let release = 0.08

    private let ceiling: Float
    private let window: Int
    /// Samples between the newest need and the sample whose gain it completes: the window, and what the
    /// interpolation is behind by.
    private let delay: Int
    private let back: Double
    private var store: SampleStore
    private var peaks: [NearPeaks]
    /// The smallest needs of the window with their places: rising.
    private var lows: [(place: Int, need: Float)] = []
    private var place = 0
    private var held = 1.0
    /// The last values of `held`, in a ring, and their sum.
    private var recent: [Double]
    private var sum: Double
    private var at = 0
    /// The smallest gain that was given.
    private(set) var lowest: Float = 1

    /// - Parameter ceiling: The highest true peak, as a factor of full scale.
    init(ceiling: Float, channels: Int, sampleRate: Int) {
        self.ceiling = ceiling
        window = max(1, Int(Self.ahead * Double(sampleRate)))
        delay = window + NearPeaks.behind - 1
        back = 1 - exp(-1 / (Self.release * Double(sampleRate)))
        store = SampleStore(channelCount: channels)
        peaks = (0..<channels).map { _ in NearPeaks() }
        recent = Array(repeating: 1, count: window)
        sum = Double(window)
    }

    /// Takes samples, and gives those that are done: fewer at first.
    mutating func limit(_ samples: [[Float]]) -> [[Float]] {
        store.append(samples)
        let highs = peaks.indices.map { peaks[$0].add(samples[$0]) }
        var gains: [Float] = []
        for i in 0..<(highs.first?.count ?? 0) {
            let high = highs.reduce(Float(0)) { max($0, $1[i]) }
            if let gain = next(high > ceiling ? ceiling / high : 1) { gains.append(gain) }
        }
        var run = store.take(gains.count)
        for (i, gain) in gains.enumerated() where gain < 1 {
            lowest = min(lowest, gain)
            for channel in run.indices { run[channel][i] *= gain }
        }
        return run
    }

    /// Gives what is left.
    mutating func finish() -> [[Float]] {
        limit(peaks.map { _ in Array(repeating: 0, count: delay) })
    }

    private mutating func next(_ need: Float) -> Float? {
        while let last = lows.last, last.need >= need { lows.removeLast() }
        lows.append((place, need))
        if lows[0].place < place - delay { lows.removeFirst() }
        place += 1
        held = min(Double(lows[0].need), held + (1 - held) * back)
        sum += held - recent[at]
        recent[at] = held
        at = (at + 1) % window
        return place > delay ? Float(min(1, sum / Double(window))) : nil
    }
}

/// For each sample the highest of itself and of what lies between two samples a little before it.
private struct NearPeaks {
    /// The interpolated values are those before the sample so many places back, and after it.
    static let behind = PeakFinder.taps / 2 + 1
    private var tail = [Float](repeating: 0, count: PeakFinder.taps - 1)

    mutating func add(_ samples: [Float]) -> [Float] {
        let run = tail + samples
        tail = Array(run.suffix(PeakFinder.taps - 1))
        var highs = samples.map { abs($0) }
        run.withUnsafeBufferPointer { run in
            for i in highs.indices {
                for phase in PeakFinder.phases {
                    var value: Float = 0
                    for tap in 0..<PeakFinder.taps { value += phase[tap] * run[i + tap] }
                    highs[i] = max(highs[i], abs(value))
                }
            }
        }
        return highs
    }
}
