import Media

/// Chooses the constant frame rate a clip is brought to.
enum StandardRate {
    static let all: [Rational] = [
        Rational(8, 1), Rational(10, 1), Rational(12, 1), Rational(15, 1), Rational(16, 1), Rational(20, 1),
        Rational(24000, 1001), Rational(24, 1), Rational(25, 1), Rational(30000, 1001), Rational(30, 1),
        Rational(48, 1), Rational(50, 1), Rational(60000, 1001), Rational(60, 1), Rational(90, 1),
        Rational(100, 1), Rational(120_000, 1001), Rational(120, 1),
    ]

    /// The rate for a stream that declares this average and nominal rate.
    ///
    /// A constant stream keeps its rate, snapped to a standard one where they differ by less than 0.05 %
    /// (half of the distance from 24 to 24000/1001). A variable one gets its nominal rate, the lowest on which
    /// all its frames fall, where that is a standard one: a long pause makes the average low, and frames would
    /// be lost by it. Else it gets the smallest standard rate that is not below its average.
    static func choose(average: Rational?, nominal: Rational?) -> Rational {
        let average = plausible(average)
        let nominal = plausible(nominal)
        guard let mean = average ?? nominal else { return Rational(25, 1) }
        if let nominal, abs(nominal.value - mean.value) <= mean.value * 0.005 { return snapped(nominal) }
        if let nominal, nominal.value > mean.value, let near = nearest(nominal, within: 0.0005) {
            return near
        }
        if let near = nearest(mean, within: 0.002) { return near }
        return all.first { $0.value >= mean.value * 0.98 } ?? Rational(120, 1)
    }

    /// Up to 1000 frames a second cameras do film; more is a time base mistaken for a rate.
    private static func plausible(_ rate: Rational?) -> Rational? {
        guard let rate, rate.isValid, rate.value >= 0.1, rate.value <= 1000 else { return nil }
        return rate
    }

    private static func nearest(_ rate: Rational, within share: Double) -> Rational? {
        all.filter { abs($0.value - rate.value) <= rate.value * share }
            .min { abs($0.value - rate.value) < abs($1.value - rate.value) }
    }

    private static func snapped(_ rate: Rational) -> Rational {
        if let near = nearest(rate, within: 0.0005) { return near }
        // Encoders and containers want small numbers: keep an odd rate to a thousandth of a frame.
        if rate.num <= 200_000, rate.den <= 10_000 { return rate }
        return Rational(Int((rate.value * 1000).rounded()), 1000)
    }
}
