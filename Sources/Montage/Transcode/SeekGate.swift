import Media

/// Watches a decode that began in the middle of a clip, and holds back what comes until it is sure.
///
/// It is sure when the part's first picture is there, and: the place that was found is a keyframe by the codec's
/// own word, shown after the clip's first picture and no later than the part begins; its picture came out, as a
/// keyframe, before any later one; nothing was damaged; and the sound began early enough to be in swing. Pictures
/// that are shown before the keyframe may need what lies in front of it and are left out.
final class SeekGate {
    /// What came is not what a decode from the beginning would give.
    struct Doubt: Error {}

    /// Seconds that a sound decoder needs until nothing before is heard any more; Opus asks for 80 ms.
    private static let soundLead = 0.1
    /// Seconds of sound before the part that are kept.
    private static let soundKept = 0.5

    let rate: Rational
    let lowerBound: Int
    private let source: ClipSource
    private var first: Int64 = 0
    private var target: Int64 = 0
    private var keyframe: Int64?
    private var hasKeyframe = false
    private var firstSound: Int64?
    private var held: [ClipEvent] = []
    /// Damaged packets that the pass has counted.
    var damaged = 0
    /// Whether something has been let through.
    private(set) var isOpen = false

    init(range: Range<Int>, source: ClipSource, rate: Rational) {
        lowerBound = range.lowerBound
        self.source = source
        self.rate = rate
    }

    /// - Parameters:
    ///   - first: The time of the clip's first picture.
    ///   - target: The time at which the part begins.
    func expect(first: Int64, target: Int64) { (self.first, self.target) = (first, target) }

    /// Whether this packet is to be decoded.
    func admits(_ packet: borrowing Packet) throws -> Bool {
        guard !isOpen else { return true }
        guard packet.streamIndex == source.video.index else {
            if firstSound == nil { firstSound = packet.pts }
            return true
        }
        guard keyframe == nil else { return true }
        guard packet.isKeyframe, packet.byteCount > 0 else { return false }
        guard let pts = packet.pts, pts > first, pts <= target, !packet.isCorrupt, startsAfresh(packet) else {
            throw Doubt()
        }
        keyframe = pts
        return true
    }

    /// Whether this picture counts.
    func admits(_ frame: borrowing Frame) throws -> Bool {
        guard !hasKeyframe || !isOpen else { return true }
        guard let keyframe, let pts = frame.pts else { throw Doubt() }
        if pts < keyframe { return false }
        if !hasKeyframe {
            guard pts == keyframe, frame.isKeyframe, !frame.isCorrupt else { throw Doubt() }
            hasKeyframe = true
        }
        return true
    }

    /// Hands an event on, or keeps it until the first picture of the part is there.
    func pass(_ event: ClipEvent, to emit: (ClipEvent) throws -> Void) throws {
        if isOpen { return try emit(event) }
        switch event {
        case .begin: held.append(event)
        case .sound(let box):
            if let audio = source.audio, let pts = box.frame.pts,
                Double(pts) * audio.timeBase.value < begin - Self.soundKept
            {
                return
            }
            held.append(event)
        case .picture, .end:
            guard hasKeyframe, damaged == 0, isSoundInSwing else { throw Doubt() }
            isOpen = true
            for event in held { try emit(event) }
            held = []
            try emit(event)
        }
    }

    /// Seconds at which the part begins, by the clip's own clock.
    private var begin: Double { Double(target) * source.video.timeBase.value }

    private var isSoundInSwing: Bool {
        guard let audio = source.audio else { return true }
        let tick = audio.timeBase.value
        if let firstSound {
            return firstSound == audio.startTicks || Double(firstSound) * tick <= begin - Self.soundLead
        }
        // None came: either it is over by now, or it has not begun.
        guard let start = audio.startTicks, let length = audio.durationTicks else { return false }
        return Double(start + length) * tick < begin
    }

    /// H.264 marks as keyframes also pictures from which the decoder only recovers; FFmpeg's drops some frames then.
    private func startsAfresh(_ packet: borrowing Packet) -> Bool {
        let coded = source.video.parameters
        guard coded.codecName == "h264" else { return true }
        guard let sets = ParameterSets(avcC: coded.extradata) else { return false }
        var isIDR = false
        let isWhole = packet.withBytes { bytes in
            NALUnits.walk(bytes, lengthSize: sets.lengthSize) { if $0[0] & 31 == 5 { isIDR = true } }
        }
        return isWhole && isIDR
    }
}
