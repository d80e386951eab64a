import Media
import Synchronization

/// One transcode while it runs: decides for each output whether its streams are moved or encoded, measures
/// what must be known beforehand, and runs all lines side by side.
struct TranscodeWork {
    let input: String
    let outputs: [TranscodeOutput]
    /// Where each output is written until all are done.
    let paths: [String]
    let format: FilmFormat?
    let settings: TranscodeSettings
    let interrupt: Interrupt

    private var loudness: [Int: LoudnessReport] = [:]
    /// Tags of the source that every output should have.
    private var carried = CarriedTags()

    init(
        input: String, outputs: [TranscodeOutput], paths: [String], format: FilmFormat?,
        settings: TranscodeSettings, interrupt: Interrupt
    ) {
        self.input = input
        self.outputs = outputs
        self.paths = paths
        self.format = format
        self.settings = settings
        self.interrupt = interrupt
    }

    /// Thumbnails wanted, and where their files are kept until all is done.
    typealias Small = (order: ThumbnailOrder, pending: Pending, paths: [String: String])

    mutating func run(
        poster: (path: String, kind: PosterSeeker.Kind)?, posterName: String?, thumbnails: Small?,
        progress: (@Sendable (Double) -> Void)?
    ) throws -> TranscodeReport {
        var plans: [Int: CopyPlan] = [:]
        var reasons: [Int: [String]] = [:]
        for (i, output) in outputs.enumerated() where format == nil {
            switch try CopyPlan.make(input, preset: output.preset, settings: settings, interrupt: interrupt) {
            case .copy(let plan): plans[i] = plan
            case .encode(let why): reasons[i] = why.isEmpty ? nil : why
            }
        }
        let encoded = outputs.indices.filter { plans[$0] == nil }
        var made: [Int: DeliveredOutput] = [:]
        var small: ThumbnailReport?
        if !encoded.isEmpty || poster != nil || thumbnails != nil {
            let reader = try open(wantsSound: encoded.contains { outputs[$0].preset.audio != nil })
            carried = CarriedTags(container: reader.container, picture: reader.video, soundTags: [:])
            var total = try forecast(reader)
            try measure(encoded, reader: reader, total: total)
            var line = thumbnails.map { self.line($0, reader) }
            var results = try encode(
                encoded, plans: plans, reader: reader, total: total, poster: poster, thumbnails: line,
                progress: progress)
            // A fade that was laid out for another length than came is laid out again.
            if settings.fadeOut > 0, let slots = encoded.first.flatMap({ results[$0]?.slots }),
                total != slots
            {
                total = slots
                let again = try open(wantsSound: encoded.contains { outputs[$0].preset.audio != nil })
                line = thumbnails.map { self.line($0, again) }
                results = try encode(
                    encoded, plans: plans, reader: again, total: total, poster: poster, thumbnails: line,
                    progress: progress)
            }
            made = results
            small = line?.report
        } else {
            if let plan = plans.values.first {
                carried = CarriedTags(container: plan.container, picture: plan.video, soundTags: [:])
            }
            try measureMoved(plans)
            made = try copy(plans, progress: progress)
        }
        var report = try report(made, plans: plans, reasons: reasons, posterName: posterName)
        report.thumbnails = small
        return report
    }

    private func line(_ small: Small, _ reader: ClipReader) -> ThumbnailLine {
        ThumbnailLine(
            small.order, pending: small.pending, paths: small.paths, stream: reader.video, rate: reader.rate,
            length: reader.expectedFrames.map { Double($0) / reader.rate.value } ?? 0, interrupt: interrupt)
    }

    private func open(wantsSound: Bool) throws -> ClipReader {
        let (settings, input) = (settings, input)
        return try ClipReader(
            input, rate: settings.rate ?? format?.rate, endsByTime: settings.rate != nil,
            cut: { rate in try settings.slots(at: rate, subject: input) }, wantsSound: wantsSound,
            interrupt: interrupt)
    }

    /// How many slots will be made, where that must be known beforehand.
    private func forecast(_ reader: ClipReader) throws -> Int? {
        let range = try settings.slots(at: reader.rate, subject: input)
        if let range, range.upperBound != .max { return range.count }
        guard settings.fadeOut > 0 || wantsLoudness else { return nil }
        let all = try FrameForecast.slots(
            of: input, rate: reader.rate, endsByTime: settings.rate != nil, interrupt: interrupt)
        return all.map { max(0, $0 - (range?.lowerBound ?? 0)) }
    }

    private var wantsLoudness: Bool { outputs.contains { target(of: $0.preset) != nil } }

    private func target(of preset: Preset) -> LoudnessTarget? {
        guard preset.audio != nil, !settings.keepsLoudness else { return nil }
        return settings.loudness ?? preset.audio?.loudness
    }

    private mutating func measure(_ places: [Int], reader: ClipReader, total: Int?) throws {
        let lower = try settings.slots(at: reader.rate, subject: input)?.lowerBound ?? 0
        let upper = total.map { lower + $0 } ?? .max
        try measure(places, slots: lower..<max(upper, lower + 1), rate: reader.rate)
    }

    private mutating func measureMoved(_ plans: [Int: CopyPlan]) throws {
        try measure(plans.keys.sorted(), slots: 0..<Int.max, rate: Rational(25, 1))
    }

    /// Measures once for outputs of the same rate and loudspeakers.
    private mutating func measure(_ places: [Int], slots: Range<Int>, rate: Rational) throws {
        var known: [String: (integrated: Double?, truePeak: Double?)] = [:]
        for i in places {
            guard let target = target(of: outputs[i].preset), let audio = outputs[i].preset.audio else {
                continue
            }
            let key = "\(audio.sampleRate) \(audio.layout)"
            let found =
                try known[key]
                ?? LoudnessPass.measure(input, audio: audio, slots: slots, rate: rate, interrupt: interrupt)
            known[key] = found
            loudness[i] = LoudnessReport(
                integrated: found.integrated, truePeak: found.truePeak, target: target)
        }
    }

    private func encode(
        _ places: [Int], plans: [Int: CopyPlan], reader: ClipReader, total: Int?,
        poster: (path: String, kind: PosterSeeker.Kind)?, thumbnails: ThumbnailLine?,
        progress: (@Sendable (Double) -> Void)?
    ) throws -> [Int: DeliveredOutput] {
        let orders = try places.map { try order($0, reader: reader, total: total) }
        let seeker = poster.map {
            PosterSeeker(path: $0.path, kind: $0.kind, expectedFrames: reader.expectedFrames)
        }
        let (interrupt, expected) = (interrupt, places)
        let results = Mutex<[Int: DeliveredOutput]>([:])
        let lines = copyLines(plans)
        var bodies: [@Sendable () throws -> Void] = lines.map { (i, line) in
            { @Sendable in
                let one = try line.run(progress: nil)
                results.withLock { $0[i] = one }
            }
        }
        bodies.append {
            let made = try FanOut.run(
                reader, orders: orders, posterSeeker: seeker, thumbnails: thumbnails, interrupt: interrupt,
                progress: progress)
            results.withLock { results in
                for (i, one) in zip(expected, made) { results[i] = one }
            }
        }
        try runSideBySide(interrupt, bodies)
        return results.withLock { $0 }
    }

    private func copy(_ plans: [Int: CopyPlan], progress: (@Sendable (Double) -> Void)?) throws
        -> [Int: DeliveredOutput]
    {
        let results = Mutex<[Int: DeliveredOutput]>([:])
        let first = plans.keys.min()
        try runSideBySide(
            interrupt,
            copyLines(plans).map { (i, line) in
                { @Sendable in
                    let one = try line.run(progress: i == first ? progress : nil)
                    results.withLock { $0[i] = one }
                }
            })
        return results.withLock { $0 }
    }

    private func copyLines(_ plans: [Int: CopyPlan]) -> [(Int, CopyLine)] {
        plans.sorted { $0.key < $1.key }.map { i, plan in
            let origin = rescale(plan.origin, from: plan.video.timeBase, to: Rational(1, 1_000_000))
            let tags =
                settings.keepsMetadata
                ? CarriedTags(
                    container: plan.container, picture: plan.video, soundTags: plan.audio?.metadata ?? [:],
                    origin: origin) : CarriedTags()
            return (
                i,
                CopyLine(
                    plan: plan, path: input, output: paths[i], preset: outputs[i].preset, tags: tags,
                    gain: loudness[i]?.factor ?? 1, interrupt: interrupt)
            )
        }
    }

    private func order(_ i: Int, reader: ClipReader, total: Int?) throws -> DeliveryOrder {
        let preset = outputs[i].preset
        let rate = reader.rate
        var order = DeliveryOrder(
            path: paths[i], container: preset.container, muxerOptions: preset.muxerOptions,
            editLists: preset.editLists ?? true, video: preset.video, audio: preset.audio, size: nil,
            rate: rate, colour: format.map { $0.completeColour }, threads: 0)
        if let format {
            order.size = .init(width: format.width, height: format.height)
        } else if let width = settings.width, let height = settings.height {
            order.size = .init(
                width: width, height: height, fit: settings.fit, upscales: settings.upscales)
        }
        func slots(_ seconds: Double) -> Int { Int((seconds * rate.value).rounded()) }
        order.fades = .init(
            inSlots: slots(settings.fadeIn), outSlots: slots(settings.fadeOut),
            total: settings.fadeOut > 0 ? total : nil)
        order.gain = loudness[i]?.factor ?? 1
        if settings.keepsMetadata {
            let origin = rescale(
                reader.video.startTicks ?? 0, from: reader.video.timeBase, to: Rational(1, 1_000_000))
            order.carried = CarriedTags(
                container: reader.container, picture: reader.video, soundTags: reader.soundMetadata,
                from: settings.from?.microseconds(at: rate) ?? 0, to: settings.to?.microseconds(at: rate),
                origin: abs(origin) < 1 << 60 ? origin : 0)
            // Containers of one picture after the other have no place for names of parts.
            if ["gif", "webp"].contains(preset.container) { order.carried = CarriedTags() }
        }
        return order
    }

    private func report(
        _ made: [Int: DeliveredOutput], plans: [Int: CopyPlan], reasons: [Int: [String]], posterName: String?
    ) throws -> TranscodeReport {
        var report = TranscodeReport(input: input, outputs: [], poster: posterName, findings: [])
        for (i, output) in outputs.enumerated() {
            guard let one = made[i] else { continue }
            for finding in one.findings where !report.findings.contains(finding) {
                report.findings.append(finding)
            }
            if let finding = loudness[i]?.finding, !report.findings.contains(finding) {
                report.findings.append(finding)
            }
            if settings.keepsMetadata, !["gif", "webp"].contains(output.preset.container) {
                let lost = try carried.lost(in: paths[i], interrupt: interrupt)
                if !lost.isEmpty {
                    report.findings.append(
                        "\(lost.joined(separator: ", ")): tags that \(output.preset.container) has no place for "
                            + "were left behind")
                }
            }
            let shared = one.sharedWith.flatMap { path in paths.firstIndex(of: path) }
            var copied: [String]?
            var why = reasons[i]
            if let plan = plans[i] {
                copied = plan.movesSound ? ["picture", "sound"] : ["picture"]
                why = plan.soundReason.map { ["the sound: " + $0] }
            }
            report.outputs.append(
                .init(
                    path: output.path, preset: output.preset.name, container: output.preset.container,
                    width: one.width, height: one.height, rate: one.rate, frames: one.frames,
                    samples: one.samples, videoCodec: one.videoCodec, audioCodec: one.audioCodec,
                    colour: one.colour, byteCount: try Transcode.byteCount(of: paths[i]),
                    sharedWith: shared.map { outputs[$0].path }, copied: copied, encodedBecause: why,
                    loudness: loudness[i]))
        }
        return report
    }
}
