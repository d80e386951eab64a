import Media

extension Reading {
    /// What surprises about the file, the worst first.
    func findings(of report: ClipReport) -> [String] {
        damage(report) + picture(report) + sound(report) + container(report)
    }

    private func damage(_ report: ClipReport) -> [String] {
        var found: [String] = []
        if layout?.isCutShort == true {
            found.append("the file is cut short: a box of it claims more bytes than there are")
        } else if let fault {
            found.append("the file is damaged: \(fault.message)")
        }
        for stream in streams where stream.kind == .video || stream.kind == .audio {
            let name = stream.parameters.codecName
            // Opening a decoder builds its tables; it is tried only where the name alone does not answer.
            if !FFmpegVersions.hasDecoder(name), (try? Decoder(stream, threads: 1)) == nil {
                found.append("stream \(stream.index) (\(name)) cannot be decoded here")
            }
        }
        if shown == nil { found.append("it has no picture") }
        if let counted, let stated = shown?.declaredFrameCount, counted != Int(stated) {
            found.append("the index names \(stated) frames, \(counted) are shown")
        }
        return found
    }

    private func picture(_ report: ClipReport) -> [String] {
        guard let video = report.video else { return [] }
        var found: [String] = []
        if video.isVariableRate == true { found.append("its frame rate varies") }
        if video.colour.matrix == "unknown",
            video.pixelFormat.flatMap({ PixelFormat(named: $0)?.isRGB }) != true
        {
            let assumed = video.height >= 720 ? "BT.709" : "BT.601"
            found.append("its colours are not tagged; by its size \(assumed) is assumed")
        }
        if video.colour.isHDR { found.append("it is HDR (\(video.colour.transfer))") }
        if video.rotation != 0 || video.isMirrored {
            let mirror = video.isMirrored ? " and mirrored" : ""
            found.append("it is shown turned by \(video.rotation) degrees\(mirror)")
        }
        if let shape = video.sampleAspectRatio, shape != Rational(1, 1) {
            found.append("its pixels are not square (\(shape.num):\(shape.den))")
        }
        if video.width % 2 != 0 || video.height % 2 != 0 {
            found.append("its size is odd (\(video.width)x\(video.height)); most deliveries need even sizes")
        }
        if !["progressive", "unknown"].contains(video.fieldOrder) { found.append("it is interlaced") }
        return found
    }

    private func sound(_ report: ClipReport) -> [String] {
        guard let heard, let shown else {
            return report.video != nil && heard == nil ? ["it has no sound"] : []
        }
        func end(_ stream: StreamInfo) -> Double? {
            stream.durationTicks.map { Double((stream.startTicks ?? 0) + $0) * stream.timeBase.value }
        }
        let counted = span.map { Double($0.upperBound) * shown.timeBase.value }
        guard let sound = end(heard), let picture = counted ?? end(shown) else { return [] }
        let more = sound - picture
        // AAC ends on a whole packet of 1024 samples, so up to 21 ms too much is no finding.
        guard abs(more) > 0.022 else { return [] }
        return [
            "its sound is \(decimal(abs(more) * 1000, places: 0)) ms \(more > 0 ? "longer" : "shorter") than its picture"
        ]
    }

    private func container(_ report: ClipReport) -> [String] {
        var found: [String] = []
        if let start = report.start, abs(start) > 0.0005 {
            found.append("it starts at \(decimal(start, places: 3)) s, not at 0")
        }
        if report.moov == "last" {
            found.append("its index (moov) is at the end: a browser must load the whole file to play it")
        }
        return found
    }
}
