public import Media

/// A film to be joined from finished segments and the clips' sound.
public struct JoinJob: Sendable, Codable {
    /// The segments of one preset, in the film's order, as `Segments.render` made them.
    public var segments: [String]
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
    /// Pictures whose coded data came unchanged from a source clip; for the report.
    public var bitExactFrames: Int?

    /// Makes a job.
    public init(
        segments: [String], sound: [SoundPiece], format: FilmFormat, preset: Preset, output: String,
        title: String? = nil, chapters: [Chapter]? = nil, bitExactFrames: Int? = nil, mix: FilmSound? = nil,
        manifest: String? = nil
    ) {
        self.segments = segments
        self.sound = sound
        self.format = format
        self.preset = preset
        self.output = output
        self.title = title
        self.chapters = chapters
        self.bitExactFrames = bitExactFrames
        self.mix = mix
        self.manifest = manifest
    }
}
