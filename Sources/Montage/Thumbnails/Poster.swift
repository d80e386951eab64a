import Media

/// Chooses one frame to stand for a film: sharp, and neither black nor white.
///
/// `FrameScorer` ranks the frames that are offered.
struct Poster: ~Copyable {
    private let stream: StreamInfo
    private let best: Frame
    private let scorer = FrameScorer()
    private var bestScore = -1.0
    private var seconds = 0.0

    init(stream: StreamInfo) throws(MediaError) {
        self.stream = stream
        best = try Frame()
    }

    /// Keeps the frame, by a reference, if it is the best so far.
    mutating func offer(_ frame: borrowing Frame, at time: Double) throws {
        let score = try scorer.score(frame)
        guard score > bestScore else { return }
        (bestScore, seconds) = (score, time)
        best.take(from: try frame.reference())
    }

    /// The frame chosen, upright and with square pixels; nil if none was offered.
    func picture() throws -> (picture: Picture, seconds: Double)? {
        guard bestScore >= 0 else { return nil }
        return (try Self.upright(best, stream), seconds)
    }

    /// A frame as a picture for a screen: turned, with square pixels, in BT.709, no larger than is decoded.
    static func upright(_ frame: borrowing Frame, _ stream: StreamInfo) throws -> Picture {
        var picture = try Picture(
            frame, rotation: stream.rotation, isMirrored: stream.isMirrored,
            aspect: stream.parameters.sampleAspectRatio)
        let peak = (frame.hdr ?? stream.hdr)?.peak ?? 1000
        if let mapped = try picture.inStandardLight(peak: peak) { picture = mapped.picture }
        let wide = Int((Double(picture.width) * picture.pixelAspect.believableAspect.value).rounded())
        let limited = min(16384, max(1, wide))
        return try picture.fitted(width: limited, height: picture.height, how: .stretch)
    }
}
