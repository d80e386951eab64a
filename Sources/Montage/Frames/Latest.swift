import Media

/// Keeps, of the frames it is offered, the one that is presented last.
///
/// Decoders give frames in the order of showing, but not always: one that learns the depth of reordering on
/// the way lets a few pass too early. So the highest time wins, not the last comer. A step back beyond `window`
/// is no such slip but a clock that starts again (clips put together without care), and then the newcomer wins.
struct Latest: ~Copyable {
    private let frame: Frame
    private let window: Int64
    /// The time of the frame kept.
    private(set) var pts: Int64?
    /// How many frames were offered.
    private(set) var count = 0

    init(window: Int64) throws(MediaError) {
        frame = try Frame()
        self.window = window
    }

    /// Takes what `other` holds if it is presented later, leaving `other` empty; says whether it did.
    @discardableResult
    mutating func offer(_ other: borrowing Frame) -> Bool {
        count += 1
        if let kept = pts, let time = other.pts, time < kept, kept - time <= window { return false }
        pts = other.pts ?? pts
        frame.take(from: other)
        return true
    }

    /// Gives the frame away.
    consuming func release() -> Frame { frame }
}
