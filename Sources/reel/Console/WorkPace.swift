import Montage

/// How far a piece of work is, how fast it goes, and when it will be done. Pure: the clock is told.
///
/// Speed is that of the last two to four seconds, so that it follows a change and does not jump.
struct WorkPace: Sendable {
    /// What a fraction is a fraction of.
    struct Whole: Sendable, Equatable {
        /// Frames of the clip, where known.
        var frames: Int?
        /// Its length in seconds, where known.
        var seconds: Double?
    }

    private struct Mark {
        var time: ContinuousClock.Instant
        var fraction: Double
    }

    private(set) var fraction: Double?
    private(set) var whole: Whole?
    /// The two last moments that were kept, at least two seconds apart.
    private var older: Mark
    private var newer: Mark
    private var now: ContinuousClock.Instant

    init(at start: ContinuousClock.Instant) {
        older = Mark(time: start, fraction: 0)
        newer = older
        now = start
    }

    /// Takes news in; a fraction that goes back is a new stage and begins anew.
    mutating func note(_ fraction: Double?, of whole: Whole?, at time: ContinuousClock.Instant) {
        now = time
        self.whole = whole ?? self.whole
        guard let given = fraction, given.isFinite else { return }
        let share = max(0, min(1, given))
        if share < (self.fraction ?? 0) {
            older = Mark(time: time, fraction: share)
            newer = older
        }
        self.fraction = share
        if time - newer.time >= .seconds(2) {
            older = newer
            newer = Mark(time: time, fraction: share)
        }
    }

    /// The fraction a second, of late; nil until half a second has passed.
    private var rate: Double? {
        guard let fraction else { return nil }
        let time = now - older.time
        guard time >= .milliseconds(500), fraction > older.fraction else { return nil }
        return (fraction - older.fraction) / (time / .seconds(1))
    }

    /// Frames done.
    var frames: Int? {
        guard let fraction, let all = whole?.frames else { return nil }
        return Int((Double(all) * fraction).rounded(.down))
    }
    /// Frames a second.
    var fps: Double? { rate.flatMap { rate in whole?.frames.map { rate * Double($0) } } }
    /// Seconds of the clip a second.
    var speed: Double? { rate.flatMap { rate in whole?.seconds.map { rate * $0 } } }
    /// Seconds left.
    var left: Double? { rate.flatMap { rate in fraction.map { (1 - $0) / rate } } }

    /// As in `412/1920 frames  87 fps  3.6x  0:17 left`; only the share where no more is known.
    var text: String {
        guard let fraction else { return "" }
        var parts: [String] = []
        if let frames, let all = whole?.frames {
            parts.append("\(frames)/\(all) frames")
        } else {
            parts.append("\(Int(fraction * 100))%")
        }
        if let fps {
            parts.append(fps < 10 ? "\((fps * 10).rounded() / 10) fps" : "\(Int(fps.rounded())) fps")
        }
        if let speed { parts.append("\((speed * 10).rounded() / 10)x") }
        if let left, left < 360_000 {
            let seconds = Int(left.rounded(.up))
            let two = { (n: Int) in n < 10 ? "0\(n)" : "\(n)" }
            parts.append(
                seconds < 3600
                    ? "\(seconds / 60):\(two(seconds % 60)) left"
                    : "\(seconds / 3600):\(two(seconds / 60 % 60)):\(two(seconds % 60)) left")
        }
        return parts.joined(separator: "  ")
    }
}

extension WorkPace.Whole {
    /// The whole of some clips, one after the other, by what their indexes say; nothing where one does not say.
    static func of(_ files: [String]) async -> WorkPace.Whole? {
        var whole = WorkPace.Whole(frames: 0, seconds: 0)
        for answer in await Probe.reports(paths: files) {
            guard case .success(let report) = answer, report.video != nil else { return nil }
            whole.frames = report.frameCount.flatMap { count in whole.frames.map { $0 + count } }
            whole.seconds = report.duration.flatMap { time in whole.seconds.map { $0 + time } }
        }
        return whole
    }

    /// The whole of one clip's transcode; nothing where only a part of it is taken.
    static func of(_ file: String, _ settings: TranscodeSettings) async -> WorkPace.Whole? {
        settings.from == nil && settings.to == nil ? await of([file]) : nil
    }
}
