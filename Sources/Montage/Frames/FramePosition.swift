/// Which frame of a clip is meant. Frames are counted and timed as they are presented.
public enum FramePosition: Sendable, Equatable {
    /// The first.
    case first
    /// The last that is presented: whatever the sound does, and whatever lies hidden behind it.
    case last
    /// The one of this number, from 0.
    case index(Int)
    /// The one that is on the screen this many seconds after the first appeared.
    case seconds(Double)
}

extension FramePosition: CustomStringConvertible {
    /// In words, for messages.
    public var description: String {
        switch self {
        case .first: "the first frame"
        case .last: "the last frame"
        case .index(let number): "frame \(number)"
        case .seconds(let time): "the frame at \(time) s"
        }
    }
}
