import Montage

/// How a shot joins to the one before it.
public enum ShotJoin: Sendable, Hashable {
    /// The shot begins on the frame that the one before ends on; that frame is shown once.
    case match
    /// Every frame of both is shown, and nothing is corrected.
    case cut
    /// So many frames at the end of the one lie over as many at the beginning of the other.
    case dissolve(frames: Int)
    /// So many frames, half of them of either shot, go into a colour and out of it.
    case fade(frames: Int, colour: FadeColour)

    /// What a fade goes through.
    public enum FadeColour: String, Sendable, Hashable, CaseIterable {
        /// Black.
        case black
        /// White.
        case white
    }

    /// The most frames that a dissolve or a fade may have.
    public static let longest = 240

    /// Frames at the end of the shot before that are made of both shots or of shot and colour.
    var tailFrames: Int {
        switch self {
        case .match, .cut: 0
        case .dissolve(let frames): frames
        case .fade(let frames, _): frames / 2
        }
    }

    /// The same at the beginning of this shot.
    var headFrames: Int {
        switch self {
        case .match, .cut: 0
        case .dissolve(let frames): frames
        case .fade(let frames, _): frames - frames / 2
        }
    }

    /// Frames of the film that the join takes.
    var filmFrames: Int {
        if case .dissolve(let frames) = self { return frames }
        return tailFrames + headFrames
    }

    /// How its frames are made; nil where there are none.
    var blend: Blend? {
        switch self {
        case .match, .cut: nil
        case .dissolve: .dissolve
        case .fade(_, .black): .throughBlack
        case .fade(_, .white): .throughWhite
        }
    }

    /// In one word and a number, for keys, reports and lists of edits.
    var document: JSONDocument {
        switch self {
        case .match: .string("match")
        case .cut: .string("cut")
        case .dissolve(let frames): .object(["dissolve": .int(Int64(frames))])
        case .fade(let frames, let colour):
            .object(["fade": .int(Int64(frames)), "colour": .string(colour.rawValue)])
        }
    }
}
