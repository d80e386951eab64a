import Media

extension ClipReport {
    /// The report for people: aligned lines, a heading first, findings last.
    public var text: String {
        var lines = [path]
        func add(_ name: String, _ words: [String?]) {
            let said = words.compactMap { $0 }.filter { !$0.isEmpty }
            guard !said.isEmpty else { return }
            lines.append(
                "  " + name + String(repeating: " ", count: max(1, 12 - name.count))
                    + said.joined(separator: ", "))
        }
        let size =
            byteCount >= 1_000_000
            ? "\(decimal(Double(byteCount) / 1e6, places: 1)) MB" : "\(byteCount) bytes"
        add(
            "container",
            [containerName, size, bitRate.map { "\($0 / 1000) kb/s" }, moov.map { "index \($0)" }])
        add(
            "length",
            [
                duration.map { "\(decimal($0, places: 3)) s" },
                frameCount.map { "\($0) frames\(frameCountIsCounted ? " counted" : "")" },
                start.flatMap { $0 == 0 ? nil : "from \(decimal($0, places: 3)) s" },
                chapters > 0 ? "\(chapters) chapters" : nil,
            ])
        for stream in streams {
            let codec = [stream.codec, stream.profile, stream.level.map { "level \($0)" }].compactMap { $0 }
            let name =
                stream.isAttachedPicture ? "cover" : stream.video != nil ? "picture" : stream.kind.rawValue
            let label = stream.kind == .audio ? "sound" : name
            add(
                label,
                [codec.joined(separator: " "), stream.tag.isEmpty ? nil : stream.tag]
                    + (stream.video?.words ?? [])
                    + (stream.audio?.words ?? []) + [stream.language.flatMap { $0 == "und" ? nil : $0 }])
            if let colour = stream.video?.colour, !stream.isAttachedPicture {
                add("  colour", [colour.words])
            }
            if let light = stream.video?.light { add("  light", light.words) }
        }
        if let gop { add("groups", gop.words) }
        for watch in packets ?? [] {
            add(
                "packets",
                [
                    "\(watch.count) of stream \(watch.stream)", "\(watch.smallest) to \(watch.largest) bytes",
                    watch.peakBitRate.map { "at most \($0 / 1000) kb in a second" },
                ])
        }
        for chapter in chapterList ?? [] {
            add(
                "chapter",
                ["from \(decimal(Double(chapter.startMicroseconds) / 1e6, places: 3)) s", chapter.title])
        }
        for finding in findings { lines.append("  ! " + finding) }
        return lines.joined(separator: "\n")
    }
}

extension GOPReport {
    fileprivate var words: [String?] {
        [
            "\(keyframes) keyframes",
            shortest == longest ? "\(longest) frames apart" : "\(shortest) to \(longest) frames apart",
            isClosed.map { $0 ? "closed" : "open" }, hasBFrames ? "B-frames" : "no B-frames",
            isExact ? nil : "by the index",
        ]
    }
}

extension HDRMetadata {
    fileprivate var words: [String?] {
        [
            maxLuminance.map { "display up to \(decimal($0, places: 0)) cd/m2" },
            maxContentLight.map { "content up to \($0) cd/m2" },
            maxFrameAverageLight.map { "frames up to \($0) cd/m2" },
            dolbyVisionProfile.map { "Dolby Vision profile \($0)" },
        ]
    }
}

extension VideoReport {
    fileprivate var words: [String?] {
        let seen =
            displayWidth == width && displayHeight == height
            ? nil : "seen as \(displayWidth)x\(displayHeight)"
        let rate = averageRate.map {
            "\(decimal($0.value, places: $0.value == $0.value.rounded() ? 0 : 3)) frames/s"
        }
        return [
            "\(width)x\(height)", seen, rotation == 0 ? nil : "turned \(rotation)°", pixelFormat, rate,
            isVariableRate == true ? "variable" : nil,
        ] + hdr
    }
}

extension AudioReport {
    fileprivate var words: [String?] {
        ["\(sampleRate) Hz", layout, sampleFormat, priming.map { "priming \($0)" }]
    }
}

extension ColourTags {
    /// "bt709" where all agree, else the four names.
    fileprivate var words: String {
        let names = Set([matrix, primaries, transfer])
        let colours =
            names == ["unknown"]
            ? "not tagged"
            : names.count == 1 ? matrix : "matrix \(matrix), primaries \(primaries), transfer \(transfer)"
        return colours + (range == "unknown" ? "" : ", range \(range)")
    }
}
