import Media

/// What one pass over a clip hands to those who make something of it, in this order: one `begin`, then
/// pictures and sound as they come, then one `end`.
enum ClipEvent: Sendable {
    case begin(ClipStart)
    /// A picture and the slots of the clip's constant rate that it fills, at least one.
    case picture(FrameBox, Range<Int>)
    /// Some decoded sound, its PTS in the sound stream's ticks.
    case sound(FrameBox)
    /// How many slots the clip has.
    case end(ClipEnd)

    /// What a queue holds with it. Planes that several queues hold are in memory once.
    var byteCount: Int {
        switch self {
        case .picture(let box, _), .sound(let box): box.frame.byteCount
        case .begin, .end: 0
        }
    }
}

/// What is known of a clip once its first picture is decoded.
struct ClipStart: Sendable {
    /// The picture as decoded; its rate is the constant one chosen for the clip.
    var picture: PicturePlan.Source
    /// Ticks of the picture stream and the time of the first picture in them.
    var timeBase: Rational
    var startTicks: Int64
    /// Nil for a clip without sound.
    var sound: Sound?

    struct Sound: Sendable {
        var timeBase: Rational
    }

    /// Whether another clip comes before and after, at a plain cut.
    var isCutBefore = false
    var isCutAfter = false
    /// What is done to the colours of its first pictures; nil for nothing.
    var match: ColourMatch?
}

/// How a clip ended.
struct ClipEnd: Sendable {
    var frames: Int
    /// What was odd, in words for a report.
    var findings: [String] = []
}
