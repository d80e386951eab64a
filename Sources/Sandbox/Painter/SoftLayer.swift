/// A layer without sharp edges, painted at a quarter of the size and spread over the picture.
///
/// Two of them make a frame: the sky (which replaces what is there) and the veil (mist and the glow of
/// lamps, which lies over it: `out = under * (1 - cover) + add`).
final class SoftLayer {
    let width: Int
    let height: Int
    let y: Plane
    let u: Plane
    let v: Plane
    let cover: Plane

    init(frameWidth: Int, frameHeight: Int) {
        width = (frameWidth + 3) / 4
        height = (frameHeight + 3) / 4
        y = Plane(width, height)
        u = Plane(width, height)
        v = Plane(width, height)
        cover = Plane(width, height)
    }

    /// Nothing anywhere.
    func clear() {
        y.fill(0)
        u.fill(0)
        v.fill(0)
        cover.fill(0)
    }

    /// Adds a round glow; `x`, `y` and `radius` in frame pixels. Bright at the middle, gone at `radius`.
    func glow(x: Float, y cy: Float, radius: Float, colour: RGB, strength: Float) {
        let light = YUV(light: colour.scaled(strength))
        let qx = x / 4 - 0.5
        let qy = cy / 4 - 0.5
        let r = max(radius / 4, 1)
        let x0 = max(0, Int(qx - r))
        let x1 = min(width - 1, Int(qx + r) + 1)
        let y0 = max(0, Int(qy - r))
        let y1 = min(height - 1, Int(qy + r) + 1)
        guard x0 <= x1, y0 <= y1 else { return }
        let inverse = 1 / (r * r)
        for py in y0...y1 {
            let dy = Float(py) - qy
            for px in x0...x1 {
                let dx = Float(px) - qx
                let d = max(0, 1 - (dx * dx + dy * dy) * inverse)
                let w = d * d * d
                let i = py &* width &+ px
                y.samples[i] += light.y * w
                u.samples[i] += light.u * w
                v.samples[i] += light.v * w
            }
        }
    }

    /// Replaces rows `0 ..< rows` of the picture by this layer.
    func spread(over canvas: Canvas, rows: Int, scratch: Scratch) {
        for row in 0..<min(rows, canvas.height) {
            expand(y, row: row, by: 4, into: canvas.y.row(row), width: canvas.width, scratch.a)
        }
        for row in 0..<min((rows + 1) / 2, canvas.height / 2) {
            expand(u, row: row, by: 2, into: canvas.u.row(row), width: canvas.width / 2, scratch.a)
            expand(v, row: row, by: 2, into: canvas.v.row(row), width: canvas.width / 2, scratch.a)
        }
    }

    /// Lays this layer over the picture.
    func veil(over canvas: Canvas, scratch: Scratch) {
        let w = canvas.width
        for row in 0..<canvas.height {
            expand(cover, row: row, by: 4, into: scratch.b, width: w, scratch.a)
            expand(y, row: row, by: 4, into: scratch.c, width: w, scratch.a)
            let out = canvas.y.row(row)
            for x in 0..<w { out[x] = out[x] * (1 - scratch.b[x]) + scratch.c[x] }
        }
        let half = w / 2
        for row in 0..<canvas.height / 2 {
            expand(cover, row: row, by: 2, into: scratch.b, width: half, scratch.a)
            for (from, to) in [(u, canvas.u), (v, canvas.v)] {
                expand(from, row: row, by: 2, into: scratch.c, width: half, scratch.a)
                let out = to.row(row)
                for x in 0..<half { out[x] = 128 + (out[x] - 128) * (1 - scratch.b[x]) + scratch.c[x] }
            }
        }
    }

    private func expand(
        _ plane: Plane, row: Int, by factor: Int, into out: UnsafeMutablePointer<Float>, width: Int,
        _ line: UnsafeMutablePointer<Float>
    ) {
        let sy = (Float(row) + 0.5) / Float(factor) - 0.5
        let y0 = min(max(Int(sy.rounded(.down)), 0), plane.height - 1)
        let y1 = min(y0 + 1, plane.height - 1)
        let n = plane.width
        // One sample of margin on either side, so that the inner loop asks nothing.
        lerpRow(plane.row(y0), plane.row(y1), clamp(sy - Float(y0)), n, into: line + 1)
        line[0] = line[1]
        line[n + 1] = line[n]
        if factor == 4 {
            let left = SIMD4<Float>(0.375, 0.125, 0, 0)
            let centre = SIMD4<Float>(0.625, 0.875, 0.875, 0.625)
            let right = SIMD4<Float>(0, 0, 0.125, 0.375)
            for i in 0..<width / 4 {
                let q = left * line[i] + centre * line[i + 1] + right * line[i + 2]
                UnsafeMutableRawPointer(out + i * 4).storeBytes(of: q, as: SIMD4<Float>.self)
            }
            let done = width / 4 * 4
            for x in done..<width { out[x] = line[min(x / 4, n - 1) + 1] }
        } else {
            for i in 0..<width / 2 {
                out[2 * i] = line[i] * 0.25 + line[i + 1] * 0.75
                out[2 * i + 1] = line[i + 1] * 0.75 + line[i + 2] * 0.25
            }
            if width % 2 == 1 { out[width - 1] = line[n] }
        }
    }
}
