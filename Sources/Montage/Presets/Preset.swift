import Foundation
public import Media

/// How one delivery is made: container, video and sound settings, all of them read from a YAML file.
///
/// A preset says nothing of size and frame rate; those come from the film or the source. Two presets with
/// the same `canonicalJSON` make the same bytes.
public struct Preset: Sendable, Codable, Equatable {
    /// The name it is asked for by: `mp4-social`.
    public var name: String
    /// One line for a person who chooses.
    public var note: String
    /// FFmpeg's name of the muxer: `mp4`, `mov` or `webm`.
    public var container: String
    /// The extension of its files, without the dot.
    public var fileExtension: String
    /// The picture.
    public var video: VideoPreset
    /// The sound; nil for a silent delivery.
    public var audio: AudioPreset?
    /// Options of the muxer by FFmpeg's names.
    public var muxerOptions: [String: String]

    /// Makes a preset in code; nothing is checked here.
    public init(
        name: String, note: String = "", container: String, fileExtension: String? = nil, video: VideoPreset,
        audio: AudioPreset? = nil, muxerOptions: [String: String] = [:]
    ) {
        self.name = name
        self.note = note
        self.container = container
        self.fileExtension = fileExtension ?? container
        self.video = video
        self.audio = audio
        self.muxerOptions = muxerOptions
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
}

/// The picture side of a preset.
public struct VideoPreset: Sendable, Codable, Equatable {
    /// FFmpeg's name of the encoder: `libx264`.
    public var codec: String
    /// FFmpeg's name of the pixel format: `yuv420p`.
    public var pixelFormat: String
    /// The colour that the delivery must have; nil keeps what the source declares.
    public var colour: ColourTags?
    /// Most seconds from one keyframe to the next; nil leaves it to the encoder.
    public var gop: Double?
    /// Options of the encoder by FFmpeg's names.
    public var options: [String: String]

    /// Makes the picture side of a preset.
    public init(
        codec: String, pixelFormat: String, colour: ColourTags? = nil, gop: Double? = nil,
        options: [String: String] = [:]
    ) {
        self.codec = codec
        self.pixelFormat = pixelFormat
        self.colour = colour
        self.gop = gop
        self.options = options
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

    /// Makes the sound side of a preset.
    public init(
        codec: String, sampleRate: Int = 48000, layout: String = "stereo", sampleFormat: String? = nil,
        options: [String: String] = [:]
    ) {
        self.codec = codec
        self.sampleRate = sampleRate
        self.layout = layout
        self.sampleFormat = sampleFormat
        self.options = options
    }
}
