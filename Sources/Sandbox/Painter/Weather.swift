import Foundation

/// Everything that moves through the air: rain, snow, embers, lanterns, fireflies, stars, dust.
///
/// A mote's place is a pure function of time, so any frame can be painted without the ones before it.
struct Weather {
    private struct Mote {
        var x: Float
        var y: Float
        var depth: Float
        var phase: Float
    }

    private let rain: [Mote]
    private let snow: [Mote]
    private let embers: [Mote]
    private let lanterns: [Mote]
    private let fireflies: [Mote]
    private let stars: [Mote]
    private let dust: [Mote]
    private let width: Float
    private let height: Float
    private let horizon: Float
    private let k: Float
    private let wind: Float
    private let rainLight: Float
    private let light: YUV

    init(width: Int, height: Int, horizon: Float, scene: Scene, palette: Palette, dice: inout Dice) {
        func motes(_ count: Int) -> [Mote] {
            (0..<count).map { _ in
                Mote(x: dice.unit(), y: dice.unit(), depth: dice.unit(), phase: dice.between(0, 6.283))
            }
        }
        let area = Float(width) / Float(height) / 1.78
        rain = motes(Int(520 * scene.rain * area))
        snow = motes(Int(260 * scene.snow * area))
        embers = motes(scene.embers)
        lanterns = motes(scene.lanterns).sorted { $0.depth < $1.depth }
        fireflies = motes(scene.fireflies)
        stars = motes(scene.stars ? Int(220 * area) : 0)
        let isPlain = scene.rain == 0 && scene.snow == 0 && scene.embers == 0
        dust = motes(isPlain ? 26 : 0)
        self.width = Float(width)
        self.height = Float(height)
        self.horizon = horizon
        k = Float(height) / 540
        wind = (scene.isStormy ? -0.42 : -0.14) * (dice.chance(0.5) ? 1 : -1)
        rainLight = scene.hour == .night ? 22 : 30
        light = YUV(palette.light)
    }

    /// Stars, behind everything that stands on the ground.
    func paintStars(_ canvas: Canvas, time: Float, shift: Float) {
        for s in stars {
            let x = wrap(s.x * width - shift * 0.04, width)
            let y = s.y * s.y * horizon * 0.96
            let twinkle = 0.6 + 0.4 * sin(time * (1.5 + s.depth * 3) + s.phase)
            let fade = smooth(horizon, horizon * 0.6, y)
            let size = (0.55 + s.depth * s.depth * 0.9) * max(k, 0.8)
            canvas.dot(
                x: x, y: y, radius: size, colour: YUV(RGB(0.93, 0.95, 1)),
                strength: (0.25 + 0.6 * s.depth) * twinkle * fade)
        }
    }

    /// The glows of lanterns, embers and fireflies.
    func light(_ veil: SoftLayer, time: Float, shift: Float) {
        for m in lanterns {
            let p = lantern(m, time: time, shift: shift)
            veil.glow(
                x: p.x, y: p.y, radius: p.size * 5.5, colour: RGB(1, 0.58, 0.20),
                strength: 0.34 * p.flame)
        }
        for m in embers {
            let p = ember(m, time: time)
            veil.glow(x: p.x, y: p.y, radius: 15 * k, colour: RGB(1, 0.45, 0.12), strength: 0.25 * p.heat)
        }
        for m in fireflies {
            let p = firefly(m, time: time)
            veil.glow(x: p.x, y: p.y, radius: 20 * k, colour: RGB(0.8, 1, 0.4), strength: 0.4 * p.heat)
        }
    }

    /// The motes themselves, in front of the scene.
    func paint(_ canvas: Canvas, time: Float, shift: Float) {
        for m in lanterns { paintLantern(canvas, lantern(m, time: time, shift: shift)) }
        for m in embers {
            let p = ember(m, time: time)
            canvas.dot(
                x: p.x, y: p.y, radius: (0.7 + m.depth) * k, colour: YUV(RGB(1, 0.72, 0.3)), strength: p.heat)
        }
        for m in fireflies {
            let p = firefly(m, time: time)
            canvas.dot(x: p.x, y: p.y, radius: 1.5 * k, colour: YUV(RGB(0.95, 1, 0.6)), strength: p.heat)
        }
        for m in dust {
            let x = wrap(m.x * width + time * 9 * k * (0.3 + m.depth) - shift * 0.8, width)
            let y = wrap(m.y * height + sin(time * 0.5 + m.phase) * 14 * k, height)
            let a = 0.10 + 0.16 * (0.5 + 0.5 * sin(time * 0.9 + m.phase * 2))
            canvas.dot(x: x, y: y, radius: (0.8 + m.depth * 1.2) * k, colour: light, strength: a)
        }
        for m in snow {
            let near = 0.25 + m.depth * m.depth
            let x = wrap(
                m.x * width + time * wind * 190 * k * near + sin(time * 1.1 + m.phase) * 13 * k * near
                    - shift * near, width)
            let y = wrap(m.y * height + time * 72 * k * near, height)
            canvas.dot(
                x: x, y: y, radius: (0.7 + 2.3 * near * near) * k, colour: YUV(RGB(0.95, 0.97, 1)),
                strength: 0.35 + 0.45 * near)
        }
        for m in rain {
            let near = 0.35 + m.depth * m.depth * 0.9
            let speed = 900 * k * near
            let tall = height * 1.2
            let y = wrap(m.y * tall + time * speed, tall) - height * 0.1
            let x = wrap(m.x * width + time * speed * wind - shift * near, width)
            let length = 26 * k * near
            canvas.streak(
                x: x, y: y, dx: length * wind, dy: length,
                light: rainLight * (0.3 + 0.7 * m.depth))
        }
    }

    private func wrap(_ x: Float, _ span: Float) -> Float {
        let r = x.truncatingRemainder(dividingBy: span)
        return r < 0 ? r + span : r
    }

    private func ember(_ m: Mote, time: Float) -> (x: Float, y: Float, heat: Float) {
        let life = (time * (0.10 + 0.12 * m.depth) + m.y).truncatingRemainder(dividingBy: 1)
        let x = m.x * width + sin(time * 1.3 + m.phase) * 26 * k + life * wind * 160 * k
        return (
            wrap(x, width), height * (1.05 - life * 0.95), (1 - life) * (0.6 + 0.4 * sin(time * 7 + m.phase))
        )
    }

    private func firefly(_ m: Mote, time: Float) -> (x: Float, y: Float, heat: Float) {
        let x = m.x * width + sin(time * 0.7 + m.phase) * 40 * k
        let y = horizon + (height - horizon) * m.y + sin(time * 0.9 + m.phase * 3) * 24 * k
        return (x, y, max(0, sin(time * 1.2 + m.phase * 5)))
    }

    private func lantern(_ m: Mote, time: Float, shift: Float) -> (
        x: Float, y: Float, size: Float, flame: Float
    ) {
        let near = 0.16 + 0.84 * m.depth * m.depth
        let rise = time * (9 + 22 * near) * k
        let span = height * 1.3
        let y = span - wrap(m.y * span + rise, span) - height * 0.15
        let x =
            wrap(
                m.x * width * 1.1 + sin(time * 0.5 + m.phase) * 15 * k * near - shift * near * 0.8,
                width * 1.1)
            - width * 0.05
        let flame = 0.86 + 0.14 * sin(time * 5.3 + m.phase * 4) * sin(time * 3.1 + m.phase)
        return (x, y, (5 + 17 * near) * k, flame)
    }

    private func paintLantern(_ canvas: Canvas, _ p: (x: Float, y: Float, size: Float, flame: Float)) {
        let tall = p.size * 1.25
        let x0 = max(0, Int(p.x - p.size))
        let x1 = min(canvas.width - 1, Int(p.x + p.size))
        let y0 = max(0, Int(p.y - tall))
        let y1 = min(canvas.height - 1, Int(p.y + tall))
        guard x0 <= x1, y0 <= y1 else { return }
        for py in y0...y1 {
            let t = (Float(py) - p.y) / tall
            let wide = p.size * (0.74 + 0.20 * (1 - t) * 0.5 - 0.16 * t * t)
            for px in x0...x1 {
                let side = abs(Float(px) + 0.5 - p.x)
                let a = clamp(wide - side + 0.5) * clamp((1 - abs(t)) * tall + 0.5)
                guard a > 0 else { continue }
                // The flame is low in the paper: bright below, darker to the top and the sides.
                let heat = clamp(1.05 - 0.55 * (0.5 - t * 0.5) - 0.35 * side / wide) * p.flame
                let c = YUV(RGB(0.85, 0.26, 0.06).mixed(RGB(1, 0.90, 0.55), heat * heat))
                let i = py * canvas.width + px
                canvas.y.samples[i] += (c.y - canvas.y.samples[i]) * a
                if px & 1 == 0 && py & 1 == 0 {
                    let h = (py >> 1) * (canvas.width >> 1) + (px >> 1)
                    canvas.u.samples[h] += (c.u - canvas.u.samples[h]) * a
                    canvas.v.samples[h] += (c.v - canvas.v.samples[h]) * a
                }
            }
        }
    }
}
