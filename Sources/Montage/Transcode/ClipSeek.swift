import Media

/// Where the decode of a part begins: at a keyframe before it, if that gives the pictures that a decode from the
/// clip's beginning gives.
///
/// Slots are counted from the clip's first picture, so that one is always decoded. Then the clip is sought, and
/// `SeekGate` watches what comes: it lets nothing out until the first picture of the part is there, and shuts for
/// good where anything is not as it should be. The clip is then read from its beginning, as if nothing had
/// happened. So an economy can be lost here, and never a picture.
enum ClipSeek {
    /// Whether container and codec are of the kind that can be sought exactly.
    static func isThinkable(in source: ClipSource) -> Bool {
        let container = source.demuxer.container
        return (container.isMP4 || container.isMatroska)
            && TrustedCodec.startsAtKeyframes(source.video.parameters.codecName)
    }

    /// Decodes the first picture and goes to a keyframe before the part; nil where that is not worth it, else a
    /// pass that knows the clip's first picture and waits for the next.
    ///
    /// - Parameter gate: Told where the part begins.
    static func start(
        _ source: ClipSource, _ pass: ClipPass, gate: SeekGate, claimedEnd: Int64?
    ) throws -> ClipPass? {
        let video = source.video
        let first = try Frame()
        guard try decodeFirst(source, into: first), let begin = first.pts, !first.isInterlaced else {
            return nil
        }
        let target = begin + rescale(Int64(gate.lowerBound), from: gate.rate.inverse, to: video.timeBase)
        // Jumps of the clock are mended where they lead beyond the claimed end; before it there are none.
        guard let claimedEnd, target <= claimedEnd, isInOrder(source) else { return nil }
        // Reordering makes a keyframe's decoding time earlier than its showing; and sound wants a lead-in.
        let rate = video.averageRate ?? gate.rate
        let frames = rescale(17, from: rate.inverse, to: video.timeBase)
        let lead = rescale(300, from: Rational(1, 1000), to: video.timeBase)
        let wanted = target - max(1, frames, lead)
        guard wanted > begin else { return nil }
        do {
            try source.demuxer.seek(stream: video.index, ticks: wanted)
        } catch {
            guard error.code != .cancelled else { throw error }
            return nil
        }
        source.decoder.flush()
        source.soundDecoder?.decoder.flush()
        var begun = pass
        try begun.resume(after: first)
        gate.expect(first: begin, target: target)
        return begun
    }

    /// Places in the file go up with the times, as far as an index tells: a clock that starts again in the middle
    /// would give one time to two pictures.
    private static func isInOrder(_ source: ClipSource) -> Bool {
        guard source.demuxer.container.isMatroska else { return true }
        var last: Int64 = -1
        var isInOrder = true
        source.demuxer.forEachIndexEntry(of: source.video.index) { entry in
            isInOrder = entry.position >= last
            last = entry.position
            return isInOrder
        }
        return isInOrder
    }

    private static func decodeFirst(_ source: ClipSource, into frame: borrowing Frame) throws -> Bool {
        let packet = try Packet()
        while try source.demuxer.read(into: packet) {
            guard packet.streamIndex == source.video.index, packet.byteCount > 0 else { continue }
            try source.decoder.send(packet)
            if case .got = try source.decoder.receive(into: frame) {
                return frame.width > 0 && !frame.isCorrupt
            }
        }
        return false
    }
}
