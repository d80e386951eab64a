import Media

/// Makes whole pictures of pictures that hold two fields: as many as came, at their times.
///
/// Nothing is done until the first such picture comes. From then on all go through FFmpeg's `bwdif`, which
/// leaves whole ones as they are and looks one picture ahead, so each comes out when the next goes in.
/// One thread at a time.
final class Deinterlacer {
    private final class Chain {
        let graph: FilterGraph
        let format: VideoFormat
        let output: Frame
        /// Lengths of the pictures inside: the filter counts in ticks of its own.
        var durations: [Int64] = []

        init(_ format: VideoFormat) throws {
            graph = try FilterGraph(video: format, "bwdif=mode=send_frame:parity=auto:deint=interlaced")
            self.format = format
            output = try Frame()
        }
    }

    private let timeBase: Rational
    private var chain: Chain?
    /// Whether a picture of two fields was met.
    private(set) var isAtWork = false

    init(timeBase: Rational) { self.timeBase = timeBase }

    /// Takes a picture and hands out what is ready.
    func take(_ frame: borrowing Frame, emit: (borrowing Frame) throws -> Void) throws {
        if let chain {
            let format = chain.format
            if frame.width != format.width || frame.height != format.height
                || frame.pixelFormat != format.pixelFormat
            {
                try finish(emit: emit)
            }
        }
        if chain == nil {
            // The filter wants some lines of each field to look at.
            guard frame.isInterlaced, frame.width >= 16, frame.height >= 16,
                FFmpegVersions.hasFilter("bwdif")
            else { return try emit(frame) }
            chain = try Chain(frame.videoFormat(timeBase: timeBase))
            isAtWork = true
        }
        guard let chain else { return }
        chain.durations.append(frame.duration)
        try chain.graph.push(frame)
        try drain(chain, emit)
    }

    /// Hands out what is still inside. Call it at the end.
    func finish(emit: (borrowing Frame) throws -> Void) throws {
        guard let chain else { return }
        self.chain = nil
        try chain.graph.pushEnd()
        try drain(chain, emit)
    }

    private func drain(_ chain: Chain, _ emit: (borrowing Frame) throws -> Void) throws {
        let ticks = chain.graph.outputVideo.timeBase
        while case .got = try chain.graph.pull(into: chain.output) {
            chain.output.pts = chain.output.pts.map {
                rescale($0, from: ticks, to: timeBase, rounding: .nearest)
            }
            chain.output.duration = chain.durations.isEmpty ? 0 : chain.durations.removeFirst()
            try emit(chain.output)
        }
    }
}
