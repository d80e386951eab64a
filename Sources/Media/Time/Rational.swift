import CFFmpeg

/// A fraction: a time base in seconds a tick, a frame rate in frames a second, or an aspect ratio.
///
/// Kept as given, not reduced: 24000/1001 and 24/1 are what containers state. Equality is of value,
/// so 48/2 equals 24/1.
public struct Rational: Sendable, Hashable, Codable, Comparable, CustomStringConvertible {
    /// The numerator.
    public var num: Int
    /// The denominator.
    public var den: Int

    /// Makes num/den, as given.
    public init(_ num: Int, _ den: Int) {
        self.num = num
        self.den = den
    }

    /// Reads "24", "24000/1001", "16:9" or a decimal such as "23.976"; nil if it is none of them.
    ///
    /// The three NTSC decimals (23.976, 29.97, 59.94) become their exact fractions over 1001.
    public init?(parsing text: String) {
        let parts = text.split(whereSeparator: { $0 == "/" || $0 == ":" })
        if parts.count == 2, let num = Int(parts[0]), let den = Int(parts[1]), num > 0, den > 0 {
            self.init(num, den)
            return
        }
        guard parts.count == 1, let value = Double(text), value > 0, value.isFinite, value < 1e6 else {
            return nil
        }
        for base in [24, 30, 48, 60, 120] where abs(value - Double(base) * 1000 / 1001) < 0.005 {
            self.init(base * 1000, 1001)
            return
        }
        if value == value.rounded() {
            self.init(Int(value), 1)
        } else {
            let exact = av_d2q(value, 1_000_000)
            self.init(Int(exact.num), Int(exact.den))
        }
    }

    /// The fraction as a floating-point number, for printing; infinite or NaN if `den` is 0.
    public var value: Double { Double(num) / Double(den) }

    /// den/num.
    public var inverse: Rational { Rational(den, num) }

    /// Whether both parts are positive.
    public var isValid: Bool { num > 0 && den > 0 }

    /// The fraction in lowest terms.
    public var reduced: Rational {
        var (a, b) = (abs(num), abs(den))
        while b != 0 { (a, b) = (b, a % b) }
        return a <= 1 ? self : Rational(num / a, den / a)
    }

    /// "24/1".
    public var description: String { "\(num)/\(den)" }

    /// Equality of value.
    public static func == (a: Rational, b: Rational) -> Bool {
        a.num.multipliedFullWidth(by: b.den) == b.num.multipliedFullWidth(by: a.den)
    }

    /// Order of value.
    public static func < (a: Rational, b: Rational) -> Bool {
        let (x, y) = (a.num.multipliedFullWidth(by: b.den), b.num.multipliedFullWidth(by: a.den))
        return x.high != y.high ? x.high < y.high : x.low < y.low
    }

    /// Hashes what `==` compares.
    public func hash(into hasher: inout Hasher) {
        let r = reduced
        hasher.combine(r.num)
        hasher.combine(r.den)
    }
}

extension Rational {
    init(_ q: AVRational) { self.init(Int(q.num), Int(q.den)) }

    /// The C value; parts that do not fit 32 bits are reduced, then approximated.
    var c: AVRational {
        if let n = Int32(exactly: num), let d = Int32(exactly: den) { return AVRational(num: n, den: d) }
        var (n, d): (Int32, Int32) = (0, 1)
        av_reduce(&n, &d, Int64(num), Int64(den), Int64(Int32.max))
        return AVRational(num: n, den: d)
    }
}

/// How a rescaled time is rounded to a whole tick.
public enum Rounding: Sendable {
    /// To the nearest tick, halves away from zero.
    case nearest
    /// Towards minus infinity.
    case down
    /// Towards plus infinity.
    case up
    /// Towards zero.
    case towardZero
    /// Away from zero.
    case awayFromZero

    var c: AVRounding {
        switch self {
        case .nearest: AV_ROUND_NEAR_INF
        case .down: AV_ROUND_DOWN
        case .up: AV_ROUND_UP
        case .towardZero: AV_ROUND_ZERO
        case .awayFromZero: AV_ROUND_INF
        }
    }
}

/// Converts ticks of one time base to ticks of another without overflow in between.
///
/// - Parameters:
///   - ticks: A time or length in ticks of `from`.
///   - from: Seconds a tick.
///   - to: Seconds a tick of the result.
///   - rounding: Which whole tick, where it is not exact.
/// - Returns: Ticks of `to`; results beyond 2^60 become that, so that sums of a few cannot overflow.
///   Source: `av_rescale_q_rnd`.
public func rescale(_ ticks: Int64, from: Rational, to: Rational, rounding: Rounding = .nearest) -> Int64 {
    let exact = av_rescale_q_rnd(ticks, from.c, to.c, rounding.c)
    // FFmpeg answers an overflow with the smallest number, whatever its sign.
    if exact == .min { return ticks < 0 ? -BelievedTime.limit : BelievedTime.limit }
    return min(BelievedTime.limit, max(-BelievedTime.limit, exact))
}
