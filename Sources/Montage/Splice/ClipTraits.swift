package import Media

/// What the planner of joins must know of a clip. A value without the clip: read by `ClipTraits.read`.
package struct ClipTraits: Sendable {
    /// The file.
    package var path: String
    /// FFmpeg's name of the pictures' codec.
    package var codec: String
    /// Coded width.
    package var width: Int
    /// Coded height.
    package var height: Int
    /// Width to height of a pixel; 1/1 where nothing is said.
    package var pixelAspect = Rational(1, 1)
    /// FFmpeg's name of the layout of samples.
    package var pixelFormat: String
    /// What is said about colour.
    package var colour = ColourTags.unknown
    /// Clockwise degrees that players turn it, and whether they mirror it.
    package var rotation = 0
    package var isMirrored = false
    /// Frames a second, constant unless `faults` says otherwise.
    package var rate: Rational
    /// Pictures shown.
    package var frames: Int
    /// How many packets decoding runs ahead of presentation, at most.
    package var delay = 0
    /// The profile's name, where the codec has profiles.
    package var profile: String?
    /// H.264's parameter sets; nil for other codecs.
    package var sets: ParameterSets?
    /// The codec's header bytes.
    package var header: [UInt8] = []
    /// How many pictures an H.264 decoder keeps to refer to.
    package var references = 0
    /// How many pictures an H.264 decoder is told to hold back; nil where its header says nothing.
    package var reordering: Int?
    /// Why its packets cannot be moved into a film, whatever the film is.
    package var faults: [String] = []
    /// Why a part of it cannot be decoded and encoded again beside the rest.
    package var tailFaults: [String] = []
    /// The lengths at which it can be cut without encoding anything: after so many packets exactly so many
    /// frames, the first ones, are complete. Ascending; only the last few, and always its whole length.
    package var cuts: [Int]
    /// The frames at which decoding can start near the end, with their ticks; ascending.
    package var entries: [Entry] = []
    /// The same near the beginning. From such a frame on packets are frames, as many of either.
    package var starts: [Entry] = []
    /// How its sound is coded; nil without sound.
    package var sound: SoundTraits?

    /// One picture from which all that follow can be decoded.
    package struct Entry: Sendable, Equatable {
        package var frame: Int
        package var ticks: Int64

        package init(frame: Int, ticks: Int64) {
            self.frame = frame
            self.ticks = ticks
        }
    }

    /// How its pictures are coded; nil for clips made up in tests.
    package var parameters: CodecParameters?

    /// Makes the traits of a plain clip, to be changed where it is not plain.
    package init(
        path: String, codec: String = "h264", width: Int = 1280, height: Int = 720,
        pixelFormat: String = "yuv420p", rate: Rational = Rational(24, 1), frames: Int, cuts: [Int]? = nil
    ) {
        self.path = path
        self.codec = codec
        self.width = width
        self.height = height
        self.pixelFormat = pixelFormat
        self.rate = rate
        self.frames = frames
        self.cuts = cuts ?? [frames]
    }

    /// In what its pictures differ from another clip's, so that no stream can hold both; nil if in nothing.
    /// Parameter sets are compared elsewhere: they can stand side by side.
    package func difference(from other: ClipTraits) -> String? {
        if codec != other.codec { return "its pictures are \(codec), not \(other.codec)" }
        if (width, height) != (other.width, other.height) {
            return "its size is \(width)x\(height), not \(other.width)x\(other.height)"
        }
        if pixelAspect != other.pixelAspect {
            return "its pixels are \(pixelAspect.num):\(pixelAspect.den), not "
                + "\(other.pixelAspect.num):\(other.pixelAspect.den)"
        }
        if pixelFormat != other.pixelFormat {
            return "its pixel format is \(pixelFormat), not \(other.pixelFormat)"
        }
        if colour != other.colour {
            return "its colour is \(colour.words), not \(other.colour.words)"
        }
        if rate != other.rate {
            return "its rate is \(rate.words), not \(other.rate.words) frames a second"
        }
        if profile != other.profile {
            return "its profile is \(profile ?? "unknown"), not \(other.profile ?? "unknown")"
        }
        if sets == nil, header != other.header { return "its codec header differs" }
        return nil
    }
}

extension ColourTags {
    fileprivate var words: String { "\(matrix)/\(primaries)/\(transfer)/\(range)" }
}

extension Rational {
    /// "24" or "24000/1001".
    var words: String { den == 1 ? "\(num)" : "\(num)/\(den)" }
}
