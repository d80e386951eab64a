import Media

/// Decodes a joined film where runs of packets meet, and all of it where that costs little.
///
/// A film of one encoder's segments needs no more than `EndCheck`: each was proved when it was made. Where packets
/// of source clips stand beside encoded ones, the decoder changes its parameter sets, and that is looked at. Segments
/// can hold such meetings inside: then the film's header has several sets, and all of it is decoded. The first frames of
/// every copied run that is looked at are compared with what its source decodes to.
enum SeamCheck {
    /// Pixels that are decoded without a second thought: some seconds of a small film.
    private static let cheap = 24_000_000
    /// Frames that are decoded after each meeting.
    private static let after = 3
    /// Meetings that are looked at where nothing changes for a decoder: clips of one coding, copied whole, each
    /// beginning with a keyframe, every packet compared with its source.
    private static let sampled = 4

    /// What is wrong; empty where nothing is, nil where the film has no such seams.
    static func run(
        _ path: String, picture: StreamInfo, runs: [Prover.MovedRun], delay: Int, interrupt: Interrupt
    ) throws -> [String]? {
        let hasOneSet = (ParameterSets(picture.parameters)?.sequence.count ?? 1) == 1
        let meetsInside = !runs.contains(where: \.isSource) && !hasOneSet
        guard meetsInside || runs.contains(where: \.isSource) else { return nil }
        let rate = (picture.averageRate ?? picture.nominalRate)
        guard let rate else { return ["the film states no rate"] }
        let frames = runs.reduce(0) { $0 + $1.count }
        let decoding = try SeamDecoding(
            path, picture: picture, rate: rate, delay: delay, interrupt: interrupt)
        var faults: [String] = []
        var start = 0
        if meetsInside || frames * picture.parameters.width * picture.parameters.height <= cheap {
            for run in runs {
                if run.isSource { decoding.watched.formUnion(start..<start + min(run.count, after)) }
                start += run.count
            }
            faults = try decoding.run(from: 0, count: frames)
            start = 0
            for run in runs {
                faults += try decoding.compare(run, at: start, count: min(run.count, after))
                start += run.count
            }
            return faults
        }
        let isUniform = hasOneSet && runs.allSatisfy(\.isSource)
        let step = isUniform ? max(1, runs.count / sampled) : 1
        for (place, run) in runs.enumerated() {
            // A copied clip after another part begins with a keyframe, and so does what was encoded.
            let count = run.isSource ? min(run.count, after) : run.count
            let next = place + 1 < runs.count ? min(runs[place + 1].count, after) : 0
            if place > 0, place % step == 0 || place == runs.count - 1 {
                if run.isSource { decoding.watched = Set(start..<start + count) }
                faults += try decoding.run(from: start, count: run.isSource ? count : count + next)
                faults += try decoding.compare(run, at: start, count: count)
            }
            start += run.count
            if faults.count > 8 { break }
        }
        return faults
    }
}

/// A decoder that is sent to frames of a film.
private final class SeamDecoding {
    private let demuxer: Demuxer
    private let decoder: Decoder
    private let picture: StreamInfo
    private let rate: Rational
    private let delay: Int
    private let interrupt: Interrupt
    private let packet: Packet
    private let frame: Frame
    /// Frames that will be compared, and their digests.
    var watched: Set<Int> = []
    private var digests: [Int: PayloadDigest] = [:]

    init(_ path: String, picture: StreamInfo, rate: Rational, delay: Int, interrupt: Interrupt) throws {
        demuxer = try Demuxer(path: path, accept: .clips, analyse: .none, interrupt: interrupt)
        demuxer.keepOnly([picture.index])
        decoder = try Decoder(picture, threads: 1)
        self.picture = picture
        self.rate = rate
        self.delay = delay
        self.interrupt = interrupt
        packet = try Packet()
        frame = try Frame()
    }

    /// Goes to the keyframe that is this frame and reads its packet; false where none was read.
    ///
    /// FFmpeg's index of an MP4 has times of presentation where there is an edit list, else times of decoding. By
    /// those a later keyframe may be decoded before this one is shown, and is found in its place; an earlier time
    /// where it was the other kind finds the keyframe before, and a whole group would be decoded for nothing.
    private func seek(to start: Int) throws -> Bool {
        for early in [0, delay] {
            try demuxer.seek(
                stream: picture.index,
                ticks: rescale(Int64(start - early), from: rate.inverse, to: picture.timeBase))
            packet.clear()
            let isRead = try demuxer.read(into: packet)
            let place =
                isRead ? packet.pts.map { rescale($0, from: picture.timeBase, to: rate.inverse) } : nil
            if early == delay || place.map({ $0 <= Int64(start) }) ?? false { return isRead }
        }
        return false
    }

    /// Decodes so many frames from one on, which must be a keyframe; says which are missing or damaged.
    func run(from start: Int, count: Int) throws -> [String] {
        let end = start + count
        var faults: [String] = []
        var next = start
        decoder.flush()
        var isRead = try seek(to: start)
        func drain() {
            while true {
                do throws(MediaError) {
                    guard case .got = try decoder.receive(into: frame) else { return }
                } catch {
                    faults.append("frame \(next): \(error.message)")
                    return
                }
                defer { frame.clear() }
                guard let pts = frame.pts else { continue }
                let place = Int(rescale(pts, from: picture.timeBase, to: rate.inverse))
                guard place >= start, next < end else { continue }
                if place != next { faults.append("frame \(place) comes where frame \(next) should") }
                if frame.isCorrupt { faults.append("frame \(place) is damaged") }
                if watched.contains(place) { digests[place] = frame.payloadDigest }
                next = place + 1
            }
        }
        while next < end, faults.count < 4 {
            try interrupt.check()
            let isThere = try isRead || demuxer.read(into: packet)
            isRead = false
            guard isThere else {
                try decoder.sendEnd()
                drain()
                break
            }
            defer { packet.clear() }
            guard packet.streamIndex == picture.index else { continue }
            do throws(MediaError) {
                while try !decoder.send(packet) { drain() }
            } catch {
                faults.append("frame \(next): \(error.message)")
            }
            drain()
        }
        if next < end, faults.isEmpty { faults.append("frame \(next) does not decode") }
        return faults
    }

    /// Says which of the first frames of a copied run, which have been decoded, are not what its source decodes to.
    func compare(_ run: Prover.MovedRun, at start: Int, count: Int) throws -> [String] {
        guard run.isSource, count > 0 else { return [] }
        let wanted = try SourceFrames.digests(run.part, rate: rate, count: count, interrupt: interrupt)
        return (0..<count).compactMap { place in
            guard let found = digests[start + place], place < wanted.count else { return nil }
            return found == wanted[place] ? nil : "frame \(start + place) is not its source's"
        }
    }
}

/// The first frames of a run of packets, decoded where it came from.
private enum SourceFrames {
    static func digests(
        _ part: JoinPart, rate: Rational, count: Int, interrupt: Interrupt
    ) throws -> [PayloadDigest] {
        let segment = try SegmentPackets(part, rate: rate, interrupt: interrupt)
        let decoder = try Decoder(segment.stream, threads: 1)
        let packet = try Packet()
        let frame = try Frame()
        var found: [PayloadDigest] = []
        func drain() throws {
            while case .got = try decoder.receive(into: frame) {
                defer { frame.clear() }
                if found.count < count { found.append(frame.payloadDigest) }
            }
        }
        while found.count < count, try segment.read(into: packet) != nil {
            defer { packet.clear() }
            while try !decoder.send(packet) { try drain() }
            try drain()
        }
        if found.count < count {
            try decoder.sendEnd()
            try drain()
        }
        return found
    }
}

extension Frame {
    /// Of the samples that are shown, without what stands between lines.
    fileprivate var payloadDigest: PayloadDigest {
        var digest = PayloadDigest()
        let (format, depth) = (pixelFormat, pixelFormat.bitDepth > 8 ? 2 : 1)
        for plane in 0..<planeCount {
            let isChroma = plane == 1 || plane == 2
            let columns =
                isChroma ? (width + (1 << format.log2ChromaWidth) - 1) >> format.log2ChromaWidth : width
            let rows =
                isChroma ? (height + (1 << format.log2ChromaHeight) - 1) >> format.log2ChromaHeight : height
            withPlane(plane) { bytes, stride in
                for row in 0..<rows where (row + 1) * stride <= bytes.count {
                    let line = row * stride
                    digest.add(
                        UnsafeRawBufferPointer(rebasing: bytes[line..<line + min(stride, columns * depth)]))
                }
            }
        }
        return digest
    }
}
