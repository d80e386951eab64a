import Foundation

/// A small figure in a coat that walks across the foreground, drawn afresh every frame.
struct Walker {
    let coat: RGB
    let dark: RGB
    let direction: Float

    /// - Parameters: feet at (`x`, `y`), `size` the height in pixels.
    func paint(_ canvas: Canvas, x: Float, y: Float, size: Float, time: Float) {
        let cloth = YUV(coat)
        let shade = YUV(dark)
        let stride = sin(time * 5.2)
        let bob = abs(cos(time * 5.2)) * size * 0.012
        let hip = y - size * 0.44 - bob
        for (sign, colour) in [(Float(-1), shade), (Float(1), shade)] {
            let foot = x + direction * stride * sign * size * 0.15
            let lift = max(0, -sign * cos(time * 5.2)) * size * 0.045
            limb(canvas, from: (x, hip), to: (foot, y - lift), thick: size * 0.045, colour)
        }
        // The coat: a bell from shoulders to knee, its hem blown by the wind.
        let top = y - size * 0.82 - bob
        let hem = y - size * 0.24 - bob
        let rows = max(1, Int(hem - top))
        for i in 0...rows {
            let t = Float(i) / Float(rows)
            let sway = t * t * size * 0.05 * sin(time * 4.1 + t * 3) - direction * t * t * size * 0.05
            let half = size * (0.085 + 0.075 * t + 0.02 * sin(t * 9))
            let py = top + Float(i)
            let steps = max(1, Int(half * 2))
            for s in 0...steps {
                let side = Float(s) / Float(steps) * 2 - 1
                let c = cloth.mixed(shade, clamp(0.30 + 0.38 * side * -direction + 0.15 * t))
                canvas.dot(x: x + sway + side * half, y: py, radius: 0.8, colour: c, strength: 0.9)
            }
        }
        limb(
            canvas, from: (x, top + size * 0.07),
            to: (x + direction * -stride * size * 0.11, top + size * 0.34), thick: size * 0.035,
            cloth.mixed(shade, 0.45))
        // The hood.
        canvas.dot(
            x: x + direction * size * 0.012, y: top - size * 0.055, radius: size * 0.078, colour: cloth,
            strength: 1)
        canvas.dot(
            x: x + direction * size * 0.042, y: top - size * 0.05, radius: size * 0.046, colour: shade,
            strength: 0.85)
    }

    private func limb(
        _ canvas: Canvas, from a: (Float, Float), to b: (Float, Float), thick: Float, _ colour: YUV
    ) {
        let steps = max(2, Int(abs(b.1 - a.1)))
        for i in 0...steps {
            let t = Float(i) / Float(steps)
            canvas.dot(x: mix(a.0, b.0, t), y: mix(a.1, b.1, t), radius: thick, colour: colour, strength: 1)
        }
    }
}
