/// Water: a plane toward the horizon that mirrors what stands above it, broken by waves, with the
/// light's path glittering on it; in a storm also swell that rolls in front.
final class Water {
    private let horizon: Int
    private let deep: YUV
    private let light: YUV
    private let foam: YUV
    private let waves: NoiseTile
    private let mirror: Float
    private let roughness: Float
    private let speed: Float
    private let sunX: Float
    private let glitter: Float
    private let k: Float
    private let swell: [Swell]

    private struct Swell {
        var line: Float
        var height: Float
        var length: Float
        var speed: Float
        var phase: Float
        var crest: YUV
        var trough: YUV
        var foam: Float
    }

    init(
        width: Int, height: Int, horizon: Float, scene: Scene, palette: Palette, sunX: Float, tiles: Tiles,
        dice: inout Dice
    ) {
        self.horizon = Int(horizon)
        k = Float(height) / 540
        deep = YUV(palette.water)
        light = YUV(light: palette.light)
        foam = YUV(
            RGB(0.92, 0.95, 0.98).mixed(palette.horizon, 0.35).scaled(scene.hour == .night ? 0.5 : 0.9))
        waves = tiles.waves
        let isSea = scene.place == .sea
        mirror = isSea ? (scene.isStormy ? 0.36 : 0.55) : scene.place == .city ? 0.62 : 0.82
        roughness = isSea ? (scene.isStormy ? 1.5 : 0.8) : scene.place == .city ? 0.8 : 0.35
        speed = isSea ? (scene.isStormy ? 26 : 13) : 6
        self.sunX = sunX
        glitter = scene.isStormy ? 0.25 : 0.9
        var rows: [Swell] = []
        if isSea {
            let count = scene.isStormy ? 3 : 0
            let depth = Float(height) - horizon
            for i in 0..<count {
                let near = Float(i + 1) / Float(count)
                let size = 34 * k * (0.35 + 0.65 * near)
                let crest = palette.water.mixed(palette.horizon, scene.isStormy ? 0.42 - 0.12 * near : 0.30)
                rows.append(
                    Swell(
                        line: horizon + depth * (0.30 + 0.58 * near * near), height: size,
                        length: (60 + 150 * near) * k, speed: (0.5 + 0.5 * near) * (scene.isStormy ? 1 : 0.6),
                        phase: dice.between(0, 256), crest: YUV(crest),
                        trough: YUV(palette.water.mixed(palette.near, 0.55 * near)),
                        foam: scene.isStormy ? 0.85 : 0.3))
            }
        }
        swell = rows
    }

    /// Paints the plane; everything above the horizon must be in the picture already.
    func paint(_ canvas: Canvas, time: Float, shift: Float, dy: Float, scratch: Scratch) {
        let w = canvas.width
        let h = canvas.height
        let line = min(max(horizon + Int(dy.rounded()), 4), h - 2)
        let middle = Float(w) / 2
        for y in line..<h {
            let below = Float(y - line) + 0.8
            let depth = Float(h - line) / below
            let near = below / Float(h - line)
            let scale = depth * 190 / Float(w)
            let v = depth * 34 * (1 + 0) + time * speed
            let amp = roughness * (6 + 30 * near) * k
            // What is mirrored: the row as far above the line as this one is below, squeezed.
            let up = Float(line) - below * 0.92
            let fresnel = mirror * (1 - 0.55 * near)
            let glitterWidth = (16 + 150 * near) * k
            let inverse = 1 / glitterWidth
            let out = canvas.y.row(y)
            let contrast = (6 + 20 * near) * min(roughness, 1.2)
            let drift = time * speed * 0.35 - shift * scale * 0.35
            for x in 0..<w {
                let u = (Float(x) - middle) * scale + drift
                let n = waves.at(u, v) - waves.at(u * 0.63 + 91 - drift * 1.4, v * 0.71 + 47)
                scratch.a[x] = n
                let sy = min(max(Int(up + n * amp * 1.6), 0), line - 1)
                let sx = min(max(x &+ Int(n * amp * 0.6), 0), w - 1)
                var c = mix(deep.y, canvas.y.samples[sy &* w &+ sx], fresnel) + n * contrast
                let q = (Float(x) - sunX - n * 40 * k) * inverse
                let g = glitter * max(0, n * 2.6 - 0.12 + 0.25 * (1 - near)) / (1 + q * q * q * q)
                scratch.b[x] = g
                c += light.y * g * 0.8
                out[x] = c
            }
            if y & 1 == 0 { chroma(canvas, row: y, up: up, amp: amp, fresnel: fresnel, scratch) }
        }
    }

    private func chroma(
        _ canvas: Canvas, row: Int, up: Float, amp: Float, fresnel: Float, _ scratch: Scratch
    ) {
        let half = canvas.width / 2
        let u = canvas.u.row(row / 2)
        let v = canvas.v.row(row / 2)
        let limit = max(0, row / 2 - 1)
        for x in 0..<half {
            let n = scratch.a[2 &* x]
            let g = scratch.b[2 &* x]
            let sy = min(max(Int((up + n * amp * 1.6) * 0.5), 0), limit)
            u[x] = mix(deep.u, canvas.u.samples[sy &* half &+ x], fresnel) + light.u * g * 0.8
            v[x] = mix(deep.v, canvas.v.samples[sy &* half &+ x], fresnel) + light.v * g * 0.8
        }
    }

    /// Paints the swell in front of everything that stands in the water.
    func paintSwell(_ canvas: Canvas, time: Float, shift: Float, dy: Float, scratch: Scratch) {
        let w = canvas.width
        for s in swell {
            let crest = scratch.a
            let froth = scratch.b
            var highest = Float(canvas.height)
            let roll = time * s.speed
            for x in 0..<w {
                let p = (Float(x) - shift * s.speed) / s.length
                let n = waves.at(p * 26 + s.phase + roll * 9, roll * 7) - 0.5
                let big = waves.at(p * 9 + s.phase + roll * 4, 80 + roll * 2) - 0.5
                let top = s.line + dy - s.height * (big * 3.2 + (0.5 - abs(n)) * 0.8)
                crest[x] = top
                froth[x] = s.foam * smooth(0.05, 0.5, big + n * 0.8) * (2 + 5 * s.height / 30)
                highest = min(highest, top)
            }
            let first = max(0, Int(highest) - 1)
            guard first < canvas.height else { continue }
            let fall = 1 / (s.height * 2.2 + 12 * k)
            for y in first..<canvas.height {
                let out = canvas.y.row(y)
                let fy = Float(y)
                let tv = fy * 0.5 / k + s.phase
                let tu = roll * 16 - shift * s.speed * 0.2
                for x in 0..<w {
                    let d = fy - crest[x]
                    guard d > -1 else { continue }
                    let a = clamp(d * 0.5 + 0.5)
                    let t = clamp(d * fall)
                    let spray = froth[x] * max(0, 1 - abs(d - 1) / (froth[x] * k + 1)) * 0.16
                    let grain = waves.at(Float(x) * 0.21 / k + tu, (tv - crest[x] * 0.3 / k) * 0.9) - 0.5
                    let c =
                        mix(s.crest.y, s.trough.y, t) + (foam.y - 40) * min(spray, 0.8)
                        + grain * (26 - 12 * t)
                    out[x] = out[x] + (c - out[x]) * a
                }
                if y & 1 == 0 {
                    let u = canvas.u.row(y / 2)
                    let v = canvas.v.row(y / 2)
                    for x in 0..<w / 2 {
                        let d = fy - crest[2 &* x]
                        let a = clamp(d * 0.5 + 0.5)
                        let t = clamp(d * fall)
                        u[x] += (mix(s.crest.u, s.trough.u, t) - u[x]) * a
                        v[x] += (mix(s.crest.v, s.trough.v, t) - v[x]) * a
                    }
                }
            }
        }
    }
}
