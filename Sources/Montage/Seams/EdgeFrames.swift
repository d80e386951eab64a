package import Media

/// The presented frames at one end of a clip, small.
struct EdgeFrames {
    /// In order of presentation.
    var pictures: [SeamPicture]
    /// Where the first of the pictures begins, in seconds after the clip's first picture; known for a head, and
    /// for a tail as far as the clip's clock can be believed.
    var seconds: [Double]
    /// Seconds from one frame to the next.
    var step: Double
    /// The frames themselves, for whom they are still of use; they are large.
    var kept: [KeptFrame] = []
    /// The stream they are of.
    var stream: StreamInfo
}

/// A frame that is kept while others are decoded.
final class KeptFrame {
    let frame: Frame
    init(_ frame: borrowing Frame) throws { self.frame = try frame.reference() }
}

extension EdgeFrames {
    /// The first frames.
    static func head(
        of path: String, count: Int, shape: SeamShape?, threads: Int, interrupt: Interrupt
    ) throws -> (edge: EdgeFrames, shape: SeamShape) {
        let walk = try FrameWalk(path: path, accept: .media, threads: threads, interrupt: interrupt)
        let frame = try Frame()
        var kept: [KeptFrame] = []
        while kept.count < count, try walk.next(into: frame) { kept.append(try KeptFrame(frame)) }
        return try reduce(kept, of: walk, path: path, shape: shape)
    }

    /// The last frames, found from near the end where that is safe; see `LastFrame`.
    static func tail(
        of path: String, count: Int, shape: SeamShape?, threads: Int, interrupt: Interrupt
    ) throws -> (edge: EdgeFrames, shape: SeamShape) {
        let walk = try FrameWalk(path: path, accept: .media, threads: threads, interrupt: interrupt)
        if LastFrame.startsCleanly(walk), let kept = try seek(walk, count: count) {
            return try reduce(kept, of: walk, path: path, shape: shape)
        }
        let fresh = try FrameWalk(path: path, accept: .media, threads: threads, interrupt: interrupt)
        var last = LastFrames(count: count, window: fresh.reorderWindow)
        let frame = try Frame()
        while try fresh.next(into: frame) { try last.offer(frame) }
        return try reduce(last.frames, of: fresh, path: path, shape: shape)
    }

    /// Decodes from a keyframe to the end, and from one further back until there are frames enough. Each doubt
    /// that `LastFrame` has ends it here as well: then everything is decoded. On the way to the frames that are wanted
    /// those are left out that nothing refers to; where that leaves too few, none are.
    private static func seek(_ walk: FrameWalk, count: Int) throws -> [KeptFrame]? {
        var ladder = SeekLadder(walk)
        let step = walk.stream.averageRate.map { rescale(1, from: $0.inverse, to: walk.stream.timeBase) }
        var isEconomical = walk.canEconomise && step != nil
        for _ in 0..<9 {
            guard let ticks = ladder.next(), try walk.restart(at: ticks) else { return nil }
            walk.economyEnd = nil
            if isEconomical, let step {
                let latest = try walk.latestShown()
                guard try walk.restart(at: ticks) else { return nil }
                walk.economyEnd = latest.map { $0 - Int64(count + 2) * step }
            }
            var last = LastFrames(count: count, window: walk.reorderWindow)
            let frame = try Frame()
            var startIsKeyframe = false
            while try walk.next(into: frame) {
                if let start = walk.start?.pts, let pts = frame.pts {
                    // What is shown before the keyframe may need what lies in front of it.
                    if pts < start { continue }
                    if pts == start, frame.isKeyframe || frame.pictureType == "I" { startIsKeyframe = true }
                }
                try last.offer(frame)
            }
            if walk.isDamaged { return nil }
            guard let start = walk.start else {
                ladder.foundNothing()
                continue
            }
            let isWhole = walk.latestSent.map { sent in last.latest.map { $0 >= sent } ?? false } ?? true
            let isGapless = walk.economyEnd.map { end in
                last.frames.allSatisfy { $0.frame.pts ?? .min >= end }
            }
            if isWhole, isGapless ?? true, last.frames.count >= count, last.latest != nil {
                return startIsKeyframe ? last.frames : nil
            }
            if walk.economyEnd != nil {
                isEconomical = false
            } else {
                ladder.landed(at: start.dts ?? start.pts)
            }
        }
        return nil
    }

    private static func reduce(
        _ kept: [KeptFrame], of walk: FrameWalk, path: String, shape: SeamShape?
    ) throws -> (edge: EdgeFrames, shape: SeamShape) {
        guard !kept.isEmpty else { throw walk.noFrame(path) }
        let shape = shape ?? SeamShape(of: walk.stream)
        let reducer = SeamReducer(stream: walk.stream, shape: shape)
        let step = walk.stream.averageRate?.inverse.value ?? 1.0 / 25
        let start = walk.stream.startTicks ?? 0
        let tick = walk.stream.timeBase.value
        var seconds: [Double] = []
        for held in kept {
            let next = (seconds.last ?? -step) + step
            seconds.append(held.frame.pts.map { Double($0 - start) * tick } ?? next)
        }
        return (
            EdgeFrames(
                pictures: try kept.map { try reducer.reduce($0.frame) }, seconds: seconds, step: step,
                kept: kept,
                stream: walk.stream),
            shape
        )
    }
}

/// Keeps the frames presented last of those it is offered.
private struct LastFrames {
    let count: Int
    /// See `Latest`: within this many ticks frames may come out of order.
    let window: Int64
    private(set) var frames: [KeptFrame] = []
    private(set) var latest: Int64?

    init(count: Int, window: Int64) { (self.count, self.window) = (count, window) }

    mutating func offer(_ frame: borrowing Frame) throws {
        let kept = try KeptFrame(frame)
        if let time = kept.frame.pts, let latest, time < latest, latest - time <= window {
            let place = frames.firstIndex { ($0.frame.pts ?? .min) > time } ?? frames.count
            frames.insert(kept, at: place)
        } else {
            frames.append(kept)
            latest = kept.frame.pts ?? latest
        }
        if frames.count > count { frames.removeFirst() }
    }
}

extension Seams {
    /// The small pictures of a clip's last frames, for tests: an economy on the way to them may lose none.
    package static func lastPictures(of path: String, interrupt: Interrupt) throws -> [Picture] {
        try EdgeFrames.tail(of: path, count: depth, shape: nil, threads: 0, interrupt: interrupt).edge
            .pictures
            .map(\.picture)
    }
}

/// Both sides of a seam.
struct SeamEdges {
    let first: String
    let second: String
    let tail: EdgeFrames
    let head: EdgeFrames

    /// Decodes both sides; the pictures of the second clip are cut to the first one's shape. Blocks.
    ///
    /// - Parameters:
    ///   - threads: Of the decoders; 0 for as many as there are cores.
    ///   - keepsTail: Whether the large frames of the tail are kept beside the small ones.
    init(
        after first: String, before second: String, threads: Int = 0, keepsTail: Bool = false,
        interrupt: Interrupt
    ) throws {
        (self.first, self.second) = (first, second)
        var tail = try EdgeFrames.tail(
            of: first, count: Seams.depth, shape: nil, threads: threads, interrupt: interrupt)
        if !keepsTail { tail.edge.kept = [] }
        self.tail = tail.edge
        var head = try EdgeFrames.head(
            of: second, count: Seams.depth, shape: tail.shape, threads: threads, interrupt: interrupt
        ).edge
        head.kept = []
        self.head = head
    }
}
