/// Finds how many frames stand twice, from small pictures of both sides. Pure.
///
/// The steps between neighbouring frames are each clip's own scale. Of the last frames of the tail the one is
/// sought that differs least from the first frame of the head, once the colours of the head are fitted to it.
/// If that difference is less than half of the least step around the seam, the two are one frame: a twin. Where
/// it is more, or hardly less, steady motion may still tell: the step across the seam is laid along the motion
/// before and after it, of frames that have no grain in common, and gives a place on the time line.
struct TwinSearch {
    /// The most frames that may stand twice.
    static let most = 8
    /// A step below this, in levels of 255, is a still picture and the codec's noise.
    static let still = 0.3
    /// A twin differs less than this share of the least step around it.
    static let alike = 0.5

    /// A step above this, in levels of 255, is not grain alone.
    static let loud = 6.0

    private let tail: [[Float]]
    private let head: [[Float]]
    private let weights: [Float]
    /// Frames at the ends that repeat the one before them, or after them.
    private let tailHeld: Int
    private let headHeld: Int

    init(tail: [SeamPicture], head: [SeamPicture]) {
        self.init(tail: tail.map(\.coarse), head: head.map(\.coarse))
    }

    /// - Parameters:
    ///   - tail: The last frames of the clip before, in order: red, green and blue planes of one size.
    ///   - head: The first frames of the clip after.
    init(tail: [[Float]], head: [[Float]]) {
        self.tail = tail
        self.head = head
        weights = Self.motionWeights(tail, head)
        let weights = self.weights
        func steps(_ frames: [[Float]]) -> [Double] {
            zip(frames, frames.dropFirst()).map { Self.distance($0, $1, weights) }
        }
        let (before, after) = (steps(tail), steps(head))
        tailHeld = Self.held(before.reversed(), otherwise: after)
        headHeld = Self.held(after, otherwise: before)
    }

    /// The answer.
    ///
    /// - Parameter chained: As for `Seams.measure`.
    func measure(chained: Bool) -> SeamMeasure {
        // Without the repeats at the ends both sides move.
        let before = Array(tail.dropLast(tailHeld))
        let after = Array(head.prefix(1) + head.dropFirst(1 + headHeld))
        let scale = Scale(before, after, weights)
        let best = mostAlike(before, after, scale)
        var result = SeamMeasure(
            twinFrames: 0, heldFrames: headHeld, tailHeldFrames: tailHeld, evidence: .still,
            isAssumed: false, likeness: 0, progress: nil, stepBefore: scale.before, stepAfter: scale.after,
            colour: best.fit)
        let plain = best.distance
        result.likeness = min(1000, scale.least > 0 ? plain / scale.least : (plain > Self.still ? 1000 : 1))
        let isStill = scale.least < Self.still
        let isOther = isOtherPicture(before[best.index], best.fit.applied(to: after[0]), best: plain, scale)
        if isOther {
            result.evidence = .cut
            return result
        }
        if !isStill {
            let fitted = after.map { best.fit.applied(to: $0) }
            result.progress = Progress(before, fitted, weights).value
            var place: Int? = result.likeness < Self.alike ? best.index : nil
            // Neither plainly the same nor plainly another: steady motion says which frame it is.
            if result.progress != nil, result.likeness > 0.25 {
                (place, result.progress) = placed(before, fitted)
            }
            // In a fade a shift of colour moves the place as well; half a frame is then no place.
            if !scale.fits, let progress = result.progress, result.likeness >= Self.alike {
                if abs(progress - progress.rounded()) > 0.3 { place = nil }
            }
            if let place, let twins = confirmed(place, before, after, best.fit, scale) {
                result.twinFrames = twins + tailHeld
                result.evidence = .likeness
                return result
            }
            if goesOn(result, scale) {
                result.evidence = .motion
                return result
            }
        }
        result.isAssumed = true
        result.twinFrames = chained ? 1 : 0
        return result
    }

    /// The frame of the tail that the head begins on; later ones win ties.
    private func mostAlike(
        _ before: [[Float]], _ after: [[Float]], _ scale: Scale
    ) -> (index: Int, distance: Double, fit: ColourFit) {
        var best: (index: Int, distance: Double, fit: ColourFit)?
        for index in stride(from: before.count - 1, through: max(0, before.count - Self.most), by: -1) {
            let fit = scale.fits ? ColourFit(from: after[0], to: before[index]) : .none
            let distance = Self.distance(before[index], fit.applied(to: after[0]), weights)
            if distance < 0.8 * (best?.distance ?? .infinity) { best = (index, distance, fit) }
        }
        return best ?? (0, .infinity, .none)
    }

    /// The place of the head's first frame among the tail's by motion alone, and its progress after the last.
    ///
    /// Far from the frame that is laid out motion bends and the estimate with it, so it is made again from the
    /// frame found, until that is the one.
    private func placed(_ before: [[Float]], _ after: [[Float]]) -> (place: Int?, progress: Double?) {
        let last = before.count - 1
        var place = last
        var found: Double?
        for _ in 0..<4 {
            guard let step = Progress(Array(before[...place]), after, weights).value else { break }
            let progress = Double(place - last) + step
            found = progress
            let next = max(last - Self.most, last + Int(progress.rounded()))
            if next >= last { return (next, progress) }
            if next == place || next < 0 { break }
            place = next
        }
        return (found.map { last + Int($0.rounded()) }, found)
    }

    /// Whether the step across the seam is one like the others.
    private func goesOn(_ result: SeamMeasure, _ scale: Scale) -> Bool {
        let isUsual = result.likeness > 0.8
        guard let progress = result.progress else { return isUsual && scale.fits && scale.least > Self.loud }
        // In a fade the colours cannot be fitted: only a step of just the usual size is one.
        return scale.fits ? true : isUsual && result.likeness < 1.5 && abs(progress - 1) < 0.35
    }

    /// Whether what the two show has nothing in common: what is left after the fit is as much as most of what
    /// there was to be seen.
    private func isOtherPicture(_ a: [Float], _ b: [Float], best: Double, _ scale: Scale) -> Bool {
        guard best > max(1.5 * scale.least, 3) else { return false }
        let area = a.count / 3
        var spread = 0.0
        for channel in 0..<3 {
            let samples = a[(channel * area)..<((channel + 1) * area)]
            let mean = Double(samples.reduce(0, +)) / Double(max(1, area))
            spread += samples.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
        }
        spread = (spread / Double(max(1, 3 * area))).squareRoot()
        let even = [Float](repeating: 1, count: area)
        return Self.distance(a, b, even) > max(0.6 * spread, 4)
    }

    /// How many of the tail's frames go, if `index` is the one that the head begins on: all from there on, if
    /// each of them stands in the head as well. A motion that comes back to where it was is none of these.
    private func confirmed(
        _ index: Int, _ before: [[Float]], _ after: [[Float]], _ fit: ColourFit, _ scale: Scale
    ) -> Int? {
        guard index < before.count, before.count - index <= Self.most, index >= 0 else { return nil }
        for place in (index + 1)..<max(index + 1, before.count) {
            guard place - index < after.count else { break }
            let distance = Self.distance(
                before[place], fit.applied(to: after[place - index]), weights)
            if distance > 1.2 * max(scale.before, scale.after) { return nil }
        }
        return before.count - index
    }
}

extension TwinSearch {
    /// The usual steps on both sides.
    struct Scale {
        /// The middle step of the tail, in levels.
        var before = 0.0
        /// The middle step of the head.
        var after = 0.0
        /// The least of the middle steps near the seam and of the two beside it.
        var least = 0.0
        /// Whether colours may be fitted. In a fade they may not: the fade itself would be taken out.
        var fits = true

        init(_ tail: [[Float]], _ head: [[Float]], _ weights: [Float]) {
            func steps(_ frames: [[Float]], _ fits: Bool) -> [Double] {
                zip(frames, frames.dropFirst()).map { a, b in
                    distance(a, fits ? ColourFit(from: b, to: a).applied(to: b) : b, weights)
                }
            }
            let plain = (tail: steps(tail, false), head: steps(head, false))
            var used = (tail: steps(tail, true), head: steps(head, true))
            let middle = { (a: [Double]) in a.isEmpty ? 0 : a.sorted()[a.count / 2] }
            // What the fit alone changes from frame to frame, beside all that changes.
            func fading(_ frames: [[Float]]) -> Double {
                middle(
                    zip(frames, frames.dropFirst()).map { a, b in
                        distance(ColourFit(from: b, to: a).applied(to: b), b, weights)
                    })
            }
            let isFade = { (fade: Double, step: Double) in fade > 0.2 && fade > 0.4 * step }
            if isFade(fading(tail), middle(used.tail)) || isFade(fading(head), middle(used.head)) {
                fits = false
                used = plain
            }
            before = middle(used.tail)
            after = middle(used.head)
            let near = [
                middle(Array(used.tail.suffix(4))), middle(Array(used.head.prefix(4))),
                used.tail.last ?? .infinity, used.head.first ?? .infinity,
            ]
            let sides = near.filter { $0.isFinite && $0 > 0 }
            least = sides.min() ?? 0
        }
    }

    /// Where the head begins on the tail's time line, found from motion alone.
    ///
    /// A step is laid along the motion a little before it, and along that a little after it. Neither has a frame in
    /// common with the step, so that grain, which differs from frame to frame, weighs nothing.
    struct Progress {
        /// Frames after the last one of the tail; nil where the motion is not steady enough to tell.
        let value: Double?

        init(_ tail: [[Float]], _ head: [[Float]], _ weights: [Float]) {
            let forward = Self.along(tail, to: head.first, weights)
            let backward = Self.along(head.reversed(), to: tail.last, weights)
            switch (forward, backward) {
            case (let a?, let b?): value = abs(a - b) < 1 ? (a + b) / 2 : nil
            case (let a?, nil): value = a
            case (nil, let b?): value = b
            default: value = nil
            }
        }

        private static func along(_ frames: [[Float]], to next: [Float]?, _ weights: [Float]) -> Double? {
            guard let next, frames.count >= 7 else { return nil }
            // Inside the clip: how a step lies along the motion from four frames before it to one before it.
            let inside = (4..<(frames.count - 1)).map { i in
                product(frames[i], frames[i + 1], frames[i - 4], frames[i - 1], weights)
            }
            let last = frames.count - 1
            let across = product(frames[last], next, frames[last - 4], frames[last - 1], weights)
            let mean = inside.reduce(0, +) / Double(inside.count)
            let spread = (inside.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(inside.count))
                .squareRoot()
            // Steady: the steps inside agree with each other.
            guard mean > 0, spread < 0.35 * mean else { return nil }
            let near = inside.suffix(3)
            return across / (near.reduce(0, +) / Double(near.count))
        }

        /// How the step from `a` to `b` lies along the motion from `c` to `d`.
        private static func product(
            _ a: [Float], _ b: [Float], _ c: [Float], _ d: [Float], _ weights: [Float]
        ) -> Double {
            var sum = 0.0
            let area = weights.count
            for channel in 0..<3 {
                a.withUnsafeBufferPointer { a in
                    b.withUnsafeBufferPointer { b in
                        c.withUnsafeBufferPointer { c in
                            d.withUnsafeBufferPointer { d in
                                var part: Float = 0
                                for i in 0..<area {
                                    let at = channel * area + i
                                    part += weights[i] * (b[at] - a[at]) * (d[at] - c[at])
                                }
                                sum += Double(part)
                            }
                        }
                    }
                }
            }
            return sum / Double(3 * max(1, area))
        }
    }

    /// The root of the weighted mean square of the difference of two pictures.
    static func distance(_ a: [Float], _ b: [Float], _ weights: [Float]) -> Double {
        var sum = 0.0
        let area = weights.count
        a.withUnsafeBufferPointer { a in
            b.withUnsafeBufferPointer { b in
                weights.withUnsafeBufferPointer { weights in
                    for channel in 0..<3 {
                        var part: Float = 0
                        for i in 0..<area {
                            let step = a[channel * area + i] - b[channel * area + i]
                            part += weights[i] * step * step
                        }
                        sum += Double(part)
                    }
                }
            }
        }
        return (sum / Double(3 * max(1, area))).squareRoot()
    }

    /// How much each pixel counts: what moves much, what stands still little, so that a small thing that moves
    /// before a still ground is not drowned in the ground's grain. The mean is 1.
    private static func motionWeights(_ tail: [[Float]], _ head: [[Float]]) -> [Float] {
        let area = (tail.first?.count ?? 0) / 3
        var energy = [Float](repeating: 0, count: area)
        for frames in [tail, head] {
            for (a, b) in zip(frames, frames.dropFirst()) {
                for channel in 0..<3 {
                    for i in 0..<area {
                        let step = a[channel * area + i] - b[channel * area + i]
                        energy[i] += step * step
                    }
                }
            }
        }
        let steps = Float(max(1, 3 * (tail.count + head.count - 2)))
        let ground = energy.sorted()[safe: area / 2].map { $0 / steps } ?? 0
        var weights = energy.map { sum -> Float in
            let share = sum / steps / (sum / steps + 4 * ground + 0.05)
            return 0.02 + share * share
        }
        let mean = weights.reduce(0, +) / Float(max(1, area))
        for i in weights.indices { weights[i] /= mean }
        return weights
    }

    /// How many of the first steps are none, beside the usual ones.
    private static func held(_ steps: [Double], otherwise: [Double]) -> Int {
        let usual = { (a: [Double]) in a.isEmpty ? 0 : a.sorted()[a.count * 3 / 4] }
        let own = usual(steps)
        let scale = own > still ? own : usual(otherwise)
        guard scale > still else { return 0 }
        let count = steps.prefix { $0 < 0.25 * scale }.count
        // A clip that does not move at all holds nothing.
        return count == steps.count ? 0 : count
    }
}

extension Array {
    fileprivate subscript(safe place: Int) -> Element? { indices.contains(place) ? self[place] : nil }
}
