import Media

/// Seconds from the first frame, also where frames have no times of their own.
struct FrameClock {
    private let tick: Double
    private let step: Double
    private var first: Int64?
    private var last = 0.0
    private var count = 0
    /// When the last frame goes.
    private(set) var end = 0.0

    init(_ walk: FrameWalk) {
        tick = walk.stream.timeBase.value
        step = walk.stream.averageRate?.inverse.value ?? 1.0 / 25
    }

    mutating func time(of frame: borrowing Frame) -> Double {
        defer { count += 1 }
        var time = Double(count) * step
        if let pts = frame.pts {
            if first == nil { first = pts }
            time = Double(pts - (first ?? pts)) * tick
        }
        // A clock that starts again goes on where it was: a seek bar has one direction.
        if time < last { time = last + step }
        last = time
        end = time + (frame.duration > 0 ? Double(frame.duration) * tick : step)
        return time
    }
}
