/// Where the blocks of one picture went in the next: block matching on brightness.
///
/// Blocks of 16x16 pixels of the picture of 192 pixels are sought up to 12 pixels away by the sum of
/// absolute differences, and placed between pixels by a parabola through the neighbours. Blocks without structure,
/// and those that fit nowhere, say nothing.
struct MotionField {
    /// A motion of one block, in pixels of the small picture.
    struct Vector: Equatable {
        var x: Double
        var y: Double
    }

    static let block = 16
    static let reach = 12

    /// Of each block, row by row; nil where nothing can be said.
    let vectors: [Vector?]
    /// How many frames the motions take.
    private(set) var frames = 1

    /// The motion of a few frames at one side of a seam: over all of them where it is slow, since a way of
    /// several frames is measured better than that of one; else over the one step at the seam.
    ///
    /// - Parameter toEnd: Whether the seam is after the last of the frames; else it is before the first.
    init?(along pictures: [SeamPicture], toEnd: Bool) {
        guard pictures.count > 1 else { return nil }
        let (a, b) =
            toEnd ? (pictures[pictures.count - 2], pictures[pictures.count - 1]) : (pictures[0], pictures[1])
        self.init(from: a, to: b)
        guard pictures.count > 2, let middle else { return }
        let reach = Double(Self.reach) / Double(pictures.count)
        guard abs(middle.x) < reach, abs(middle.y) < reach else { return }
        self.init(from: pictures[0], to: pictures[pictures.count - 1])
        frames = pictures.count - 1
    }

    init(from a: SeamPicture, to b: SeamPicture) {
        let (width, height) = (a.width, a.height)
        let size = Self.block
        guard width == b.width, height == b.height, width >= size, height >= size else {
            vectors = []
            return
        }
        var found: [Vector?] = []
        a.luma.withUnsafeBufferPointer { one in
            b.luma.withUnsafeBufferPointer { other in
                for top in stride(from: 0, through: height - size, by: size) {
                    for left in stride(from: 0, through: width - size, by: size) {
                        found.append(Self.seek(one, other, width, height, left, top))
                    }
                }
            }
        }
        vectors = found
    }

    private static func seek(
        _ one: UnsafeBufferPointer<Float>, _ other: UnsafeBufferPointer<Float>, _ width: Int, _ height: Int,
        _ left: Int, _ top: Int
    ) -> Vector? {
        let size = block
        var (sum, squares): (Float, Float) = (0, 0)
        for y in top..<(top + size) {
            for at in (y * width + left)..<(y * width + left + size) {
                sum += one[at]
                squares += one[at] * one[at]
            }
        }
        let count = Float(size * size)
        let variance = squares / count - (sum / count) * (sum / count)
        guard variance > 12 else { return nil }

        func cost(_ dx: Int, _ dy: Int, limit: Float) -> Float? {
            guard left + dx >= 0, top + dy >= 0, left + dx + size <= width, top + dy + size <= height else {
                return nil
            }
            var total: Float = 0
            for y in 0..<size {
                let from = (top + y) * width + left
                let to = (top + y + dy) * width + left + dx
                for x in 0..<size { total += abs(one[from + x] - other[to + x]) }
                if total > limit { return nil }
            }
            return total
        }
        var best: (x: Int, y: Int, cost: Float) = (0, 0, cost(0, 0, limit: .infinity) ?? .infinity)
        // Rings outwards, so that of equal fits the shortest way wins.
        for ring in 1...reach {
            for dy in -ring...ring {
                for dx in -ring...ring where max(abs(dx), abs(dy)) == ring {
                    if let found = cost(dx, dy, limit: best.cost), found < best.cost {
                        best = (dx, dy, found)
                    }
                }
            }
        }
        guard best.cost < count * 12 else { return nil }
        func between(_ before: Float?, _ after: Float?) -> Double {
            guard let before, let after else { return 0 }
            let bend = before + after - 2 * best.cost
            return bend > 0 ? Double(max(-0.5, min(0.5, (before - after) / (2 * bend)))) : 0
        }
        let x = between(
            cost(best.x - 1, best.y, limit: .infinity), cost(best.x + 1, best.y, limit: .infinity))
        let y = between(
            cost(best.x, best.y - 1, limit: .infinity), cost(best.x, best.y + 1, limit: .infinity))
        return Vector(x: Double(best.x) + x, y: Double(best.y) + y)
    }
}

extension MotionField {
    /// The middle motion of all blocks that tell; nil if fewer than a tenth do.
    var middle: Vector? {
        let known = vectors.compactMap(\.self)
        guard !known.isEmpty, known.count * 10 >= vectors.count else { return nil }
        let x = known.map(\.x).sorted()
        let y = known.map(\.y).sorted()
        return Vector(x: x[x.count / 2], y: y[y.count / 2])
    }

    /// How far the motions of two fields lie apart, 0 for equal ones, 1 where one stands or they are at right
    /// angles, up to 2 for opposite ones: per block, the length of the difference by the longer of the two;
    /// blocks that move more count more. Motions below a quarter of a pixel count as that.
    func breakAgainst(_ other: MotionField) -> Double? {
        var (sum, weight) = (0.0, 0.0)
        for (one, two) in zip(vectors, other.vectors) {
            guard let one, let two else { continue }
            let a = Vector(x: one.x / Double(frames), y: one.y / Double(frames))
            let b = Vector(x: two.x / Double(other.frames), y: two.y / Double(other.frames))
            let apart = ((a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y)).squareRoot()
            let longer = max((a.x * a.x + a.y * a.y).squareRoot(), (b.x * b.x + b.y * b.y).squareRoot(), 0.25)
            // What both fields hold still is no evidence either way.
            sum += apart
            weight += longer
        }
        return weight > 0 ? sum / weight : nil
    }
}
