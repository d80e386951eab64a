import CFFmpeg

/// Converts pictures between sizes, pixel formats and colour matrices, with nothing left to guess.
///
/// Both sides' matrix and range are stated; unknown ones are filled by `ColourTags.resolved`. Rounding
/// is accurate and chroma full: five trips through RGB stay within the noise of the codec. Primaries
/// and transfer are not converted.
public struct Scaler: ~Copyable, @unchecked Sendable {
    /// The kernel for a change of size.
    public enum Algorithm: Sendable {
        /// Good for most.
        case bicubic
        /// Sharper.
        case lanczos
        /// Averages: for large reductions, thumbnails.
        case area
    }

    private let context: ReelScaler
    private let from: VideoFormat
    private let to: VideoFormat

    /// What `scale` gives.
    public var output: VideoFormat { to }

    /// Prepares the conversion.
    ///
    /// - Parameters:
    ///   - from: Size, pixel format and colour of the pictures to come.
    ///   - to: Those wanted. RGB has no matrix; its range is full unless stated.
    ///   - algorithm: The kernel for a change of size.
    /// - Throws: `.unsupported` for formats that libswscale does not convert.
    public init(from: VideoFormat, to: VideoFormat, algorithm: Algorithm = .bicubic) throws(MediaError) {
        FFmpegLog.begin()
        let kernel =
            switch algorithm {
            case .bicubic: reel_sws_bicubic()
            case .lanczos: reel_sws_lanczos()
            case .area: reel_sws_area()
            }
        let what =
            "\(from.width)x\(from.height) \(from.pixelFormat) to \(to.width)x\(to.height) \(to.pixelFormat)"
        guard
            let context = sws_getContext(
                from.width.c, from.height.c, from.pixelFormat.raw, to.width.c, to.height.c,
                to.pixelFormat.raw, kernel | reel_sws_exact(), nil, nil, nil)
        else {
            throw MediaError(.unsupported, operation: "sws_getContext", subject: what)
        }
        // Negative where neither side has a matrix (RGB to RGB): nothing to state then.
        _ = sws_setColorspaceDetails(
            context, sws_getCoefficients(Self.matrix(from)), Self.isFullRange(from) ? 1 : 0,
            sws_getCoefficients(Self.matrix(to)), Self.isFullRange(to) ? 1 : 0, 0, 1 << 16, 1 << 16)
        self.context = context
        self.from = from
        self.to = to
    }

    deinit { sws_freeContext(context) }

    /// Converts one picture; the result has planes of its own and the source's times.
    ///
    /// - Throws: `.invalidArgument` if the picture is not of the size and format announced.
    public func scale(_ frame: borrowing Frame) throws(MediaError) -> Frame {
        guard frame.width == from.width, frame.height == from.height, frame.pixelFormat == from.pixelFormat
        else {
            throw MediaError(
                .invalidArgument, operation: "a picture of another size or format than announced",
                subject: "\(frame.width)x\(frame.height) \(frame.pixelFormat)")
        }
        let result = try Frame(videoWidth: to.width, height: to.height, format: to.pixelFormat)
        try result.copyProperties(of: frame)
        let source = frame.pointer
        let target = result.pointer
        let lines = withUnsafePointer(to: &source.pointee.data) { planes in
            withUnsafePointer(to: &source.pointee.linesize) { strides in
                withUnsafePointer(to: &target.pointee.data) { outPlanes in
                    withUnsafePointer(to: &target.pointee.linesize) { outStrides in
                        sws_scale(
                            context,
                            UnsafeRawPointer(planes).assumingMemoryBound(to: UnsafePointer<UInt8>?.self),
                            UnsafeRawPointer(strides).assumingMemoryBound(to: Int32.self), 0, from.height.c,
                            UnsafeRawPointer(outPlanes).assumingMemoryBound(
                                to: UnsafeMutablePointer<UInt8>?.self),
                            UnsafeRawPointer(outStrides).assumingMemoryBound(to: Int32.self))
                    }
                }
            }
        }
        try check(lines, "sws_scale", "\(to.width)x\(to.height) \(to.pixelFormat)", as: .invalidArgument)
        var colour = to.colour
        if to.pixelFormat.isRGB {
            colour.matrix = "gbr"
            if colour.range == "unknown" { colour.range = "pc" }
        }
        result.colour = colour
        result.sampleAspectRatio = to.sampleAspectRatio
        return result
    }

    /// libswscale's tables are numbered like the matrices of H.264's VUI. RGB, and matrices it has no
    /// table for, go by the usual rule for the size.
    private static func matrix(_ format: VideoFormat) -> Int32 {
        let resolved = format.colour.resolved(height: format.height)
        let space = Int32(resolved.cSpace.rawValue)
        if (1...10).contains(space), space != 2, space != 3, space != 8 { return space }
        return format.height >= 720 ? 1 : 5
    }

    private static func isFullRange(_ format: VideoFormat) -> Bool {
        if format.pixelFormat.isRGB { return format.colour.range != "tv" }
        return format.colour.range == "pc" || format.pixelFormat.impliesFullRange
    }
}
