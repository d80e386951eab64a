/// The last touch on every frame: the style's treatment, a soft shoulder, vignette, grain and the slow
/// drift of colour that real models show, rounded to 8 bits.
final class Finish {
    private let look: Look
    private let width: Int
    private let height: Int
    private let grain: Plane
    private let vignette: Plane
    private let texture: NoiseTile
    private let grainStrength: Float
    private let drift: (gain: Float, lift: Float, u: Float, v: Float)
    private let edge: UnsafeMutablePointer<Float>
    private let seed: UInt64

    init(width: Int, height: Int, look: Look, seed: UInt64, tiles: Tiles) {
        self.look = look
        self.width = width
        self.height = height
        self.seed = seed
        texture = tiles.detail
        var dice = Dice(seed: seed, salt: 40)
        grain = Plane(width + 256, 64)
        for i in 0..<grain.width * grain.height {
            // The sum of three is round enough for film grain.
            grain.samples[i] = dice.unit() + dice.unit() + dice.unit() - 1.5
        }
        grainStrength =
            switch look {
            case .threeD: 1.1
            case .anime: 1.0
            case .comic: 1.4
            case .clay: 1.8
            case .plain, .cyberpunk: 2.4
            }
        let sign: Float = dice.chance(0.5) ? 1 : -1
        drift = (
            0.010 * sign * dice.between(0.6, 1.2), 0.9 * sign * dice.between(0.6, 1.2),
            dice.between(-1.2, 1.2), dice.between(-1.2, 1.2)
        )
        vignette = Plane(width, height)
        let depth: Float = look == .anime || look == .threeD ? 0.10 : 0.20
        for y in 0..<height {
            let dy = (Float(y) + 0.5) / Float(height) * 2 - 1
            for x in 0..<width {
                let dx = (Float(x) + 0.5) / Float(width) * 2 - 1
                let d = (dx * dx + dy * dy) * 0.5
                vignette.samples[y * width + x] = 1 - depth * d * d
            }
        }
        edge = .allocate(capacity: width)
        edge.initialize(repeating: 0, count: width)
    }

    deinit { edge.deallocate() }

    /// Treats the picture in place as the style asks.
    func style(_ canvas: Canvas, frame: Int) {
        switch look {
        case .comic: ink(canvas, levels: 22, line: 1.25, dots: true)
        case .anime: ink(canvas, levels: 26, line: 0.5, dots: false)
        case .clay: clay(canvas, frame: frame)
        case .plain, .threeD, .cyberpunk: break
        }
    }

    /// Flat tones and drawn edges.
    private func ink(_ canvas: Canvas, levels step: Float, line strength: Float, dots: Bool) {
        let inverse = 1 / step
        let k = max(2, Float(height) / 200)
        for y in 0..<height - 1 {
            let row = canvas.y.row(y)
            let next = canvas.y.row(y + 1)
            for x in 0..<width - 1 {
                let d = abs(row[x + 1] - row[x]) + abs(next[x] - row[x])
                edge[x] = clamp((d - 14) * 0.035) * strength
            }
            edge[width - 1] = 0
            for x in 0..<width {
                let q = row[x] * inverse
                let whole = Float(fixedPoint(q - 0.5) >> 8)
                let f = q - whole
                // Steps with a short ramp between them: posterised, yet not jagged.
                let t = clamp((f - 0.38) * 4.2)
                var c = (whole + t * t * (3 - 2 * t)) * step
                c = row[x] + (c - row[x]) * 0.72
                row[x] = c + (20 - c) * min(edge[x], 0.9)
            }
            if dots {
                let cell = k
                let fy = (Float(y) / cell)
                let wy = abs(fy - Float(Int(fy)) - 0.5)
                for x in 0..<width {
                    let fx = Float(x) / cell + (Int(fy) & 1 == 0 ? 0.5 : 0)
                    let wx = abs(fx - Float(Int(fx)) - 0.5)
                    let shade = clamp((112 - row[x]) * 0.02) * 9
                    row[x] -= shade * clamp((0.36 - wx - wy) * 6)
                }
            }
        }
    }

    /// Fingerprints in the clay, changed every other frame as stop motion does.
    private func clay(_ canvas: Canvas, frame: Int) {
        let u0 = Float((frame / 2) % 7) * 37
        let k = 540 / Float(height)
        for y in 0..<height {
            let row = canvas.y.row(y)
            let v = Float(y) * 0.55 * k + u0
            for x in 0..<width {
                let n = texture.at(Float(x) * 0.55 * k + u0, v) - 0.5
                row[x] = 124 + (row[x] - 124) * 0.86 + n * 11
            }
        }
    }

    /// Rounds the picture to 8 bits. `drifted` says how far the clip's drift has come, 0 to 1; `grainy`
    /// fades the grain in.
    func round(_ canvas: Canvas, into frame: PlanarFrame, number: Int, drifted: Float, grainy: Float) {
        var dice = Dice(seed: seed, salt: 5000 &+ UInt64(number))
        let gain = 1 + drift.gain * drifted
        let lift = drift.lift * drifted
        let amount = grainStrength * grainy
        for y in 0..<height {
            let row = canvas.y.row(y)
            let vig = vignette.row(y)
            let noise = grain.row(dice.below(grain.height)) + dice.below(256)
            let out = frame.y + y * width
            for x in 0..<width {
                let lit = (row[x] - 16) * vig[x]
                // Highlights bend instead of clipping.
                let over = max(0, lit - 165)
                let soft = lit - over + over * 62 / (62 + over)
                let c = 16 + soft * gain + lift + noise[x] * amount
                out[x] = byte(min(max(c, 16), 235))
            }
        }
        chroma(canvas.u, frame.u, drift.u * drifted)
        chroma(canvas.v, frame.v, drift.v * drifted)
    }

    private func chroma(_ plane: Plane, _ out: UnsafeMutablePointer<UInt8>, _ shift: Float) {
        for i in 0..<plane.width * plane.height {
            out[i] = byte(min(max(plane.samples[i] + shift, 16), 240))
        }
    }
}

/// Rounds a number in 0...255 to a byte without a branch.
@inline(__always) func byte(_ x: Float) -> UInt8 {
    UInt8(truncatingIfNeeded: (x + 8_388_608).bitPattern)
}

/// A finished 4:2:0 picture in 8 bits, planes tightly packed.
final class PlanarFrame {
    let width: Int
    let height: Int
    let y: UnsafeMutablePointer<UInt8>
    let u: UnsafeMutablePointer<UInt8>
    let v: UnsafeMutablePointer<UInt8>

    init(width: Int, height: Int) {
        self.width = width
        self.height = height
        let luma = width * height
        let chroma = (width / 2) * (height / 2)
        y = .allocate(capacity: luma)
        u = .allocate(capacity: chroma)
        v = .allocate(capacity: chroma)
        y.initialize(repeating: 16, count: luma)
        u.initialize(repeating: 128, count: chroma)
        v.initialize(repeating: 128, count: chroma)
    }

    deinit {
        y.deallocate()
        u.deallocate()
        v.deallocate()
    }

    /// Takes over another picture of the same size, byte for byte.
    func copy(_ other: PlanarFrame) {
        y.update(from: other.y, count: width * height)
        u.update(from: other.u, count: (width / 2) * (height / 2))
        v.update(from: other.v, count: (width / 2) * (height / 2))
    }
}
