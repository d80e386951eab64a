import Media

extension Reading {
    /// Whether the light of the picture must be looked for in its first frame.
    var wantsFrameLight: Bool {
        guard let shown, shown.hdr == nil else { return false }
        return shown.parameters.colour.filled(from: shown.header?.colour).isHDR
    }

    /// The report of what was gathered.
    func report(path: String) -> ClipReport {
        let described = streams.map(describe)
        var report = ClipReport(
            path: path, byteCount: container.byteCount, container: container.formatName,
            containerName: container.formatLongName,
            duration: container.durationMicroseconds.map { Double($0) / 1e6 },
            start: container.startMicroseconds.map { Double($0) / 1e6 }, bitRate: container.bitRate,
            moov: layout?.moov, chapters: container.chapters.count,
            chapterList: container.chapters.isEmpty ? nil : container.chapters, streams: described,
            video: described.first { $0.index == shown?.index }?.video,
            audio: described.first { $0.index == heard?.index }?.audio,
            frameCount: counted ?? shown?.declaredFrameCount.map(Int.init),
            frameCountIsCounted: counted != nil,
            metadata: container.metadata,
            isDamaged: layout?.isCutShort == true || isSegmentCutShort || fault != nil,
            findings: [], gop: gop, packets: packets)
        let found = findings(of: report)
        report.findings = found.map(\.text)
        report.findingCodes = found.map(\.code)
        return report
    }

    private func describe(_ stream: StreamInfo) -> StreamReport {
        let coded = stream.parameters
        let tick = stream.timeBase.value
        let header = stream.header
        return StreamReport(
            index: stream.index, kind: stream.kind, codec: coded.codecName, codecName: coded.codecLongName,
            tag: coded.codecTag,
            profile: coded.profile ?? header?.profile ?? aacProfile(coded),
            level: coded.level ?? header?.level,
            bitRate: coded.bitRate,
            timeBase: stream.timeBase, start: stream.startTicks.map { Double($0) * tick },
            duration: stream.durationTicks.map { Double($0) * tick }, language: stream.metadata["language"],
            isDefault: stream.isDefault, isAttachedPicture: stream.isAttachedPicture,
            edits: edits[stream.id],
            video: stream.kind == .video ? picture(stream) : nil,
            audio: stream.kind == .audio ? sound(stream) : nil)
    }

    private func picture(_ stream: StreamInfo) -> VideoReport {
        let coded = stream.parameters
        let header = stream.header
        let format = coded.pixelFormat ?? header.flatMap { PixelFormat(named: $0.pixelFormat) }
        let shape = stream.believableAspect
        let wide = whole(Double(coded.width) * shape.value)
        let isTurned = stream.rotation % 180 != 0
        let (isShown, tick) = (stream.index == shown?.index, stream.timeBase.value)
        let whole = Rational(coded.width * shape.num, coded.height * shape.den)
        return VideoReport(
            stream: stream.index, width: coded.width, height: coded.height,
            displayWidth: isTurned ? coded.height : wide, displayHeight: isTurned ? wide : coded.height,
            pixelFormat: format?.name, bitDepth: format?.bitDepth,
            sampleAspectRatio: coded.sampleAspectRatio,
            displayAspectRatio: whole.isValid ? whole.reduced : nil, rotation: stream.rotation,
            isMirrored: stream.isMirrored, averageRate: stream.averageRate, nominalRate: stream.nominalRate,
            isVariableRate: isShown ? isVariable : nil,
            colour: coded.colour.filled(from: header?.colour),
            hdr: stream.hdrMetadata,
            // By an index alone FFmpeg does not tell; where the header allows no fields there are none.
            fieldOrder: coded.fieldOrder == "unknown" && header?.isProgressive == true
                ? "progressive" : coded.fieldOrder,
            reorderDepth: coded.reorderDepth,
            measuredRate: isShown ? measuredRate : nil,
            shortestInterval: isShown ? distances.map { Double($0.lowerBound) * tick } : nil,
            longestInterval: isShown ? distances.map { Double($0.upperBound) * tick } : nil,
            light: stream.hdr ?? (isShown ? frameLight : nil))
    }

    private func sound(_ stream: StreamInfo) -> AudioReport {
        let coded = stream.parameters
        let stated = coded.initialPadding > 0 ? coded.initialPadding : nil
        return AudioReport(
            stream: stream.index, sampleRate: coded.sampleRate, layout: coded.channelLayout?.name,
            channels: coded.channelLayout?.count,
            sampleFormat: coded.sampleFormat?.name ?? (coded.codecName == "aac" ? "fltp" : nil),
            priming: stream.index == heard?.index ? priming ?? stated : stated)
    }

    /// The profile in AAC's header: its first five bits. Source: ISO/IEC 14496-3, 1.6.2.1.
    private func aacProfile(_ coded: CodecParameters) -> String? {
        guard coded.codecName == "aac", let first = coded.extradata.first else { return nil }
        return [1: "Main", 2: "LC", 3: "SSR", 4: "LTP", 5: "HE-AAC", 29: "HE-AACv2"][Int(first >> 3)]
    }
}

extension ColourTags {
    /// The tags with gaps filled from what the stream's own header says.
    fileprivate func filled(from other: ColourTags?) -> ColourTags {
        guard let other else { return self }
        func choose(_ a: String, _ b: String) -> String { a == "unknown" ? b : a }
        return ColourTags(
            matrix: choose(matrix, other.matrix), primaries: choose(primaries, other.primaries),
            transfer: choose(transfer, other.transfer), range: choose(range, other.range))
    }
}
