import Media

/// One picture stream of a file, decoded frame after frame, the way a patient player would.
///
/// Damage does not end the walk: a packet that cannot be decoded is counted and passed over, a file that
/// breaks off ends where it breaks off, and what the decoder still holds comes out. Only an interrupt throws
/// once the file is open. A class because it is handed around while it moves; one thread at a time.
final class FrameWalk {
    /// What went wrong on the way, in the order it went wrong.
    private(set) var faults: [MediaError] = []
    /// Frames that the decoder itself calls damaged.
    private(set) var corruptFrames = 0
    /// The first packet that was decoded after the last start.
    private(set) var start: (pts: Int64?, dts: Int64?, position: Int64?)?

    /// The highest time of a packet given to the decoder since the last start: a frame of that time is owed.
    private(set) var latestSent: Int64?

    /// Pictures that no other needs are passed over while their time lies before this; all are decoded at nil.
    ///
    /// H.264 only: there a picture says itself that nothing refers to it, so leaving it out changes no other.
    var economyEnd: Int64?

    let demuxer: Demuxer
    let stream: StreamInfo
    private let decoder: Decoder
    private let packet: Packet
    private let interrupt: Interrupt
    private var isDraining = false
    private var hasEnded = false
    private var waitsForKeyframe = false

    /// Opens the file and its picture stream, with nothing decoded yet. Blocks.
    ///
    /// MP4 and MOV are opened by their index alone when it says enough; other containers are analysed.
    ///
    /// - Parameter threads: The decoder's own; 0 for as many as the machine has cores.
    /// - Throws: `MontageError.noVideo`; `MediaError` if the file cannot be opened or its codec is unknown.
    init(path: String, accept: DemuxerSet, threads: Int = 0, interrupt: Interrupt) throws {
        let demuxer = try Opening.open(path, accept: accept, for: .decoding, interrupt: interrupt)
        let stream = try Opening.pictureStream(of: demuxer, path: path)
        demuxer.keepOnly([stream.index])
        let decoder = try Decoder(stream, threads: threads)
        let packet = try Packet()
        self.demuxer = demuxer
        self.stream = stream
        self.decoder = decoder
        self.packet = packet
        self.interrupt = interrupt
    }

    /// Whether anything on the way was damaged.
    var isDamaged: Bool { !faults.isEmpty || corruptFrames > 0 }

    /// Whether leaving out pictures that no other needs is safe in this codec.
    var canEconomise: Bool { stream.parameters.codecName == "h264" }

    /// The highest time of a shown packet from here to the end, read without decoding; nil where none has a
    /// time. Leaves the walk at the end of the file: restart it.
    func latestShown() throws(MediaError) -> Int64? {
        var latest: Int64?
        while try readPacket() {
            guard packet.streamIndex == stream.index, packet.byteCount > 0, !packet.isDiscarded,
                let pts = packet.pts
            else { continue }
            latest = max(latest ?? pts, pts)
        }
        return latest
    }

    /// Goes to a keyframe at or before `ticks` and decodes from there; false if the container cannot.
    func restart(at ticks: Int64) throws(MediaError) -> Bool {
        do throws(MediaError) {
            try demuxer.seek(stream: stream.index, ticks: ticks, backward: true)
        } catch {
            guard error.code != .cancelled else { throw error }
            return false
        }
        decoder.flush()
        faults = []
        corruptFrames = 0
        start = nil
        latestSent = nil
        isDraining = false
        hasEnded = false
        waitsForKeyframe = true
        return true
    }

    /// Decodes the next frame in the decoder's order, which is the order of showing; false at the end.
    func next(into frame: borrowing Frame) throws(MediaError) -> Bool {
        var failures = 0
        while !hasEnded {
            try interrupt.check()
            do throws(MediaError) {
                switch try decoder.receive(into: frame) {
                case .got:
                    if frame.isCorrupt { corruptFrames += 1 }
                    return true
                case .ended:
                    hasEnded = true
                case .needsInput:
                    try feed()
                }
                failures = 0
            } catch {
                guard error.code != .cancelled else { throw error }
                faults.append(error)
                failures += 1
                // A decoder that fails again and again without eating anything would spin for ever.
                if failures > 64 { isDraining ? hasEnded = true : try feed() }
            }
        }
        return false
    }

    private func feed() throws(MediaError) {
        while true {
            guard try readPacket() else {
                isDraining = true
                try decoder.sendEnd()
                return
            }
            guard packet.streamIndex == stream.index, packet.byteCount > 0 else { continue }
            if waitsForKeyframe, !packet.isKeyframe { continue }
            waitsForKeyframe = false
            if start == nil { start = (packet.pts, packet.dts, packet.position) }
            noteSent()
            economise()
            do throws(MediaError) {
                try decoder.send(packet)
                return
            } catch {
                guard error.code != .cancelled else { throw error }
                faults.append(error)
            }
        }
    }

    private func noteSent() {
        guard !packet.isDiscarded, let pts = packet.pts else { return }
        if let before = latestSent, before >= pts { return }
        latestSent = pts
    }

    private func economise() {
        guard canEconomise else { return }
        let isEarly = economyEnd.map { end in packet.pts.map { $0 < end } ?? false } ?? false
        decoder.skip(isEarly ? .nonReference : .nothing)
    }

    /// Reads on; a file that breaks off counts as one that ends, and the fault is kept.
    private func readPacket() throws(MediaError) -> Bool {
        do throws(MediaError) {
            try interrupt.check()
            return try demuxer.read(into: packet)
        } catch {
            guard error.code != .cancelled else { throw error }
            faults.append(error)
            return false
        }
    }
}
