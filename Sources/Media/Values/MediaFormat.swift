import CFFmpeg

/// What a picture stream is made of, between decoder, filters and encoder.
public struct VideoFormat: Sendable, Hashable {
    /// Pixels a line.
    public var width: Int
    /// Lines.
    public var height: Int
    /// The layout of samples.
    public var pixelFormat: PixelFormat
    /// Width to height of one pixel; 1/1 for square ones, also where nothing is known.
    public var sampleAspectRatio: Rational
    /// What is said about colour.
    public var colour: ColourTags
    /// Seconds a tick of the frames' PTS.
    public var timeBase: Rational
    /// Frames a second, where constant.
    public var rate: Rational?

    /// Makes a format.
    public init(
        width: Int, height: Int, pixelFormat: PixelFormat,
        sampleAspectRatio: Rational = Rational(1, 1), colour: ColourTags = .unknown,
        timeBase: Rational, rate: Rational? = nil
    ) {
        self.width = width
        self.height = height
        self.pixelFormat = pixelFormat
        self.sampleAspectRatio = sampleAspectRatio
        self.colour = colour
        self.timeBase = timeBase
        self.rate = rate
    }
}

/// What a sound stream is made of, between decoder, filters and encoder.
public struct AudioFormat: Sendable, Hashable {
    /// Samples a second of each channel.
    public var sampleRate: Int
    /// The layout of samples.
    public var sampleFormat: SampleFormat
    /// The loudspeakers.
    public var layout: ChannelLayout
    /// Seconds a tick of the frames' PTS.
    public var timeBase: Rational

    /// Makes a format; the time base is one sample unless given.
    public init(
        sampleRate: Int, sampleFormat: SampleFormat, layout: ChannelLayout, timeBase: Rational? = nil
    ) {
        self.sampleRate = sampleRate
        self.sampleFormat = sampleFormat
        self.layout = layout
        self.timeBase = timeBase ?? Rational(1, sampleRate)
    }
}

/// What a decoder, encoder or filter answers when asked for its next output.
public enum Pull: Sendable {
    /// The frame or packet given was filled.
    case got
    /// Nothing yet: send more input.
    case needsInput
    /// The end; nothing will come any more.
    case ended
}
