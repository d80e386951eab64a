/// How the pictures of a stream hang together: where decoding can start, and what refers to what.
public struct GOPReport: Sendable, Codable, Equatable {
    /// How many keyframes there are.
    public var keyframes: Int
    /// Frames from one keyframe to the next, the fewest; the last group counts to the end of the stream.
    public var shortest: Int
    /// Frames from one keyframe to the next, the most.
    public var longest: Int
    /// Frames from one keyframe to the next, on average.
    public var mean: Double
    /// The longest time from one keyframe to the next, in seconds.
    public var longestSeconds: Double?
    /// Whether pictures are stored in another order than they are shown.
    public var hasBFrames: Bool
    /// Whether no picture needs one from before its group's keyframe; nil where the packets were not read.
    public var isClosed: Bool?
    /// Whether it was read from the packets themselves; else it is what the index says.
    public var isExact: Bool
}

/// The packets of one stream, all of them read.
public struct PacketReport: Sendable, Codable, Equatable {
    /// The stream's number in the container.
    public var stream: Int
    /// How many.
    public var count: Int
    /// Bytes of all.
    public var byteCount: Int64
    /// Bytes of the smallest.
    public var smallest: Int
    /// Bytes of the largest.
    public var largest: Int
    /// Bits in the busiest second, counted from the first packet on.
    public var peakBitRate: Int64?
}
