#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Turns music down while the clips are heard.
///
/// The clips' level is taken over blocks of 10 ms: below −50 dBFS they are silent, above −40 dBFS they are
/// heard, between them in part. The music's gain follows with an attack and a release, in dB, and is drawn as a
/// straight line over each block. Blocks are counted from the film's beginning, so the result does not depend
/// on how the samples come.
struct Ducker {
    /// dBFS below which the clips count as silent, and above which they are heard.
    static let silent = -50.0
    static let heard = -40.0

    private let by: Double
    private let attack: Double
    private let release: Double
    /// Decibels that the music is turned down by at the end of the last block.
    private var depth = 0.0

    /// Samples of a block.
    let block: Int

    init(_ duck: Ducking, sampleRate: Int) {
        by = duck.by
        block = max(1, sampleRate / 100)
        let seconds = Double(block) / Double(sampleRate)
        attack = duck.attack > 0 ? 1 - exp(-seconds / duck.attack) : 1
        release = duck.release > 0 ? 1 - exp(-seconds / duck.release) : 1
    }

    /// Turns one block of music down by what the clips' block says.
    mutating func apply(_ native: [[Float]], to music: inout [[Float]]) {
        let target = by * Self.presence(native)
        let from = depth
        depth += (target - depth) * (target > depth ? attack : release)
        let (start, end) = (Self.factor(-from), Self.factor(-depth))
        guard let count = music.first?.count, start != 1 || end != 1 else { return }
        for i in 0..<count {
            let gain = start + (end - start) * Float(i + 1) / Float(count)
            for channel in music.indices { music[channel][i] *= gain }
        }
    }

    /// 0 where the clips are silent, 1 where they are heard. Goes by the loudest channel.
    private static func presence(_ native: [[Float]]) -> Double {
        var power = 0.0
        for channel in native where !channel.isEmpty {
            var sum = 0.0
            for value in channel { sum += Double(value) * Double(value) }
            power = max(power, sum / Double(channel.count))
        }
        guard power > 0 else { return 0 }
        let level = 10 * log10(power)
        return min(1, max(0, (level - silent) / (heard - silent)))
    }

    private static func factor(_ decibels: Double) -> Float { Float(pow(10, decibels / 20)) }
}
