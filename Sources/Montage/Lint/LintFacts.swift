import Media

/// What a report says about the things that platforms ask for.
enum LintFacts {
    /// The containers that a file may be called: FFmpeg reads MP4 and MOV as one, their brand tells.
    static func containers(_ report: ClipReport) -> Set<String> {
        let names = Set(report.container.split(separator: ",").map(String.init))
        if names.contains("mp4") {
            return report.metadata["major_brand"]?.hasPrefix("qt") == true ? ["mov"] : ["mp4"]
        }
        if names.contains("webm") {
            let codecs = Set(report.streams.filter { $0.kind == .video || $0.kind == .audio }.map(\.codec))
            return codecs.isSubset(of: ["vp8", "vp9", "av1", "opus", "vorbis"])
                && report.path.lowercased().hasSuffix(".webm") ? ["webm"] : ["matroska"]
        }
        return names
    }

    /// Megabits a second of the whole file.
    static func megabits(_ report: ClipReport) -> Double? {
        if let stated = report.bitRate { return Double(stated) / 1e6 }
        return report.duration.flatMap { $0 > 0 ? Double(report.byteCount) * 8 / $0 / 1e6 : nil }
    }

    static func seconds(_ value: Double?) -> String { value.map { "\(Lint.trimmed($0)) s" } ?? "unknown" }

    static func rate(_ video: VideoReport) -> Double? {
        (video.measuredRate ?? video.averageRate ?? video.nominalRate)?.value
    }

    /// Width to height as a player shows it.
    static func aspect(_ video: VideoReport) -> Double {
        Double(max(1, video.displayWidth)) / Double(max(1, video.displayHeight))
    }

    static func picture(
        _ video: VideoReport, _ stream: StreamReport, _ gop: GOPReport?, _ rule: Platform.Rule
    ) -> (found: String, isGood: Bool?)? {
        func atLeast(_ value: Double?, _ unit: String) -> (String, Bool?) {
            (value.map { Lint.trimmed($0) + unit } ?? "unknown", value.map { $0 >= rule.number - 0.001 })
        }
        func atMost(_ value: Double?, _ unit: String) -> (String, Bool?) {
            (value.map { Lint.trimmed($0) + unit } ?? "unknown", value.map { $0 <= rule.number + 0.001 })
        }
        let (width, height) = (Double(video.displayWidth), Double(video.displayHeight))
        switch rule.requirement {
        case .videoCodecs: return (stream.codec, rule.words.contains(stream.codec))
        case .profiles:
            guard stream.codec == "h264" else { return nil }
            // Names of several words are written with underscores there.
            let name = stream.profile?.replacing(" ", with: "_")
            return (stream.profile ?? "unknown", name.map { rule.words.contains($0) })
        case .pixelFormats:
            return (video.pixelFormat ?? "unknown", video.pixelFormat.map { rule.words.contains($0) })
        case .minimumRate: return atLeast(rate(video), " frames a second")
        case .maximumRate: return atMost(rate(video), " frames a second")
        case .constantRate:
            let word = video.isVariableRate.map { $0 ? "it varies" : "yes" } ?? "unknown"
            return (word, video.isVariableRate.map { !$0 })
        case .minimumSide: return atLeast(min(width, height), " pixels")
        case .maximumWidth: return atMost(width, " pixels")
        case .maximumHeight: return atMost(height, " pixels")
        case .narrowest: return atLeast(aspect(video), ":1")
        case .widest: return atMost(aspect(video), ":1")
        case .evenSize:
            return ("\(video.width)x\(video.height)", video.width % 2 == 0 && video.height % 2 == 0)
        case .squarePixels:
            let shape = video.sampleAspectRatio ?? Rational(1, 1)
            return (
                shape.num == shape.den ? "yes" : "they are \(shape.num):\(shape.den)", shape.num == shape.den
            )
        case .progressive:
            guard video.fieldOrder == "unknown" else {
                return (video.fieldOrder, video.fieldOrder == "progressive")
            }
            // Of H.264 the probe knows where the header says so; other codecs of today have no fields, or tell.
            return stream.codec == "h264" ? ("it may have fields", nil) : ("yes", true)
        case .closedGroups:
            return (gop?.isClosed.map { $0 ? "yes" : "they are open" } ?? "unknown", gop?.isClosed)
        case .longestGroup:
            let longest = gop?.longestSeconds
            return (
                longest.map { "a keyframe every \(Lint.trimmed($0)) s" } ?? "unknown",
                longest.map { $0 <= rule.number + 0.05 }
            )
        case .colourTags:
            let isRGB = video.pixelFormat.flatMap { PixelFormat(named: $0)?.isRGB } == true
            let tags = [video.colour.matrix, video.colour.primaries, video.colour.transfer]
            let isTagged = isRGB || !tags.contains("unknown")
            return (isTagged ? tags[0] : "not all are there", isTagged)
        case .standardRange:
            return (video.colour.isHDR ? "it is HDR (\(video.colour.transfer))" : "yes", !video.colour.isHDR)
        default: return nil
        }
    }
}
