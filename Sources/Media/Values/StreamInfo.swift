import CFFmpeg

/// What a stream carries.
public enum MediaKind: String, Sendable, Codable {
    /// Pictures.
    case video
    /// Sound.
    case audio
    /// Text.
    case subtitle
    /// Time codes and the like.
    case data
    /// A file inside the file: a font, say.
    case attachment
    /// Something FFmpeg does not know.
    case unknown

    init(_ type: AVMediaType) {
        switch type {
        case AVMEDIA_TYPE_VIDEO: self = .video
        case AVMEDIA_TYPE_AUDIO: self = .audio
        case AVMEDIA_TYPE_SUBTITLE: self = .subtitle
        case AVMEDIA_TYPE_DATA: self = .data
        case AVMEDIA_TYPE_ATTACHMENT: self = .attachment
        default: self = .unknown
        }
    }
}

/// One stream of an opened container: a value, copied out, valid after the container is closed.
public struct StreamInfo: Sendable {
    /// Its number in the container, from 0.
    public let index: Int
    /// What it carries.
    public let kind: MediaKind
    /// How it is coded.
    public let parameters: CodecParameters
    /// Seconds a tick of its packets.
    public let timeBase: Rational
    /// Presentation time of its first frame, in ticks, if known.
    public let startTicks: Int64?
    /// Its length in ticks, if the container says.
    public let durationTicks: Int64?
    /// How many frames the container claims; nil where it does not say.
    public let declaredFrameCount: Int64?
    /// Frames a second on average.
    public let averageRate: Rational?
    /// The lowest rate that fits all time stamps; FFmpeg's guess.
    public let nominalRate: Rational?
    /// Degrees clockwise that a player turns the picture: 0, 90, 180 or 270.
    public let rotation: Int
    /// Whether a player mirrors the picture left to right, after turning it.
    public let isMirrored: Bool
    /// Whether it is a cover picture, not a film.
    public let isAttachedPicture: Bool
    /// Whether players choose it without being told.
    public let isDefault: Bool
    /// The kinds of HDR metadata that the container carries for it: "mastering display", "content light
    /// level", "dolby vision".
    public let hdrMetadata: [String]
    /// What the container says about its light; nil where it says nothing.
    public let hdr: HDRMetadata?
    /// The container's own number for it: the track of an MP4, the PID of an MPEG-TS; often not its index.
    public let id: Int
    /// Tags: "language", "handler_name", …
    public let metadata: [String: String]

    init(_ stream: UnsafePointer<AVStream>, of format: UnsafeMutablePointer<AVFormatContext>)
        throws(MediaError)
    {
        let s = stream.pointee
        index = Int(s.index)
        guard let coded = s.codecpar else {
            throw MediaError(.noStream, operation: "AVStream.codecpar", subject: "stream \(s.index)")
        }
        parameters = try CodecParameters(
            copying: coded, containerAspect: s.sample_aspect_ratio)
        kind = parameters.kind
        timeBase = Rational(s.time_base)
        startTicks = BelievedTime.time(s.start_time)
        let length = BelievedTime.length(s.duration)
        durationTicks = length > 0 ? length : nil
        declaredFrameCount = s.nb_frames > 0 ? s.nb_frames : nil
        let average = Rational(s.avg_frame_rate)
        averageRate = average.isValid ? average : nil
        let nominal = Rational(s.r_frame_rate)
        nominalRate = nominal.isValid ? nominal : nil
        (rotation, isMirrored) = Self.orientation(reel_stream_display_matrix(stream))
        isAttachedPicture = s.disposition & AV_DISPOSITION_ATTACHED_PIC != 0
        isDefault = s.disposition & AV_DISPOSITION_DEFAULT != 0
        var hdr: [String] = []
        if reel_stream_has_side_data(stream, AV_PKT_DATA_MASTERING_DISPLAY_METADATA) != 0 {
            hdr.append("mastering display")
        }
        if reel_stream_has_side_data(stream, AV_PKT_DATA_CONTENT_LIGHT_LEVEL) != 0 {
            hdr.append("content light level")
        }
        if reel_stream_has_side_data(stream, AV_PKT_DATA_DOVI_CONF) != 0 { hdr.append("dolby vision") }
        hdrMetadata = hdr
        self.hdr = HDRMetadata(stream: stream)
        id = Int(s.id)
        metadata = readDictionary(s.metadata)
    }

    /// Reads the display matrix as quarter turns clockwise and a mirror after them. Source: ISO/IEC
    /// 14496-12, 8.3.2.3, as libavutil's display.h states it; other angles go to the nearest quarter.
    private static func orientation(_ matrix: UnsafePointer<Int32>?) -> (rotation: Int, isMirrored: Bool) {
        guard let matrix else { return (0, false) }
        var (a, c) = (Int64(matrix[0]), Int64(matrix[3]))
        let (b, d) = (Int64(matrix[1]), Int64(matrix[4]))
        let isMirrored = a * d - b * c < 0
        if isMirrored { (a, c) = (-a, -c) }
        if abs(b) > abs(a) { return (b > 0 ? 90 : 270, isMirrored) }
        return (a < 0 ? 180 : 0, isMirrored)
    }
}

/// A named part of a film, as the container lists it.
public struct Chapter: Sendable, Codable, Equatable {
    /// Begin, in microseconds.
    public var startMicroseconds: Int64
    /// End, in microseconds, exclusive.
    public var endMicroseconds: Int64
    /// The title, or an empty string.
    public var title: String

    /// Makes a chapter.
    public init(startMicroseconds: Int64, endMicroseconds: Int64, title: String) {
        self.startMicroseconds = startMicroseconds
        self.endMicroseconds = endMicroseconds
        self.title = title
    }
}

/// What a container says of itself.
public struct ContainerInfo: Sendable {
    /// FFmpeg's short name of the demuxer ("mov,mp4,m4a,3gp,3g2,mj2").
    public let formatName: String
    /// The name for people.
    public let formatLongName: String
    /// Length in microseconds, if known; usually that of the longest stream.
    public let durationMicroseconds: Int64?
    /// Presentation time of the earliest stream, in microseconds, if known.
    public let startMicroseconds: Int64?
    /// Bits a second over all, if known.
    public let bitRate: Int64?
    /// The file's size.
    public let byteCount: Int64
    /// Tags: "title", "encoder", "major_brand", …
    public let metadata: [String: String]
    /// Named parts, in order.
    public let chapters: [Chapter]
}

/// Copies FFmpeg's dictionary.
func readDictionary(_ dictionary: OpaquePointer?) -> [String: String] {
    var result: [String: String] = [:]
    var entry: UnsafeMutablePointer<AVDictionaryEntry>?
    while true {
        entry = av_dict_get(dictionary, "", entry, AV_DICT_IGNORE_SUFFIX)
        guard let entry else { return result }
        result[String(cString: entry.pointee.key)] = String(cString: entry.pointee.value)
    }
}
