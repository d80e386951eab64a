/// What a finished film was found to be when it was opened again.
public struct Proof: Sendable, Codable, Equatable {
    /// One thing that was looked at.
    public struct Check: Sendable, Codable, Equatable {
        /// What: "frames".
        public var name: String
        /// Whether it is as it must be.
        public var passed: Bool
        /// What was found, and what was expected where that differs.
        public var detail: String
    }

    /// The film.
    public var path: String
    /// FFmpeg's name of the muxer it was written with.
    public var container: String
    /// Bytes.
    public var byteCount: Int64
    /// SHA-256 of the file, 64 hex digits.
    public var sha256: String
    /// FFmpeg's name of the picture codec.
    public var videoCodec: String
    /// FFmpeg's name of the sound codec; nil without sound.
    public var audioCodec: String?
    /// Width in pixels.
    public var width: Int
    /// Height in pixels.
    public var height: Int
    /// Pictures counted in the file.
    public var frames: Int
    /// Pictures that it must have.
    public var expectedFrames: Int
    /// Presentation time of the first picture, in the stream's ticks.
    public var firstVideoTicks: Int64?
    /// Whether picture n stands at n frames, to the tick of the container's clock.
    public var constantInterval: Bool
    /// Samples of each channel that are presented, the encoder's priming excluded; nil without sound.
    public var audioSamples: Int64?
    /// Samples that it must have; nil without sound.
    public var expectedSamples: Int64?
    /// Length in seconds by the count of frames.
    public var duration: Double
    /// Pictures whose coded data came unchanged from a source clip.
    public var bitExactFrames: Int
    /// What was measured and done about the loudness of the whole; nil where none was asked for.
    public var loudness: LoudnessReport?
    /// Whether all checks passed.
    public var passed: Bool
    /// Everything that was looked at.
    public var checks: [Check]

    /// "1412 of 1420 frames bit-exact".
    public var bitExactLine: String { "\(bitExactFrames) of \(frames) frames bit-exact" }

    /// The proof in one line.
    public var line: String {
        let size = Double(byteCount) / 1_048_576
        var parts = [
            "\(frames) frames", "\(rounded(duration, 3)) s", "\(width)x\(height)", videoCodec,
        ]
        if let audioCodec, let audioSamples { parts.append("\(audioCodec) \(audioSamples) samples") }
        parts.append("\(rounded(size, 1)) MB")
        if bitExactFrames > 0 { parts.append(bitExactLine) }
        let failed = checks.filter { !$0.passed }
        parts.append(
            failed.isEmpty
                ? "proved (\(checks.count) checks)"
                : "FAILED: " + failed.map { "\($0.name): \($0.detail)" }.joined(separator: "; "))
        return "\(path): " + parts.joined(separator: ", ")
    }
}

/// A number for people, with so many decimals.
private func rounded(_ value: Double, _ digits: Int) -> String {
    guard value.isFinite, abs(value) < 1e12 else { return "\(value)" }
    var scale: Int64 = 1
    for _ in 0..<digits { scale *= 10 }
    let ticks = Int64((value * Double(scale)).rounded())
    let fraction = String(abs(ticks) % scale)
    return "\(ticks / scale)." + String(repeating: "0", count: digits - fraction.count) + fraction
}
