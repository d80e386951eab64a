import Foundation

/// Sky: a gradient, the glow of sun or moon, and two decks of cloud that drift toward the horizon.
final class Sky {
    let layer: SoftLayer
    private let base: SoftLayer
    private let rows: Int
    private let horizon: Float
    private let clouds: NoiseTile
    private let detail: NoiseTile
    private let lit: YUV
    private let dark: YUV
    private let coverLow: Float
    private let coverHigh: Float
    private let density: Float
    private let wind: Float
    private let sun: (x: Float, y: Float)
    private let offset: (u: Float, v: Float)
    private let isFlat: Bool

    init(
        width: Int, height: Int, horizon: Float, scene: Scene, palette: Palette, sun: (x: Float, y: Float),
        tiles: Tiles, dice: inout Dice
    ) {
        layer = SoftLayer(frameWidth: width, frameHeight: height)
        base = SoftLayer(frameWidth: width, frameHeight: height)
        self.horizon = horizon
        rows = min(layer.height, Int(horizon / 4) + 3)
        clouds = tiles.clouds
        detail = tiles.detail
        lit = YUV(palette.cloudLit)
        dark = YUV(palette.cloudDark)
        let amount: Float = scene.isStormy ? 0.9 : scene.stars ? 0.32 : dice.between(0.35, 0.62)
        coverLow = 0.72 - amount * 0.5
        coverHigh = coverLow + (scene.look == .anime || scene.look == .comic ? 0.10 : 0.30)
        density = scene.stars ? 0.75 : 0.95
        wind = (scene.isStormy ? 14 : 4.5) * (dice.chance(0.5) ? 1 : -1)
        self.sun = sun
        offset = (dice.between(0, 256), dice.between(0, 256))
        isFlat = scene.look == .anime || scene.look == .comic
        paintBase(width: width, height: height, scene: scene, palette: palette)
    }

    private func paintBase(width: Int, height: Int, scene: Scene, palette: Palette) {
        let zenith = YUV(palette.zenith)
        let middle = YUV(palette.middle)
        let low = YUV(palette.horizon)
        let light = YUV(light: palette.light)
        let strength: Float = scene.isStormy ? 0.14 : scene.hour == .night ? 0.20 : 0.42
        let reach = Float(height) * (scene.hour == .night ? 0.42 : 0.75)
        for row in 0..<rows {
            let t = clamp((Float(row) * 4 + 2) / horizon)
            let c = t < 0.55 ? zenith.mixed(middle, smooth(0, 0.6, t)) : middle.mixed(low, smooth(0.45, 1, t))
            for x in 0..<base.width {
                let dx = Float(x) * 4 + 2 - sun.x
                let dy = (Float(row) * 4 + 2 - sun.y) * 1.25
                let d = (dx * dx + dy * dy).squareRoot() / reach
                let glow = strength * (exp(-d * 3.2) + 0.6 * exp(-d * 11))
                let i = row * base.width + x
                base.y.samples[i] = c.y + light.y * glow
                base.u.samples[i] = c.u + light.u * glow
                base.v.samples[i] = c.v + light.v * glow
            }
        }
    }

    /// Paints the sky of one moment; `shift` is how far the camera has panned, in pixels.
    func paint(time: Float, shift: Float, flash: Float) {
        let w = layer.width
        let middle = Float(w) / 2
        let perPixel = 90 / Float(w)
        let drift = offset.u + wind * time - shift * 0.06 * perPixel
        for row in 0..<rows {
            let fall = clamp(1 - (Float(row) * 4 + 2) / horizon, 0.0, 1)
            let distance = 1 / (0.16 + fall)
            let v = offset.v + distance * 62 + time * 1.2
            let fade = smooth(0.0, 0.16, fall) * density
            let dySun = (Float(row) * 4 - sun.y) / horizon
            let i0 = row &* w
            for x in 0..<w {
                let u = (Float(x) - middle) * perPixel * distance + drift
                let n = clouds.at(u, v) * 0.72 + detail.at(u * 2.7 + drift * 0.4, v * 2.7) * 0.28
                let d = smooth(coverLow, coverHigh, n) * fade
                let i = i0 &+ x
                let by = base.y.samples[i]
                let bu = base.u.samples[i]
                let bv = base.v.samples[i]
                if d <= 0.002 {
                    layer.y.samples[i] = by + flash * 26
                    layer.u.samples[i] = bu
                    layer.v.samples[i] = bv
                    continue
                }
                let dxSun = (Float(x) * 4 - sun.x) / horizon
                let side = clouds.at(u - clamp(dxSun * 4, -1, 1) * 3, v - 5)
                var shine = 0.46 + (n - side) * 2.1 - (n - coverLow) * 0.55
                shine += 0.5 * max(0, 1 - (dxSun * dxSun + dySun * dySun) * 1.6)
                if isFlat { shine = smooth(0.42, 0.58, shine) }
                let s = clamp(shine)
                layer.y.samples[i] = mix(by, mix(dark.y, lit.y, s), d) + flash * (26 + 60 * d * s)
                layer.u.samples[i] = mix(bu, mix(dark.u, lit.u, s), d)
                layer.v.samples[i] = mix(bv, mix(dark.v, lit.v, s), d)
            }
        }
    }

    /// Puts the sky into the picture.
    func spread(over canvas: Canvas, scratch: Scratch) {
        layer.spread(over: canvas, rows: min(canvas.height, rows * 4), scratch: scratch)
    }
}

/// The noise that one clip is made of.
final class Tiles {
    let clouds: NoiseTile
    let detail: NoiseTile
    let waves: NoiseTile
    let ridges: NoiseTile

    init(seed: UInt64) {
        clouds = NoiseTile(seed: seed &+ 11, octaves: 5, firstCells: 4, gain: 0.52)
        detail = NoiseTile(seed: seed &+ 12, octaves: 4, firstCells: 16, gain: 0.6)
        waves = NoiseTile(seed: seed &+ 13, octaves: 3, firstCells: 16, gain: 0.45)
        ridges = NoiseTile(seed: seed &+ 14, octaves: 6, firstCells: 2, gain: 0.48)
    }
}
