public import Media

/// What is technically wrong with a clip that came from a model, seen without knowing what was asked for.
public struct ClipCheck: Sendable, Codable, Equatable {
    /// Below this mean brightness of 255 a frame is black: what encoders make of black, and a little noise.
    static let black = 20.0
    /// Below this difference of neighbours, 0 to 1, nothing moves: a fifth of a code value in the mean.
    static let still = 0.0008

    /// Frames that were decoded.
    public var frames: Int
    /// How many of them are black.
    public var blackFrames: Int
    /// The longest run of frames in which nothing moves, its first frame not counted.
    public var stillFrames: Int

    /// Whether it shows nothing for most of its length.
    public var isBlack: Bool { blackFrames * 2 > frames }
    /// Whether it stands still for most of its length.
    public var isFrozen: Bool { stillFrames * 2 > frames }

    /// Decodes the clip and looks at every frame. Blocks.
    ///
    /// - Throws: `MontageError.noVideo`; `MediaError` for a file that cannot be opened.
    public static func run(_ path: String, interrupt: Interrupt) throws -> ClipCheck {
        let walk = try FrameWalk(path: path, accept: .clips, interrupt: interrupt)
        let glancer = Glancer()
        let frame = try Frame()
        var check = ClipCheck(frames: 0, blackFrames: 0, stillFrames: 0)
        var before: Glance?
        var run = 0
        while try walk.next(into: frame) {
            let glance = try glancer.glance(frame)
            check.frames += 1
            if glance.brightness < black { check.blackFrames += 1 }
            run = before.map { glance.difference(from: $0) < still } ?? false ? run + 1 : 0
            check.stillFrames = max(check.stillFrames, run)
            before = glance
        }
        return check
    }
}

extension Glance {
    /// The mean of all samples, 0 to 255.
    fileprivate var brightness: Double {
        Double(samples.reduce(0) { $0 + Int($1) }) / Double(max(1, samples.count))
    }
}
