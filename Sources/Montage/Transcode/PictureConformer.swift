import Media

/// Makes of each decoded picture the one the encoder takes, by a `PicturePlan`.
struct PictureConformer: ~Copyable {
    private final class Chain {
        let graph: FilterGraph
        let output: Frame
        /// Times of the pictures inside.
        var waiting: [Int64] = []
        init(_ plan: PicturePlan, _ filters: String) throws {
            graph = try FilterGraph(video: plan.source, filters)
            output = try Frame()
        }
    }

    private let clip: PicturePlan.Source
    private let size: (width: Int, height: Int)
    private let rate: Rational
    private let pixelFormat: PixelFormat
    private let colour: ColourTags
    private let fit: PictureFit
    private let upscales: Bool
    private var plan: PicturePlan
    private var chain: Chain?
    /// What the frames of the clip said of their colour when the plan was made.
    private var said: ColourTags?

    /// - Parameter target: What the encoder takes.
    init(
        _ clip: PicturePlan.Source, target: VideoFormat, rate: Rational, fit: PictureFit = .pad,
        upscales: Bool = true
    ) throws {
        self.clip = clip
        self.rate = rate
        // The target's size is the box by now.
        self.fit = fit == .inside ? .pad : fit
        self.upscales = upscales
        size = (target.width, target.height)
        pixelFormat = target.pixelFormat
        colour = target.colour
        plan = PicturePlan(
            clip, size: size, fit: self.fit, upscales: upscales, rate: rate, pixelFormat: pixelFormat,
            demanded: colour)
        chain = try plan.filters.map { try Chain(plan, $0) }
    }

    /// Hands on one picture with this PTS. Pictures of another size, format or colour than the first, in the
    /// middle of a clip, are brought to the same target.
    ///
    /// A filter may keep a picture until the next one comes; `finish` hands out what is left.
    mutating func conform(
        _ frame: borrowing Frame, pts: Int64, emit: (borrowing Frame) throws -> Void
    ) throws {
        let source = plan.source
        let says = frame.colour
        let before = said ?? says
        said = says
        if frame.width != source.width || frame.height != source.height
            || frame.pixelFormat != source.pixelFormat || says != before
        {
            try finish(emit: emit)
            var changed = clip
            changed.format.width = frame.width
            changed.format.height = frame.height
            changed.format.pixelFormat = frame.pixelFormat
            if says != before { changed.format.colour = Self.filled(says, clip.format.colour) }
            plan = PicturePlan(
                changed, size: size, fit: fit, upscales: upscales, rate: rate, pixelFormat: pixelFormat,
                demanded: colour)
            chain = try plan.filters.map { try Chain(plan, $0) }
        }
        let input = try frame.reference()
        input.pts = pts
        input.duration = 1
        input.clearPictureType()
        guard let chain else { return try emit(dressed(input)) }
        // The filters read the frame's tags; they must be the ones the plan was made with.
        input.colour = source.colour
        input.sampleAspectRatio = source.sampleAspectRatio
        chain.waiting.append(pts)
        try chain.graph.push(input)
        try drain(chain, emit)
    }

    /// Hands out what filters still hold. Call it at the end of a clip.
    mutating func finish(emit: (borrowing Frame) throws -> Void) throws {
        guard let chain, !chain.waiting.isEmpty else { return }
        self.chain = nil
        try chain.graph.pushEnd()
        try drain(chain, emit)
    }

    /// Each picture that goes in comes out, in its order; the times are ours, not the filters'.
    private func drain(_ chain: Chain, _ emit: (borrowing Frame) throws -> Void) throws {
        while case .got = try chain.graph.pull(into: chain.output) {
            guard !chain.waiting.isEmpty else { return }
            chain.output.pts = chain.waiting.removeFirst()
            chain.output.duration = 1
            try emit(dressed(chain.output))
        }
    }

    /// What is said, with the gaps filled from what was said before.
    private static func filled(_ tags: ColourTags, _ other: ColourTags) -> ColourTags {
        func fill(_ one: String, _ two: String) -> String { one == "unknown" ? two : one }
        return ColourTags(
            matrix: fill(tags.matrix, other.matrix), primaries: fill(tags.primaries, other.primaries),
            transfer: fill(tags.transfer, other.transfer), range: fill(tags.range, other.range))
    }

    private func dressed(_ frame: borrowing Frame) throws -> Frame {
        let dressed = try frame.reference()
        dressed.colour = colour
        dressed.sampleAspectRatio = Rational(1, 1)
        dressed.clearPictureType()
        return dressed
    }
}
