public import Media

/// An RGB picture as a value: rows from top to bottom, tightly packed, full range.
public struct Picture: Sendable, Equatable {
    /// Pixels a row.
    public var width: Int
    /// Rows.
    public var height: Int
    /// Bits of each sample: 8 or 16.
    public var bitDepth: Int
    /// Whether each pixel has a fourth sample, its opacity (not premultiplied).
    public var hasAlpha: Bool
    /// The samples R, G, B(, A) of each pixel in turn; 16-bit samples are little-endian.
    public var bytes: [UInt8]
    /// Width to height of one pixel; 1/1 for square ones. Files of the picture carry it.
    public var pixelAspect: Rational
    /// Primaries and transfer function of the samples; matrix and range are those of RGB.
    public var colour: ColourTags

    /// Makes a picture from its samples.
    ///
    /// - Throws: `MontageError.pictureInvalid` if the bytes are not `width * height` pixels.
    public init(
        width: Int, height: Int, bitDepth: Int = 8, hasAlpha: Bool = false, bytes: [UInt8],
        pixelAspect: Rational = Rational(1, 1), colour: ColourTags = .sRGB
    ) throws(MontageError) {
        self.width = width
        self.height = height
        self.bitDepth = bitDepth
        self.hasAlpha = hasAlpha
        self.bytes = bytes
        self.pixelAspect = pixelAspect
        self.colour = colour
        guard width > 0, height > 0, bitDepth == 8 || bitDepth == 16,
            bytes.count == width * height * bytesPerPixel
        else {
            throw MontageError(
                .pictureInvalid, operation: "\(bytes.count) bytes are no picture of \(width)x\(height)",
                subject: "picture")
        }
    }

    /// Samples of each pixel: 3, or 4 with alpha.
    public var channels: Int { hasAlpha ? 4 : 3 }
    /// Bytes of each pixel.
    public var bytesPerPixel: Int { channels * bitDepth / 8 }

    /// The same layout in FFmpeg's words.
    var pixelFormat: PixelFormat {
        switch (bitDepth, hasAlpha) {
        case (8, false): .rgb24
        case (8, true): .rgba
        case (_, false): .rgb48le
        default: .rgba64le
        }
    }

    /// The format of frames of this picture.
    func videoFormat(_ pixelFormat: PixelFormat? = nil) -> VideoFormat {
        VideoFormat(
            width: width, height: height, pixelFormat: pixelFormat ?? self.pixelFormat,
            sampleAspectRatio: pixelAspect, colour: colour, timeBase: Rational(1, 25), rate: Rational(25, 1))
    }

    /// Without its alpha channel if that is opaque everywhere; nothing is lost then.
    func withoutNeedlessAlpha() -> Picture {
        guard hasAlpha else { return self }
        let sample = bitDepth / 8
        let (from, to) = (4 * sample, 3 * sample)
        for pixel in 0..<(width * height) {
            for byte in (from * pixel + to)..<(from * (pixel + 1)) where bytes[byte] != 255 { return self }
        }
        var result = self
        result.hasAlpha = false
        result.bytes = [UInt8](unsafeUninitializedCapacity: width * height * to) { target, count in
            for pixel in 0..<(width * height) {
                for byte in 0..<to { target[to * pixel + byte] = bytes[from * pixel + byte] }
            }
            count = width * height * to
        }
        return result
    }
}
