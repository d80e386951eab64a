import Foundation

/// One camera set-up on a scene, ready to be painted at any moment.
///
/// Building a stage paints its sprites (tens of milliseconds); painting a frame moves them.
final class Stage {
    private struct Layer {
        var sprite: Sprite
        var depth: Float
        /// Stands in the water: drawn before it, and mirrored by it.
        var isBehindWater: Bool
    }

    private let width: Int
    private let height: Int
    private let scene: Scene
    private let palette: Palette
    private let horizon: Float
    private let sky: Sky
    private var layers: [Layer] = []
    private let water: Water?
    private let weather: Weather
    private let veil: SoftLayer
    private let scratch: Scratch
    private let tiles: Tiles
    private let sun: (x: Float, y: Float)
    private let pan: Float
    private let dolly: Float
    private let tilt: Float
    private let phase: Float
    private let seed: UInt64
    private let walker: Walker?
    private let walkStart: Float
    private var beacon: Int?

    /// - Parameter angle: which of the clip's camera set-ups this is; 0 is the first.
    init(scene: Scene, width: Int, height: Int, angle: Int, tiles: Tiles) {
        self.scene = scene
        self.width = width
        self.height = height
        self.tiles = tiles
        palette = scene.palette
        seed = scene.seed &+ UInt64(angle) &* 7919
        var dice = Dice(seed: seed, salt: 3)
        let h = Float(height)
        let w = Float(width)
        let low = scene.isWatery ? dice.between(0.56, 0.66) : dice.between(0.60, 0.70)
        horizon = (h * (scene.place == .city ? dice.between(0.70, 0.78) : low)).rounded()
        let side: Float = dice.chance(0.5) ? 1 : -1
        let sunHeight: Float =
            switch scene.hour {
            case .night: dice.between(0.14, 0.34)
            case .dusk, .dawn: dice.between(0.62, 0.84)
            case .day: dice.between(0.12, 0.3)
            }
        sun = (w * (0.5 + side * dice.between(0.10, 0.30)), horizon * sunHeight)
        pan = (dice.chance(0.5) ? 1 : -1) * w * dice.between(0.035, 0.075)
        dolly = dice.between(0.05, 0.11)
        tilt = h * dice.between(-0.012, 0.012)
        phase = dice.between(0, 6.28)
        scratch = Scratch(width: width + 2 * (width / 4) + 64)
        veil = SoftLayer(frameWidth: width, frameHeight: height)
        sky = Sky(
            width: width, height: height, horizon: horizon, scene: scene, palette: palette, sun: sun,
            tiles: tiles, dice: &dice)
        let isWet = scene.isWatery || (scene.place == .city && scene.rain > 0)
        water =
            isWet
            ? Water(
                width: width, height: height, horizon: horizon, scene: scene, palette: palette, sunX: sun.x,
                tiles: tiles, dice: &dice) : nil
        weather = Weather(
            width: width, height: height, horizon: horizon, scene: scene, palette: palette, dice: &dice)
        let coats = [
            RGB(0.93, 0.74, 0.12), RGB(0.75, 0.14, 0.14), RGB(0.12, 0.45, 0.52), RGB(0.80, 0.80, 0.78),
        ]
        let dim: Float = scene.hour == .night ? 0.6 : scene.isStormy ? 0.75 : 0.95
        walker =
            scene.hasWalker
            ? Walker(
                coat: (scene.coat ?? coats[Int(scene.seed % 4)]).scaled(dim),
                dark: palette.near.mixed(palette.horizon, 0.06), direction: pan > 0 ? 1 : -1)
            : nil
        walkStart = dice.between(0.3, 0.6)
        build(dice: &dice, side: side, angle: angle)
    }

    private func build(dice: inout Dice, side: Float, angle: Int) {
        let h = Float(height)
        let p = palette
        let rim: Float = scene.hour == .day ? 0.12 : scene.isStormy ? 0.10 : 0.30
        func ridge(
            _ kind: Land.Kind, line: Float, amplitude: Float, frequency: Float, fog: Float, depth: Float,
            behind: Bool = false, colour: RGB? = nil
        ) {
            let ground = (colour ?? p.ground)
            let shade: Float = scene.hour == .night ? 0.55 : 0.8
            let top = ground.scaled(shade).mixed(p.near, 0.35).mixed(p.horizon, fog)
            let base = ground.scaled(shade * 0.8).mixed(p.near, 0.5).mixed(p.horizon, min(1, fog + 0.22))
            let r = Land.Ridge(
                kind: kind, line: line, amplitude: amplitude, frequency: frequency, top: top, base: base,
                rim: p.light, rimStrength: rim * (1 - fog * 0.6), sunSide: side,
                snow: kind == .mountains && scene.place != .desert ? max(scene.snow, 0.6) : scene.snow,
                salt: dice.next())
            let sprite = Land.sprite(r, width: width, height: height, tiles: tiles, seed: seed)
            layers.append(Layer(sprite: sprite, depth: depth, isBehindWater: behind))
        }
        switch scene.place {
        case .sea:
            ridge(
                .hills, line: horizon - h * 0.005, amplitude: h * 0.035, frequency: 3, fog: 0.62, depth: 9,
                behind: true)
            if scene.hasLighthouse {
                let at = Float(width) * (0.5 - side * dice.between(0.16, 0.26))
                let s = Headland.sprite(
                    width: width, height: height, horizon: horizon, centreX: at, scene: scene, palette: p,
                    sunSide: side, tiles: tiles)
                layers.append(Layer(sprite: s, depth: 3.4, isBehindWater: true))
                beacon = layers.count - 1
            }
            let rocks = p.near.mixed(p.horizon, 0.05)
            if dice.chance(0.7) || walker != nil {
                ridge(
                    .rocks, line: h * 0.93, amplitude: h * 0.07, frequency: 2.0, fog: 0, depth: 1.05,
                    colour: rocks)
            }
        case .lake:
            ridge(
                .mountains, line: horizon - h * 0.17, amplitude: h * 0.13, frequency: 2.4, fog: 0.62,
                depth: 9, behind: true)
            ridge(
                .hills, line: horizon - h * 0.05, amplitude: h * 0.05, frequency: 2, fog: 0.38, depth: 5,
                behind: true)
            ridge(
                .woods, line: horizon - h * 0.012, amplitude: h * 0.05, frequency: 1.6, fog: 0.14, depth: 3.2,
                behind: true)
            ridge(.rocks, line: h * 0.985, amplitude: h * 0.05, frequency: 2, fog: 0, depth: 1.1)
        case .mountains:
            ridge(
                .mountains, line: horizon - h * 0.20, amplitude: h * 0.17, frequency: 2.2, fog: 0.60, depth: 9
            )
            ridge(
                .mountains, line: horizon - h * 0.05, amplitude: h * 0.15, frequency: 2.8, fog: 0.36, depth: 5
            )
            ridge(
                .woods, line: horizon + h * 0.10, amplitude: h * 0.07, frequency: 1.8, fog: 0.16, depth: 2.6)
            ridge(.woods, line: h * 0.93, amplitude: h * 0.10, frequency: 1.4, fog: 0, depth: 1.2)
        case .hills:
            ridge(
                .mountains, line: horizon - h * 0.10, amplitude: h * 0.10, frequency: 2.2, fog: 0.66, depth: 9
            )
            ridge(.hills, line: horizon - h * 0.01, amplitude: h * 0.07, frequency: 2.0, fog: 0.42, depth: 5)
            ridge(
                .hills, line: horizon + h * 0.10, amplitude: h * 0.08, frequency: 1.6, fog: 0.18, depth: 2.8)
            ridge(.woods, line: h * 0.90, amplitude: h * 0.06, frequency: 1.2, fog: 0.02, depth: 1.4)
        case .forest:
            ridge(.woods, line: horizon - h * 0.10, amplitude: h * 0.09, frequency: 2.0, fog: 0.62, depth: 8)
            ridge(
                .woods, line: horizon - h * 0.01, amplitude: h * 0.12, frequency: 1.8, fog: 0.42, depth: 4.6)
            ridge(
                .woods, line: horizon + h * 0.12, amplitude: h * 0.19, frequency: 1.6, fog: 0.20, depth: 2.6)
            ridge(.woods, line: h * 0.96, amplitude: h * 0.34, frequency: 1.2, fog: 0.0, depth: 1.25)
        case .desert:
            ridge(
                .mountains, line: horizon - h * 0.02, amplitude: h * 0.05, frequency: 2.0, fog: 0.68, depth: 9
            )
            ridge(.dunes, line: horizon + h * 0.03, amplitude: h * 0.045, frequency: 3.0, fog: 0.40, depth: 5)
            ridge(
                .dunes, line: horizon + h * 0.13, amplitude: h * 0.07, frequency: 2.2, fog: 0.18, depth: 2.8)
            ridge(.dunes, line: h * 0.93, amplitude: h * 0.09, frequency: 1.4, fog: 0.03, depth: 1.4)
        case .city:
            buildCity(dice: &dice)
        }
    }

    private func buildCity(dice: inout Dice) {
        let h = Float(height)
        let p = palette
        let warm = [RGB(1, 0.83, 0.52), RGB(1, 0.93, 0.75), RGB(0.80, 0.90, 1)]
        let neon = [RGB(0.25, 0.9, 1), RGB(1, 0.3, 0.75), RGB(1, 0.8, 0.5), RGB(0.6, 0.5, 1)]
        let isDark = scene.hour == .night || scene.hour == .dusk || scene.isStormy
        let lit: Float = isDark ? 0.42 : 0.10
        let rows: [(tall: Float, fog: Float, depth: Float, cell: Float, line: Float)] = [
            (0.34, 0.66, 9, 3.4, 0), (0.36, 0.40, 5, 4.6, 0.004), (0.34, 0.14, 2.9, 6.4, 0.012),
        ]
        for row in rows {
            let wall = p.near.mixed(p.horizon, row.fog)
            let base = p.near.mixed(p.horizon, min(1, row.fog + 0.26))
            let glass = (scene.isNeon ? neon : warm).map { $0.mixed(p.horizon, row.fog * 0.75) }
            let r = Skyline.Row(
                ground: horizon + h * row.line, tall: h * row.tall, wall: wall, wallBase: base,
                windows: glass,
                lit: lit, isNeon: scene.isNeon && row.depth < 6, cell: row.cell * h / 540, salt: dice.next())
            let sprite = Skyline.sprite(r, width: width, height: height, seed: seed)
            layers.append(Layer(sprite: sprite, depth: row.depth, isBehindWater: water != nil))
        }
        let r = Skyline.Row(
            ground: h * 1.12, tall: h * 0.20, wall: p.near, wallBase: p.near.scaled(0.7), windows: warm,
            lit: isDark ? 0.03 : 0, isNeon: false, cell: 11 * h / 540, salt: dice.next())
        layers.append(
            Layer(
                sprite: Skyline.sprite(r, width: width, height: height, seed: seed), depth: 1.25,
                isBehindWater: false))
    }

    /// Paints one moment. `progress` runs from 0 to 1 over this set-up, `time` is seconds of the clip.
    func paint(_ canvas: Canvas, time: Float, progress: Float) {
        // The camera starts and stops gently.
        let eased = progress * progress * (3 - 2 * progress) * 0.6 + progress * 0.4
        let slide = pan * (eased - 0.5) * 2
        let push = dolly * eased
        let rise = tilt * (eased - 0.5) * 2 + sin(time * 0.9 + phase) * 0.8
        let flash = scene.isStormy ? Beam.flash(time: time + phase, seed: seed) : 0
        sky.paint(time: time, shift: slide, flash: flash)
        sky.spread(over: canvas, scratch: scratch)
        fillBelow(canvas)
        if scene.stars { weather.paintStars(canvas, time: time, shift: slide) }
        paintDisc(canvas, shift: slide)
        veil.clear()
        if scene.isStormy {
            Beam.bolt(canvas, veil: veil, time: time + phase, seed: seed, horizon: horizon, flash: flash)
        }
        for (i, layer) in layers.enumerated() where layer.isBehindWater {
            lay(layer, index: i, canvas, slide: slide, push: push, rise: rise, time: time)
        }
        if let water {
            let dy = rise * 0.2
            water.paint(canvas, time: time, shift: slide, dy: dy, scratch: scratch)
            if scene.isWatery { water.paintSwell(canvas, time: time, shift: slide, dy: dy, scratch: scratch) }
        }
        paintMist(time: time, shift: slide)
        for (i, layer) in layers.enumerated() where !layer.isBehindWater {
            if layer.depth < 2, scene.place != .city {
                paintWalker(canvas, time: time, progress: progress, slide: slide)
            }
            lay(layer, index: i, canvas, slide: slide, push: push, rise: rise, time: time)
        }
        if scene.place == .city { paintWalker(canvas, time: time, progress: progress, slide: slide) }
        weather.light(veil, time: time, shift: slide)
        veil.veil(over: canvas, scratch: scratch)
        weather.paint(canvas, time: time, shift: slide)
    }

    /// What is under the horizon before anything is put there: the colour of the air.
    private func fillBelow(_ canvas: Canvas) {
        let c = YUV(palette.horizon.mixed(palette.near, 0.25))
        let from = min(height, Int(horizon) + 8)
        canvas.y.row(0).advanced(by: from * width).update(repeating: c.y, count: (height - from) * width)
        let half = width / 2
        let count = (height / 2 - from / 2) * half
        canvas.u.row(from / 2).update(repeating: c.u, count: count)
        canvas.v.row(from / 2).update(repeating: c.v, count: count)
    }

    private func paintDisc(_ canvas: Canvas, shift: Float) {
        guard !scene.isStormy else { return }
        let k = Float(height) / 540
        let x = sun.x - shift * 0.05
        let radius = (scene.hour == .night ? 21 : scene.hour == .day ? 17 : 26) * k
        var colour = YUV(palette.light.mixed(RGB(1, 1, 1), 0.35))
        // Brighter than white, so that the sun still stands out of its own glow after the shoulder.
        if scene.hour != .night { colour.y = 420 }
        canvas.dot(x: x, y: sun.y, radius: radius, colour: colour, strength: 0.96)
        if scene.hour == .night {
            // The seas of the moon.
            let shade = YUV(palette.light.scaled(0.78))
            for (dx, dy, r) in [
                (-0.3, -0.2, 0.28), (0.25, 0.1, 0.22), (-0.05, 0.4, 0.18), (0.1, -0.45, 0.15),
            ]
                as [(Float, Float, Float)]
            {
                canvas.dot(
                    x: x + dx * radius, y: sun.y + dy * radius, radius: r * radius, colour: shade,
                    strength: 0.4)
            }
        }
    }

    private func placement(_ depth: Float, slide: Float, push: Float, rise: Float) -> Placement {
        Placement(
            scale: 1 + push / depth, dx: -slide / depth, dy: rise / depth, centreX: Float(width) / 2,
            centreY: horizon)
    }

    private func lay(
        _ layer: Layer, index: Int, _ canvas: Canvas, slide: Float, push: Float, rise: Float, time: Float
    ) {
        let at = placement(layer.depth, slide: slide, push: push, rise: rise)
        canvas.lay(layer.sprite, at: at, scratch: scratch)
        for lamp in layer.sprite.lamps {
            let p = at.place(
                lamp.x - Float(layer.sprite.margin), lamp.y + Float(layer.sprite.top))
            if index == beacon {
                Beam.paint(
                    veil, x: p.x, y: p.y, time: time, phase: phase, reach: Float(width) * 0.8,
                    strength: scene.isStormy || scene.hour == .night ? 1 : scene.hour == .day ? 0.1 : 0.4,
                    k: Float(height) / 540)
                continue
            }
            var strength = lamp.strength
            if lamp.flicker > 0 {
                let s = sin(time * 3.1 + lamp.flicker * 7) + sin(time * 11 + lamp.flicker * 13)
                strength *= s > 0.4 ? 0.35 : 1
            }
            veil.glow(x: p.x, y: p.y, radius: lamp.radius * at.scale, colour: lamp.colour, strength: strength)
        }
    }

    /// Mist that lies where the land begins.
    private func paintMist(time: Float, shift: Float) {
        let amount = scene.mist * (scene.isStormy ? 0.8 : 0.62)
        guard amount > 0.05 else { return }
        let c = YUV(palette.horizon)
        let spread = Float(height) * (scene.mist > 0.5 ? 0.20 : 0.10)
        let middle = horizon + Float(height) * 0.01
        let first = max(0, Int((middle - spread * 1.6) / 4))
        let last = min(veil.height - 1, Int((middle + spread * 1.6) / 4))
        guard first <= last else { return }
        for row in first...last {
            let d = (Float(row) * 4 - middle) / spread
            let band = amount * exp(-d * d * 1.6)
            let v = Float(row) * 1.5
            for x in 0..<veil.width {
                let u = Float(x) * 0.42 * 240 / Float(veil.width) + time * 2.6 + shift * 0.02
                let a = band * (0.35 + 0.65 * tiles.clouds.at(u, v + time * 0.7))
                let i = row &* veil.width &+ x
                veil.cover.samples[i] = a
                veil.y.samples[i] += c.y * a
                veil.u.samples[i] += (c.u - 128) * a
                veil.v.samples[i] += (c.v - 128) * a
            }
        }
    }

    private func paintWalker(_ canvas: Canvas, time: Float, progress: Float, slide: Float) {
        guard let walker else { return }
        let size = Float(height) * 0.19
        let x = Float(width) * walkStart + walker.direction * time * size * 0.32 - slide * 0.7
        let y = Float(height) * (scene.place == .city ? 0.965 : scene.place == .sea ? 0.955 : 0.91)
        walker.paint(canvas, x: x, y: y, size: size, time: time)
    }
}
