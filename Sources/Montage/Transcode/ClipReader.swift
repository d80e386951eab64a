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

    /// Whether decoding began at a keyframe before the part wanted, and not at the clip's beginning; after `run`.
    private(set) var hasSought = false

    private let path: String
    private let interrupt: Interrupt
    private let source: ClipSource
    private let reopen: () throws -> ClipSource
    private var audio: StreamInfo? { source.audio }
    /// Slots wanted; all if nil.
    private let range: Range<Int>?
    private let seeks: Bool
    private let match: ColourMatch?
    /// Where the clip says it ends, in the picture's ticks.
    private let claimedEnd: Int64?
    private let endsByTime: Bool

    /// Opens a clip.
    ///
    /// - Parameters:
    ///   - rate: The constant rate to put it on; nil chooses one from what the container says.
    ///   - range: The slots wanted; nil for all.
    ///   - wantsSound: Whether sound is decoded.
    ///   - seeks: Whether a part may be decoded from a keyframe before it, where that gives the same pictures.
    ///   - match: What those who encode do to the colours of the first pictures.
    convenience init(
        _ path: String, rate: Rational? = nil, range: Range<Int>? = nil, wantsSound: Bool,
        accept: DemuxerSet = .media, seeks: Bool = true, match: ColourMatch? = nil, interrupt: Interrupt
    ) throws {
        try self.init(
            path, rate: rate, cut: { _ in range }, wantsSound: wantsSound, accept: accept, seeks: seeks,
            match: match, interrupt: interrupt)
    }

    /// Opens a clip.
    ///
    /// - Parameters:
    ///   - endsByTime: As for `FrameGrid`.
    ///   - cut: The slots wanted at the rate that is chosen; nil for all, `Int.max` for up to the end.
    init(
        _ path: String, rate: Rational? = nil, endsByTime: Bool = false,
        cut: (Rational) throws -> Range<Int>?, wantsSound: Bool,
        accept: DemuxerSet = .media, seeks: Bool = true, match: ColourMatch? = nil, interrupt: Interrupt
    ) throws {
        let reopen = {
            try ClipSource(path, wantsSound: wantsSound, accept: accept, interrupt: interrupt)
        }
        let source = try reopen()
        let video = source.video
        let chosen = rate ?? StandardRate.choose(average: video.averageRate, nominal: video.nominalRate)
        let length =
            video.durationTicks.map { Double($0) * video.timeBase.value }
            ?? source.demuxer.container.durationMicroseconds.map { Double($0) / 1e6 }
        let range = try cut(chosen)
        expectedFrames = length.map { length in
            let all = max(1, Int(min(1e9, (length * chosen.value).rounded())))
            return range.map { max(1, $0.clamped(to: 0..<all).count) } ?? all
        }
        // The longest of the streams: a still that ends a clip is often known by its sound alone.
        claimedEnd = Self.claimedEnd(of: video, in: source.demuxer.container)
        container = source.demuxer.container
        self.endsByTime = endsByTime
        self.path = path
        self.interrupt = interrupt
        self.source = source
        self.reopen = reopen
        self.seeks = seeks
        self.video = video
        self.rate = chosen
        self.range = range
        self.match = match
    }

    /// Reads the clip to its end, or to the end of the range, and hands out what comes. Blocks.
    ///
    /// A part is decoded from a keyframe before it where that is sure to give the same pictures (`ClipSeek`), else
    /// from the beginning. Damaged packets are passed over and counted; a clip of which no picture can be decoded
    /// is an error.
    func run(_ emit: (ClipEvent) throws -> Void) throws {
        let grid = FrameGrid(
            timeBase: video.timeBase, rate: rate, claimedEnd: claimedEnd, endsByTime: endsByTime)
        let pass = ClipPass(grid: grid, range: range, video: video, audio: audio, rate: rate, match: match)
        guard seeks, let range, range.lowerBound > 0, ClipSeek.isThinkable(in: source) else {
            return try run(source, pass, nil, emit)
        }
        let gate = SeekGate(range: range, source: source, rate: rate)
        do {
            if let begun = try ClipSeek.start(source, pass, gate: gate, claimedEnd: claimedEnd) {
                try withoutActuallyEscaping(emit) { emit in
                    try run(source, begun, gate) { try gate.pass($0, to: emit) }
                }
                hasSought = true
                return
            }
        } catch {
            // Nothing has been handed out while the gate is shut: whatever it is, the whole clip knows better.
            guard !gate.isOpen, !interrupt.isRaised else { throw error }
        }
        try run(try reopen(), pass, nil, emit)
    }

    /// - Parameter gate: What watches over a decode that began in the middle; nil for one from the beginning.
    private func run(
        _ source: ClipSource, _ begun: ClipPass, _ gate: SeekGate?, _ emit: (ClipEvent) throws -> Void
    ) throws {
        var pass = begun
        let packet = try Packet()
        let picture = try Frame()
        let sound = try Frame()
        let deinterlacer = Deinterlacer(timeBase: video.timeBase)
        func show(_ pass: inout ClipPass) throws {
            guard try gate?.admits(picture) ?? true else { return }
            try deinterlacer.take(picture) { try pass.take($0, emit) }
        }
        while !pass.isDone {
            try interrupt.check()
            guard try read(source, into: packet, pass: &pass) else { break }
            guard try gate?.admits(packet) ?? true else { continue }
            if packet.streamIndex == video.index {
                try decode(source.decoder, packet, into: picture, pass: &pass, show)
            } else if let soundDecoder = source.soundDecoder, packet.streamIndex == audio?.index {
                try decode(soundDecoder.decoder, packet, into: sound, pass: &pass) { pass throws in
                    try pass.take(sound: sound, emit)
                }
            }
            packet.clear()
            gate?.damaged = pass.damaged
        }
        if pass.isDone {
            try hearOut(source, packet, into: sound, pass: &pass, emit)
        } else {
            try finish(source.decoder, into: picture, pass: &pass, show)
            try deinterlacer.finish { try pass.take($0, emit) }
            if let soundDecoder = source.soundDecoder {
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
        _ source: ClipSource, _ packet: borrowing Packet, into sound: borrowing Frame, pass: inout ClipPass,
        _ emit: (ClipEvent) throws -> Void
    ) throws {
        guard let soundDecoder = source.soundDecoder, let audio else { return }
        packet.clear()
        while try read(source, into: packet, pass: &pass) {
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
    private func read(
        _ source: ClipSource, into packet: borrowing Packet, pass: inout ClipPass
    ) throws -> Bool {
        do {
            return try source.demuxer.read(into: packet)
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
