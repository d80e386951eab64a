import Media

/// What the packets of a finished film tell, read once from the first to the last.
struct FilmWalk {
    private(set) var frames = 0
    private(set) var firstTicks: Int64?
    /// The digests of the runs of packets that the film was made of.
    private(set) var runs: [PayloadDigest?] = []
    /// Pictures that are on no grid place, or on one that is taken.
    private(set) var strays = 0
    /// Samples that a decoder presents; counted where the container does not declare them.
    private(set) var samples: Int64 = 0
    /// Seconds of the first presented sample.
    private(set) var soundStart: Double?

    /// Reads all packets. Grid places are ticked off in a window that slides, so that memory stays small. Blocks.
    init(
        _ path: String, picture: StreamInfo, sound: StreamInfo?, countsSound: Bool,
        _ expected: Prover.Expectation, interrupt: Interrupt
    ) throws {
        let demuxer = try Demuxer(path: path, accept: .clips, analyse: .none, interrupt: interrupt)
        demuxer.keepOnly(Set([picture.index] + (sound.map { [$0.index] } ?? [])))
        var ahead: Set<Int> = []
        var next = 0
        var digest = PayloadDigest()
        var left = expected.moved.first?.count ?? 0
        let packet = try Packet()
        let ear = try sound.map { try Ear($0, countsAll: countsSound) }
        while try demuxer.read(into: packet) {
            try interrupt.check()
            if packet.streamIndex == picture.index {
                frames += 1
                if left > 0 {
                    packet.withBytes { digest.add($0) }
                    left -= 1
                    if left == 0 {
                        runs.append(digest)
                        digest = PayloadDigest()
                        left =
                            runs.count < expected.moved.count
                            ? expected.moved[runs.count].count : 0
                    }
                }
                guard let pts = packet.pts else {
                    strays += 1
                    continue
                }
                firstTicks = min(firstTicks ?? pts, pts)
                let place = Int(rescale(pts, from: picture.timeBase, to: expected.rate.inverse))
                let back = rescale(Int64(place), from: expected.rate.inverse, to: picture.timeBase)
                if back != pts || place < next || !ahead.insert(place).inserted { strays += 1 }
                while ahead.remove(next) != nil { next += 1 }
            } else if packet.streamIndex == sound?.index {
                try ear?.hear(packet)
            }
            packet.clear()
        }
        strays += ahead.count
        try ear?.finish()
        samples = ear?.samples ?? 0
        soundStart = ear?.start
    }
}

/// Decodes sound to find where it starts and, if asked, how long it is.
private final class Ear {
    private(set) var samples: Int64 = 0
    private(set) var start: Double?
    private let decoder: Decoder
    private let frame: Frame
    private let timeBase: Rational
    private let countsAll: Bool

    init(_ stream: StreamInfo, countsAll: Bool) throws {
        let decoder = try Decoder(stream, threads: 1)
        let frame = try Frame()
        self.decoder = decoder
        self.frame = frame
        self.countsAll = countsAll
        timeBase = stream.timeBase
    }

    func hear(_ packet: borrowing Packet) throws {
        guard countsAll || start == nil else { return }
        try decoder.send(packet)
        try drain()
    }

    func finish() throws {
        guard countsAll || start == nil else { return }
        try decoder.sendEnd()
        try drain()
    }

    private func drain() throws {
        while case .got = try decoder.receive(into: frame) {
            if start == nil, let pts = frame.pts { start = Double(pts) * timeBase.value }
            samples += Int64(frame.sampleCount)
        }
    }
}
