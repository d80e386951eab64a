public import Media

/// Holds a probe's report against a platform's requirements.
public enum Lint {
    /// Judges a file by its report, which must come of a probe that read the packets.
    ///
    /// - Parameters:
    ///   - loudness: What was measured, in LUFS; nil leaves the requirement out.
    ///   - output: Where the command that mends it writes to.
    ///   - presets: The folder of presets that the command is to name; nil for none.
    public static func judge(
        _ report: ClipReport, for platform: Platform, loudness: Double? = nil, output: String,
        presets: String? = nil
    ) -> LintReport {
        var findings: [LintReport.Finding] = []
        for rule in platform.rules {
            // Without a picture there is one thing to say, and not one for each that it might have.
            if report.video == nil, rule.requirement.isOfPicture,
                findings.contains(where: \.requirement.isOfPicture)
            {
                continue
            }
            guard let (found, isGood) = look(report, rule, loudness) else { continue }
            findings.append(
                .init(
                    requirement: rule.requirement, isRequired: rule.isRequired, wanted: wanted(rule),
                    found: found,
                    verdict: isGood == true ? .ok : isGood == false && rule.isRequired ? .fail : .warning))
        }
        var result = LintReport(
            path: report.path, platform: platform.name, findings: findings, command: nil, unmended: [])
        let remedy = LintRemedy(
            report, platform, broken: findings.filter { $0.verdict != .ok }, presets: presets)
        result.command = remedy.command(output: output)
        result.unmended = remedy.unmended
        return result
    }

    /// The loudness of a file's sound as a stereo film would have it, in LUFS; nil without sound. Blocks: decodes all
    /// of it.
    public static func loudness(of path: String, interrupt: Interrupt) throws -> Double? {
        let preset = AudioPreset(codec: "aac", sampleRate: 48000, layout: "stereo")
        return try LoudnessPass.measure(
            path, audio: preset, slots: 0..<Int.max, rate: Rational(24, 1), interrupt: interrupt
        ).integrated
    }

    private static func wanted(_ rule: Platform.Rule) -> String {
        let number = trimmed(rule.number)
        return switch rule.requirement {
        case .containers, .videoCodecs, .profiles, .pixelFormats, .audioCodecs:
            rule.words.joined(separator: " or ")
        case .minimumRate: "\(number) frames a second or more"
        case .maximumRate: "\(number) frames a second or less"
        case .minimumSide: "\(number) pixels or more"
        case .maximumWidth, .maximumHeight: "\(number) pixels or less"
        case .narrowest: "\(number):1 or wider"
        case .widest: "\(number):1 or narrower"
        case .longestGroup: "a keyframe every \(number) s"
        case .maximumBitRate: "\(number) Mb/s or less"
        case .maximumSampleRate: "\(number) Hz or less"
        case .maximumChannels: "\(number) or fewer"
        case .loudness: "\(number) LUFS"
        case .shortest: "\(number) s or more"
        case .longest: "\(number) s or less"
        case .maximumSize: "\(number) MB or less"
        case .constantRate, .evenSize, .squarePixels, .progressive, .closedGroups, .colourTags,
            .standardRange,
            .sound, .equalLengths, .indexFirst, .noEditLists, .startsAtZero:
            "yes"
        }
    }

    /// To three decimals at most, and none where it is whole: as it is typed after an option.
    static func trimmed(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15
            ? "\(Int64(value))" : "\((value * 1000).rounded() / 1000)"
    }

    /// What the file has and whether that is good, nil where it does not tell; nothing where the rule has no meaning
    /// for it.
    private static func look(
        _ report: ClipReport, _ rule: Platform.Rule, _ loudness: Double?
    ) -> (found: String, isGood: Bool?)? {
        let stream = report.video.flatMap { shown in report.streams.first { $0.index == shown.stream } }
        let heard = report.audio.flatMap { heard in report.streams.first { $0.index == heard.stream } }
        switch rule.requirement {
        case .containers:
            let names = LintFacts.containers(report)
            return (names.joined(separator: " or "), !names.isDisjoint(with: rule.words))
        case .sound: return (report.audio == nil ? "no" : "yes", report.audio != nil)
        case .audioCodecs: return heard.map { ($0.codec, rule.words.contains($0.codec)) }
        case .maximumSampleRate:
            return report.audio.map { ("\($0.sampleRate) Hz", Double($0.sampleRate) <= rule.number) }
        case .maximumChannels:
            return report.audio.map { audio in
                (
                    audio.channels.map { "\($0)" } ?? "unknown",
                    audio.channels.map { Double($0) <= rule.number }
                )
            }
        case .equalLengths:
            guard let picture = stream?.duration, let sound = heard?.duration else { return nil }
            let apart = sound - picture
            // A packet of sound more or less is what containers without exact lengths have.
            return (
                apart == 0 ? "yes" : "\(trimmed(abs(apart))) s \(apart > 0 ? "longer" : "shorter")",
                abs(apart) <= 0.03
            )
        case .loudness:
            return loudness.map { ("\(decimal($0, places: 1)) LUFS", abs($0 - rule.number) <= 1) }
        case .indexFirst: return report.moov.map { ("it is \($0)", $0 == "first") }
        case .noEditLists:
            guard report.moov != nil else { return nil }
            let edits = report.streams.count { $0.edits?.isEmpty == false }
            return (edits == 0 ? "none" : "\(edits) tracks have one", edits == 0)
        case .startsAtZero:
            let starts = [stream?.start, heard?.start].compactMap { $0 }
            let latest = starts.max { abs($0) < abs($1) } ?? 0
            return ("\(trimmed(latest)) s", abs(latest) <= 0.001)
        case .shortest:
            return (LintFacts.seconds(report.duration), report.duration.map { $0 >= rule.number })
        case .longest:
            return (LintFacts.seconds(report.duration), report.duration.map { $0 <= rule.number })
        case .maximumSize:
            let megabytes = Double(report.byteCount) / 1e6
            return ("\(decimal(megabytes, places: 1)) MB", megabytes <= rule.number)
        case .maximumBitRate:
            let rate = LintFacts.megabits(report)
            return (
                rate.map { "\(decimal($0, places: 1)) Mb/s" } ?? "unknown",
                rate.map { $0 <= rule.number }
            )
        default:
            guard let video = report.video, let stream else { return ("no picture", false) }
            return LintFacts.picture(video, stream, report.gop, rule)
        }
    }
}
