import ArgumentParser
import Montage

/// How loud the sound shall be.
struct LoudnessOptions: ParsableArguments {
    // Their values begin with a dash.
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Bring the sound to this loudness (EBU R 128, measured first), like -14.", valueName: "LUFS"))
    var loudness: String?

    @Option(
        name: .customLong("true-peak"), parsing: .unconditional,
        help: ArgumentHelp("With --loudness: no peak above this. Default: -1.", valueName: "dBTP"))
    var truePeak: String?

    /// What is asked for; nil for nothing.
    func target() throws -> LoudnessTarget? {
        guard let loudness = try NumberOption.parse("--loudness", loudness, -70...0) else {
            guard truePeak == nil else { throw ValidationError("--true-peak goes with --loudness") }
            return nil
        }
        return LoudnessTarget(
            integrated: loudness, truePeak: try NumberOption.parse("--true-peak", truePeak, -20...0) ?? -1)
    }
}

/// A number that was typed.
enum NumberOption {
    /// The number; an error that names the option where it is none or out of bounds, nil for nothing typed.
    static func parse(_ option: String, _ text: String?, _ bounds: ClosedRange<Double>) throws -> Double? {
        guard let text else { return nil }
        guard let number = Double(text), number.isFinite, bounds.contains(number) else {
            throw ValidationError(
                "\(option) wants a number from \(bounds.lowerBound) to \(bounds.upperBound), not '\(text)'")
        }
        return number
    }
}
