import Foundation

/// The lighthouse on its rock: a tapering banded tower, gallery, lamp room and roof.
enum Headland {
    /// Paints rock and tower; the returned sprite's only lamp is the light itself.
    static func sprite(
        width: Int, height: Int, horizon: Float, centreX: Float, scene: Scene, palette: Palette,
        sunSide: Float, tiles: Tiles
    ) -> Sprite {
        let h = Float(height)
        let k = h / 540
        let sprite = Sprite(
            frameWidth: width, frameHeight: height, top: Int(horizon - h * 0.56), overhang: height / 6)
        let cx = centreX + Float(sprite.margin)
        let rockTop = horizon - h * 0.075 - Float(sprite.top)
        rock(
            sprite, cx: cx, rockTop: rockTop, k: k, width: Float(width), scene: scene, palette: palette,
            sunSide: sunSide, tiles: tiles)
        tower(
            sprite, cx: cx, foot: rockTop + 5 * k, h: h, k: k, scene: scene, palette: palette,
            sunSide: sunSide)
        return sprite
    }

    private static func rock(
        _ s: Sprite, cx: Float, rockTop: Float, k: Float, width: Float, scene: Scene, palette: Palette,
        sunSide: Float, tiles: Tiles
    ) {
        let stone = palette.near.mixed(palette.horizon, 0.16)
        let dark = YUV(palette.near.mixed(palette.horizon, 0.05))
        let body = YUV(stone)
        let foot = rockTop + 58 * k
        for x in 0..<s.width {
            let d = (Float(x) - cx) / (width * 0.20)
            let skew = d > 0 ? d * 1.25 : d
            let dome = 1 - skew * skew
            let n = tiles.detail.at(Float(x) * 0.7 / k, 31) - 0.5
            let edge = rockTop + (1 - dome) * 50 * k + n * 17 * k + abs(skew) * 6 * k
            guard edge < foot else { continue }
            for y in max(0, Int(edge) - 1)..<min(s.height, Int(foot) + 1) {
                let below = Float(y) - edge
                let a = clamp(below + 0.5) * clamp(foot - Float(y))
                let p = tiles.detail.at(Float(x) * 0.8 / k, Float(y) * 0.9 / k)
                let q = tiles.detail.at(Float(x) * 0.8 / k - 3 * sunSide, Float(y) * 0.9 / k - 2)
                var c = body.mixed(dark, clamp(below / (36 * k)))
                c.y = max(
                    16, c.y + (p - q) * 40 + 26 * exp(-max(0, below) / (2.5 * k)) * palette.light.r * 0.6)
                s.lay(x, y, c, a)
            }
        }
    }

    private static func tower(
        _ s: Sprite, cx: Float, foot: Float, h: Float, k: Float, scene: Scene, palette: Palette,
        sunSide: Float
    ) {
        let tall = h * 0.30
        let roomTop = foot - tall
        let wide: (Float) -> Float = { y in mix(0.017, 0.030, clamp((y - roomTop) / tall)) * h }
        let day: Float = scene.hour == .night ? 0.34 : scene.isStormy ? 0.55 : 0.92
        let white = RGB(0.95, 0.93, 0.88).mixed(palette.horizon, 0.25).scaled(day)
        let red = RGB(0.72, 0.17, 0.13).mixed(palette.horizon, 0.12).scaled(day)
        let iron = YUV(palette.near.mixed(palette.horizon, 0.1))
        func bar(_ y0: Float, _ y1: Float, _ half: (Float) -> Float, _ colour: (Float, Float) -> YUV) {
            for y in max(0, Int(y0))..<min(s.height, Int(y1)) {
                let w = half(Float(y))
                for x in Int(cx - w) - 1...Int(cx + w) + 1 {
                    let across = (Float(x) - cx) / w
                    s.lay(x, y, colour(across, Float(y)), clamp(w - abs(Float(x) - cx) + 0.5))
                }
            }
        }
        bar(roomTop, foot, wide) { across, y in
            let band = Int((y - roomTop) / (tall / 5)) % 2 == 1
            let round = clamp(0.62 + 0.42 * across * sunSide - 0.30 * across * across, 0.2, 1.05)
            return YUV((band ? red : white).scaled(round))
        }
        // A door and three small windows.
        for (at, size) in [(0.25, 2.2), (0.5, 2.2), (0.72, 2.2), (0.955, 5.0)] as [(Float, Float)] {
            let y = roomTop + tall * at
            bar(y - size * 1.3 * k, y + size * 1.3 * k, { _ in size * 0.55 * k }) { _, _ in iron }
        }
        let gallery = roomTop
        bar(gallery - 4 * k, gallery + 3 * k, { _ in 0.026 * h }) { _, _ in iron }
        let glow = YUV(RGB(1, 0.92, 0.68))
        bar(gallery - 24 * k, gallery - 4 * k, { _ in 0.0135 * h }) { across, _ in
            abs(across) > 0.86 || abs(across) < 0.07 ? iron : glow
        }
        bar(gallery - 40 * k, gallery - 24 * k, { y in (y - (gallery - 41 * k)) * 0.62 }) { across, _ in
            YUV(red.scaled(clamp(0.6 + 0.4 * across * sunSide, 0.2, 1)))
        }
        s.lamps.append(
            .init(
                x: cx, y: gallery - 14 * k, colour: RGB(1, 0.90, 0.62), radius: 90 * k, strength: 0.75,
                flicker: 0))
    }
}
