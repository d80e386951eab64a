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
    ///   - fit: what becomes of a picture of another shape.
    ///   - upscales: whether smaller pictures are made larger.
    ///   - pixelFormat: what the encoder takes.
    ///   - demanded: the colour that the output must have; nil keeps the source's.
    init(
        _ clip: Source, size wanted: (width: Int, height: Int)?, fit: PictureFit = .pad,
        upscales: Bool = true, rate: Rational, pixelFormat: PixelFormat, demanded: ColourTags?
    ) {
        source = clip.format
        let isTurned = clip.rotation == 90 || clip.rotation == 270
        var turned = clip.format
        if isTurned {
            (turned.width, turned.height) = (turned.height, turned.width)
            turned.sampleAspectRatio = turned.sampleAspectRatio.inverse
        }
        let own = Self.ownSize(of: turned)
        let box = wanted ?? own
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
        let fitted = fit.size(of: own, in: box, upscales: upscales)
        let size = fit == .inside ? fitted : box
        let onlyCrop = isSquare && even.width > 0 && even.height > 0 && even == fitted
        if onlyCrop, even != (turned.width, turned.height) {
            chain.append("crop=\(even.width):\(even.height):0:0:exact=1")
        }
        let quality = "flags=bicubic+accurate_rnd+full_chroma_int+full_chroma_inp+bitexact"
        // Palettes are made of RGB.
        let made = pixelFormat.isPalette ? "bgra" : pixelFormat.name
        let scaling = onlyCrop ? "" : "\(fitted.width):\(fitted.height):"
        if colour.isToneMapped || colour.isGamutMapped {
            if !onlyCrop { chain.append("scale=\(scaling)\(quality)") }
            chain.append(colour.isToneMapped ? colour.toneMapping : colour.gamutMapping)
            chain.append("format=pix_fmts=\(made)")
        } else if !onlyCrop || colour.converts || clip.format.pixelFormat.name != made {
            chain.append("scale=\(scaling)\(quality):\(colour.scaleArguments)")
            chain.append("format=pix_fmts=\(made)")
        }
        // Even offsets, so that colour planes of half the size are cut between their samples.
        let seen = (width: min(fitted.width, size.width), height: min(fitted.height, size.height))
        if seen != fitted {
            let left = (fitted.width - seen.width) / 4 * 2
            let top = (fitted.height - seen.height) / 4 * 2
            chain.append("crop=\(seen.width):\(seen.height):\(left):\(top):exact=1")
        }
        if seen != size {
            let left = (size.width - seen.width) / 4 * 2
            let top = (size.height - seen.height) / 4 * 2
            let bars = pixelFormat.hasAlpha ? "black@0" : "black"
            chain.append("pad=\(size.width):\(size.height):\(left):\(top):\(bars)")
        }
        if pixelFormat.isPalette {
            // A palette for each picture, and a dither that stands still where the picture does.
            chain.append(
                "split[a][b];[a]palettegen=stats_mode=single[p];"
                    + "[b][p]paletteuse=new=1:dither=bayer:bayer_scale=3")
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
}
