import Media

extension FrameWalk {
    /// The times of all presented frames in the order of showing, read from the packets without decoding; nil
    /// where packets do not tell. Leaves the walk at the end of the file. Blocks.
    func presentationTimes() throws -> [Int64]? {
        let container = demuxer.container
        guard container.isMP4 || container.isMatroska,
            TrustedCodec.hasOneFramePerPacket(stream.parameters.codecName)
        else { return nil }
        let packet = try Packet()
        var times: [Int64] = []
        var isFirst = true
        var start: Int64 = 0
        while try demuxer.read(into: packet) {
            guard packet.streamIndex == stream.index, packet.byteCount > 0 else { continue }
            guard let pts = packet.pts, !packet.isCorrupt else { return nil }
            if isFirst {
                guard packet.isKeyframe else { return nil }
                (isFirst, start) = (false, pts)
            }
            // Frames shown before the first keyframe cannot be decoded; the count would be a guess.
            if pts < start { return nil }
            if !packet.isDiscarded { times.append(pts) }
        }
        times.sort()
        return zip(times, times.dropFirst()).allSatisfy({ $0 < $1 }) ? times : nil
    }
}
