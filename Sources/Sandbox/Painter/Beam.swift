import Foundation

/// The turning light of a lighthouse, and lightning: light that is drawn into the veil.
enum Beam {
    /// Two opposite rays seen from the side, the lamp turning once in about nine seconds.
    static func paint(
        _ veil: SoftLayer, x: Float, y: Float, time: Float, phase: Float, reach: Float, strength: Float,
        k: Float
    ) {
        let angle = time * 0.72 + phase
        for side in [Float(0), Float.pi] {
            let along = cos(angle + side)
            let toward = sin(angle + side)
            ray(veil, x: x, y: y, along: along, toward: toward, reach: reach, strength: strength, k: k)
        }
        let flash = pow(max(0, sin(angle)), 24) + pow(max(0, -sin(angle)), 24) * 0.4
        veil.glow(
            x: x, y: y, radius: (70 + 240 * flash) * k, colour: RGB(1, 0.93, 0.72),
            strength: (0.55 + 0.5 * flash) * (0.3 + 0.7 * strength))
        veil.glow(x: x, y: y, radius: 22 * k, colour: RGB(1, 0.98, 0.9), strength: 0.9)
    }

    private static func ray(
        _ veil: SoftLayer, x: Float, y: Float, along: Float, toward: Float, reach: Float,
        strength: Float, k: Float
    ) {
        let length = reach * abs(along) + 1
        let direction: Float = along < 0 ? -1 : 1
        // A ray that comes toward us spreads and dips; one that goes away narrows.
        let spread = 0.035 + 0.05 * max(0, toward)
        let dip = 0.035 + 0.10 * toward
        let light = YUV(light: RGB(1, 0.95, 0.78).scaled((0.34 + 0.20 * max(0, toward)) * strength))
        let cells = Int(length / 4)
        let qx = x / 4
        for c in 0..<max(1, cells) {
            let px = Int(qx + direction * Float(c))
            guard px >= 0, px < veil.width else { continue }
            let d = Float(c) * 4
            let fade = (1 - d / length)
            let middle = (y + d * dip) / 4
            let half = (4 * k + d * spread) / 4
            let y0 = max(0, Int(middle - half * 2.4))
            let y1 = min(veil.height - 1, Int(middle + half * 2.4) + 1)
            guard y0 <= y1 else { continue }
            let edge = min(1, Float(c) / 3)
            for py in y0...y1 {
                let q = (Float(py) - middle) / half
                let w = fade * edge / (1 + q * q * q * q) * smooth(5.6, 1.5, q * q)
                let i = py * veil.width + px
                veil.y.samples[i] += light.y * w
                veil.u.samples[i] += light.u * w
                veil.v.samples[i] += light.v * w
            }
        }
    }

    /// Brightness of lightning at a time: now and then a double flash.
    static func flash(time: Float, seed: UInt64) -> Float {
        let slot = Int(time / 2.6)
        var dice = Dice(seed: seed, salt: 900 &+ UInt64(slot))
        guard dice.chance(0.62) else { return 0 }
        let start = Float(slot) * 2.6 + dice.between(0.5, 1.8)
        let t = time - start
        guard t >= 0 else { return 0 }
        return exp(-t * 9) + (t > 0.17 ? 0.7 * exp(-(t - 0.17) * 11) : 0)
    }

    /// The bolt that belongs to a flash, drawn into the picture.
    static func bolt(
        _ canvas: Canvas, veil: SoftLayer, time: Float, seed: UInt64, horizon: Float, flash: Float
    ) {
        guard flash > 0.25 else { return }
        var dice = Dice(seed: seed, salt: 1700 &+ UInt64(time / 2.6))
        let k = Float(canvas.height) / 540
        var x = Float(canvas.width) * dice.between(0.12, 0.88)
        var y: Float = horizon * dice.between(0.0, 0.2)
        while y < horizon * 0.96 {
            let nx = x + dice.between(-20, 20) * k
            let ny = y + dice.between(6, 22) * k
            let steps = max(2, Int(ny - y))
            for i in 0..<steps {
                let t = Float(i) / Float(steps)
                canvas.dot(
                    x: mix(x, nx, t), y: mix(y, ny, t), radius: 1.1 * k, colour: YUV(RGB(0.95, 0.96, 1)),
                    strength: min(1, flash * 1.2))
            }
            veil.glow(x: nx, y: ny, radius: 34 * k, colour: RGB(0.7, 0.75, 1), strength: 0.16 * flash)
            x = nx
            y = ny
        }
    }
}
