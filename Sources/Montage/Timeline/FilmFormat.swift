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
    /// The film's colour where a preset does not demand one; nil is BT.709 from 720 lines, else BT.601.
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
