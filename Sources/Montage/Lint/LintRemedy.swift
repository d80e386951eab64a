import Media

/// The command that mends a file for a platform.
struct LintRemedy {
    private let report: ClipReport
    private let platform: Platform
    private let broken: Set<Requirement>
    private let presets: String?

    init(_ report: ClipReport, _ platform: Platform, broken: [LintReport.Finding], presets: String?) {
        self.presets = presets
        self.report = report
        self.platform = platform
        self.broken = Set(broken.map(\.requirement))
    }

    /// What a person must decide: a film cannot be made longer, and how to cut it nobody knows; nor is there a
    /// picture for what has none.
    var unmended: [Requirement] {
        Requirement.allCases.filter {
            broken.contains($0) && ([.shortest, .longest].contains($0) || report.video == nil)
        }
    }

    /// The words of it; nil where it would mend nothing.
    func command(output: String) -> [String]? {
        let mended = broken.subtracting([.shortest, .longest])
        guard !mended.isEmpty, report.video != nil else { return nil }
        var words = ["reel", "transcode"]
        // Packets are moved where they are not at fault themselves: pictures, and sound too.
        let asksNoEdits = platform.rules.contains { $0.requirement == .noEditLists }
        let movesPicture =
            takesMP4
            && mended.isSubset(of: Self.container.union(report.audio == nil ? [] : Self.soundItself))
        words += [
            isPlain(report.path) ? report.path : "./" + report.path, "-o",
            isPlain(output) ? output : "./" + output,
        ]
        words += ["--preset", movesPicture ? "mp4-copy" : platform.preset]
        if let presets { words += ["--presets", presets] }
        if movesPicture {
            if !mended.isDisjoint(with: Self.soundItself) { words += ["--set", "audio.mode=encode"] }
            return words + (asksNoEdits ? ["--set", "muxer.editLists=false"] : []) + loudness
        }
        if let size { words += ["--fit", "\(size.width)x\(size.height)"] }
        if let rate { words += ["--rate", rate] }
        words += loudness
        if let cap {
            words += ["--set", "video.maxrate=\(cap)k", "--set", "video.bufsize=\(2 * cap)k"]
        }
        return words
    }

    private static let container: Set<Requirement> = [.indexFirst, .containers, .noEditLists]
    private static let soundItself: Set<Requirement> = [
        .audioCodecs, .maximumSampleRate, .maximumChannels, .equalLengths, .loudness,
    ]

    private var loudness: [String] {
        guard broken.contains(.loudness), let target = bound(.loudness) else { return [] }
        return ["--loudness", Lint.trimmed(target)]
    }

    private func isPlain(_ path: String) -> Bool { !path.hasPrefix("-") }

    private var takesMP4: Bool {
        platform.rules.contains { $0.requirement == .containers && $0.words.contains("mp4") }
    }

    /// The strictest bound of a requirement.
    private func bound(_ requirement: Requirement) -> Double? {
        let numbers = platform.rules.filter { $0.requirement == requirement }.map(\.number)
        let isLower = [.minimumRate, .minimumSide, .narrowest, .shortest].contains(requirement)
        return isLower ? numbers.max() : numbers.min()
    }

    /// The size that keeps the picture's shape where the platform takes that; nil where it may stay.
    private var size: (width: Int, height: Int)? {
        let sizes: Set<Requirement> = [
            .minimumSide, .maximumWidth, .maximumHeight, .narrowest, .widest, .evenSize, .squarePixels,
        ]
        guard !broken.isDisjoint(with: sizes), let video = report.video else { return nil }
        var (width, height) = (Double(max(1, video.displayWidth)), Double(max(1, video.displayHeight)))
        if let narrowest = bound(.narrowest) { width = max(width, height * narrowest) }
        if let widest = bound(.widest) { height = max(height, width / widest) }
        if let side = bound(.minimumSide) {
            let factor = max(1, side / min(width, height))
            (width, height) = (width * factor, height * factor)
        }
        let factor = min(
            1, (bound(.maximumWidth) ?? .infinity) / width, (bound(.maximumHeight) ?? .infinity) / height)
        // Up, so that a lower bound still holds; an upper one is even itself.
        let even = { (length: Double) in max(2, Int((length * factor / 2 - 1e-6).rounded(.up)) * 2) }
        return (even(width), even(height))
    }

    private var rate: String? {
        guard let video = report.video, let own = LintFacts.rate(video) else { return nil }
        if broken.contains(.maximumRate), let most = bound(.maximumRate), own > most {
            return Lint.trimmed(most)
        }
        // A multiple: each frame is then shown as often as the others.
        if broken.contains(.minimumRate), let least = bound(.minimumRate), own < least {
            let times = (least / own).rounded(.up)
            return Lint.trimmed(own * times)
        }
        return nil
    }

    /// Kilobits a second for the pictures that keep file and rate within bounds.
    private var cap: Int? {
        var most = Double.infinity
        if broken.contains(.maximumBitRate), let rate = bound(.maximumBitRate) { most = rate * 1000 }
        if broken.contains(.maximumSize), let size = bound(.maximumSize), let duration = report.duration,
            duration > 0
        {
            most = min(most, size * 8000 / duration)
        }
        // A tenth for what the encoder misses by; 300 kb/s for the sound.
        return most.isFinite ? max(50, Int(most * 0.9 - 300)) : nil
    }
}
