import Foundation

/// Sounds made of tones.
enum Tones {
    private static let rate = Float(Ambience.sampleRate)

    /// A soft chord that breathes: minor for the dark, major with a sixth for the light.
    static func pad(_ mixer: inout Mixer, level: Float, isDark: Bool, seed: UInt64) {
        var dice = Dice(seed: seed, salt: 200)
        let roots: [Float] = [98.0, 110.0, 123.47, 130.81, 146.83]
        let root = roots[dice.below(roots.count)]
        let steps: [Float] = isDark ? [0, 7, 12, 15, 22] : [0, 7, 12, 16, 21]
        for (i, step) in steps.enumerated() {
            let pitch = root * pow(2, step / 12)
            let phase = dice.between(0, 6.28)
            let pace = dice.between(0.25, 0.6)
            let place = Float(i) / Float(steps.count - 1)
            let l = level * (1.1 - 0.5 * place) / Float(i + 2)
            let r = level * (0.6 + 0.5 * place) / Float(i + 2)
            // Two voices a breath apart beat slowly against each other.
            let a = pitch * 6.2831853 / rate
            let b = pitch * 1.0026 * 6.2831853 / rate
            for n in 0..<mixer.count {
                let t = Float(n) / rate
                let breath = 0.55 + 0.45 * sin(t * pace + phase)
                // Reduced first: a float angle of a million radians has no fraction left.
                let x = wrapped(Float(n), a)
                let y = wrapped(Float(n), b)
                mixer.left[n] += sin(x + phase) * breath * l
                mixer.right[n] += sin(y + phase) * breath * r
            }
        }
    }

    private static func wrapped(_ n: Float, _ step: Float) -> Float {
        Float((Double(n) * Double(step)).truncatingRemainder(dividingBy: 2 * Double.pi))
    }

    /// A distant bell: a few inharmonic partials that die at their own pace.
    static func bell(_ mixer: inout Mixer, level: Float, seed: UInt64) {
        var dice = Dice(seed: seed, salt: 210)
        let pitch = dice.between(380, 540)
        var at = dice.between(0.8, 2.2)
        while at < Float(mixer.count) / rate - 0.5 {
            var sound = [Float](repeating: 0, count: Int(2.8 * rate))
            for (ratio, weight, fall) in [
                (1.0, 1.0, 1.5), (2.0, 0.5, 2.2), (2.41, 0.42, 2.6), (3.02, 0.25, 3.8), (4.53, 0.14, 5.5),
            ] as [(Float, Float, Float)] {
                let step = pitch * ratio * 6.2831853 / rate
                for i in sound.indices {
                    let t = Float(i) / rate
                    sound[i] += sin(wrapped(Float(i), step)) * weight * exp(-t * fall)
                }
            }
            for i in sound.indices {
                let t = Float(i) / rate
                sound[i] *= smooth(0, 0.006, t) * smooth(2.8, 2.4, t)
            }
            mixer.add(
                sound, at: Int(at * rate), place: dice.between(0.2, 0.8), level: level * dice.between(0.5, 1))
            at += dice.between(2.6, 4.2)
        }
    }

    /// The hum of a city: mains, its overtones, and something far off that passes.
    static func hum(_ mixer: inout Mixer, level: Float, seed: UInt64) {
        var dice = Dice(seed: seed, salt: 220)
        let phase = dice.between(0, 6.28)
        for n in 0..<mixer.count {
            let t = Float(n) / rate
            let base = wrapped(Float(n), 55 * 6.2831853 / rate)
            let slow = 0.6 + 0.4 * sin(t * 0.7 + phase)
            let s = sin(base) + 0.5 * sin(base * 2) + 0.24 * sin(base * 3) + 0.10 * sin(base * 5)
            mixer.left[n] += s * slow * level
            mixer.right[n] +=
                (sin(base + 0.4) + 0.5 * sin(base * 2 + 0.9) + 0.24 * sin(base * 3)) * slow * level
        }
    }

    /// Birds: short falling and rising calls, here and there.
    static func birds(_ mixer: inout Mixer, level: Float, seed: UInt64) {
        var dice = Dice(seed: seed, salt: 230)
        var at = dice.between(0.2, 1)
        while at < Float(mixer.count) / rate - 0.3 {
            let place = dice.between(0.05, 0.95)
            let pitch = dice.between(2300, 4200)
            let bend = dice.between(-900, 900)
            for note in 0..<(1 + dice.below(4)) {
                let long: Float = 0.07 + 0.06 * dice.unit()
                var sound = [Float](repeating: 0, count: Int(long * rate))
                var angle: Float = 0
                for i in sound.indices {
                    let p = Float(i) / Float(sound.count)
                    angle += (pitch + bend * p) * 6.2831853 / rate
                    if angle > 6.2831853 { angle -= 6.2831853 }
                    let bow = sin(p * .pi)
                    sound[i] = sin(angle) * bow * bow
                }
                mixer.add(
                    sound, at: Int((at + Float(note) * 0.15) * rate), place: place,
                    level: level * dice.between(0.3, 1))
            }
            at += dice.between(0.5, 1.8)
        }
    }

    /// Crickets: a high trill that comes and goes.
    static func crickets(_ mixer: inout Mixer, level: Float, seed: UInt64) {
        var dice = Dice(seed: seed, salt: 240)
        for place in [0.2, 0.75] as [Float] {
            let pitch = dice.between(4100, 4800)
            let pace = dice.between(17, 22)
            let phase = dice.between(0, 6.28)
            let step = pitch * 6.2831853 / rate
            for n in 0..<mixer.count {
                let t = Float(n) / rate
                let trill = max(0, sin(t * pace * 6.283 + phase)) * max(0, sin(t * 3.1 + phase))
                let s = sin(wrapped(Float(n), step)) * trill * trill * level
                mixer.left[n] += s * (1 - place)
                mixer.right[n] += s * place
            }
        }
    }
}
