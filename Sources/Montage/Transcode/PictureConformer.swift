import Media

/// Makes of each decoded picture the one the encoder takes, by a `PicturePlan`.
struct PictureConformer: ~Copyable {
    private final class Chain {
        let graph: FilterGraph
        let output: Frame
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
    private var plan: PicturePlan
    private var chain: Chain?

    /// - Parameter target: What the encoder takes.
    init(_ clip: PicturePlan.Source, target: VideoFormat, rate: Rational) throws {
        self.clip = clip
        self.rate = rate
        size = (target.width, target.height)
        pixelFormat = target.pixelFormat
        colour = target.colour
        plan = PicturePlan(clip, size: size, rate: rate, pixelFormat: pixelFormat, demanded: colour)
        chain = try plan.filters.map { try Chain(plan, $0) }
    }

    /// Hands on one picture with this PTS. Pictures of another size or format than the first, in the middle
    /// of a clip, are brought to the same target.
    mutating func conform(
        _ frame: borrowing Frame, pts: Int64, emit: (borrowing Frame) throws -> Void
    ) throws {
        let source = plan.source
        if frame.width != source.width || frame.height != source.height
            || frame.pixelFormat != source.pixelFormat
        {
            var changed = clip
            changed.format.width = frame.width
            changed.format.height = frame.height
            changed.format.pixelFormat = frame.pixelFormat
            plan = PicturePlan(changed, size: size, rate: rate, pixelFormat: pixelFormat, demanded: colour)
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
        try chain.graph.push(input)
        while case .got = try chain.graph.pull(into: chain.output) {
            chain.output.pts = pts
            try emit(dressed(chain.output))
        }
    }

    private func dressed(_ frame: borrowing Frame) throws -> Frame {
        let dressed = try frame.reference()
        dressed.colour = colour
        dressed.sampleAspectRatio = Rational(1, 1)
        dressed.clearPictureType()
        return dressed
    }
}
