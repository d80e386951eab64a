import Media

/// Weighs pictures: two with each other, or one with a colour. Linear on the values as they are coded, whole
/// numbers throughout, rounded to the nearest: the same everywhere, in 8 and in more bits.
enum PictureBlend {
    /// The weight of the second picture in frame `i` of a dissolve of `count`, in 65536ths. Neither clip is
    /// shown pure in a frame that is made of both.
    static func weight(_ i: Int, of count: Int) -> Int { 65536 * (i + 1) / (count + 1) }

    /// A picture that is `one` by 65536 − `weight` parts and `other` by `weight` parts. Both must have the same
    /// size and format.
    static func mix(_ one: borrowing Frame, _ other: borrowing Frame, weight: Int) throws -> Frame {
        let made = try one.reference()
        try made.makeWritable()
        let isDeep = made.pixelFormat.bitDepth > 8
        for plane in 0..<made.planeCount {
            made.withMutablePlane(plane) { target, stride in
                other.withPlane(plane) { source, otherStride in
                    // Lines may be padded by different lengths; what is in the padding does not matter.
                    let width = min(stride, otherStride)
                    guard width > 0 else { return }
                    for line in 0..<min(target.count / stride, source.count / otherStride) {
                        let to = UnsafeMutableRawBufferPointer(
                            rebasing: target[line * stride..<line * stride + width])
                        let from = UnsafeRawBufferPointer(
                            rebasing: source[line * otherStride..<line * otherStride + width])
                        if isDeep {
                            blend(
                                to.bindMemory(to: UInt16.self), from.bindMemory(to: UInt16.self), weight)
                        } else {
                            blend(to.bindMemory(to: UInt8.self), from.bindMemory(to: UInt8.self), weight)
                        }
                    }
                }
            }
        }
        return made
    }

    /// A picture of which `weight` 65536ths are the colour. Opacity stays as it is.
    static func mix(
        _ one: borrowing Frame, white: Bool, isFullRange: Bool, weight: Int
    ) throws -> Frame {
        let made = try one.reference()
        try made.makeWritable()
        let format = made.pixelFormat
        let (depth, isDeep) = (format.bitDepth, format.bitDepth > 8)
        // Limited range puts black at 16 and white at 235 of 8 bits; colour differences are zero in the middle.
        let light =
            if format.isRGB || isFullRange { white ? 1 << depth - 1 : 0 } else {
                (white ? 235 : 16) << (depth - 8)
            }
        for plane in 0..<made.planeCount where plane < 3 {
            let value = !format.isRGB && plane > 0 ? 1 << (depth - 1) : light
            made.withMutablePlane(plane) { bytes, _ in
                if isDeep {
                    tint(bytes.bindMemory(to: UInt16.self), value, weight)
                } else {
                    tint(bytes.bindMemory(to: UInt8.self), value, weight)
                }
            }
        }
        return made
    }

    private static func blend<T: FixedWidthInteger>(
        _ target: UnsafeMutableBufferPointer<T>, _ source: UnsafeBufferPointer<T>, _ weight: Int
    ) {
        for i in 0..<min(target.count, source.count) {
            let sum = Int(target[i]) * (65536 - weight) + Int(source[i]) * weight
            target[i] = T(truncatingIfNeeded: (sum + 32768) >> 16)
        }
    }

    private static func tint<T: FixedWidthInteger>(
        _ target: UnsafeMutableBufferPointer<T>, _ value: Int, _ weight: Int
    ) {
        for i in target.indices {
            let sum = Int(target[i]) * (65536 - weight) + value * weight
            target[i] = T(truncatingIfNeeded: (sum + 32768) >> 16)
        }
    }
}
