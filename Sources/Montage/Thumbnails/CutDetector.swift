/// Finds the cuts inside a clip from glances at its frames, a few frames after they passed.
///
/// A cut is a step much larger than the steps around it, in itself and beside a lively picture: a fast pan has
/// large steps all the time, a fade none. A flash comes back to what was before it and is none either. Two
/// cuts are at least six frames apart.
struct CutDetector {
    /// How many frames later the answer for a frame is known.
    static let delay = 4
    /// The least mean difference of a cut.
    static let threshold = 0.08
    private static let distance = 6

    private var glances: [Glance] = []
    /// Differences of the last frames from the one before each.
    private var steps: [Double] = []
    /// How far each of the last frames' successor is from its predecessor.
    private var returns: [Double] = []
    /// Number of the next frame.
    private var count = 0
    private var last = -CutDetector.distance

    /// Takes the next frame's glance; answers whether the frame `delay` before it begins a new scene, nil while
    /// it is too early.
    mutating func add(_ glance: Glance) -> Bool? {
        let step = glances.last.map { glance.difference(from: $0) } ?? 0
        if let before = glances.dropLast().last {
            returns[returns.count - 1] = glance.difference(from: before)
        }
        glances.append(glance)
        if glances.count > 2 { glances.removeFirst() }
        steps.append(step)
        returns.append(1)
        count += 1
        return judge(at: count - 1 - Self.delay)
    }

    /// Answers for the frames whose answer is still owed, in order.
    mutating func finish() -> [Bool] {
        let owed = max(0, count - Self.delay)..<count
        return owed.compactMap { judge(at: $0) }
    }

    private mutating func judge(at frame: Int) -> Bool? {
        guard frame >= 0 else { return nil }
        // The lists hold the last frames only.
        let offset = count - steps.count
        let place = frame - offset
        defer {
            if steps.count > 64 {
                steps.removeFirst(32)
                returns.removeFirst(32)
            }
        }
        let step = steps[place]
        guard frame > 0, step >= Self.threshold, frame - last >= Self.distance else { return false }
        let around = steps[max(0, place - 4)..<min(steps.count, place + 5)].enumerated()
            .filter { $0.offset + max(0, place - 4) != place && $0.offset + max(0, place - 4) + offset > 0 }
            .map(\.element).sorted()
        let median = around.isEmpty ? 0 : around[around.count / 2]
        let before = place > 0 ? steps[place - 1] : 0
        guard step >= 3 * median, step > 2 * before, step >= (around.last ?? 0) else { return false }
        // The frame after a flash is the frame before it again.
        guard returns[place] > step / 2 else { return false }
        last = frame
        return true
    }
}
