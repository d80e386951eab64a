import Media

/// What one output of a pass shall be.
struct DeliveryOrder: Sendable {
    /// Where to write.
    var path: String
    var container: String
    var muxerOptions: [String: String]
    var editLists = true
    var video: VideoPreset
    /// Nil for no sound stream.
    var audio: AudioPreset?
    /// Nil takes the first clip's size.
    var size: PictureBox?
    /// The clip's constant rate; the output's is lower where the preset sets a bound.
    var rate: Rational
    /// The colour that must come out where the preset demands none; nil keeps the first clip's.
    var colour: ColourTags?
    /// 0 for the number that suits the encoder and never shows in its bytes.
    var threads: Int
    var title: String?
    /// Tags of the file, tags of its streams, chapters.
    var carried = CarriedTags()
    /// What the sound is multiplied with.
    var gain: Float = 1
    var fades = Fades()

    struct PictureBox: Sendable, Equatable {
        var width: Int
        var height: Int
        var fit = PictureFit.pad
        var upscales = true
    }

    /// Fades over the whole of what is made, in the clip's slots.
    struct Fades: Sendable, Equatable {
        var inSlots = 0
        var outSlots = 0
        /// Slots in all; needed where something fades out.
        var total: Int?
    }

    /// Every how many slots a picture is taken: 60 a second at most 15 are every fourth.
    var stride: Int {
        guard let most = video.maxRate, rate.value > most * 1.0001 else { return 1 }
        return max(1, Int((rate.value / most - 0.0001).rounded(.up)))
    }

    /// Frames a second of the output.
    var pictureRate: Rational { stride == 1 ? rate : Rational(rate.num, rate.den * stride) }

    /// The box with the preset's bounds: what is larger than they are is made smaller.
    var box: PictureBox? {
        guard video.maxWidth != nil || video.maxHeight != nil else { return size }
        let bound = (video.maxWidth ?? 16384, video.maxHeight ?? 16384)
        if let size, size.width <= bound.0, size.height <= bound.1 { return size }
        return PictureBox(width: bound.0 & ~1, height: bound.1 & ~1, fit: .inside, upscales: false)
    }

    /// Whether one encoder's pictures serve both. How they are muxed does not matter.
    func sharesPictures(with other: DeliveryOrder) -> Bool {
        var (mine, theirs) = (video, other.video)
        (mine.mode, theirs.mode) = (nil, nil)
        (mine.tag, theirs.tag) = (nil, nil)
        return mine == theirs && size == other.size && rate == other.rate && colour == other.colour
            && threads == other.threads && fades == other.fades
    }

    /// Whether one encoder's sound serves both.
    func sharesSound(with other: DeliveryOrder) -> Bool {
        guard var mine = audio, var theirs = other.audio else { return false }
        (mine.mode, theirs.mode) = (nil, nil)
        (mine.loudness, theirs.loudness) = (nil, nil)
        return mine == theirs && gain == other.gain
    }
}

/// What a delivery takes along from its source beside picture and sound.
struct CarriedTags: Sendable, Equatable {
    var file: [String: String] = [:]
    var picture: [String: String] = [:]
    var sound: [String: String] = [:]
    var chapters: [Chapter] = []
}
