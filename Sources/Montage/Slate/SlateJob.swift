public import Media

/// A clip that stands for one that is not there: words on grey, or over a picture, as long as the clip would be.
public struct SlateJob: Sendable, Codable, Hashable {
    /// Pixels across; even.
    public var width: Int
    /// Pixels down; even.
    public var height: Int
    /// Frames a second.
    public var rate: Rational
    /// Frames, at least two.
    public var frames: Int
    /// The large line: the shot's name.
    public var heading: String
    /// What is written under it, wrapped; what does not fit is left out.
    public var text: String
    /// A picture that fills the frame behind the words; nil for grey.
    public var picture: String?
    /// Where the MP4 file goes.
    public var output: String

    /// Makes a job.
    public init(
        width: Int, height: Int, rate: Rational, frames: Int, heading: String, text: String,
        picture: String? = nil, output: String
    ) {
        (self.width, self.height, self.rate, self.frames) = (width, height, rate, frames)
        (self.heading, self.text) = (heading, text)
        (self.picture, self.output) = (picture, output)
    }
}
