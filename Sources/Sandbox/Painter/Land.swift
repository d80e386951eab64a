import Foundation

/// Ridges: mountains, hills, dunes, wooded slopes and rocks, painted once as sprites.
enum Land {
    enum Kind { case mountains, hills, dunes, woods, rocks }

    /// What a ridge looks like.
    struct Ridge {
        var kind: Kind
        /// Frame row of the ridge's mean height.
        var line: Float
        /// How far it rises and falls, in pixels.
        var amplitude: Float
        /// Features across the frame.
        var frequency: Float
        var top: RGB
        var base: RGB
        var rim: RGB
        var rimStrength: Float
        /// Light comes from this side: -1 left, 1 right.
        var sunSide: Float
        var snow: Float
        var salt: UInt64
    }

    /// Paints a ridge that goes down to the bottom of the frame.
    static func sprite(_ r: Ridge, width: Int, height: Int, tiles: Tiles, seed: UInt64) -> Sprite {
        var dice = Dice(seed: seed, salt: r.salt)
        let k = Float(height) / 540
        let treeHeight = r.kind == .woods ? r.amplitude * 0.8 + 26 * k : 0
        let sprite = Sprite(
            frameWidth: width, frameHeight: height, top: Int(r.line - r.amplitude - treeHeight - 4),
            overhang: height / 6)
        let heights = profile(r, sprite: sprite, width: width, k: k, tiles: tiles, dice: &dice)
        shade(r, sprite: sprite, heights: heights, k: k, tiles: tiles, dice: &dice)
        return sprite
    }

    private static func profile(
        _ r: Ridge, sprite: Sprite, width: Int, k: Float, tiles: Tiles, dice: inout Dice
    ) -> [Float] {
        let v = dice.between(0, 256)
        let u0 = dice.between(0, 256)
        let scale = r.frequency * 74 / Float(width)
        var heights = [Float](repeating: 0, count: sprite.width)
        for x in 0..<sprite.width {
            let u = u0 + Float(x) * scale
            var n = tiles.ridges.at(u, v)
            switch r.kind {
            case .mountains:
                n = 1 - abs(2 * n - 1)
                n = n * n * 0.66 + (1 - abs(2 * tiles.ridges.at(u * 2.7, v + 40) - 1)) * 0.26
                n += (tiles.detail.at(u * 1.9, v + 9) - 0.5) * 0.13
            case .dunes:
                // Long backs with a bend in them, none like the one before.
                let bend = tiles.ridges.at(u * 0.35, v + 20)
                n = 0.5 + 0.5 * sin(u * 0.085 + 9 * bend) * (0.35 + n * 0.65)
            case .rocks:
                n = n * 0.6 + abs(2 * tiles.detail.at(u * 1.5, v) - 1) * 0.4
            case .hills, .woods:
                n = n * 0.9 + tiles.ridges.at(u * 2.3, v + 90) * 0.1
            }
            heights[x] = r.line + r.amplitude * (1 - 2 * n) * (r.kind == .mountains ? 1 : 0.9)
        }
        if r.kind == .woods { plant(&heights, k: k, r: r, dice: &dice) }
        return heights.map { $0 - Float(sprite.top) }
    }

    /// Puts conifers on a ridge.
    private static func plant(_ heights: inout [Float], k: Float, r: Ridge, dice: inout Dice) {
        let ground = heights
        let size = max(9, r.amplitude * 0.55)
        var x = -20
        while x < heights.count + 20 {
            let tall = size * dice.between(0.55, 1.5)
            let half = tall * dice.between(0.17, 0.26)
            let tiers = Float(4 + dice.below(4))
            let foot = ground[min(max(x, 0), ground.count - 1)]
            let from = max(0, x - Int(half) - 1)
            let to = min(heights.count - 1, x + Int(half) + 1)
            if from <= to {
                for i in from...to {
                    let d = abs(Float(i - x)) / half
                    let t = max(0, 1 - d)
                    // Branches: a saw on the side of the cone.
                    let saw = (t * tiers).truncatingRemainder(dividingBy: 1) * 0.10
                    heights[i] = min(heights[i], foot - tall * max(0, t - saw) + 2)
                }
            }
            x += max(2, Int(size * dice.between(0.10, 0.42)))
        }
    }

    private static func shade(
        _ r: Ridge, sprite: Sprite, heights: [Float], k: Float, tiles: Tiles, dice: inout Dice
    ) {
        let reach = max(r.amplitude * 1.6, 60 * k)
        let su = dice.between(0, 256)
        let sv = dice.between(0, 256)
        let top = YUV(r.top)
        let base = YUV(r.base)
        let rim = YUV(light: r.rim)
        let white = YUV(RGB(0.93, 0.95, 1).mixed(r.base, 0.35))
        let span = max(2, Int(3 * k))
        for x in 0..<sprite.width {
            let h = heights[x]
            let slope =
                (heights[min(x + span, sprite.width - 1)] - heights[max(x - span, 0)]) / Float(2 * span)
            let facing = clamp(0.5 + slope * r.sunSide * 0.9)
            for y in min(max(0, Int(h) - 1), sprite.height)..<sprite.height {
                let d = Float(y) - h
                let a = clamp(d + 0.5)
                guard a > 0 else { continue }
                var c = top.mixed(base, clamp(d / reach))
                var grain: Float = 0
                switch r.kind {
                case .mountains:
                    let n = tiles.detail.at(su + Float(x) * 0.55 / k + d * 0.35 / k, sv + d * 0.4 / k)
                    let m = tiles.detail.at(
                        su + Float(x) * 0.55 / k + d * 0.35 / k - 2.5 * r.sunSide, sv + d * 0.4 / k)
                    grain = (n - m) * 62 + (facing - 0.5) * 40 * max(0, 1 - d / reach)
                    if r.snow > 0 {
                        // Above a ragged line; lower where the whole land lies in snow.
                        let height = Float(y + sprite.top)
                        let low =
                            r.line + r.amplitude
                            * (r.snow * 1.6 - 1.15 + (n - 0.5) * 1.1 + (facing - 0.5) * 0.5)
                        let cover = smooth(low + 7 * k, low - 7 * k, height)
                        c = c.mixed(white, cover * (0.45 + 0.55 * facing))
                    }
                case .dunes:
                    let ripple = sin(
                        d * 0.55 / k + tiles.ridges.at(su + Float(x) * 0.3 / k, sv + d * 0.2 / k) * 26)
                    grain = (facing - 0.5) * 52 * max(0, 1 - d / reach) + ripple * 2.2
                case .rocks:
                    let n = tiles.detail.at(su + Float(x) * 0.9 / k, sv + d * 0.7 / k)
                    let m = tiles.detail.at(su + Float(x) * 0.9 / k - 3 * r.sunSide, sv + d * 0.7 / k - 2)
                    grain = (n - m) * 46
                case .woods:
                    grain = (tiles.detail.at(su + Float(x) * 2 / k, sv + d * 0.8 / k) - 0.5) * 12
                case .hills:
                    let n = tiles.detail.at(su + Float(x) * 0.5 / k, sv + d * 1.3 / k)
                    grain = (n - 0.5) * 16 + (facing - 0.5) * 22 * max(0, 1 - d / reach)
                }
                let edge = r.rimStrength * exp(-max(d, 0) / (4 * k)) * (0.35 + 0.65 * facing)
                c.y = max(16, c.y + grain * (c.y - 10) / 110 + rim.y * edge)
                c.u += rim.u * edge
                c.v += rim.v * edge
                sprite.lay(x, y, c, a)
            }
        }
    }
}
