import Media

/// Puts frames that come at any time onto a grid of constant rate.
///
/// A frame belongs to the slot nearest to its presentation time, counted from the first frame. Of two
/// frames for one slot the later one is shown; an empty slot repeats the frame before it. So a clip of
/// constant rate comes out frame for frame, even if its container's ticks are coarse.
struct FrameGrid {
    /// What to do with the frame that waits.
    struct Step: Equatable {
        /// The slots that the frame held until now fills; empty when the new frame replaces it.
        var fills: Range<Int>
    }

    let timeBase: Rational
    let rate: Rational
    /// The longest jump, in seconds, that is believed whatever the clip says of its length; a longer one that
    /// leads beyond the claimed end is a broken time stamp.
    let longestPause: Double
    /// Where the clip claims to end, in the stream's ticks; nil where it claims nothing.
    let claimedEnd: Int64?
    /// Whether a last picture that begins in the second half of a slot before the end gets none of its own: where
    /// fewer pictures a second are asked for, a second of them is a second long.
    let endsByTime: Bool

    /// Time of the first frame, in the stream's ticks; the film's zero.
    private(set) var start: Int64?
    /// What slots are counted from; moves away from `start` when a clock breaks.
    private var origin: Int64 = 0
    /// Slot of the frame held, and its presentation time.
    private var held: (slot: Int, ticks: Int64, duration: Int64)?
    /// Time stamps that were not believed.
    private(set) var mended = 0

    init(
        timeBase: Rational, rate: Rational, longestPause: Double = 60, claimedEnd: Int64? = nil,
        endsByTime: Bool = false
    ) {
        self.timeBase = timeBase
        self.rate = rate
        self.longestPause = longestPause
        self.claimedEnd = claimedEnd
        self.endsByTime = endsByTime
    }

    /// Whether a long still may reach `ticks`: a picture of five minutes in a lecture is no broken clock. A
    /// second's grace, since containers round.
    private func isWithinClaim(_ ticks: Int64) -> Bool {
        guard let claimedEnd else { return false }
        return Double(ticks) * timeBase.value <= Double(claimedEnd) * timeBase.value + 1
    }

    private func slot(_ ticks: Int64) -> Int {
        Int(rescale(ticks - origin, from: timeBase, to: rate.inverse, rounding: .nearest))
    }

    /// Takes the next frame in presentation order and says which slots the frame before it fills.
    mutating func place(pts: Int64?, duration: Int64) -> Step {
        let step = max(1, rescale(1, from: rate.inverse, to: timeBase))
        guard let before = held else {
            let ticks = pts ?? 0
            start = ticks
            origin = ticks
            held = (0, ticks, duration)
            return Step(fills: 0..<0)
        }
        let ticks = pts ?? before.ticks + (before.duration > 0 ? before.duration : step)
        let jump = Double(ticks - before.ticks) * timeBase.value
        if jump > longestPause && !isWithinClaim(ticks) || jump < -1 {
            // Not a pause but a new clock: go on one frame later, and move the origin with it.
            mended += 1
            origin += ticks - (before.ticks + step)
        }
        let next = max(before.slot, slot(ticks))
        held = (next, ticks, duration)
        return Step(fills: before.slot..<next)
    }

    /// Takes a frame that lies further on, with the ones before it left out.
    mutating func resume(pts: Int64?, duration: Int64) {
        guard let before = held, let pts else { return }
        held = (max(before.slot, slot(pts)), pts, duration)
    }

    /// The slots of the last frame: one, or as many as its declared duration covers.
    func finish() -> Range<Int> {
        guard let held else { return 0..<0 }
        guard held.duration > 0,
            Double(held.duration) * timeBase.value <= longestPause
                || isWithinClaim(held.ticks + held.duration)
        else { return held.slot..<held.slot + 1 }
        let end = slot(held.ticks + held.duration)
        if endsByTime, held.slot > 0, end <= held.slot { return held.slot..<held.slot }
        return held.slot..<max(held.slot + 1, end)
    }
}
