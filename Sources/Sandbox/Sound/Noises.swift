import Foundation

/// Sounds made of filtered noise.
enum Noises {
    private static let rate = Float(Ambience.sampleRate)

    /// Runs a body over both channels, each with noise of its own.
    private static func channels(
        _ mixer: inout Mixer, seed: UInt64, salt: UInt64,
        _ body: (inout [Float], inout Dice) -> Void
    ) {
        var l = Dice(seed: seed, salt: salt)
        var r = Dice(seed: seed, salt: salt &+ 1)
        body(&mixer.left, &l)
        body(&mixer.right, &r)
    }

    /// A slow wandering between 0 and 1.
    private static func swell(_ t: Float, _ phase: Float, _ pace: Float) -> Float {
        0.5 + 0.25 * sin(t * pace + phase) + 0.25 * sin(t * pace * 2.3 + phase * 1.7)
    }

    /// Wind: a low band of noise whose height follows its strength.
    static func wind(_ mixer: inout Mixer, level: Float, seed: UInt64) {
        var dice = Dice(seed: seed, salt: 100)
        let phase = dice.between(0, 6.28)
        channels(&mixer, seed: seed, salt: 101) { out, dice in
            var a: Float = 0
            var b: Float = 0
            for i in out.indices {
                let gust = swell(Float(i) / rate, phase, 0.9)
                let cut = 0.012 + 0.045 * gust
                a += (dice.unit() * 2 - 1 - a) * cut
                b += (a - b) * cut
                out[i] += b * level * (0.8 + 3.2 * gust)
            }
        }
    }

    /// Surf: breakers that rise fast, fall slowly, and hiss when they run out.
    static func sea(_ mixer: inout Mixer, level: Float, seed: UInt64) {
        var dice = Dice(seed: seed, salt: 110)
        let period = dice.between(3.2, 4.6)
        let offset = dice.between(0, period)
        channels(&mixer, seed: seed, salt: 111) { out, dice in
            let lag = dice.between(0, 0.3)
            var low: Float = 0
            var lower: Float = 0
            var prior: Float = 0
            for i in out.indices {
                let t = ((Float(i) / rate + offset + lag) / period)
                let p = t - Float(Int(t))
                let rise = smooth(0, 0.28, p) * (1 - smooth(0.28, 1, p))
                let n = dice.unit() * 2 - 1
                low += (n - low) * (0.03 + 0.10 * rise)
                lower += (low - lower) * 0.10
                let hiss = (n - prior) * 0.05 * rise * (1 - p)
                prior = n
                out[i] += (lower * (0.5 + 3.0 * rise) + hiss) * level
            }
        }
    }

    /// Rain: an even hiss and single drops.
    static func rain(_ mixer: inout Mixer, level: Float, seed: UInt64) {
        channels(&mixer, seed: seed, salt: 121) { out, dice in
            var low: Float = 0
            var drop: Float = 0
            var tone: Float = 0
            var angle: Float = 0
            for i in out.indices {
                let n = dice.unit() * 2 - 1
                low += (n - low) * 0.35
                if dice.unit() < 0.0016 {
                    drop = dice.between(0.15, 0.9)
                    tone = dice.between(0.10, 0.42)
                }
                drop *= 0.988
                angle += tone
                out[i] += ((n - low) * 0.30 + sin(angle) * drop * 0.16) * level
            }
        }
    }

    /// Thunder: rolls of very low noise after the flashes.
    static func thunder(_ mixer: inout Mixer, level: Float, seed: UInt64) {
        var dice = Dice(seed: seed, salt: 130)
        var at = dice.between(0.4, 2.5)
        while at < Float(mixer.count) / rate {
            let long = dice.between(1.8, 3.2)
            var sound = [Float](repeating: 0, count: Int(long * rate))
            var a: Float = 0
            var b: Float = 0
            var roll: Float = 1
            for i in sound.indices {
                let t = Float(i) / rate
                if i % 4800 == 0 { roll = dice.between(0.4, 1) }
                a += (dice.unit() * 2 - 1 - a) * 0.016
                b += (a - b) * (0.02 + 0.004 * roll)
                sound[i] = b * roll * smooth(0, 0.06, t) * exp(-t * 1.3) * smooth(long, long - 0.4, t) * 9
            }
            mixer.add(sound, at: Int(at * rate), place: dice.between(0.25, 0.75), level: level)
            at += dice.between(3.4, 6)
        }
    }

    /// Fire: small cracks over a breath of noise.
    static func crackle(_ mixer: inout Mixer, level: Float, seed: UInt64) {
        channels(&mixer, seed: seed, salt: 141) { out, dice in
            var crack: Float = 0
            for i in out.indices {
                if dice.unit() < 0.0003 { crack = dice.between(0.2, 1) }
                crack *= 0.985
                out[i] += (dice.unit() * 2 - 1) * crack * level * 0.5
            }
        }
    }

    /// Footsteps, two a second or so, each a short thud with grit.
    static func steps(_ mixer: inout Mixer, level: Float, seed: UInt64) {
        var dice = Dice(seed: seed, salt: 150)
        var at = dice.between(0.3, 0.7)
        var place: Float = dice.between(0.35, 0.65)
        while at < Float(mixer.count) / rate {
            var sound = [Float](repeating: 0, count: Int(0.16 * rate))
            var low: Float = 0
            let pitch = dice.between(60, 80)
            for i in sound.indices {
                let t = Float(i) / rate
                low += (dice.unit() * 2 - 1 - low) * 0.2
                let attack = smooth(0, 0.004, t)
                let body = sin(t * pitch * 6.283 * (1 - t)) * exp(-t * 42)
                let grit = low * exp(-t * 30) * 0.7
                sound[i] = (body + grit) * attack * smooth(0.16, 0.12, t)
            }
            mixer.add(sound, at: Int(at * rate), place: place, level: level * dice.between(0.7, 1))
            at += dice.between(0.54, 0.64)
            place = min(0.8, max(0.2, place + dice.between(-0.03, 0.03)))
        }
    }
}
