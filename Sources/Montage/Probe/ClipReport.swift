public import Media

/// What is in a media file: for programs by `Codable`, for people by `text`.
///
/// Values are as the file states them unless said otherwise; nil means that it does not.
public struct ClipReport: Sendable, Codable, Equatable {
    /// The file, as it was named.
    public var path: String
    /// Its size.
    public var byteCount: Int64
    /// FFmpeg's short names of the container ("mov,mp4,m4a,3gp,3g2,mj2").
    public var container: String
    /// The container's name for people.
    public var containerName: String
    /// The length in seconds; usually that of the longest stream.
    public var duration: Double?
    /// When the earliest stream begins, in seconds.
    public var start: Double?
    /// Bits a second over all.
    public var bitRate: Int64?
    /// Where an MP4's index stands: "first" (plays while loading), "last", or "fragments".
    public var moov: String?
    /// How many named chapters there are.
    public var chapters: Int
    /// The chapters, where there are any.
    public var chapterList: [Chapter]?
    /// The streams in the container's order.
    public var streams: [StreamReport]
    /// The stream a player shows; the same values as in `streams`.
    public var video: VideoReport?
    /// The stream a player lets hear; the same values as in `streams`.
    public var audio: AudioReport?
    /// Frames of the shown picture: counted if `frameCountIsCounted`, else what the index says.
    public var frameCount: Int?
    /// Whether the frames were counted, packet by packet, leaving out those that an edit list hides.
    public var frameCountIsCounted: Bool
    /// Tags of the container: "title", "encoder", …
    public var metadata: [String: String]
    /// Whether it was seen to be cut short or damaged, as far as the index and the packets that were read tell.
    public var isDamaged: Bool
    /// What surprises players or people about this file, a sentence each.
    public var findings: [String]
    /// A word for each finding, in their order, for programs.
    public var findingCodes: [String]?
    /// How the shown picture's frames hang together, as far as it was read.
    public var gop: GOPReport?
    /// What the packets of the shown and the heard stream tell, where they were read.
    public var packets: [PacketReport]?
}

/// One stream of a file.
public struct StreamReport: Sendable, Codable, Equatable {
    /// Its number in the container.
    public var index: Int
    /// What it carries.
    public var kind: MediaKind
    /// FFmpeg's short name of the codec.
    public var codec: String
    /// The codec's name for people.
    public var codecName: String
    /// The container's four-letter code.
    public var tag: String
    /// The profile's name.
    public var profile: String?
    /// The level as the codec numbers it (41 for H.264's 4.1).
    public var level: Int?
    /// Bits a second.
    public var bitRate: Int64?
    /// Seconds a tick.
    public var timeBase: Rational
    /// When it begins, in seconds.
    public var start: Double?
    /// Its length in seconds.
    public var duration: Double?
    /// The language tag, if there is one.
    public var language: String?
    /// Whether players choose it without being told.
    public var isDefault: Bool
    /// Whether it is a cover picture.
    public var isAttachedPicture: Bool
    /// The edit list of its track, where an MP4 has one.
    public var edits: [EditReport]?
    /// Present for pictures.
    public var video: VideoReport?
    /// Present for sound.
    public var audio: AudioReport?
}

/// The picture of a stream.
public struct VideoReport: Sendable, Codable, Equatable {
    /// The stream's number in the container.
    public var stream: Int
    /// Coded width in pixels.
    public var width: Int
    /// Coded height in pixels.
    public var height: Int
    /// What is seen: turned, with square pixels.
    public var displayWidth: Int
    /// What is seen: turned, with square pixels.
    public var displayHeight: Int
    /// FFmpeg's name of the layout of samples.
    public var pixelFormat: String?
    /// Bits of a sample.
    public var bitDepth: Int?
    /// Width to height of a pixel.
    public var sampleAspectRatio: Rational?
    /// Width to height of the picture as coded, not turned.
    public var displayAspectRatio: Rational?
    /// Degrees clockwise that a player turns it.
    public var rotation: Int
    /// Whether a player mirrors it after that.
    public var isMirrored: Bool
    /// Frames a second on average.
    public var averageRate: Rational?
    /// The lowest rate that fits all times; FFmpeg's guess.
    public var nominalRate: Rational?
    /// Whether frames follow each other at unequal distances; nil where that was not to be seen.
    public var isVariableRate: Bool?
    /// What is said about colour.
    public var colour: ColourTags
    /// Metadata of high dynamic range that the container carries.
    public var hdr: [String]
    /// "progressive", or the order of fields.
    public var fieldOrder: String
    /// How many frames showing may lag behind decoding; 0 without B-frames.
    public var reorderDepth: Int
    /// Frames a second as the times of the frames make it: by an MP4's index, or by the packets where these
    /// were read.
    public var measuredRate: Rational?
    /// The shortest time from one frame to the next, in seconds, where the packets were read.
    public var shortestInterval: Double?
    /// The longest time from one frame to the next, but for the last, in seconds.
    public var longestInterval: Double?
    /// What is said about the light of a picture of high dynamic range.
    public var light: HDRMetadata?
}

/// The sound of a stream.
public struct AudioReport: Sendable, Codable, Equatable {
    /// The stream's number in the container.
    public var stream: Int
    /// Samples a second.
    public var sampleRate: Int
    /// The loudspeakers: "stereo", "5.1".
    public var layout: String?
    /// How many channels.
    public var channels: Int?
    /// FFmpeg's name of the layout of samples.
    public var sampleFormat: String?
    /// Samples at the start that players drop, the encoder's delay; nil where the first packets do not say.
    public var priming: Int?
}
