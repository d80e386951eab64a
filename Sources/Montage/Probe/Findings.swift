import Media

/// What surprises about a file: a word for programs, a sentence for people.
struct Surprise {
    let code: String
    let text: String

    init(_ code: String, _ text: String) { (self.code, self.text) = (code, text) }
}

extension Reading {
    /// What surprises about the file, the worst first.
    func findings(of report: ClipReport) -> [Surprise] {
        damage(report) + picture(report) + sound(report) + container(report)
    }

    private func damage(_ report: ClipReport) -> [Surprise] {
        var found: [Surprise] = []
        if layout?.isCutShort == true {
            found.append(
                Surprise("cutShort", "the file is cut short: a box of it claims more bytes than there are"))
        } else if isSegmentCutShort {
            found.append(
                Surprise("cutShort", "the file is cut short: its segment claims more bytes than there are"))
        } else if let fault {
            found.append(Surprise("damaged", "the file is damaged: \(fault.message)"))
        }
        for stream in streams where stream.kind == .video || stream.kind == .audio {
            let name = stream.parameters.codecName
            // Opening a decoder builds its tables; it is tried only where the name alone does not answer.
            if !FFmpegVersions.hasDecoder(name), (try? Decoder(stream, threads: 1)) == nil {
                found.append(
                    Surprise("noDecoder", "stream \(stream.index) (\(name)) cannot be decoded here"))
            }
        }
        if shown == nil { found.append(Surprise("noPicture", "it has no picture")) }
        if let counted, let stated = shown?.declaredFrameCount, counted != Int(stated) {
            found.append(
                Surprise("frameCount", "the index names \(stated) frames, \(counted) are shown"))
        }
        return found
    }

    private func picture(_ report: ClipReport) -> [Surprise] {
        guard let video = report.video else { return [] }
        var found: [Surprise] = []
        if video.isVariableRate == true { found.append(Surprise("variableRate", "its frame rate varies")) }
        if video.colour.matrix == "unknown",
            video.pixelFormat.flatMap({ PixelFormat(named: $0)?.isRGB }) != true
        {
            let assumed = video.height >= 720 ? "BT.709" : "BT.601"
            found.append(
                Surprise("noColourTags", "its colours are not tagged; by its size \(assumed) is assumed"))
        }
        if video.colour.isHDR { found.append(Surprise("hdr", "it is HDR (\(video.colour.transfer))")) }
        if video.rotation != 0 || video.isMirrored {
            let mirror = video.isMirrored ? " and mirrored" : ""
            found.append(Surprise("turned", "it is shown turned by \(video.rotation) degrees\(mirror)"))
        }
        if let shape = video.sampleAspectRatio, shape != Rational(1, 1) {
            let doubt = shape == shape.believableAspect ? "" : ", which is not believed"
            found.append(
                Surprise("pixelAspect", "its pixels are not square (\(shape.num):\(shape.den)\(doubt))"))
        }
        if video.width % 2 != 0 || video.height % 2 != 0 {
            found.append(
                Surprise(
                    "oddSize",
                    "its size is odd (\(video.width)x\(video.height)); most deliveries need even sizes"))
        }
        if !["progressive", "unknown"].contains(video.fieldOrder) {
            found.append(Surprise("interlaced", "it is interlaced"))
        }
        return found
    }

    private func sound(_ report: ClipReport) -> [Surprise] {
        guard let heard, let shown else {
            return report.video != nil && heard == nil ? [Surprise("noSound", "it has no sound")] : []
        }
        func end(_ stream: StreamInfo) -> Double? {
            stream.durationTicks.map { Double((stream.startTicks ?? 0) + $0) * stream.timeBase.value }
        }
        let counted = span.map { Double($0.upperBound) * shown.timeBase.value }
        guard let sound = end(heard), let picture = counted ?? end(shown) else { return [] }
        let more = sound - picture
        // AAC ends on a whole packet of 1024 samples, so up to 21 ms too much is no finding.
        guard abs(more) > 0.022 else { return [] }
        let (code, word) = more > 0 ? ("soundLonger", "longer") : ("soundShorter", "shorter")
        return [
            Surprise(
                code, "its sound is \(decimal(abs(more) * 1000, places: 0)) ms \(word) than its picture")
        ]
    }

    private func container(_ report: ClipReport) -> [Surprise] {
        var found: [Surprise] = []
        if let start = report.start, abs(start) > 0.0005 {
            found.append(Surprise("start", "it starts at \(decimal(start, places: 3)) s, not at 0"))
        }
        if report.moov == "last" {
            found.append(
                Surprise(
                    "moovLast",
                    "its index (moov) is at the end: a browser must load the whole file to play it"))
        }
        for stream in report.streams where stream.kind == .video || stream.kind == .audio {
            guard let edits = stream.edits, let what = Self.unusual(edits, stream) else { continue }
            found.append(Surprise("edits", "stream \(stream.index) has an edit list that \(what)"))
        }
        if layout?.hasCredentials == true {
            found.append(
                Surprise("credentials", "its content credentials (C2PA) are lost when it is written anew"))
        }
        return found
    }

    /// What an edit list does beyond hiding the encoder's delay; nil where that is all.
    private static func unusual(_ edits: [EditReport], _ stream: StreamReport) -> String? {
        if edits.contains(where: { $0.rate != 1 }) { return "changes the speed" }
        let shown = edits.filter { $0.mediaTicks != nil }
        if shown.count > 1 { return "puts \(shown.count) parts together" }
        if let empty = edits.first(where: { $0.mediaTicks == nil }), empty.seconds > 0.022 {
            return "begins \(decimal(empty.seconds * 1000, places: 0)) ms late"
        }
        // B-frames delay a picture by some frames, AAC a sound by up to 2112 samples.
        let hidden = Double(shown.first?.mediaTicks ?? 0) * stream.timeBase.value
        if hidden > 0.2 { return "hides its first \(decimal(hidden * 1000, places: 0)) ms" }
        return nil
    }
}
