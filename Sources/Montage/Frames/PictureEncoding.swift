import Media

extension Picture {
    /// The picture as a PNG file: every sample kept, colour and pixel aspect declared in it. Blocks.
    ///
    /// The compression is the fastest that still filters: a slower one gains a tenth in size for three times
    /// the time, and most of these files are sent once.
    public func png() throws -> [UInt8] {
        let deep: PixelFormat = hasAlpha ? .rgba64be : .rgb48be
        let format = videoFormat(bitDepth == 16 ? deep : pixelFormat)
        let settings = EncoderSettings(
            codec: "png", options: ["compression_level": "1", "pred": "sub"], threads: 1, globalHeader: false)
        return try Self.encode(filled(format.pixelFormat), format, settings)
    }

    /// The picture as a JPEG file, 8 bits, 4:2:0, without alpha. Blocks.
    ///
    /// - Parameter quality: 1 (small) to 100 (best); 90 and above look like the source.
    public func jpeg(quality: Int = 90) throws -> [UInt8] {
        // JFIF means BT.601 and full range whatever the size, so the matrix is stated and not guessed.
        var format = videoFormat(.yuvj420p)
        format.colour = ColourTags(
            matrix: "bt470bg", primaries: colour.primaries, transfer: colour.transfer, range: "pc")
        let scaler = try Scaler(from: videoFormat(), to: format)
        let frame = try scaler.scale(filled(pixelFormat))
        // The encoder's quantiser runs from 1 (best) to 31; FFmpeg counts it in 118ths.
        let clamped = min(100, max(1, quality))
        let quantiser = 1 + (100 - clamped) * 30 / 99
        let settings = EncoderSettings(
            codec: "mjpeg",
            options: ["flags": "+qscale", "global_quality": "\(quantiser * 118)", "qmin": "1"], threads: 1,
            globalHeader: false)
        return try Self.encode(frame, format, settings)
    }

    /// The picture as a WebP file, 8 bits a sample, with its opacity. Blocks.
    ///
    /// WebP holds no colour tag that is written here: a picture of high dynamic range or wide gamut is to be
    /// mapped first.
    ///
    /// - Parameter quality: 1 (small) to 100 (best), 4:2:0; nil keeps every sample of an 8-bit picture, but for
    ///   the colours of pixels that are wholly transparent.
    /// - Throws: `MediaError.encoderMissing` where this FFmpeg has no libwebp.
    public func webp(quality: Int? = nil) throws -> [UInt8] {
        let eight = inEightBits()
        var format = eight.videoFormat(PixelFormat(named: "bgra"))
        var options = ["lossless": "1", "compression_level": "4"]
        if let quality {
            format.pixelFormat = hasAlpha ? PixelFormat(named: "yuva420p") ?? .yuv420p : .yuv420p
            // VP8 in WebP is BT.601 of limited range whatever the size, by its definition.
            format.colour = ColourTags(
                matrix: "bt470bg", primaries: colour.primaries, transfer: colour.transfer, range: "tv")
            options = ["quality": "\(min(100, max(1, quality)))", "compression_level": "4"]
        }
        let scaler = try Scaler(from: eight.videoFormat(), to: format)
        let frame = try scaler.scale(eight.filled(eight.pixelFormat))
        // By name: FFmpeg's first encoder for WebP may be the one for animations.
        let settings = EncoderSettings(codec: "libwebp", options: options, threads: 1, globalHeader: false)
        return try Self.encode(frame, format, settings)
    }

    /// The picture as a frame; 16-bit samples in the byte order of `format`.
    func filled(_ format: PixelFormat) throws -> Frame {
        let frame = try Frame(videoWidth: width, height: height, format: format)
        let row = width * bytesPerPixel
        let swaps = format.name.hasSuffix("be")
        frame.withMutablePlane(0) { plane, pitch in
            bytes.withUnsafeBytes { source in
                for y in 0..<height {
                    let from = UnsafeRawBufferPointer(rebasing: source[(y * row)..<((y + 1) * row)])
                    let to = UnsafeMutableRawBufferPointer(rebasing: plane[(y * pitch)..<(y * pitch + row)])
                    if swaps {
                        for i in stride(from: 0, to: row, by: 2) {
                            (to[i], to[i + 1]) = (from[i + 1], from[i])
                        }
                    } else {
                        to.copyMemory(from: from)
                    }
                }
            }
        }
        frame.colour = colour
        frame.sampleAspectRatio = pixelAspect
        frame.pts = 0
        return frame
    }

    private static func encode(
        _ frame: borrowing Frame, _ format: VideoFormat, _ settings: EncoderSettings
    ) throws -> [UInt8] {
        let encoder = try Encoder(video: format, settings: settings)
        let packet = try Packet()
        try encoder.send(frame)
        try encoder.sendEnd()
        var result: [UInt8] = []
        while true {
            switch try encoder.receive(into: packet) {
            case .got: result += packet.withBytes { Array($0) }
            case .needsInput: continue
            case .ended: return result
            }
        }
    }
}
