/// A row of buildings with lit windows, aerials and, in the neon city, signs.
enum Skyline {
    struct Row {
        /// Frame row the buildings stand on.
        var ground: Float
        /// Height of a typical building.
        var tall: Float
        var wall: RGB
        var wallBase: RGB
        var windows: [RGB]
        /// How many windows are lit, 0 to 1.
        var lit: Float
        var isNeon: Bool
        /// Size of one window cell, in pixels.
        var cell: Float
        var salt: UInt64
    }

    static func sprite(_ r: Row, width: Int, height: Int, seed: UInt64) -> Sprite {
        var dice = Dice(seed: seed, salt: r.salt)
        let sprite = Sprite(
            frameWidth: width, frameHeight: height, top: Int(r.ground - r.tall * 2.1), overhang: height / 6)
        let ground = r.ground - Float(sprite.top)
        var x = -Int(r.tall * 0.2)
        while x < sprite.width {
            let wide = max(10, Int(r.tall * dice.between(0.16, 0.42)))
            let tall = r.tall * (dice.chance(0.18) ? dice.between(1.3, 1.95) : dice.between(0.45, 1.15))
            building(r, sprite, x: x, wide: wide, roof: ground - tall, ground: ground, dice: &dice)
            x += wide + (dice.chance(0.3) ? Int(r.tall * dice.between(0.01, 0.12)) : -Int(r.cell * 0.5))
        }
        return sprite
    }

    private static func building(
        _ r: Row, _ s: Sprite, x: Int, wide: Int, roof: Float, ground: Float, dice: inout Dice
    ) {
        let tint = dice.between(0.8, 1.2)
        let top = YUV(r.wall.scaled(tint))
        let base = YUV(r.wallBase.scaled(mix(1, tint, 0.4)))
        let setback = dice.chance(0.35) ? Int(Float(wide) * 0.18) : 0
        let step = roof + (ground - roof) * dice.between(0.15, 0.4)
        for y in min(max(0, Int(roof)), s.height)..<s.height {
            let inset = Float(y) < step ? setback : 0
            let t = clamp((Float(y) - roof) / max(ground - roof, 1))
            for px in (x + inset)..<max(x + inset + 1, x + wide - inset) {
                let side = Float(px - x) / Float(wide)
                var c = top.mixed(base, t)
                c.y = max(16, c.y * (1.06 - 0.16 * side))
                s.lay(px, y, c, 1)
            }
        }
        windows(r, s, x: x, wide: wide, roof: roof, ground: ground, inset: setback, step: step, dice: &dice)
        if dice.chance(0.4) { aerial(r, s, x: x + wide / 2, roof: roof, dice: &dice) }
        if r.isNeon && dice.chance(0.65) {
            sign(r, s, x: x, wide: wide, roof: roof, ground: ground, dice: &dice)
        }
    }

    private static func windows(
        _ r: Row, _ s: Sprite, x: Int, wide: Int, roof: Float, ground: Float, inset: Int, step: Float,
        dice: inout Dice
    ) {
        let cell = max(3, Int(r.cell))
        let paneW = max(1, cell * 55 / 100)
        let paneH = max(1, cell * 70 / 100)
        let floor = cell + max(1, cell / 2)
        let mood = dice.between(0.3, 1.2)
        let strips = dice.chance(0.25)
        var y = Int(roof) + cell
        while Float(y) < ground {
            let edge = Float(y) < step ? inset : 0
            var px = x + edge + cell / 2 + 1
            let wholeFloor = strips && dice.chance(0.35)
            while px + paneW < x + wide - edge - 1 {
                if wholeFloor || dice.chance(r.lit * mood) {
                    let c = YUV(r.windows[dice.below(r.windows.count)].scaled(dice.between(0.45, 1)))
                    for wy in 0..<paneH {
                        for wx in 0..<paneW { s.lay(px + wx, y + wy, c, 0.92) }
                    }
                }
                px += cell
            }
            y += floor
        }
    }

    private static func aerial(_ r: Row, _ s: Sprite, x: Int, roof: Float, dice: inout Dice) {
        let tall = Int(r.tall * dice.between(0.08, 0.25))
        let c = YUV(r.wall.scaled(0.8))
        for y in (Int(roof) - tall)..<max(Int(roof), Int(roof) - tall + 1) {
            s.lay(x, y, c, 0.9)
            if r.cell > 5 { s.lay(x + 1, y, c, 0.9) }
        }
        s.lamps.append(
            .init(
                x: Float(x), y: Float(Int(roof) - tall), colour: RGB(1, 0.2, 0.15),
                radius: min(r.cell, 7) * 2,
                strength: 0.5, flicker: dice.between(0.2, 6)))
    }

    private static func sign(
        _ r: Row, _ s: Sprite, x: Int, wide: Int, roof: Float, ground: Float, dice: inout Dice
    ) {
        let inks = [
            RGB(1, 0.15, 0.62), RGB(0.1, 0.95, 1), RGB(1, 0.72, 0.15), RGB(0.5, 0.3, 1), RGB(0.2, 1, 0.6),
        ]
        let ink = inks[dice.below(inks.count)]
        let upright = dice.chance(0.65)
        let w = upright ? max(5, Int(r.cell * 1.8)) : max(9, Int(Float(wide) * 0.7))
        let h = upright ? Int((ground - roof) * dice.between(0.2, 0.45)) : max(6, Int(r.cell * 2.6))
        let px = x + (upright ? dice.below(max(1, wide - w)) : (wide - w) / 2)
        let py = Int(roof + (ground - roof) * dice.between(0.08, 0.45))
        let glow = YUV(ink)
        let board = YUV(ink.scaled(0.18))
        let pitch = max(4, Int(r.cell * 1.5))
        for dy in 0..<h {
            for dx in 0..<w {
                let rim = dx == 0 || dy == 0 || dx == w - 1 || dy == h - 1
                s.lay(px + dx, py + dy, rim ? glow : board, 1)
            }
        }
        // Glyphs that spell nothing.
        let count = (upright ? h : w) / pitch
        for g in 0..<max(0, count) {
            let gx = px + (upright ? 2 : g * pitch + 2)
            let gy = py + (upright ? g * pitch + 2 : 2)
            let gw = (upright ? w : pitch) - 3
            let gh = (upright ? pitch : h) - 3
            guard gw > 1, gh > 1 else { continue }
            for _ in 0..<3 {
                let flat = dice.chance(0.5)
                let a = dice.below(flat ? gh : gw)
                for i in 0..<(flat ? gw : gh) {
                    s.lay(gx + (flat ? i : a), gy + (flat ? a : i), glow, 1)
                }
            }
        }
        s.lamps.append(
            .init(
                x: Float(px + w / 2), y: Float(py + h / 2), colour: ink, radius: Float(max(w, h)) * 1.5,
                strength: 0.26, flicker: dice.chance(0.3) ? dice.between(0.2, 6) : 0))
    }
}
