/// The way from a given still into the painted scene, and from the scene to a still.
///
/// The camera moves into the still, from rest, while the scene comes through it like a light through
/// mist: not everywhere at once, but along the shapes of a noise. At weight 0 the still stands exactly,
/// at weight 1 it is gone.
final class Morph {
    private let still: PlanarFrame
    private let order: Plane
    private let halfOrder: Plane
    private let columns: UnsafeMutablePointer<Int32>
    private static let softness: Float = 0.55

    init(still: PlanarFrame, tiles: Tiles) {
        self.still = still
        order = Plane(still.width, still.height)
        halfOrder = Plane(still.width / 2, still.height / 2)
        let k = 110 / Float(still.height)
        for plane in [order, halfOrder] {
            let scale = plane === order ? k : k * 2
            for y in 0..<plane.height {
                let down = Float(y) / Float(plane.height)
                for x in 0..<plane.width {
                    let n = tiles.clouds.at(Float(x) * scale, Float(y) * scale)
                    plane.samples[y * plane.width + x] = 0.62 * n + 0.38 * (1 - down)
                }
            }
        }
        columns = .allocate(capacity: still.width)
        columns.initialize(repeating: 0, count: still.width)
    }

    deinit { columns.deallocate() }

    /// Lays the still over the painted frame.
    ///
    /// - Parameters:
    ///   - weight: 0 for the still alone, 1 for the painting alone.
    ///   - scale: How far the camera has moved in; 1 is the still as given.
    func blend(into frame: PlanarFrame, weight: Float, scale: Float) {
        if weight >= 1 { return }
        if weight <= 0, scale == 1 { return frame.copy(still) }
        plane(still.y, frame.y, still.width, still.height, order, weight, scale)
        plane(still.u, frame.u, still.width / 2, still.height / 2, halfOrder, weight, scale)
        plane(still.v, frame.v, still.width / 2, still.height / 2, halfOrder, weight, scale)
    }

    private func plane(
        _ from: UnsafeMutablePointer<UInt8>, _ to: UnsafeMutablePointer<UInt8>, _ width: Int, _ height: Int,
        _ order: Plane, _ weight: Float, _ scale: Float
    ) {
        // Source position of each column in 24.8 fixed point, kept inside.
        let inverse = 1 / scale
        let middle = Float(width) / 2
        for x in 0..<width {
            let s = middle + (Float(x) + 0.5 - middle) * inverse - 0.5
            columns[x] = Int32(clamp(s * 256, 0, Float((width - 1) * 256 - 1)))
        }
        let centre = Float(height) / 2
        let edge = 1 / Self.softness
        let reach = weight * (1 + Self.softness)
        for y in 0..<height {
            let s = clamp(centre + (Float(y) + 0.5 - centre) * inverse - 0.5, 0, Float(height - 1) - 0.001)
            let y0 = Int(s)
            let ty = Int32((s - Float(y0)) * 256)
            let a = from + y0 * width
            let b = a + width
            let when = order.row(y)
            let out = to + y * width
            for x in 0..<width {
                let c = columns[x]
                let i = Int(c >> 8)
                let tx = c & 255
                let p = Int32(a[i]) &* (256 &- tx) &+ Int32(a[i &+ 1]) &* tx
                let q = Int32(b[i]) &* (256 &- tx) &+ Int32(b[i &+ 1]) &* tx
                let old = Float(p &* (256 &- ty) &+ q &* ty) * (1 / 65536)
                let t = clamp((reach - when[x]) * edge)
                let w = t * t * (3 - 2 * t)
                out[x] = byte(old + (Float(out[x]) - old) * w)
            }
        }
    }
}
