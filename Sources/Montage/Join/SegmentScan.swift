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

    /// States what is known already.
    init(parameters: CodecParameters, frames: [Int], delay: Int) {
        self.parameters = parameters
        self.frames = frames
        self.delay = delay
    }

    /// Reads the parts one after the other. Blocks.
    ///
    /// - Throws: `MontageError` with code `incompatible` for parts that cannot stand in one stream.
    init(_ parts: [JoinPart], rate: Rational, interrupt: Interrupt) throws {
        guard let first = parts.first?.path else {
            throw MontageError(
                .invalidArgument, operation: "there are no segments to join", subject: "film",
                hint: "Give at least one segment.")
        }
        var common: CodecParameters?
        var sets: ParameterSets?
        var frames: [Int] = []
        var delay = 0
        for part in parts {
            let segment = try SegmentPackets(part, rate: rate, interrupt: interrupt)
            let own = segment.stream.parameters
            if let common {
                try Self.compare(own, part.path, common, first)
                sets = try Self.merge(own, part.path, common, sets, first)
            } else {
                common = own
                sets = ParameterSets(own)
            }
            let found = try Self.walk(segment, part.path)
            frames.append(found.frames)
            delay = max(delay, found.delay)
        }
        guard let common else {
            throw MontageError(.invalidArgument, operation: "there are no segments", subject: first)
        }
        parameters = try common.carrying(sets)
        self.frames = frames
        self.delay = delay
    }

    /// The header with the part's sets, where they differ from those before and no number means two things.
    private static func merge(
        _ own: CodecParameters, _ path: String, _ common: CodecParameters, _ sets: ParameterSets?,
        _ first: String
    ) throws -> ParameterSets? {
        if own.extradata == common.extradata { return sets }
        guard let sets, let mine = ParameterSets(own) else {
            throw fault(path, "its codec header differs from that of \(first)")
        }
        if let conflict = mine.conflict(with: sets) {
            throw fault(path, "its codec header differs from that of \(first): \(conflict)")
        }
        return sets.merged(with: mine)
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

extension CodecParameters {
    /// With these parameter sets as header; as it is where there are none or they are the same.
    func carrying(_ sets: ParameterSets?) throws -> CodecParameters {
        guard let sets, sets != ParameterSets(self) else { return self }
        return try replacing(extradata: sets.header, level: Int(sets.level))
    }
}

/// The packets of one part with the frame each of them shows.
final class SegmentPackets {
    let stream: StreamInfo
    private let demuxer: Demuxer
    private let path: String
    private let rate: Rational
    private let interrupt: Interrupt
    /// Packets still to come; nil for all.
    private var left: Int?
    private let isSource: Bool
    /// Ticks of the first picture. Segments begin at zero; clips begin where they like.
    private var origin: Int64?
    /// Packets before the one of this time are passed over.
    private var awaited: Int64?

    init(_ part: JoinPart, rate: Rational, interrupt: Interrupt) throws {
        path = part.path
        let demuxer =
            part.isSource
            ? try Opening.open(path, accept: .clips, for: .decoding, interrupt: interrupt)
            : try Demuxer(path: path, accept: .clips, analyse: .none, interrupt: interrupt)
        guard let index = demuxer.bestStream(.video) else {
            throw SegmentScan.fault(path, "it has no picture")
        }
        stream =
            part.isSource
            ? try Opening.pictureStream(of: demuxer, path: path) : demuxer.streams[index]
        demuxer.keepOnly([stream.index])
        self.demuxer = demuxer
        self.rate = rate
        self.interrupt = interrupt
        left = part.frames
        isSource = part.isSource
        origin = part.isSource ? part.startTicks : 0
        awaited = part.startTicks
        if let start = part.startTicks {
            // Some frames early: an index by times of decoding would lead behind it.
            let early = rescale(Int64(Self.earliest), from: rate.inverse, to: stream.timeBase)
            try self.demuxer.seek(
                stream: stream.index, ticks: max(start - early, stream.startTicks ?? .min))
        }
    }

    /// Frames by which decoding runs ahead of presentation, at the very most.
    private static let earliest = 17

    /// Reads the next packet and says which frame of the part it shows; nil at the end.
    func read(into packet: borrowing Packet) throws -> Int? {
        if left == 0 { return nil }
        repeat {
            try interrupt.check()
            guard try demuxer.read(into: packet) else { return nil }
            if let awaited, packet.streamIndex == stream.index {
                guard packet.pts == awaited else { continue }
                self.awaited = nil
            }
        } while awaited != nil || packet.streamIndex != stream.index || packet.byteCount == 0
        left = left.map { $0 - 1 }
        guard let pts = packet.pts else { throw SegmentScan.fault(path, "a packet has no time") }
        let ticks = pts - (origin ?? pts)
        origin = origin ?? pts
        let place = rescale(ticks, from: stream.timeBase, to: rate.inverse)
        // A clip was measured before it came here, with what its own clock rounds.
        let back = rescale(place, from: rate.inverse, to: stream.timeBase)
        guard isSource || back == ticks, place >= 0 else {
            throw SegmentScan.fault(path, "a picture stands between two frames at \(rate) frames a second")
        }
        return Int(place)
    }
}
