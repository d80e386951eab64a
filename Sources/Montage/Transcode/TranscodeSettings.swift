public import Media

/// What a transcode does to a clip beyond its presets: which part, which size, rate, loudness and fades.
public struct TranscodeSettings: Sendable, Codable, Equatable {
    /// The output's width in square pixels; even. With `height`, else neither counts.
    public var width: Int?
    /// The output's height in square pixels; even.
    public var height: Int?
    /// What becomes of a picture of another shape.
    public var fit: PictureFit
    /// Whether smaller pictures are made larger.
    public var upscales: Bool
    /// Frames a second; nil keeps the clip's.
    public var rate: Rational?
    /// Where to begin; nil at the first picture.
    public var from: ClipTime?
    /// Where to end, exclusive; nil after the last picture.
    public var to: ClipTime?
    /// The loudness to bring the sound to; nil takes the preset's, if it has one.
    public var loudness: LoudnessTarget?
    /// Whether loudness is left alone, also where the preset asks for one.
    public var keepsLoudness: Bool
    /// Seconds from black and silence.
    public var fadeIn: Double
    /// Seconds to black and silence.
    public var fadeOut: Double
    /// Whether tags and chapters are taken along.
    public var keepsMetadata: Bool

    /// Makes settings that change nothing.
    public init(
        width: Int? = nil, height: Int? = nil, fit: PictureFit = .pad, upscales: Bool = true,
        rate: Rational? = nil, from: ClipTime? = nil, to: ClipTime? = nil, loudness: LoudnessTarget? = nil,
        keepsLoudness: Bool = false, fadeIn: Double = 0, fadeOut: Double = 0, keepsMetadata: Bool = true
    ) {
        self.width = width
        self.height = height
        self.fit = fit
        self.upscales = upscales
        self.rate = rate
        self.from = from
        self.to = to
        self.loudness = loudness
        self.keepsLoudness = keepsLoudness
        self.fadeIn = fadeIn
        self.fadeOut = fadeOut
        self.keepsMetadata = keepsMetadata
    }

    /// Refuses what makes no sense whatever the clip.
    func check(_ subject: String) throws(MontageError) {
        func refuse(_ what: String, _ hint: String) -> MontageError {
            MontageError(.invalidArgument, operation: what, subject: subject, hint: hint)
        }
        if (width == nil) != (height == nil) {
            throw refuse("a size needs width and height", "Give both.")
        }
        if let width, let height {
            guard (2...16384).contains(width), (2...16384).contains(height), width % 2 == 0, height % 2 == 0
            else {
                throw refuse(
                    "no picture can be \(width)x\(height)", "Both sides must be even, from 2 to 16384.")
            }
        }
        if let rate, !rate.isValid || rate.value < 0.1 || rate.value > 1000 {
            throw refuse("no clip can have \(rate) frames a second", "Give a rate of 0.1 to 1000.")
        }
        guard fadeIn >= 0, fadeOut >= 0, fadeIn < 86400, fadeOut < 86400 else {
            throw refuse("a fade cannot last so long", "Give seconds from 0.")
        }
    }

    /// The slots wanted at this rate; nil for all.
    func slots(at rate: Rational, subject: String) throws(MontageError) -> Range<Int>? {
        guard from != nil || to != nil else { return nil }
        // The picture that is on screen at `from` is the first; the one that appears at `to` is not shown.
        let lower = from?.slot(at: rate, roundedUp: false) ?? 0
        let upper = to?.slot(at: rate, roundedUp: true) ?? .max
        guard lower < upper else {
            throw MontageError(
                .invalidArgument, operation: "the part ends before it begins", subject: subject,
                hint: "Give an end that is later than the beginning.")
        }
        return lower..<upper
    }
}

/// A place in a clip: a time from its first picture, or a picture by number.
public enum ClipTime: Sendable, Codable, Equatable {
    /// Seconds from the first picture.
    case seconds(Double)
    /// A picture of the output's rate, from 0.
    case frame(Int)

    /// Reads `12.5`, `1:02.5`, `1:00:02.5` or `48f`; nil for anything else.
    public init?(parsing text: String) {
        if text.hasSuffix("f") {
            guard let number = Int(text.dropLast()), number >= 0, number < 1 << 40 else { return nil }
            self = .frame(number)
            return
        }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard (1...3).contains(parts.count), let last = parts.last, !last.isEmpty,
            last.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }), var seconds = Double(last)
        else { return nil }
        var unit = 60.0
        for part in parts.dropLast().reversed() {
            guard part.allSatisfy({ $0.isASCII && $0.isNumber }), let number = Int(part) else { return nil }
            seconds += Double(number) * unit
            unit *= 60
        }
        guard parts.count == 1 || (Double(last) ?? 60) < 60, seconds < 1e9 else { return nil }
        self = .seconds(seconds)
    }

    /// A millionth of a slot of grace: 0.1 s times 30 is 3, whatever binary numbers say.
    func slot(at rate: Rational, roundedUp: Bool) -> Int {
        switch self {
        case .frame(let number): return number
        case .seconds(let seconds):
            let exact = seconds * rate.value
            return Int(roundedUp ? (exact - 1e-6).rounded(.up) : (exact + 1e-6).rounded(.down))
        }
    }

    /// The time in microseconds, for what has no slots.
    func microseconds(at rate: Rational) -> Int64 {
        switch self {
        case .seconds(let seconds): Int64((seconds * 1e6).rounded())
        case .frame(let number): Int64((Double(number) / rate.value * 1e6).rounded())
        }
    }
}
