import Foundation
public import Media

/// How one delivery is made: container, video and sound settings, all of them read from a YAML file.
///
/// A preset says nothing of size and frame rate, unless as an upper bound; those come from the film or the
/// source. Two presets with the same `canonicalJSON` make the same bytes.
public struct Preset: Sendable, Codable, Equatable {
    /// The name it is asked for by: `mp4-social`.
    public var name: String
    /// One line for a person who chooses.
    public var note: String
    /// FFmpeg's name of the muxer: `mp4`, `mov`, `webm`, `matroska`, `gif` or `webp`.
    public var container: String
    /// The extension of its files, without the dot.
    public var fileExtension: String
    /// The picture.
    public var video: VideoPreset
    /// The sound; nil for a silent delivery.
    public var audio: AudioPreset?
    /// Options of the muxer by FFmpeg's names.
    public var muxerOptions: [String: String]
    /// Whether MP4 and MOV may shift their streams by edit lists; nil is yes. Without them the first picture
    /// and the first sound stand at zero by their own time stamps.
    public var editLists: Bool?

    /// Makes a preset in code; nothing is checked here.
    public init(
        name: String, note: String = "", container: String, fileExtension: String? = nil, video: VideoPreset,
        audio: AudioPreset? = nil, muxerOptions: [String: String] = [:], editLists: Bool? = nil
    ) {
        self.name = name
        self.note = note
        self.container = container
        self.fileExtension = fileExtension ?? container
        self.video = video
        self.audio = audio
        self.muxerOptions = muxerOptions
        self.editLists = editLists
    }

    /// All that decides the output, as JSON with sorted keys: equal text means equal output. It goes into
    /// work keys, so name and note are left out: renaming a preset or mending its note redoes nothing.
    public var canonicalJSON: String {
        var bare = self
        bare.name = ""
        bare.note = ""
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // A struct of strings, numbers and dictionaries has nothing that JSON refuses.
        return (try? encoder.encode(bare)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    /// Whether the container is one of MP4's family.
    var isMovie: Bool { container == "mp4" || container == "mov" }
}

/// Whether a stream is coded anew or moved as it is.
public enum StreamMode: String, Sendable, Codable {
    /// Always coded anew.
    case encode
    /// Moved as it is where it already is what the preset would make, in codec, pixel format and profile.
    case auto
    /// Moved as it is wherever the container takes its codec.
    case copy
}

/// The picture side of a preset.
public struct VideoPreset: Sendable, Codable, Equatable {
    /// FFmpeg's name of the encoder: `libx264`.
    public var codec: String
    /// FFmpeg's name of the pixel format: `yuv420p`; `source` keeps the source's own.
    public var pixelFormat: String
    /// The colour that the delivery must have; nil keeps what the source declares.
    public var colour: ColourTags?
    /// Most seconds from one keyframe to the next; nil leaves it to the encoder.
    public var gop: Double?
    /// Options of the encoder by FFmpeg's names.
    public var options: [String: String]
    /// The container's four-letter code of the stream, `hvc1`; nil takes the usual one.
    public var tag: String?
    /// Whether pictures may be moved as they are; nil is `encode`.
    public var mode: StreamMode?
    /// Most pixels a row; wider pictures are made smaller.
    public var maxWidth: Int?
    /// Most rows.
    public var maxHeight: Int?
    /// Most frames a second; faster clips lose pictures.
    public var maxRate: Double?

    /// Makes the picture side of a preset.
    public init(
        codec: String, pixelFormat: String, colour: ColourTags? = nil, gop: Double? = nil,
        options: [String: String] = [:], tag: String? = nil, mode: StreamMode? = nil, maxWidth: Int? = nil,
        maxHeight: Int? = nil, maxRate: Double? = nil
    ) {
        self.codec = codec
        self.pixelFormat = pixelFormat
        self.colour = colour
        self.gop = gop
        self.options = options
        self.tag = tag
        self.mode = mode
        self.maxWidth = maxWidth
        self.maxHeight = maxHeight
        self.maxRate = maxRate
    }
}

/// The sound side of a preset.
public struct AudioPreset: Sendable, Codable, Equatable {
    /// FFmpeg's name of the encoder: `aac`.
    public var codec: String
    /// Samples a second.
    public var sampleRate: Int
    /// FFmpeg's name of the layout: `stereo`.
    public var layout: String
    /// FFmpeg's name of the sample format; nil takes the first that the encoder offers.
    public var sampleFormat: String?
    /// Options of the encoder by FFmpeg's names.
    public var options: [String: String]
    /// Whether sound may be moved as it is, beside pictures that are; nil is `encode`.
    public var mode: StreamMode?
    /// The loudness that a transcode brings the sound to; nil leaves it as it is. Films have beds of their
    /// own and pass over it.
    public var loudness: LoudnessTarget?

    /// Makes the sound side of a preset.
    public init(
        codec: String, sampleRate: Int = 48000, layout: String = "stereo", sampleFormat: String? = nil,
        options: [String: String] = [:], mode: StreamMode? = nil, loudness: LoudnessTarget? = nil
    ) {
        self.codec = codec
        self.sampleRate = sampleRate
        self.layout = layout
        self.sampleFormat = sampleFormat
        self.options = options
        self.mode = mode
        self.loudness = loudness
    }
}

/// How loud a whole clip shall be, after EBU R 128.
public struct LoudnessTarget: Sendable, Codable, Hashable {
    /// Integrated loudness, in LUFS.
    public var integrated: Double
    /// The highest true peak that is allowed, in dBTP.
    public var truePeak: Double

    /// Names a loudness.
    public init(integrated: Double, truePeak: Double = -1) {
        self.integrated = integrated
        self.truePeak = truePeak
    }
}
