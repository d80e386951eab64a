/// What a platform may ask of a file. The raw value is the key under `required` or `recommended` in its file.
///
/// # Lint
///
/// Whether a file suits the place it is sent to, requirement by requirement, and the command that mends it.
///
/// * `Platform`: what one place asks for, read from `presets/platforms/NAME.yaml`. Data: platforms change their
///   minds, and people have platforms of their own.
/// * `Lint`: holds a probe's report against it. A pure function: nothing is opened here but to measure loudness.
/// * `LintReport`: what came of it, for programs and for people, with the `reel transcode` line that mends what a
///   command can mend.
public enum Requirement: String, Sendable, Codable, CaseIterable {
    case containers, videoCodecs, profiles, pixelFormats
    case minimumRate, maximumRate, constantRate
    case minimumSide, maximumWidth, maximumHeight, narrowest, widest, evenSize, squarePixels, progressive
    case closedGroups, longestGroup, maximumBitRate
    case colourTags, standardRange
    case sound, audioCodecs, maximumSampleRate, maximumChannels, equalLengths, loudness
    case indexFirst, noEditLists, startsAtZero
    case shortest, longest, maximumSize

    /// What the key's value is.
    enum Kind {
        /// Words with spaces between them, any of which is good.
        case words
        /// A number above 0, or of LUFS.
        case number
        /// `true`.
        case flag
    }

    var kind: Kind {
        switch self {
        case .containers, .videoCodecs, .profiles, .pixelFormats, .audioCodecs: .words
        case .constantRate, .evenSize, .squarePixels, .progressive, .closedGroups, .colourTags,
            .standardRange,
            .sound, .equalLengths, .indexFirst, .noEditLists, .startsAtZero:
            .flag
        case .minimumRate, .maximumRate, .minimumSide, .maximumWidth, .maximumHeight, .narrowest, .widest,
            .longestGroup, .maximumBitRate, .maximumSampleRate, .maximumChannels, .loudness, .shortest,
            .longest,
            .maximumSize:
            .number
        }
    }

    /// Whether it is about the pictures themselves.
    var isOfPicture: Bool {
        switch self {
        case .videoCodecs, .profiles, .pixelFormats, .minimumRate, .maximumRate, .constantRate, .minimumSide,
            .maximumWidth, .maximumHeight, .narrowest, .widest, .evenSize, .squarePixels, .progressive,
            .closedGroups,
            .longestGroup, .colourTags, .standardRange:
            true
        default: false
        }
    }

    /// Its name for people.
    public var title: String {
        switch self {
        case .containers: "container"
        case .videoCodecs: "video codec"
        case .profiles: "H.264 profile"
        case .pixelFormats: "pixel format"
        case .minimumRate: "frame rate, at least"
        case .maximumRate: "frame rate, at most"
        case .constantRate: "constant frame rate"
        case .minimumSide: "smaller side"
        case .maximumWidth: "width"
        case .maximumHeight: "height"
        case .narrowest: "aspect ratio, at least"
        case .widest: "aspect ratio, at most"
        case .evenSize: "even width and height"
        case .squarePixels: "square pixels"
        case .progressive: "progressive"
        case .closedGroups: "closed GOPs"
        case .longestGroup: "keyframe distance"
        case .maximumBitRate: "bit rate"
        case .colourTags: "colour tags"
        case .standardRange: "standard dynamic range"
        case .sound: "sound"
        case .audioCodecs: "audio codec"
        case .maximumSampleRate: "sample rate"
        case .maximumChannels: "audio channels"
        case .equalLengths: "sound as long as picture"
        case .loudness: "loudness"
        case .indexFirst: "moov first"
        case .noEditLists: "no edit lists"
        case .startsAtZero: "start at zero"
        case .shortest: "duration, at least"
        case .longest: "duration, at most"
        case .maximumSize: "file size"
        }
    }
}
