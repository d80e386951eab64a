/// A cut-out of the scene painted once and moved every frame: a ridge, a skyline, a headland.
///
/// Colours are premultiplied by coverage. It is wider than the frame, so that a moving camera does not
/// run off its edge; beyond its edges the outermost samples go on.
final class Sprite {
    /// A lamp on the cut-out, in the sprite's own coordinates.
    struct Lamp {
        var x: Float
        var y: Float
        var colour: RGB
        var radius: Float
        var strength: Float
        /// 0 for a steady lamp; else the phase of its flicker.
        var flicker: Float
    }

    let width: Int
    let height: Int
    /// The frame row that the sprite's first row stands on when the camera is at rest.
    let top: Int
    /// How far the sprite reaches beyond the frame on the left when the camera is at rest.
    let margin: Int
    let y: Plane
    let u: Plane
    let v: Plane
    let cover: Plane
    let halfCover: Plane
    var lamps: [Lamp] = []

    init(frameWidth: Int, frameHeight: Int, top: Int, overhang: Int = 0) {
        margin = (frameWidth / 4) & ~1
        width = frameWidth + 2 * margin
        self.top = max(top, -frameHeight) & ~1
        height = max(16, (frameHeight + overhang - self.top) & ~1)
        y = Plane(width, height)
        u = Plane(width / 2, height / 2)
        v = Plane(width / 2, height / 2)
        cover = Plane(width, height)
        halfCover = Plane(width / 2, height / 2)
    }

    /// Lays a colour over one pixel of the sprite.
    @inline(__always) func lay(_ px: Int, _ py: Int, _ c: YUV, _ a: Float) {
        guard a > 0, px >= 0, py >= 0, px < width, py < height else { return }
        let i = py &* width &+ px
        y.samples[i] = y.samples[i] * (1 - a) + c.y * a
        cover.samples[i] = cover.samples[i] * (1 - a) + a
        // Each luma sample owns a quarter of its chroma sample; near enough for layers laid in order.
        let h = (py >> 1) &* (width >> 1) &+ (px >> 1)
        let q = (px & 1) == 0 && (py & 1) == 0 ? a : 0
        if q > 0 {
            u.samples[h] = u.samples[h] * (1 - q) + c.u * q
            v.samples[h] = v.samples[h] * (1 - q) + c.v * q
            halfCover.samples[h] = halfCover.samples[h] * (1 - q) + q
        }
    }
}

/// Where the camera puts a sprite in one frame: `frame = centre + (rest - centre) * scale + shift`.
struct Placement {
    var scale: Float
    var dx: Float
    var dy: Float
    var centreX: Float
    var centreY: Float

    /// Frame coordinates of a point at rest.
    func place(_ x: Float, _ y: Float) -> (x: Float, y: Float) {
        (centreX + (x - centreX) * scale + dx, centreY + (y - centreY) * scale + dy)
    }
}

extension Canvas {
    /// Lays a moved and scaled sprite over the picture, bilinear, edges extended.
    func lay(_ s: Sprite, at p: Placement, scratch: Scratch) {
        let rest = (x: -Float(s.margin), y: Float(s.top))
        let origin = p.place(rest.x, rest.y)
        layPlanes([(s.y, y)], cover: s.cover, originX: origin.x, originY: origin.y, scale: p.scale, scratch)
        layPlanes(
            [(s.u, u), (s.v, v)], cover: s.halfCover, originX: origin.x / 2, originY: origin.y / 2,
            scale: p.scale, scratch)
    }

    private func layPlanes(
        _ pairs: [(from: Plane, to: Plane)], cover: Plane, originX: Float, originY: Float, scale: Float,
        _ scratch: Scratch
    ) {
        let width = pairs[0].to.width
        let height = pairs[0].to.height
        let inverse = 1 / scale
        let firstRow = max(0, Int(originY.rounded(.down)))
        guard firstRow < height else { return }
        let step = Int((inverse * 65536).rounded())
        let start = Int(((0.5 - originX) * inverse * 65536 - 32768).rounded())
        let last = cover.width - 2
        for row in firstRow..<height {
            let sy = (Float(row) + 0.5 - originY) * inverse - 0.5
            guard sy > -1 else { continue }
            let y0 = min(max(Int(sy.rounded(.down)), 0), cover.height - 1)
            let y1 = min(y0 + 1, cover.height - 1)
            let ty = clamp(sy - Float(y0))
            let lineA = scratch.a
            lerpRow(cover.row(y0), cover.row(y1), ty, cover.width, into: lineA)
            for pair in pairs {
                let lineC = scratch.b
                lerpRow(pair.from.row(y0), pair.from.row(y1), ty, cover.width, into: lineC)
                let out = pair.to.row(row)
                var pos = start
                for x in 0..<width {
                    let i = min(max(pos >> 16, 0), last)
                    let t = Float(pos & 65535) * (1 / 65536)
                    let a = lineA[i] + (lineA[i &+ 1] - lineA[i]) * t
                    let c = lineC[i] + (lineC[i &+ 1] - lineC[i]) * t
                    out[x] = out[x] * (1 - a) + c
                    pos &+= step
                }
            }
        }
    }
}

@inline(__always)
func lerpRow(
    _ a: UnsafeMutablePointer<Float>, _ b: UnsafeMutablePointer<Float>, _ t: Float, _ n: Int,
    into out: UnsafeMutablePointer<Float>
) {
    for i in 0..<n { out[i] = a[i] + (b[i] - a[i]) * t }
}

/// Rows of working memory, so that painting a frame allocates nothing.
final class Scratch {
    let a: UnsafeMutablePointer<Float>
    let b: UnsafeMutablePointer<Float>
    let c: UnsafeMutablePointer<Float>
    let d: UnsafeMutablePointer<Float>

    init(width: Int) {
        let n = width * 2 + 64
        func line() -> UnsafeMutablePointer<Float> {
            let p = UnsafeMutablePointer<Float>.allocate(capacity: n)
            p.initialize(repeating: 0, count: n)
            return p
        }
        a = line()
        b = line()
        c = line()
        d = line()
    }

    deinit {
        a.deallocate()
        b.deallocate()
        c.deallocate()
        d.deallocate()
    }
}
