import Media

extension Reading {
    /// The report of what was gathered.
    func report(path: String) -> ClipReport {
        let described = streams.map(describe)
        var report = ClipReport(
            path: path, byteCount: container.byteCount, container: container.formatName,
            containerName: container.formatLongName,
            duration: container.durationMicroseconds.map { Double($0) / 1e6 },
            start: container.startMicroseconds.map { Double($0) / 1e6 }, bitRate: container.bitRate,
            moov: layout?.moov, chapters: container.chapters.count, streams: described,
            video: described.first { $0.index == shown?.index }?.video,
            audio: described.first { $0.index == heard?.index }?.audio,
            frameCount: counted ?? shown?.declaredFrameCount.map(Int.init), frameCountIsCounted: counted != nil,
            metadata: container.metadata, findings: [])
        report.findings = findings(of: report)
        return report
    }

    private func describe(_ stream: StreamInfo) -> StreamReport {
        let coded = stream.parameters
        let tick = stream.timeBase.value
        return StreamReport(
            index: stream.index, kind: stream.kind, codec: coded.codecName, codecName: coded.codecLongName,
            tag: coded.codecTag, profile: coded.profile, level: coded.level, bitRate: coded.bitRate,
            timeBase: stream.timeBase, start: stream.startTicks.map { Double($0) * tick },
            duration: stream.durationTicks.map { Double($0) * tick }, language: stream.metadata["language"],
            isDefault: stream.isDefault, isAttachedPicture: stream.isAttachedPicture,
            video: stream.kind == .video ? picture(stream) : nil,
            audio: stream.kind == .audio ? sound(stream) : nil)
    }

    private func picture(_ stream: StreamInfo) -> VideoReport {
        let coded = stream.parameters
        let shape = coded.sampleAspectRatio ?? Rational(1, 1)
        let wide = Int((Double(coded.width) * shape.value).rounded())
        let isTurned = stream.rotation % 180 != 0
        let whole = Rational(coded.width * shape.num, coded.height * shape.den)
        return VideoReport(
            stream: stream.index, width: coded.width, height: coded.height,
            displayWidth: isTurned ? coded.height : wide, displayHeight: isTurned ? wide : coded.height,
            pixelFormat: coded.pixelFormat?.name, bitDepth: coded.pixelFormat?.bitDepth,
            sampleAspectRatio: coded.sampleAspectRatio,
            displayAspectRatio: whole.isValid ? whole.reduced : nil, rotation: stream.rotation,
            isMirrored: stream.isMirrored, averageRate: stream.averageRate, nominalRate: stream.nominalRate,
            isVariableRate: stream.index == shown?.index ? isVariable : nil, colour: coded.colour,
            hdr: stream.hdrMetadata, fieldOrder: coded.fieldOrder, reorderDepth: coded.reorderDepth)
    }

    private func sound(_ stream: StreamInfo) -> AudioReport {
        let coded = stream.parameters
        let stated = coded.initialPadding > 0 ? coded.initialPadding : nil
        return AudioReport(
            stream: stream.index, sampleRate: coded.sampleRate, layout: coded.channelLayout?.name,
            channels: coded.channelLayout?.count, sampleFormat: coded.sampleFormat?.name,
            priming: stream.index == heard?.index ? priming ?? stated : stated)
    }
}
