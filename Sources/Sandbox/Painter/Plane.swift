/// One plane of floating point samples, rows top to bottom, tightly packed.
///
/// Luma planes hold code values of the limited range (16 black, 235 white), chroma planes are centred
/// on 128, coverage planes run from 0 to 1. A class, so that a scene's many planes are never copied by
/// accident; it stays inside the thread that paints.
final class Plane {
    let width: Int
    let height: Int
    let samples: UnsafeMutablePointer<Float>

    init(_ width: Int, _ height: Int, filledWith value: Float = 0) {
        self.width = width
        self.height = height
        samples = .allocate(capacity: width * height)
        samples.initialize(repeating: value, count: width * height)
    }

    deinit { samples.deallocate() }

    /// The first sample of a row.
    @inline(__always) func row(_ y: Int) -> UnsafeMutablePointer<Float> { samples + y * width }

    /// Sets every sample.
    func fill(_ value: Float) { samples.update(repeating: value, count: width * height) }
}

/// The picture being painted: luma at full size, chroma at half, as 4:2:0 will have it.
final class Canvas {
    let width: Int
    let height: Int
    let y: Plane
    let u: Plane
    let v: Plane

    init(width: Int, height: Int) {
        self.width = width
        self.height = height
        y = Plane(width, height, filledWith: 16)
        u = Plane(width / 2, height / 2, filledWith: 128)
        v = Plane(width / 2, height / 2, filledWith: 128)
    }
}

/// Sets between two numbers.
@inline(__always) func mix(_ a: Float, _ b: Float, _ t: Float) -> Float { a + (b - a) * t }

/// Keeps a number inside bounds.
@inline(__always) func clamp(_ x: Float, _ low: Float = 0, _ high: Float = 1) -> Float {
    max(low, min(high, x))
}

/// 0 below `low`, 1 above `high`, flat at both ends.
@inline(__always) func smooth(_ low: Float, _ high: Float, _ x: Float) -> Float {
    let t = clamp((x - low) / (high - low))
    return t * t * (3 - 2 * t)
}

/// `x` in 24.8 fixed point, rounded, without a branch; good for |x| below 16,000.
@inline(__always) func fixedPoint(_ x: Float) -> Int {
    Int(Int32(bitPattern: (x * 256 + 12_582_912).bitPattern) &- 0x4B40_0000)
}
