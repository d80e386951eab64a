public import Media

/// What is done to a film's sound beyond laying the clips' own: music under it, and a loudness for the whole.
///
/// The order is fixed: the bed of the clips, music under it, then one gain over both. So a loudness is that of
/// what is heard, and music keeps its distance from the clips' sound whatever the loudness.
public struct FilmSound: Sendable, Codable, Hashable {
    /// The loudness the film is brought to; nil leaves it as the clips and the music are.
    public var loudness: LoudnessTarget?
    /// Music under the clips' sound; nil for none.
    public var music: MusicUnder?

    /// Says what is done.
    public init(loudness: LoudnessTarget? = nil, music: MusicUnder? = nil) {
        self.loudness = loudness
        self.music = music
    }
}

/// A piece of music that lies under a film from its first picture on.
public struct MusicUnder: Sendable, Codable, Hashable {
    /// The file; any that has sound.
    public var file: String
    /// What the music is changed by, in dB, everywhere.
    public var gain: Double
    /// How it gives way to the clips' sound; nil: not at all.
    public var duck: Ducking?
    /// Seconds over which it comes at the film's beginning.
    public var fadeIn: Double
    /// Seconds over which it goes at the film's end.
    public var fadeOut: Double
    /// Whether it begins again when it ends before the film does.
    public var loop: Bool

    /// Names the music.
    public init(
        file: String, gain: Double = 0, duck: Ducking? = nil, fadeIn: Double = 0, fadeOut: Double = 0,
        loop: Bool = false
    ) {
        self.file = file
        self.gain = gain
        self.duck = duck
        self.fadeIn = fadeIn
        self.fadeOut = fadeOut
        self.loop = loop
    }

    /// Checks that there is sound in the file. Blocks for a moment.
    ///
    /// - Throws: `MontageError` with code `noAudio`; `MediaError` for what is no media file.
    public static func check(_ file: String, interrupt: Interrupt) throws {
        let demuxer = try Demuxer(path: file, accept: .media, analyse: .full, interrupt: interrupt)
        guard let index = demuxer.bestStream(.audio), demuxer.streams[index].parameters.sampleRate > 0 else {
            throw MontageError(
                .noAudio, operation: "has no sound", subject: file,
                hint: "Name a file with music in it: WAV, FLAC, MP3, M4A, Ogg.")
        }
    }
}

/// How music gives way to the clips' sound.
public struct Ducking: Sendable, Codable, Hashable {
    /// How much quieter it gets, in dB.
    public var by: Double
    /// Seconds in which it has gone most of the way down (63 %), once the clips are heard.
    public var attack: Double
    /// Seconds in which it has come most of the way back, once they are silent.
    public var release: Double

    /// Says how.
    public init(by: Double, attack: Double = 0.15, release: Double = 0.8) {
        self.by = by
        self.attack = attack
        self.release = release
    }
}
