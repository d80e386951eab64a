import Media

/// Where to start looking for the end of a stream: each step further back than the one before.
///
/// With an index (MP4, Matroska, AVI) the first step asks for the very end, which lands on the last keyframe,
/// and each later one for the keyframe before the last landing. Without (MPEG-TS) a seek lands anywhere, so
/// the steps are times before the end, doubling: a start behind the last keyframe finds nothing and is cheap.
struct SeekLadder {
    private enum Step {
        case end
        case before(Int64)
        case back(seconds: Int64)
        case giveUp
    }

    private var step: Step
    private let end: Int64?
    private let timeBase: Rational
    private let hasIndex: Bool

    init(_ walk: FrameWalk) {
        let stream = walk.stream
        timeBase = stream.timeBase
        hasIndex = !walk.demuxer.container.names.contains("mpegts")
        end = walk.claimedEnd
        step = hasIndex ? .end : .back(seconds: 2)
    }

    /// The time to seek to, in the stream's ticks; nil when there is no further step.
    func next() -> Int64? {
        switch step {
        case .end: Int64.max
        case .before(let ticks): ticks
        case .back(let seconds): end.map { $0 - rescale(seconds, from: Rational(1, 1), to: timeBase) }
        case .giveUp: nil
        }
    }

    /// No keyframe lay behind the start.
    mutating func foundNothing() {
        if case .back(let seconds) = step {
            step = .back(seconds: seconds * 2)
        } else {
            step = hasIndex && end != nil ? .back(seconds: 2) : .giveUp
        }
    }

    /// A keyframe was found whose last shown frame lies before it.
    mutating func landed(at ticks: Int64?) {
        switch (step, ticks) {
        case (.before(let last), let ticks?) where ticks - 1 >= last: step = .giveUp
        case (_, let ticks?) where hasIndex: step = .before(ticks - 1)
        default: foundNothing()
        }
    }
}
