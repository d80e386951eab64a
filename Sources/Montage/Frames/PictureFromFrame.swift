import Media

extension Picture {
    /// Converts a decoded frame to RGB with nothing left to guess, and turns it as a player would.
    ///
    /// Matrix and range are the frame's own; where it says nothing, BT.709 from 720 lines up and else BT.601,
    /// limited range. Rounding is accurate and chroma is interpolated in full. Sources of more than 8 bits give
    /// 16-bit samples. The size is the coded one: pixels that are not square stay so, and `pixelAspect` says
    /// it. Turning comes after the conversion, so it moves pixels and changes none.
    ///
    /// - Parameters:
    ///   - frame: As decoded, in coded orientation.
    ///   - rotation: Degrees clockwise: 0, 90, 180 or 270.
    ///   - isMirrored: Whether it is mirrored left to right after that.
    ///   - aspect: Width to height of a pixel as the container states it; wins over the frame's own.
    ///   - untagged: The colours to assume where the frame says nothing; by its height if nil.
    init(
        _ frame: borrowing Frame, rotation: Int = 0, isMirrored: Bool = false, aspect: Rational? = nil,
        untagged: ColourTags? = nil
    ) throws {
        let source = frame.pixelFormat
        let tags = frame.colour.resolvedForRGB(height: frame.height, format: source, untagged: untagged)
        let isDeep = source.bitDepth > 8
        let target: PixelFormat =
            source.hasAlpha ? (isDeep ? .rgba64le : .rgba) : (isDeep ? .rgb48le : .rgb24)
        let display = tags.displayed
        let shape = aspect ?? frame.sampleAspectRatio ?? Rational(1, 1)

        var from = frame.videoFormat(timeBase: Rational(1, 25))
        from.colour = tags
        var to = from
        to.pixelFormat = target
        to.colour = display
        let scaler = try Scaler(from: from, to: to)
        let converted = try scaler.scale(frame)
        let picture = try Picture(
            width: frame.width, height: frame.height, bitDepth: isDeep ? 16 : 8, hasAlpha: source.hasAlpha,
            bytes: converted.packedBytes(), pixelAspect: shape.isValid ? shape : Rational(1, 1),
            colour: display)
        self = picture.withoutNeedlessAlpha().turned(clockwise: rotation, mirrored: isMirrored)
    }
}

extension ColourTags {
    /// The tags by which samples become RGB: gaps filled; RGB and grey sources count as full range unless
    /// they say otherwise, as libswscale takes them.
    func resolvedForRGB(height: Int, format: PixelFormat, untagged: ColourTags?) -> ColourTags {
        var said = self
        let isFull = format.isRGB || format.isGrey || format.impliesFullRange
        if said.range == "unknown", isFull { said.range = "pc" }
        if let untagged {
            if said.matrix == "unknown" || said.matrix == "reserved" { said.matrix = untagged.matrix }
            if said.range == "unknown" { said.range = untagged.range }
        }
        return said.resolved(height: height)
    }

    /// What an RGB picture of this video is declared to be. Video of standard range is made to be looked at
    /// on a screen as it is, so its transfer is stated as sRGB, which readers of pictures know; HDR keeps its
    /// own name. Primaries are kept; those of the old television systems are near enough to sRGB that a
    /// reader which honours them would show a difference nobody intended, so they count as BT.709.
    var displayed: ColourTags {
        var result = ColourTags.sRGB
        if isHDR || primaries == "bt2020" {
            result.primaries = primaries
            result.transfer = transfer
        } else if ["smpte432", "smpte431"].contains(primaries) {
            result.primaries = primaries
        }
        return result
    }
}

extension PixelFormat {
    /// Whether there is brightness and no colour.
    var isGrey: Bool { name.hasPrefix("gray") || name.hasPrefix("ya") || name.hasPrefix("mono") }
}
