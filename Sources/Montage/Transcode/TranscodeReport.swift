public import Media

/// One file that a transcode shall make.
public struct TranscodeOutput: Sendable {
    /// Where it will stand; replaced if it is there.
    public var path: String
    /// How it is made.
    public var preset: Preset

    /// Names an output.
    public init(path: String, preset: Preset) {
        self.path = path
        self.preset = preset
    }
}

/// What a transcode made.
public struct TranscodeReport: Sendable, Codable, Equatable {
    /// One finished file.
    public struct Output: Sendable, Codable, Equatable {
        /// Where it stands.
        public var path: String
        /// The preset's name.
        public var preset: String
        /// FFmpeg's name of the muxer.
        public var container: String
        /// Width in square pixels.
        public var width: Int
        /// Height in square pixels.
        public var height: Int
        /// Frames a second, constant.
        public var rate: Rational
        /// Frames written.
        public var frames: Int
        /// Samples of each channel; nil without sound.
        public var samples: Int64?
        /// FFmpeg's name of the picture codec.
        public var videoCodec: String
        /// FFmpeg's name of the sound codec.
        public var audioCodec: String?
        /// The colour it is tagged with.
        public var colour: ColourTags
        /// Bytes.
        public var byteCount: Int64
        /// The output whose encoded pictures it shares; nil if it has an encode of its own.
        public var sharedWith: String?
        /// What was moved as it is: "picture", "sound"; nil if nothing was.
        public var copied: [String]?
        /// Why a preset that would rather move streams had to encode, in words.
        public var encodedBecause: [String]?
        /// What was measured and done about loudness; nil if nothing was asked for.
        public var loudness: LoudnessReport?
    }

    /// The source.
    public var input: String
    /// The finished files, in the order asked for.
    public var outputs: [Output]
    /// The still picture, if one was asked for.
    public var poster: String?
    /// The small pictures, if any were asked for.
    public var thumbnails: ThumbnailReport?
    /// What was odd about the source, in words.
    public var findings: [String]
}
