import Media

/// The decoded sound of one piece, read as far as it is asked for. Position 0 is the piece's first picture.
final class PieceSound {
    private let demuxer: Demuxer
    private let decoder: Decoder
    private let stream: StreamInfo
    private let placer: SoundPlacer
    private let packet: Packet
    private let frame: Frame
    private var isRead = false
    /// Samples before the piece's first picture, still to be dropped.
    private var lead: Int64

    /// Opens the sound of a clip; nil if it has none.
    static func open(
        _ piece: SoundPiece, grid: SampleGrid, layout: ChannelLayout, accept: DemuxerSet = .clips,
        interrupt: Interrupt
    ) throws -> PieceSound? {
        guard let path = piece.source else { return nil }
        let demuxer = try Demuxer(path: path, accept: accept, analyse: .full, interrupt: interrupt)
        guard let index = demuxer.bestStream(.audio), demuxer.streams[index].parameters.sampleRate > 0 else {
            return nil
        }
        let audio = demuxer.streams[index]
        let picture = demuxer.bestStream(.video).map { demuxer.streams[$0] }
        let base = picture?.timeBase ?? audio.timeBase
        let origin = rescale(picture?.startTicks ?? audio.startTicks ?? 0, from: base, to: audio.timeBase)
        demuxer.keepOnly([index])
        return try PieceSound(
            demuxer, stream: audio,
            placer: SoundPlacer(
                sampleRate: grid.sampleRate, layout: layout, timeBase: audio.timeBase, origin: origin),
            lead: grid.samples(upTo: piece.frames.lowerBound))
    }

    private init(_ demuxer: consuming Demuxer, stream: StreamInfo, placer: SoundPlacer, lead: Int64) throws {
        self.demuxer = demuxer
        self.stream = stream
        self.placer = placer
        self.lead = lead
        decoder = try Decoder(stream, threads: 1)
        packet = try Packet()
        frame = try Frame()
    }

    /// Decodes until `count` samples wait or the sound is at its end; says how many wait, `count` at most.
    func prepare(_ count: Int) throws -> Int {
        while !isRead {
            lead -= Int64(placer.store.drop(Int(clamping: lead)))
            if lead == 0, placer.store.count >= count { break }
            try readOne()
        }
        lead -= Int64(placer.store.drop(Int(clamping: lead)))
        return lead > 0 ? 0 : min(count, placer.store.count)
    }

    /// Takes up to `count` samples; fewer only at the end of the sound.
    func take(_ count: Int) throws -> [[Float]] { placer.store.take(try prepare(count)) }

    private func readOne() throws {
        var hasPacket = false
        do { hasPacket = try demuxer.read(into: packet) } catch {
            // A clip that is cut short keeps the sound it has.
            if error.code == .cancelled || error.code == .outOfMemory { throw error }
        }
        // Packets of other streams that the analysis had read before come all the same.
        if hasPacket, packet.streamIndex != stream.index { return packet.clear() }
        do {
            if hasPacket { try decoder.send(packet) } else { try decoder.sendEnd() }
        } catch {
            guard error.code == .decodeFailed else { throw error }
        }
        packet.clear()
        receiving: while true {
            do {
                guard case .got = try decoder.receive(into: frame) else { break receiving }
            } catch {
                guard error.code == .decodeFailed else { throw error }
                break receiving
            }
            try placer.accept(frame)
            frame.clear()
        }
        if !hasPacket {
            try placer.flush()
            isRead = true
        }
    }
}
