/// A square of cloudy noise, 256 on a side, that repeats without a seam: 0 to 1, mean about one half.
///
/// The whole painter lives on a few of these: clouds, waves, rock, mist and the ridge of every hill
/// are reads of a tile at different speeds and scales.
final class NoiseTile {
    static let side = 256
    private let plane: Plane

    /// - Parameter octaves: how many sizes of detail are stacked; more is rougher.
    init(seed: UInt64, octaves: Int = 5, firstCells: Int = 4, gain: Float = 0.5) {
        plane = Plane(Self.side, Self.side)
        var dice = Dice(seed: seed, salt: 77)
        var cells = firstCells
        var weight: Float = 1
        for _ in 0..<octaves where cells <= 128 {
            addOctave(cells: cells, weight: weight, dice: &dice)
            cells *= 2
            weight *= gain
        }
        normalise()
    }

    private func addOctave(cells: Int, weight: Float, dice: inout Dice) {
        var lattice = [Float](repeating: 0, count: cells * cells)
        for i in lattice.indices { lattice[i] = dice.unit() }
        let span = Self.side / cells
        for y in 0..<Self.side {
            let cy = y / span
            let fy = Float(y % span) / Float(span)
            let ty = fy * fy * (3 - 2 * fy)
            let top = cy * cells
            let bottom = ((cy + 1) % cells) * cells
            let row = plane.row(y)
            for x in 0..<Self.side {
                let cx = x / span
                let fx = Float(x % span) / Float(span)
                let tx = fx * fx * (3 - 2 * fx)
                let next = (cx + 1) % cells
                let a = mix(lattice[top + cx], lattice[top + next], tx)
                let b = mix(lattice[bottom + cx], lattice[bottom + next], tx)
                row[x] += weight * mix(a, b, ty)
            }
        }
    }

    private func normalise() {
        let count = Self.side * Self.side
        var low = Float.infinity
        var high = -Float.infinity
        for i in 0..<count {
            low = min(low, plane.samples[i])
            high = max(high, plane.samples[i])
        }
        let scale = 1 / max(high - low, 1e-6)
        for i in 0..<count { plane.samples[i] = (plane.samples[i] - low) * scale }
    }

    /// The noise at any place; coordinates are in samples of the tile and wrap.
    @inline(__always) func at(_ u: Float, _ v: Float) -> Float {
        let fu = fixedPoint(u)
        let fv = fixedPoint(v)
        let x0 = (fu >> 8) & 255
        let x1 = (x0 &+ 1) & 255
        let y0 = ((fv >> 8) & 255) &* 256
        let y1 = (y0 &+ 256) & 65535
        let tx = Float(fu & 255) * (1 / 256)
        let ty = Float(fv & 255) * (1 / 256)
        let p = plane.samples
        let a = p[y0 &+ x0] + (p[y0 &+ x1] - p[y0 &+ x0]) * tx
        let b = p[y1 &+ x0] + (p[y1 &+ x1] - p[y1 &+ x0]) * tx
        return a + (b - a) * ty
    }
}
