/// One run of frames of one clip, to be encoded for one or more deliveries.
public struct SegmentJob: Sendable, Codable, Equatable {
    /// The clip.
    public var source: String
    /// Which of the clip's frames, counted from 0 in order of presentation at the film's rate; nil for all.
    /// For a clip of the film's own rate these are the clip's own frames.
    public var frames: Range<Int>?
    /// What all segments of the film are brought to.
    public var format: FilmFormat
    /// For copied segments: a clip with whose pictures they must go; they are then encoded like it.
    public var fitting: String?
    /// What brings the colours of the first frames to those of the clip before; nil leaves them. Frames are counted
    /// from the first one rendered.
    public var match: ColourMatch?
    /// The files to make.
    public var outputs: [SegmentOutput]

    /// Makes a job.
    public init(
        source: String, frames: Range<Int>? = nil, format: FilmFormat, match: ColourMatch? = nil,
        outputs: [SegmentOutput]
    ) {
        self.source = source
        self.frames = frames
        self.format = format
        self.match = match
        self.outputs = outputs
    }
}

/// One file of a segment job.
public struct SegmentOutput: Sendable, Codable, Equatable {
    /// The delivery it is for.
    public var preset: Preset
    /// Where it will stand. The extension is of no account: H.264, VP9 and AV1 go into MP4, ProRes into
    /// MOV, since these keep every time stamp exactly.
    public var path: String

    /// Names a file.
    public init(preset: Preset, path: String) {
        self.preset = preset
        self.path = path
    }
}

/// One finished segment.
public struct SegmentReport: Sendable, Codable, Equatable {
    /// Where it stands.
    public var path: String
    /// The preset's name.
    public var preset: String
    /// Frames in it.
    public var frames: Int
    /// FFmpeg's name of the codec.
    public var codec: String
    /// Bytes.
    public var byteCount: Int64
    /// SHA-256 of the file, 64 hex digits.
    public var sha256: String
    /// What was odd about the source, in words.
    public var findings: [String]
    /// Frames whose coded data is the source clip's own; nil for what was encoded.
    public var bitExactFrames: Int?
}
