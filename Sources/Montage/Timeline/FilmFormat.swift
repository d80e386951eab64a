public import Media

/// The one format all pictures and sounds of a film are brought to.
public struct FilmFormat: Sendable, Codable, Equatable {
    /// Width of the picture in square pixels; even.
    public var width: Int
    /// Height of the picture in square pixels; even.
    public var height: Int
    /// Frames a second, constant over the film.
    public var rate: Rational
    /// Samples a second of the bed.
    public var sampleRate: Int
    /// FFmpeg's name of the bed's channel layout.
    public var layout: String
    /// The film's colour where a preset does not demand one; nil is BT.709 from 720 lines, else BT.601. See
    /// `colour(of:height:)`.
    public var colour: ColourTags?

    /// Makes a film's format.
    public init(
        width: Int, height: Int, rate: Rational, sampleRate: Int = 48000, layout: String = "stereo",
        colour: ColourTags? = nil
    ) {
        self.width = width
        self.height = height
        self.rate = rate
        self.sampleRate = sampleRate
        self.layout = layout
        self.colour = colour
    }
}

extension FilmFormat {
    /// The colour that a film takes over from its first clip, so that clips of that colour go into it untouched.
    ///
    /// It is the clip's own, in the video range; BT.709 for a clip of high dynamic range. Nil, which leaves it to
    /// the film's height, where the clip says nothing, says what no converter can make, or says the same.
    ///
    /// - Parameter height: The film's, in lines.
    public static func colour(of clip: VideoReport, height: Int) -> ColourTags? {
        guard clip.colour != .unknown, let pixels = clip.pixelFormat.flatMap({ PixelFormat(named: $0) })
        else {
            return nil
        }
        let own = ColourPlan(tags: clip.colour, pixelFormat: pixels, height: clip.height, demanded: nil)
            .target
        guard ColourPlan.matrices.contains(own.matrix) else { return nil }
        return own == ColourPlan.completed(.unknown, height: height) ? nil : own
    }
}
