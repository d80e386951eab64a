public import Media

/// A run of packets that a film is joined of: a segment, or a part of a clip.
public struct JoinPart: Sendable, Codable, Equatable {
    /// The file.
    public var path: String
    /// So many packets, which must be as many of its frames; nil for all.
    public var frames: Int?
    /// The time of the picture that it begins with, in the file's ticks: one from which on all can be decoded, and
    /// before which nothing is shown that comes after it. Nil for the first.
    public var startTicks: Int64?
    /// Whether its pictures are a source clip's own, so that moving them keeps them bit for bit.
    public var isSource: Bool

    /// Names a run of packets.
    public init(path: String, frames: Int? = nil, startTicks: Int64? = nil, isSource: Bool = false) {
        self.path = path
        self.frames = frames
        self.startTicks = startTicks
        self.isSource = isSource
    }
}

/// A film to be joined from finished segments and the clips' sound.
public struct JoinJob: Sendable, Codable {
    /// The film's pictures, in order: segments as `Segments.render` made them, or parts of clips.
    public var parts: [JoinPart]
    /// The sound of the film, in order; its frames must sum to the segments'. Empty for silence.
    public var sound: [SoundPiece]
    /// What is done to the sound as a whole; nil for the preset's loudness, if it has one.
    public var mix: FilmSound?
    /// A text about the film that is put into the file; `EmbeddedManifest` reads it again.
    public var manifest: String?
    /// The film's format.
    public var format: FilmFormat
    /// The delivery.
    public var preset: Preset
    /// Where the film will stand; replaced if it is there.
    public var output: String
    /// The title in the file's tags.
    public var title: String?
    /// Named parts, for players that show them.
    public var chapters: [Chapter]?
    /// Pictures in the segments whose coded data came unchanged from a source clip, as the segments' reports say.
    public var bitExactFrames: Int?

    /// Makes a job of whole segments.
    public init(
        segments: [String], sound: [SoundPiece], format: FilmFormat, preset: Preset, output: String,
        title: String? = nil, chapters: [Chapter]? = nil, bitExactFrames: Int? = nil, mix: FilmSound? = nil,
        manifest: String? = nil
    ) {
        self.init(
            parts: segments.map { JoinPart(path: $0) }, sound: sound, format: format, preset: preset,
            output: output, title: title)
        self.chapters = chapters
        self.bitExactFrames = bitExactFrames
        self.mix = mix
        self.manifest = manifest
    }

    /// Makes a job of runs of packets.
    init(
        parts: [JoinPart], sound: [SoundPiece], format: FilmFormat, preset: Preset, output: String,
        title: String? = nil
    ) {
        self.parts = parts
        self.sound = sound
        self.format = format
        self.preset = preset
        self.output = output
        self.title = title
    }
}
