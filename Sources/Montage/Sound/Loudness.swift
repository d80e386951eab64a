#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What a clip's loudness was and what was done about it.
public struct LoudnessReport: Sendable, Codable, Equatable {
    /// Integrated loudness of the source's part, in LUFS; nil where nothing is loud enough to measure.
    public var measured: Double?
    /// The source's highest true peak, in dBTP; nil for digital silence.
    public var measuredTruePeak: Double?
    /// What every sample was multiplied with, in dB.
    public var gain: Double
    /// The loudness that results, before the encoder, in LUFS.
    public var result: Double?
    /// What was asked for.
    public var target: LoudnessTarget
    /// Whether the peak's limit kept the sound quieter than asked for.
    public var isLimitedByPeak: Bool
    /// The most by which a limiter turned peaks down, in dB; nil where none was at work.
    public var limiter: Double?

    /// Chooses the gain for a measured sound: as much as brings it to the target, and no more than the peak
    /// allows. Nothing is compressed, so quiet and loud stay as far apart as they were.
    ///
    /// - Parameter limiterRoom: How many dB of a peak may be left to a limiter.
    init(integrated: Double?, truePeak: Double?, target: LoudnessTarget, limiterRoom: Double = 0) {
        measured = integrated
        measuredTruePeak = truePeak
        self.target = target
        guard let integrated else {
            gain = 0
            result = nil
            isLimitedByPeak = false
            return
        }
        let wanted = target.integrated - integrated
        let room = (truePeak.map { target.ceiling - $0 + limiterRoom }) ?? wanted
        gain = min(wanted, room)
        isLimitedByPeak = room < wanted - 0.05
        result = integrated + gain
    }

    /// The gain as a factor.
    var factor: Float { Float(pow(10, gain / 20)) }

    /// Whether peaks would pass the ceiling with this gain.
    var needsLimiter: Bool { (measuredTruePeak ?? -.infinity) + gain > target.ceiling + 0.001 }

    /// In words, where the target was missed, a limiter was at work or nothing could be measured.
    public var finding: String? {
        func text(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }
        guard measured != nil else { return "the sound is too quiet to measure; its loudness was left alone" }
        let taken = limiter.map { "a limiter turned peaks down by up to \(text($0)) dB" }
        if let taken, !isLimitedByPeak {
            return
                taken + ", so that they stay under \(text(target.truePeak)) dBTP"
        }
        guard isLimitedByPeak, let result else { return nil }
        return
            "the sound stays \(text(target.integrated - result)) LU below \(text(target.integrated)) LUFS, "
            + "so that its peaks stay under \(text(target.truePeak)) dBTP"
            + (taken.map { "; \($0)" } ?? "")
    }
}

extension LoudnessTarget {
    /// What samples may peak at, in dBTP. Lossy coders overshoot: what is decoded again peaks a little higher
    /// than what went in.
    var ceiling: Double { truePeak - 0.3 }
}

/// Integrated loudness and true peak of a stream of samples, after ITU-R BS.1770-4 and EBU R 128.
///
/// Each channel goes through a filter that stands for the head and one that drops the lows; the power of
/// blocks of 400 ms, one every 100 ms, is averaged twice: over all that are louder than −70 LUFS, and then
/// over those within 10 LU of that. The true peak is that of the samples at four times the rate.
struct LoudnessMeter {
    private struct Biquad {
        var b0, b1, b2, a1, a2: Double
        private var x1 = 0.0
        private var x2 = 0.0

        init(b0: Double, b1: Double, b2: Double, a1: Double, a2: Double) {
            (self.b0, self.b1, self.b2, self.a1, self.a2) = (b0, b1, b2, a1, a2)
        }

        mutating func step(_ input: Double) -> Double {
            let output = b0 * input + x1
            x1 = b1 * input - a1 * output + x2
            x2 = b2 * input - a2 * output
            return output
        }
    }

    private let weights: [Double]
    private let stepLength: Int
    private var filters: [(shelf: Biquad, pass: Biquad)]
    private var peaks: [PeakFinder]
    /// Weighted squares of the current tenth of a second, and of those before it.
    private var sum = 0.0
    private var count = 0
    private var steps: [Double] = []
    /// Mean squares of the blocks above the absolute gate, by their loudness in hundredths of a LU: memory
    /// does not grow with the length.
    private var histogram: [Int: (count: Int, power: Double)] = [:]

    /// - Parameter weights: Of each channel: 1, for surround channels 1.41, 0 for the low effects.
    init(sampleRate: Int, weights: [Double]) {
        self.weights = weights
        stepLength = max(1, sampleRate / 10)
        let rate = Double(sampleRate)
        filters = weights.map { _ in (Self.shelf(rate), Self.pass(rate)) }
        peaks = weights.map { _ in PeakFinder() }
    }

    /// The channels' weights by FFmpeg's name of the layout. Source: ITU-R BS.1770-4, table 3.
    static func weights(layout: String, channels: Int) -> [Double] {
        switch layout {
        case "5.1", "5.1(side)": [1, 1, 1, 0, 1.41, 1.41]
        case "7.1": [1, 1, 1, 0, 1.41, 1.41, 1.41, 1.41]
        case "quad", "quad(side)", "4.0": [1, 1, 1.41, 1.41]
        case "5.0", "5.0(side)": [1, 1, 1, 1.41, 1.41]
        default: Array(repeating: 1, count: max(1, channels))
        }
    }

    mutating func add(_ samples: [[Float]]) {
        guard let length = samples.first?.count else { return }
        for channel in samples.indices where channel < peaks.count {
            peaks[channel].add(samples[channel])
        }
        for i in 0..<length {
            for channel in weights.indices where weights[channel] > 0 && channel < samples.count {
                let headed = filters[channel].shelf.step(Double(samples[channel][i]))
                let value = filters[channel].pass.step(headed)
                sum += weights[channel] * value * value
            }
            count += 1
            if count == stepLength { endStep() }
        }
    }

    private mutating func endStep() {
        steps.append(sum)
        (sum, count) = (0, 0)
        guard steps.count >= 4 else { return }
        let power = steps.suffix(4).reduce(0, +) / Double(4 * stepLength)
        steps.removeFirst(steps.count - 3)
        let loudness = Self.loudness(power)
        guard loudness > -70 else { return }
        let bin = Int((loudness * 100).rounded())
        let old = histogram[bin] ?? (0, 0)
        histogram[bin] = (old.count + 1, old.power + power)
    }

    /// LUFS; nil where no block passes the gate at −70.
    var integrated: Double? {
        guard let all = Self.mean(histogram.values) else { return nil }
        let gate = Self.loudness(all) - 10
        guard let loud = Self.mean(histogram.filter { Double($0.key) / 100 > gate }.values) else {
            return nil
        }
        return Self.loudness(loud)
    }

    /// dBTP; nil for digital silence.
    var truePeak: Double? {
        let highest = peaks.map(\.highest).max() ?? 0
        return highest > 0 ? 20 * log10(Double(highest)) : nil
    }

    private static func mean(_ bins: some Sequence<(count: Int, power: Double)>) -> Double? {
        var (count, power) = (0, 0.0)
        for bin in bins { (count, power) = (count + bin.count, power + bin.power) }
        return count > 0 ? power / Double(count) : nil
    }

    private static func loudness(_ power: Double) -> Double {
        power > 0 ? -0.691 + 10 * log10(power) : -.infinity
    }

    /// The head: a shelf of 4 dB above 1.7 kHz. The standard gives the numbers for 48 kHz; for other rates the
    /// analogue filter behind them is transformed anew.
    private static func shelf(_ rate: Double) -> Biquad {
        let (frequency, gain, q) = (1681.974450955533, 3.999843853973347, 0.7071752369554196)
        let k = tan(Double.pi * frequency / rate)
        let high = pow(10, gain / 20)
        let band = pow(high, 0.4996667741545416)
        let a0 = 1 + k / q + k * k
        return Biquad(
            b0: (high + band * k / q + k * k) / a0, b1: 2 * (k * k - high) / a0,
            b2: (high - band * k / q + k * k) / a0, a1: 2 * (k * k - 1) / a0,
            a2: (1 - k / q + k * k) / a0)
    }

    /// The ear's deafness for lows: a high pass at 38 Hz.
    private static func pass(_ rate: Double) -> Biquad {
        let (frequency, q) = (38.13547087602444, 0.5003270373238773)
        let k = tan(Double.pi * frequency / rate)
        let a0 = 1 + k / q + k * k
        return Biquad(
            b0: 1, b1: -2, b2: 1, a1: 2 * (k * k - 1) / a0, a2: (1 - k / q + k * k) / a0)
    }
}

/// The highest value between samples, found at four times the rate.
struct PeakFinder {
    static let taps = 12
    /// Three phases of a windowed sinc; the fourth is the sample itself.
    static let phases: [[Float]] = (1...3).map { phase in
        (0..<taps).map { tap in
            let x = Double(tap) - Double(taps) / 2 + 1 - Double(phase) / 4
            let sinc = x == 0 ? 1 : sin(Double.pi * x) / (Double.pi * x)
            let window = 0.5 + 0.5 * cos(Double.pi * x / (Double(taps) / 2 + 0.5))
            return Float(sinc * window)
        }
    }

    private(set) var highest: Float = 0
    private var tail = [Float](repeating: 0, count: taps - 1)

    mutating func add(_ samples: [Float]) {
        guard !samples.isEmpty else { return }
        let run = tail + samples
        var highest = highest
        run.withUnsafeBufferPointer { run in
            for i in 0..<run.count - Self.taps + 1 {
                let own = abs(run[i + Self.taps - 1])
                if own > highest { highest = own }
                // Between two small samples no value can reach the highest so far by much.
                let near = max(abs(run[i + Self.taps / 2 - 1]), abs(run[i + Self.taps / 2]))
                guard near * 2.5 > highest else { continue }
                for phase in Self.phases {
                    var sum: Float = 0
                    for tap in 0..<Self.taps { sum += phase[tap] * run[i + tap] }
                    if abs(sum) > highest { highest = abs(sum) }
                }
            }
        }
        self.highest = highest
        tail = Array(run.suffix(Self.taps - 1))
    }
}
