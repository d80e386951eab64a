/// Small things drawn straight into the picture: dots, streaks, lines.
extension Canvas {
    /// A soft round dot laid over the picture.
    func dot(x: Float, y cy: Float, radius: Float, colour: YUV, strength: Float) {
        let r = max(radius, 0.6)
        let x0 = max(0, Int(x - r - 1))
        let x1 = min(width - 1, Int(x + r + 1))
        let y0 = max(0, Int(cy - r - 1))
        let y1 = min(height - 1, Int(cy + r + 1))
        guard x0 <= x1, y0 <= y1 else { return }
        for py in y0...y1 {
            for px in x0...x1 {
                let dx = Float(px) + 0.5 - x
                let dy = Float(py) + 0.5 - cy
                let a = strength * clamp(r + 0.5 - (dx * dx + dy * dy).squareRoot())
                guard a > 0 else { continue }
                blend(px, py, colour, min(a, 1))
            }
        }
    }

    /// A streak from one point to another, thinning toward its start.
    func streak(x: Float, y cy: Float, dx: Float, dy: Float, light: Float) {
        let count = max(1, Int(max(abs(dx), abs(dy))))
        let step = 1 / Float(count)
        for i in 0..<count {
            let t = Float(i) * step
            let px = x + dx * t
            let py = Int(cy + dy * t)
            guard py >= 0, py < height, px >= 0, px < Float(width - 1) else { continue }
            let ix = Int(px)
            let fx = px - Float(ix)
            let row = y.row(py)
            let a = light * (0.25 + 0.75 * t)
            row[ix] += a * (1 - fx)
            row[ix + 1] += a * fx
        }
    }

    @inline(__always) private func blend(_ px: Int, _ py: Int, _ c: YUV, _ a: Float) {
        let i = py &* width &+ px
        y.samples[i] += (c.y - y.samples[i]) * a
        let h = (py >> 1) &* (width >> 1) &+ (px >> 1)
        let q = a * 0.3
        u.samples[h] += (c.u - u.samples[h]) * q
        v.samples[h] += (c.v - v.samples[h]) * q
    }
}
