import Media

/// In which light a picture leaves a clip of high dynamic range or wide gamut.
public enum PictureLight: String, Sendable, Codable {
    /// As a screen of today shows it: mapped to BT.709. Pictures that are BT.709 already are not touched.
    case standard
    /// The clip's own samples, with its own tags: pale and grey on most screens.
    case asStored
}

extension Picture {
    /// Whether its samples are of high dynamic range or a wide gamut.
    var needsStandardLight: Bool {
        colour.isHDR || ["bt2020", "smpte431", "smpte432"].contains(colour.primaries)
    }

    /// The picture mapped to BT.709, and what was done in words; nil where there is nothing to do. Blocks.
    ///
    /// High dynamic range goes to linear light at 100 nits, to the primaries of BT.709, through a shoulder,
    /// and back to the curve of BT.709: what `transcode` does to a whole clip. A wide gamut alone goes through
    /// linear light as well and keeps its brightness. The opacity is kept.
    ///
    /// - Parameter peak: The brightest light in cd/m2 that stays below white; from the clip's metadata.
    /// - Throws: `MediaError.unsupported` if this FFmpeg has no zscale filter: values of high dynamic range are
    ///   never passed off as ordinary ones.
    func inStandardLight(peak: Double = 1000) throws -> (picture: Picture, note: String)? {
        guard needsStandardLight else { return nil }
        guard FFmpegVersions.hasFilter("zscale"), FFmpegVersions.hasFilter("tonemap") else {
            throw MediaError(
                .unsupported, operation: "mapping \(colour.transfer) to BT.709", subject: "the zscale filter",
                hint: "install an FFmpeg with libzimg, or take the picture as it is stored")
        }
        let layout = bitDepth == 16 ? "gbrp16le" : "gbrp"
        let graph = try FilterGraph(video: videoFormat(), chain(layout, peak: peak), threads: 1)
        try graph.push(filled(pixelFormat))
        try graph.pushEnd()
        let mapped = try Frame()
        guard try graph.pull(into: mapped) == .got else {
            throw MediaError(
                .decodeFailed, operation: "zscale gave no picture", subject: "\(width)x\(height)")
        }
        var result = self
        result.colour = .sRGB
        let sample = bitDepth / 8
        // The planes of FFmpeg's planar RGB are green, blue, red.
        for (plane, channel) in [(0, 1), (1, 2), (2, 0)] {
            mapped.withPlane(plane) { source, pitch in
                for y in 0..<height {
                    var to = y * width * bytesPerPixel + channel * sample
                    for x in 0..<(width * sample) where x % sample == 0 {
                        for byte in 0..<sample { result.bytes[to + byte] = source[y * pitch + x + byte] }
                        to += bytesPerPixel
                    }
                }
            }
        }
        let what = colour.isHDR ? "HDR (\(colour.transfer))" : "a wide gamut (\(colour.primaries))"
        return (result, "the picture was \(what); it is mapped to BT.709")
    }

    private func chain(_ layout: String, peak: Double) -> String {
        let from = "min=gbr:pin=\(colour.primaries):rin=full"
        let to = "t=bt709:m=gbr:p=bt709:r=full,format=\(layout)"
        // Curves of standard range count as BT.709's, as they do where such a picture is shown.
        guard colour.isHDR else { return "format=\(layout),zscale=tin=bt709:\(from):\(to)" }
        let light = peak.isFinite && peak >= 100 ? min(peak, 10000) : 1000
        return """
            format=\(layout),zscale=tin=\(colour.transfer):\(from):t=linear:npl=100:m=gbr:p=bt709:r=full,\
            format=gbrpf32le,tonemap=tonemap=hable:desat=0:peak=\(decimal(light / 100, places: 4)),\
            zscale=tin=linear:min=gbr:pin=bt709:rin=full:\(to)
            """
    }

    /// The picture with samples of 8 bits, to the nearest.
    func inEightBits() -> Picture {
        guard bitDepth == 16 else { return self }
        var result = self
        result.bitDepth = 8
        result.bytes = [UInt8](unsafeUninitializedCapacity: bytes.count / 2) { target, count in
            for i in 0..<(bytes.count / 2) {
                let value = Int(bytes[2 * i]) | Int(bytes[2 * i + 1]) << 8
                target[i] = UInt8((value + 128) / 257)
            }
            count = bytes.count / 2
        }
        return result
    }
}

extension HDRMetadata {
    /// The brightest light in cd/m2 to be shown: the content's where it is said, else the display's, else 1000.
    var peak: Double {
        if let content = maxContentLight, content > 0 { return Double(content) }
        if let display = maxLuminance, display > 0 { return display }
        return 1000
    }
}
