/// The frames of a film that are made of two clips, to be encoded for one or more deliveries: where one
/// dissolves into the next, or both fade through a colour.
///
/// Only these frames are made of both. What comes before and after are segments of one clip each, so they
/// stay as they are when the join changes.
public struct BlendJob: Sendable, Codable, Equatable {
    /// One side of the join.
    public struct Side: Sendable, Codable, Equatable {
        /// The clip.
        public var source: String
        /// Which of its frames, counted from 0 in order of presentation at the film's rate. Empty only in a
        /// fade.
        public var frames: Range<Int>

        /// Names a side.
        public init(source: String, frames: Range<Int>) {
            self.source = source
            self.frames = frames
        }
    }

    /// The end of the first clip.
    public var before: Side
    /// The beginning of the second.
    public var after: Side
    /// What happens between them.
    public var blend: Blend
    /// What all segments of the film are brought to.
    public var format: FilmFormat
    /// The files to make.
    public var outputs: [SegmentOutput]

    /// Makes a job.
    public init(before: Side, after: Side, blend: Blend, format: FilmFormat, outputs: [SegmentOutput]) {
        self.before = before
        self.after = after
        self.blend = blend
        self.format = format
        self.outputs = outputs
    }

    /// Frames that come out: a dissolve lays both sides over each other, a fade puts one after the other.
    public var frameCount: Int {
        blend == .dissolve ? before.frames.count : before.frames.count + after.frames.count
    }
}

/// How two clips are blended.
public enum Blend: String, Sendable, Codable, Hashable {
    /// Each frame is a mean of one frame of either clip; the second one's weight grows.
    case dissolve
    /// The first clip goes into black, the second comes out of it.
    case throughBlack
    /// The same with white.
    case throughWhite
}
