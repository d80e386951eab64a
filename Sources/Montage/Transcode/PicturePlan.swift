import Media

/// How decoded pictures become pictures for an encoder: turned upright, squared, sized, coloured.
///
/// The plan is the text of a filter chain, or nil where a decoded frame already is what the encoder takes:
/// then it goes in untouched, bit for bit and without a copy.
struct PicturePlan {
    /// What the decoder hands over.
    let source: VideoFormat
    /// What the encoder takes.
    let target: VideoFormat
    /// libavfilter's description; nil for no filter at all.
    let filters: String?

    /// What is known of a clip's pictures before any of them is decoded.
    struct Source {
        var format: VideoFormat
        /// Clockwise degrees to turn for display.
        var rotation = 0
        /// Whether it is mirrored left to right after that.
        var isMirrored = false
    }

    /// - Parameters:
    ///   - size: the output's size in square pixels; nil takes the source's own.
    ///   - pixelFormat: what the encoder takes.
    ///   - demanded: the colour that the output must have; nil keeps the source's.
    init(
        _ clip: Source, size: (width: Int, height: Int)?, rate: Rational, pixelFormat: PixelFormat,
        demanded: ColourTags?
    ) {
        source = clip.format
        let isTurned = clip.rotation == 90 || clip.rotation == 270
        var turned = clip.format
        if isTurned {
            (turned.width, turned.height) = (turned.height, turned.width)
            turned.sampleAspectRatio = turned.sampleAspectRatio.inverse
        }
        let own = Self.ownSize(of: turned)
        let size = size ?? own
        let colour = ColourPlan(
            tags: clip.format.colour, pixelFormat: clip.format.pixelFormat, height: turned.height,
            demanded: demanded)

        var chain: [String] = []
        switch clip.rotation {
        case 90: chain.append("transpose=clock")
        case 180: chain.append("hflip,vflip")
        case 270: chain.append("transpose=cclock")
        default: break
        }
        if clip.isMirrored { chain.append("hflip") }

        // A picture that is odd by one row or column loses it; anything else is scaled.
        let even = (width: turned.width & ~1, height: turned.height & ~1)
        let isSquare = Self.isSquare(turned.sampleAspectRatio)
        let fitted = Self.fitted(own, into: size)
        let onlyCrop = isSquare && even.width > 0 && even.height > 0 && even == fitted
        if onlyCrop, even != (turned.width, turned.height) {
            chain.append("crop=\(even.width):\(even.height):0:0:exact=1")
        }
        let quality = "flags=bicubic+accurate_rnd+full_chroma_int+full_chroma_inp+bitexact"
        let scaling = onlyCrop ? "" : "\(fitted.width):\(fitted.height):"
        if colour.isToneMapped || colour.isGamutMapped {
            if !onlyCrop { chain.append("scale=\(scaling)\(quality)") }
            chain.append(colour.isToneMapped ? colour.toneMapping : colour.gamutMapping)
            chain.append("format=pix_fmts=\(pixelFormat.name)")
        } else if !onlyCrop || colour.converts || clip.format.pixelFormat.name != pixelFormat.name {
            chain.append("scale=\(scaling)\(quality):\(colour.scaleArguments)")
            chain.append("format=pix_fmts=\(pixelFormat.name)")
        }
        if fitted != size {
            let left = (size.width - fitted.width) / 4 * 2
            let top = (size.height - fitted.height) / 4 * 2
            chain.append("pad=\(size.width):\(size.height):\(left):\(top):black")
        }
        filters = chain.isEmpty ? nil : chain.joined(separator: ",")
        target = VideoFormat(
            width: size.width, height: size.height, pixelFormat: pixelFormat,
            sampleAspectRatio: Rational(1, 1), colour: colour.target, timeBase: rate.inverse, rate: rate)
    }

    /// Size in square pixels, even. The side that is too small grows, so that no detail is lost; a source
    /// that is square and odd loses one row or column.
    static func ownSize(of format: VideoFormat) -> (width: Int, height: Int) {
        func nearestEven(_ value: Double) -> Int { max(2, Int((value / 2).rounded()) * 2) }
        func even(_ value: Int) -> Int { max(2, value & ~1) }
        let ratio = format.sampleAspectRatio
        guard !isSquare(ratio) else { return (even(format.width), even(format.height)) }
        if ratio.value > 1 {
            return (nearestEven(Double(format.width) * ratio.value), even(format.height))
        }
        return (even(format.width), nearestEven(Double(format.height) / ratio.value))
    }

    /// Unknown or unbelievable ratios count as square.
    private static func isSquare(_ ratio: Rational) -> Bool {
        !ratio.isValid || ratio.num == ratio.den || ratio.value > 10 || ratio.value < 0.1
    }

    /// The largest even size of the same shape that fits; bars thinner than one part in a hundred are not
    /// worth drawing, there the picture is stretched to the edge.
    static func fitted(_ own: (width: Int, height: Int), into size: (width: Int, height: Int))
        -> (width: Int, height: Int)
    {
        let scale = min(
            Double(size.width) / Double(own.width), Double(size.height) / Double(own.height))
        func side(_ value: Int, _ limit: Int) -> Int {
            let wanted = Double(value) * scale
            if wanted >= Double(limit) * 0.99 { return limit }
            return min(limit, max(2, Int((wanted / 2).rounded()) * 2))
        }
        return (side(own.width, size.width), side(own.height, size.height))
    }
}
