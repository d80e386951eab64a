import Media

extension Rational {
    /// The shape of a pixel by which pictures are stretched: what is no ratio, or beyond ten to one either
    /// way, is damage and counts as square.
    var believableAspect: Rational {
        isValid && value <= 10 && value >= 0.1 ? self : Rational(1, 1)
    }
}

extension StreamInfo {
    /// The shape of the stream's pixels as far as it can be believed; square where nothing is said.
    var believableAspect: Rational { (parameters.sampleAspectRatio ?? Rational(1, 1)).believableAspect }
}
