import Media

extension Picture {
    /// The picture turned by quarter turns and then mirrored left to right; no sample changes its value.
    ///
    /// - Parameters:
    ///   - degrees: Clockwise: 0, 90, 180 or 270.
    ///   - mirrored: Whether left and right change places afterwards.
    public func turned(clockwise degrees: Int, mirrored: Bool = false) -> Picture {
        let quarter = ((degrees / 90) % 4 + 4) % 4
        if quarter == 0, !mirrored { return self }
        var result = self
        if quarter % 2 == 1 {
            (result.width, result.height) = (height, width)
            result.pixelAspect = pixelAspect.inverse
        }
        let (columns, rows, size) = (result.width, result.height, bytesPerPixel)
        // Where in the source the first pixel of a row of the result lies, and the step to the next.
        let row = width
        result.bytes = [UInt8](unsafeUninitializedCapacity: bytes.count) { target, count in
            bytes.withUnsafeBufferPointer { source in
                for y in 0..<rows {
                    let (start, step): (Int, Int) =
                        switch quarter {
                        case 1: ((height - 1) * row + y, -row)
                        case 2: ((height - 1 - y) * row + width - 1, -1)
                        case 3: (width - 1 - y, row)
                        default: (y * row, 1)
                        }
                    for x in 0..<columns {
                        let from = (start + step * (mirrored ? columns - 1 - x : x)) * size
                        let to = (y * columns + x) * size
                        for byte in 0..<size { target[to + byte] = source[from + byte] }
                    }
                }
            }
            count = bytes.count
        }
        return result
    }
}
