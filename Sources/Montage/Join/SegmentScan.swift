import Media

/// What a walk through the packets of all segments tells before the film is written.
struct SegmentScan {
    /// How the pictures are coded; the same in all segments.
    let parameters: CodecParameters
    /// Frames of each segment.
    let frames: [Int]
    /// How many frames decoding runs ahead of presentation, at most, in the whole film.
    let delay: Int

    var frameCount: Int { frames.reduce(0, +) }

    /// Reads the segments one after the other. Blocks.
    ///
    /// - Throws: `MontageError` with code `incompatible` for segments that cannot stand in one stream.
    init(_ paths: [String], rate: Rational, interrupt: Interrupt) throws {
        guard let first = paths.first else {
            throw MontageError(
                .invalidArgument, operation: "there are no segments to join", subject: "film",
                hint: "Give at least one segment.")
        }
        var common: CodecParameters?
        var frames: [Int] = []
        var delay = 0
        for path in paths {
            let segment = try SegmentPackets(path, rate: rate, interrupt: interrupt)
            if let common {
                try Self.compare(segment.stream.parameters, path, common, first)
            } else {
                common = segment.stream.parameters
            }
            let found = try Self.walk(segment, path)
            frames.append(found.frames)
            delay = max(delay, found.delay)
        }
        guard let common else {
            throw MontageError(.invalidArgument, operation: "there are no segments", subject: first)
        }
        parameters = common
        self.frames = frames
        self.delay = delay
    }

    private static func walk(_ segment: SegmentPackets, _ path: String) throws -> (frames: Int, delay: Int) {
        var delay = 0
        var places: Set<Int> = []
        var next = 0
        var count = 0
        let packet = try Packet()
        while let place = try segment.read(into: packet) {
            if count == 0, !packet.isKeyframe {
                throw fault(path, "does not begin with a keyframe")
            }
            guard place >= next, places.insert(place).inserted else {
                throw fault(path, "shows two pictures at frame \(place)")
            }
            while places.remove(next) != nil { next += 1 }
            delay = max(delay, count - place)
            count += 1
            packet.clear()
        }
        guard places.isEmpty else { throw fault(path, "has no picture for frame \(next)") }
        guard count > 0 else { throw fault(path, "has no pictures") }
        return (count, delay)
    }

    private static func compare(
        _ one: CodecParameters, _ path: String, _ other: CodecParameters, _ first: String
    ) throws {
        let difference: String? =
            if one.codecName != other.codecName {
                "its codec is \(one.codecName), that of \(first) is \(other.codecName)"
            } else if one.width != other.width || one.height != other.height {
                "its pictures are \(one.width)x\(one.height), those of \(first) "
                    + "\(other.width)x\(other.height)"
            } else if one.extradata != other.extradata {
                "its codec header differs from that of \(first)"
            } else {
                nil
            }
        if let difference { throw fault(path, difference) }
    }

    static func fault(_ path: String, _ what: String) -> MontageError {
        MontageError(
            .incompatible, operation: "the segment cannot be joined: \(what)", subject: path,
            hint: "Render all segments of a film with one preset, one format and one Reel.")
    }
}

/// The packets of one segment with the frame each of them shows.
final class SegmentPackets {
    let stream: StreamInfo
    private let demuxer: Demuxer
    private let path: String
    private let rate: Rational
    private let interrupt: Interrupt

    init(_ path: String, rate: Rational, interrupt: Interrupt) throws {
        let demuxer = try Demuxer(path: path, accept: .clips, analyse: .none, interrupt: interrupt)
        guard let index = demuxer.bestStream(.video) else {
            throw SegmentScan.fault(path, "it has no picture")
        }
        demuxer.keepOnly([index])
        stream = demuxer.streams[index]
        self.demuxer = demuxer
        self.path = path
        self.rate = rate
        self.interrupt = interrupt
    }

    /// Reads the next packet and says which frame of the segment it shows; nil at the end.
    func read(into packet: borrowing Packet) throws -> Int? {
        repeat {
            try interrupt.check()
            guard try demuxer.read(into: packet) else { return nil }
        } while packet.streamIndex != stream.index
        guard let pts = packet.pts else { throw SegmentScan.fault(path, "a packet has no time") }
        let place = rescale(pts, from: stream.timeBase, to: rate.inverse)
        guard rescale(place, from: rate.inverse, to: stream.timeBase) == pts, place >= 0 else {
            throw SegmentScan.fault(path, "a picture stands between two frames at \(rate) frames a second")
        }
        return Int(place)
    }
}
