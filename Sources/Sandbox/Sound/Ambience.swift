import Foundation

/// The sound of a scene: wind, sea, rain, thunder, a hum of streets, birds or crickets, a soft chord, a
/// bell, footsteps; chosen by the prompt, varied by the seed.
///
/// Peak is about -12 dBFS. It begins and ends at silence, so that nothing clicks.
struct Ambience {
    static let sampleRate = 48_000

    private let scene: Scene
    private let seed: UInt64

    init(prompt: String, style: String?, seed: Int64) {
        self.seed = UInt64(bitPattern: seed)
        scene = Scene(prompt: prompt, style: style, seed: UInt64(bitPattern: seed))
    }

    /// Left and right, `count` samples each.
    func samples(count: Int) -> (left: [Float], right: [Float]) {
        var mixer = Mixer(count: count)
        let wind: Float = scene.isStormy ? 0.5 : scene.place == .desert ? 0.4 : 0.16
        Noises.wind(&mixer, level: wind, seed: seed)
        if scene.place == .sea { Noises.sea(&mixer, level: scene.isStormy ? 0.62 : 0.40, seed: seed) }
        if scene.place == .lake { Noises.sea(&mixer, level: 0.12, seed: seed) }
        if scene.rain > 0 { Noises.rain(&mixer, level: 0.26 * scene.rain, seed: seed) }
        if scene.isStormy { Noises.thunder(&mixer, level: 0.8, seed: seed) }
        if scene.embers > 0 { Noises.crackle(&mixer, level: 0.4, seed: seed) }
        if scene.place == .city { Tones.hum(&mixer, level: scene.isNeon ? 0.22 : 0.14, seed: seed) }
        let isWild = [.forest, .hills, .mountains].contains(scene.place)
        if isWild && scene.hour != .night { Tones.birds(&mixer, level: 0.14, seed: seed) }
        if isWild && scene.hour == .night { Tones.crickets(&mixer, level: 0.07, seed: seed) }
        if scene.hasLighthouse || scene.lanterns > 0 { Tones.bell(&mixer, level: 0.22, seed: seed) }
        if scene.hasWalker { Noises.steps(&mixer, level: 0.30, seed: seed) }
        Tones.pad(&mixer, level: 0.20, isDark: scene.hour == .night || scene.isStormy, seed: seed)
        return mixer.mastered(peak: 0.25)
    }
}

/// Two channels being mixed.
struct Mixer {
    let count: Int
    var left: [Float]
    var right: [Float]

    init(count: Int) {
        self.count = count
        left = [Float](repeating: 0, count: count)
        right = [Float](repeating: 0, count: count)
    }

    /// Adds a mono sound at a place between left (0) and right (1).
    mutating func add(_ sound: [Float], at start: Int, place: Float = 0.5, level: Float = 1) {
        let l = level * cos(place * .pi / 2) * 1.2
        let r = level * sin(place * .pi / 2) * 1.2
        let from = max(0, -start)
        let to = min(sound.count, count - start)
        guard from < to else { return }
        for i in from..<to {
            left[start + i] += sound[i] * l
            right[start + i] += sound[i] * r
        }
    }

    /// The finished sound: no rumble below hearing, faded at both ends, at the wanted peak.
    func mastered(peak wanted: Float) -> (left: [Float], right: [Float]) {
        var channels = [left, right]
        var top: Float = 1e-9
        for c in 0..<2 {
            var low: Float = 0
            for i in 0..<count {
                low += (channels[c][i] - low) * 0.002
                channels[c][i] -= low
            }
            let rise = min(count / 4, 2400)
            let fall = min(count / 4, 4800)
            for i in 0..<rise { channels[c][i] *= smooth(0, Float(rise), Float(i)) }
            for i in 0..<fall { channels[c][count - 1 - i] *= smooth(0, Float(fall), Float(i)) }
            for sample in channels[c] { top = max(top, abs(sample)) }
        }
        let gain = wanted / top
        return (channels[0].map { $0 * gain }, channels[1].map { $0 * gain })
    }
}
