import Media

/// Decodes the first picture of a film, and from the last keyframe to the last picture.
enum EndCheck {
    /// Says what is wrong, or nil.
    static func run(_ path: String, picture: StreamInfo, frames: Int, interrupt: Interrupt) throws -> String?
    {
        if try lastTicks(path, picture: picture, from: nil, limit: 1, interrupt: interrupt) != 0 {
            return "the first picture does not decode to time 0"
        }
        let last = try lastTicks(path, picture: picture, from: .max, limit: nil, interrupt: interrupt)
        guard let last else { return "the last picture does not decode" }
        guard let rate = picture.averageRate ?? picture.nominalRate else { return nil }
        let place = rescale(last, from: picture.timeBase, to: rate.inverse)
        return place == frames - 1 ? nil : "the last picture decodes to place \(place) of \(frames - 1)"
    }

    private static func lastTicks(
        _ path: String, picture: StreamInfo, from: Int64?, limit: Int?, interrupt: Interrupt
    ) throws -> Int64? {
        let demuxer = try Demuxer(path: path, accept: .clips, analyse: .none, interrupt: interrupt)
        demuxer.keepOnly([picture.index])
        if let from {
            // A time in the clip and not Int64.max: Matroska's cues compare it in another unit.
            let end =
                picture.durationTicks
                ?? demuxer.container.durationMicroseconds.map {
                    rescale($0, from: Rational(1, 1_000_000), to: picture.timeBase)
                }
            try demuxer.seek(stream: picture.index, ticks: end ?? from)
        }
        let decoder = try Decoder(picture, threads: 1)
        let packet = try Packet()
        let frame = try Frame()
        var last: Int64?
        var count = 0
        func drain() throws {
            while case .got = try decoder.receive(into: frame) {
                if frame.isCorrupt { continue }
                last = max(last ?? .min, frame.pts ?? .min)
                count += 1
                if count == limit { return }
            }
        }
        while count < limit ?? .max {
            try interrupt.check()
            guard try demuxer.read(into: packet) else {
                try decoder.sendEnd()
                try drain()
                break
            }
            if packet.streamIndex == picture.index {
                try decoder.send(packet)
                try drain()
            }
            packet.clear()
        }
        return last
    }
}
