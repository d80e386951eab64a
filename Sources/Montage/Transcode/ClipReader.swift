import Media

/// One pass over a clip: reads, decodes picture and sound once, and puts the pictures on a constant rate.
///
/// Opened on one thread and run on another, once.
final class ClipReader: @unchecked Sendable {
    /// The constant rate of the slots.
    let rate: Rational
    /// The picture stream's own description.
    let video: StreamInfo
    /// How many slots the container promises; for progress only.
    let expectedFrames: Int?
    /// Tags and chapters of the container.
    let container: ContainerInfo
    /// Tags of the sound stream.
    var soundMetadata: [String: String] { audio?.metadata ?? [:] }
    /// Whether sound will come.
    var hasSound: Bool { audio != nil }

    private let path: String
    private let interrupt: Interrupt
    private let demuxer: Demuxer
    private let decoder: Decoder
    private let audio: StreamInfo?
    private let soundDecoder: DecoderBox?
    /// Slots wanted; all if nil.
    private let range: Range<Int>?
    /// Where the clip says it ends, in the picture's ticks.
    private let claimedEnd: Int64?
    private let endsByTime: Bool

    private final class DecoderBox {
        let decoder: Decoder
        init(_ stream: StreamInfo) throws { decoder = try Decoder(stream, threads: 1) }
    }

    /// Opens a clip.
    ///
    /// - Parameters:
    ///   - rate: The constant rate to put it on; nil chooses one from what the container says.
    ///   - range: The slots wanted; nil for all.
    ///   - wantsSound: Whether sound is decoded.
    convenience init(
        _ path: String, rate: Rational? = nil, range: Range<Int>? = nil, wantsSound: Bool,
        accept: DemuxerSet = .media, interrupt: Interrupt
    ) throws {
        try self.init(
            path, rate: rate, cut: { _ in range }, wantsSound: wantsSound, accept: accept,
            interrupt: interrupt)
    }

    /// Opens a clip.
    ///
    /// - Parameters:
    ///   - endsByTime: As for `FrameGrid`.
    ///   - cut: The slots wanted at the rate that is chosen; nil for all, `Int.max` for up to the end.
    init(
        _ path: String, rate: Rational? = nil, endsByTime: Bool = false,
        cut: (Rational) throws -> Range<Int>?, wantsSound: Bool,
        accept: DemuxerSet = .media, interrupt: Interrupt
    ) throws {
        let demuxer = try Demuxer(path: path, accept: accept, analyse: .full, interrupt: interrupt)
        let video = try Opening.pictureStream(of: demuxer, path: path)
        let best = wantsSound ? demuxer.bestStream(.audio) : nil
        var audio = best.map { demuxer.streams[$0] }
        var soundDecoder: DecoderBox?
        if let stream = audio, stream.parameters.sampleRate > 0 {
            soundDecoder = try DecoderBox(stream)
        } else {
            audio = nil
        }
        let decoder = try Decoder(video, threads: 0)
        demuxer.keepOnly(Set([video.index] + (audio.map { [$0.index] } ?? [])))
        let chosen = rate ?? StandardRate.choose(average: video.averageRate, nominal: video.nominalRate)
        let length =
            video.durationTicks.map { Double($0) * video.timeBase.value }
            ?? demuxer.container.durationMicroseconds.map { Double($0) / 1e6 }
        let range = try cut(chosen)
        expectedFrames = length.map { length in
            let all = max(1, Int(min(1e9, (length * chosen.value).rounded())))
            return range.map { max(1, $0.clamped(to: 0..<all).count) } ?? all
        }
        // The longest of the streams: a still that ends a clip is often known by its sound alone.
        claimedEnd = Self.claimedEnd(of: video, in: demuxer.container)
        container = demuxer.container
        self.endsByTime = endsByTime
        self.path = path
        self.interrupt = interrupt
        self.demuxer = demuxer
        self.decoder = decoder
        self.video = video
        self.audio = audio
        self.soundDecoder = soundDecoder
        self.rate = chosen
        self.range = range
    }

    /// Reads the clip to its end, or to the end of the range, and hands out what comes. Blocks.
    ///
    /// Damaged packets are passed over and counted; a clip of which no picture can be decoded is an error.
    func run(_ emit: (ClipEvent) throws -> Void) throws {
        var pass = ClipPass(
            grid: FrameGrid(
                timeBase: video.timeBase, rate: rate, claimedEnd: claimedEnd, endsByTime: endsByTime),
            range: range,
            video: video, audio: audio,
            rate: rate)
        let packet = try Packet()
        let picture = try Frame()
        let sound = try Frame()
        let deinterlacer = Deinterlacer(timeBase: video.timeBase)
        while !pass.isDone {
            try interrupt.check()
            guard try read(into: packet, pass: &pass) else { break }
            if packet.streamIndex == video.index {
                try decode(decoder, packet, into: picture, pass: &pass) { pass throws in
                    try deinterlacer.take(picture) { try pass.take($0, emit) }
                }
            } else if let soundDecoder, packet.streamIndex == audio?.index {
                try decode(soundDecoder.decoder, packet, into: sound, pass: &pass) { pass throws in
                    try pass.take(sound: sound, emit)
                }
            }
            packet.clear()
        }
        if pass.isDone {
            try hearOut(packet, into: sound, pass: &pass, emit)
        } else {
            try finish(decoder, into: picture, pass: &pass) { pass throws in
                try deinterlacer.take(picture) { try pass.take($0, emit) }
            }
            try deinterlacer.finish { try pass.take($0, emit) }
            if let soundDecoder {
                try finish(soundDecoder.decoder, into: sound, pass: &pass) { pass throws in
                    try pass.take(sound: sound, emit)
                }
            }
        }
        guard pass.hasStarted else {
            throw MontageError(
                .noSuchFrame, operation: "has no picture that can be decoded", subject: path,
                hint: "Check with a player that the file is whole; fetch it again if it is not.")
        }
        if deinterlacer.isAtWork {
            pass.findings.append("it is interlaced; its fields were made whole pictures")
        }
        try pass.finish(path: path, emit)
    }

    /// After the last picture of a range: the sound that belongs under it may stand behind it in the file.
    private func hearOut(
        _ packet: borrowing Packet, into sound: borrowing Frame, pass: inout ClipPass,
        _ emit: (ClipEvent) throws -> Void
    ) throws {
        guard let soundDecoder, let audio else { return }
        packet.clear()
        while try read(into: packet, pass: &pass) {
            try interrupt.check()
            defer { packet.clear() }
            guard packet.streamIndex == audio.index else { continue }
            guard pass.wantsSound(at: packet.pts) else { break }
            do { try soundDecoder.decoder.send(packet) } catch {
                guard error.code == .decodeFailed else { throw error }
                pass.damaged += 1
            }
            try hear(soundDecoder.decoder, into: sound, pass: &pass, emit)
        }
        do { try soundDecoder.decoder.sendEnd() } catch {
            guard error.code == .decodeFailed else { throw error }
        }
        try hear(soundDecoder.decoder, into: sound, pass: &pass, emit)
    }

    private func hear(
        _ decoder: borrowing Decoder, into frame: borrowing Frame, pass: inout ClipPass,
        _ emit: (ClipEvent) throws -> Void
    ) throws {
        while true {
            do {
                guard case .got = try decoder.receive(into: frame) else { return }
            } catch {
                guard error.code == .decodeFailed else { throw error }
                pass.damaged += 1
                return
            }
            try pass.take(sound: frame, emit)
            frame.clear()
        }
    }

    static func claimedEnd(of video: StreamInfo, in container: ContainerInfo) -> Int64? {
        let most = Int64(1) << 60
        let micro = Rational(1, 1_000_000)
        func sum(_ start: Int64?, _ length: Int64?) -> Int64? {
            guard let length, abs(length) < most, abs(start ?? 0) < most else { return nil }
            return (start ?? 0) + length
        }
        let own = sum(video.startTicks, video.durationTicks)
        let whole = sum(container.startMicroseconds, container.durationMicroseconds)
            .map { rescale($0, from: micro, to: video.timeBase) }
        return [own, whole].compactMap { $0 }.max()
    }

    /// Reads the next packet; false at the end, also where a damaged file ends early after it has begun.
    private func read(into packet: borrowing Packet, pass: inout ClipPass) throws -> Bool {
        do {
            return try demuxer.read(into: packet)
        } catch {
            guard error.code != .cancelled, error.code != .outOfMemory, pass.hasStarted else { throw error }
            pass.findings.append("reading stopped early: \(error.message)")
            return false
        }
    }

    private func decode(
        _ decoder: borrowing Decoder, _ packet: borrowing Packet, into frame: borrowing Frame,
        pass: inout ClipPass, _ take: (inout ClipPass) throws -> Void
    ) throws {
        while true {
            var isTaken = true
            do { isTaken = try decoder.send(packet) } catch {
                guard error.code == .decodeFailed || error.code == .unsupported else { throw error }
                pass.damaged += 1
            }
            try drain(decoder, into: frame, pass: &pass, take)
            if isTaken || pass.isDone { return }
        }
    }

    private func finish(
        _ decoder: borrowing Decoder, into frame: borrowing Frame, pass: inout ClipPass,
        _ take: (inout ClipPass) throws -> Void
    ) throws {
        do { try decoder.sendEnd() } catch {
            guard error.code == .decodeFailed else { throw error }
            pass.damaged += 1
        }
        try drain(decoder, into: frame, pass: &pass, take)
    }

    private func drain(
        _ decoder: borrowing Decoder, into frame: borrowing Frame, pass: inout ClipPass,
        _ take: (inout ClipPass) throws -> Void
    ) throws {
        var failures = 0
        while !pass.isDone {
            do {
                guard case .got = try decoder.receive(into: frame) else { return }
            } catch {
                guard error.code == .decodeFailed else { throw error }
                pass.damaged += 1
                failures += 1
                // Receiving may go on after an error, but not for ever on the same one.
                if failures > 64 { return }
                continue
            }
            try take(&pass)
            frame.clear()
        }
    }
}
