import Media

/// Samples in waiting: planar 32-bit floats, added at the back and taken from the front.
///
/// Everything inside Reel's sound path has this form; 24 bits of mantissa hold 16- and 24-bit sound exactly.
struct SampleStore {
    private var channels: [[Float]]
    /// Where the front is; the storage moves down once in a while, not at every take.
    private var head = 0

    init(channelCount: Int) { channels = Array(repeating: [], count: max(1, channelCount)) }

    var channelCount: Int { channels.count }

    /// Samples of each channel in waiting.
    var count: Int { channels[0].count - head }

    /// Adds all samples of a planar float frame.
    mutating func append(_ frame: borrowing Frame) {
        for channel in channels.indices {
            // A frame with fewer channels than expected repeats its last one.
            let from = min(channel, max(0, frame.channelCount - 1))
            frame.withSamples(from, as: Float.self) { channels[channel].append(contentsOf: $0) }
        }
    }

    mutating func append(_ other: [[Float]]) {
        for channel in channels.indices { channels[channel].append(contentsOf: other[channel]) }
    }

    mutating func appendSilence(_ count: Int) {
        guard count > 0 else { return }
        for channel in channels.indices {
            channels[channel].append(contentsOf: repeatElement(0, count: count))
        }
    }

    /// Takes up to `limit` samples from the front.
    mutating func take(_ limit: Int) -> [[Float]] {
        let count = max(0, min(limit, self.count))
        let taken = channels.map { Array($0[head..<head + count]) }
        drop(count)
        return taken
    }

    /// Of the last `count` samples forgets the first ones, up to `first`, and says how many.
    mutating func dropBack(_ count: Int, first: Int) -> Int {
        let dropped = max(0, min(first, count))
        for channel in channels.indices {
            let end = channels[channel].count
            channels[channel].removeSubrange(end - count..<end - count + dropped)
        }
        return dropped
    }

    /// Forgets up to `limit` samples at the front and says how many.
    @discardableResult
    mutating func drop(_ limit: Int) -> Int {
        let dropped = max(0, min(limit, count))
        head += dropped
        if head > 1 << 16 || head == channels[0].count {
            for channel in channels.indices { channels[channel].removeFirst(head) }
            head = 0
        }
        return dropped
    }
}

/// Fades over a run of planar samples, in place.
enum Fade {
    /// Multiplies sample `i` of the run, which is sample `start + i` of a fade of `length`, by a raised
    /// cosine from 0 to 1. Samples after the fade stay as they are.
    static func rise(_ samples: inout [[Float]], from start: Int, length: Int) {
        guard length > 0, start < length, let count = samples.first?.count else { return }
        for i in 0..<min(count, length - start) {
            let gain = Float(0.5 - 0.5 * cosine(Double(start + i) / Double(length)))
            for channel in samples.indices { samples[channel][i] *= gain }
        }
    }

    /// The mirror image: the run's last sample is the fade's last. `left` is how many samples of the fade's
    /// material come after this run.
    static func fall(_ samples: inout [[Float]], left: Int, length: Int) {
        guard length > 0, left < length, let count = samples.first?.count else { return }
        for back in 0..<min(count, length - left) {
            let gain = Float(0.5 - 0.5 * cosine(Double(left + back) / Double(length)))
            for channel in samples.indices { samples[channel][count - 1 - back] *= gain }
        }
    }
}
