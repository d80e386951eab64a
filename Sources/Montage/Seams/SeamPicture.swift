import Media

/// A frame as small as it may be to be compared: upright, in the light of a screen.
struct SeamPicture {
    /// 8 bits a sample, for people.
    let picture: Picture
    /// Brightness, 0 to 255, row by row, `picture`'s size.
    let luma: [Float]
    /// Red, green and blue at half the size, one plane after the other, 0 to 255.
    let coarse: [Float]
    /// Pixels a row of `coarse`.
    let coarseWidth: Int
    /// Rows of `coarse`.
    let coarseHeight: Int

    var width: Int { picture.width }
    var height: Int { picture.height }
    /// Samples of one plane of `coarse`.
    var area: Int { coarseWidth * coarseHeight }

    /// - Parameter picture: Of 16 bits, without alpha, of even sides.
    init(_ picture: Picture) {
        let (width, height) = (picture.width, picture.height)
        let (columns, rows) = (width / 2, height / 2)
        (coarseWidth, coarseHeight) = (columns, rows)
        var luma = [Float](repeating: 0, count: width * height)
        var coarse = [Float](repeating: 0, count: columns * rows * 3)
        let area = columns * rows
        picture.bytes.withUnsafeBufferPointer { bytes in
            luma.withUnsafeMutableBufferPointer { luma in
                coarse.withUnsafeMutableBufferPointer { coarse in
                    for y in 0..<height {
                        for x in 0..<width {
                            let at = (y * width + x) * 6
                            let red = Float(Int(bytes[at]) | Int(bytes[at + 1]) << 8) / 257
                            let green = Float(Int(bytes[at + 2]) | Int(bytes[at + 3]) << 8) / 257
                            let blue = Float(Int(bytes[at + 4]) | Int(bytes[at + 5]) << 8) / 257
                            luma[y * width + x] = 0.2126 * red + 0.7152 * green + 0.0722 * blue
                            let place = (y / 2) * columns + x / 2
                            coarse[place] += red / 4
                            coarse[place + area] += green / 4
                            coarse[place + 2 * area] += blue / 4
                        }
                    }
                }
            }
        }
        self.picture = picture.inEightBits()
        self.luma = luma
        self.coarse = coarse
    }
}

/// The size of all pictures of one seam: the shape of the clip before it, the longer side 192 pixels.
struct SeamShape: Equatable {
    static let side = 192
    let width: Int
    let height: Int

    init(of stream: StreamInfo) {
        let ratio = Self.ratio(of: stream)
        let other = { (long: Double) in min(Self.side, max(16, Int((long / 2).rounded()) * 2)) }
        (width, height) =
            ratio >= 1
            ? (Self.side, other(Double(Self.side) / ratio)) : (other(Double(Self.side) * ratio), Self.side)
    }

    /// Width to height as a player shows the stream.
    static func ratio(of stream: StreamInfo) -> Double {
        let coded = stream.parameters
        let shape =
            Double(max(1, coded.width)) * stream.believableAspect.value / Double(max(1, coded.height))
        let upright = stream.rotation % 180 != 0 ? 1 / shape : shape
        return min(12, max(1.0 / 12, upright))
    }
}

/// Makes the small pictures of one clip.
final class SeamReducer {
    private let stream: StreamInfo
    private let shape: SeamShape
    private let scaler: KeptScaler

    init(stream: StreamInfo, shape: SeamShape) {
        (self.stream, self.shape) = (stream, shape)
        let wanted = Double(shape.width) / Double(shape.height)
        let isAlike = abs(SeamShape.ratio(of: stream) / wanted - 1) < 0.02
        // The seam's size, unless the clip is of another shape and is cut to it afterwards.
        let own = isAlike ? shape : SeamShape(of: stream)
        let isTurned = stream.rotation % 180 != 0
        scaler = KeptScaler { from in
            VideoFormat(
                width: isTurned ? own.height : own.width, height: isTurned ? own.width : own.height,
                pixelFormat: .rgb48le, colour: from.colour.displayed, timeBase: Rational(1, 25))
        }
    }

    func reduce(_ frame: borrowing Frame) throws -> SeamPicture {
        let colour = frame.colour.resolvedForRGB(
            height: frame.height, format: frame.pixelFormat, untagged: nil)
        let scaled = try scaler.scale(frame, colour: colour)
        var picture = try Picture(
            width: scaled.width, height: scaled.height, bitDepth: 16, bytes: scaled.packedBytes(),
            colour: colour.displayed)
        if let mapped = try picture.inStandardLight(peak: (frame.hdr ?? stream.hdr)?.peak ?? 1000) {
            picture = mapped.picture
        }
        picture = picture.turned(clockwise: stream.rotation, mirrored: stream.isMirrored)
        return SeamPicture(try picture.fitted(width: shape.width, height: shape.height, how: .crop))
    }
}
