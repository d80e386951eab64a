package import Media

/// A part of a clip as the encoders get it, picture by picture. For tests: that a part which was sought is the part
/// that a decode from the beginning gives is not seen from outside.
package struct PartReading: Sendable, Equatable {
    /// The slots that each picture fills, from the part's first.
    package var slots: [Range<Int>] = []
    /// The bytes of each picture, without padding.
    package var pictures: [[UInt8]] = []
    /// The times of the sound from the part's first picture on, in its stream's ticks.
    package var sound: [Int64] = []
    /// The time of the part's first picture, in its stream's ticks.
    package var start: Int64 = 0

    /// Reads slots `range` at the clip's own rate. Blocks.
    ///
    /// - Parameter seeks: Whether the part may be sought.
    /// - Returns: The part, and whether it was sought.
    package static func read(
        _ path: String, range: Range<Int>, seeks: Bool, interrupt: Interrupt
    ) throws -> (part: PartReading, hasSought: Bool) {
        let reader = try ClipReader(path, range: range, wantsSound: true, seeks: seeks, interrupt: interrupt)
        var part = PartReading()
        var begin = 0.0
        var tick = 1.0
        try reader.run { event in
            switch event {
            case .begin(let clip):
                part.start = clip.startTicks
                begin = Double(clip.startTicks) * clip.timeBase.value
                tick = clip.sound?.timeBase.value ?? 1
            case .picture(let box, let slots):
                part.slots.append(slots)
                part.pictures.append(try box.frame.packedBytes())
            case .sound(let box):
                if let pts = box.frame.pts, Double(pts) * tick >= begin { part.sound.append(pts) }
            case .end: break
            }
        }
        return (part, reader.hasSought)
    }
}
