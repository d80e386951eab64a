public import Media

/// The film's whole sound, laid piece by piece on an exact sample grid and handed out a little at a time.
///
/// Piece boundaries come from the frames before them, counted from the film's beginning, so nothing drifts.
/// Each piece is decoded when its turn comes and padded with silence or cut to its length. At a chained
/// seam the sound of the trimmed frame, which the film does not show, runs on under the beginning of the
/// next piece in a crossfade of equal power; at a dissolve it does so for as many frames as the pictures
/// overlap; at a plain cut both sides fade over a few milliseconds, so that no step clicks. Memory does not
/// depend on the number of pieces; one file is open at a time.
public final class SoundBed {
    /// Seconds of a crossfade at a chained seam, if the trimmed frame has so much sound.
    public static let crossfade = 0.015
    /// Seconds over which sound comes or goes at a plain cut.
    public static let cutFade = SoundLine.cutFade

    private let pieces: [SoundPiece]
    private let grid: SampleGrid
    private let layout: ChannelLayout
    private let interrupt: Interrupt

    private var index = -1
    private var sound: PieceSound?
    private var position: Int64 = 0
    private var pieceStart: Int64 = 0
    private var pieceEnd: Int64 = 0
    private var frames = 0
    /// What the piece before leaves to run on under this one.
    private var tail: [[Float]] = []
    /// Samples over which this piece comes, and over which it goes because its picture does.
    private var rise = 0
    private var fall = 0

    /// Prepares a bed; opens nothing yet.
    ///
    /// - Parameter format: The film's: rate, sample rate and layout count here.
    public init(_ pieces: [SoundPiece], format: FilmFormat, interrupt: Interrupt) throws {
        guard let layout = ChannelLayout(named: format.layout) else {
            throw MontageError(
                .invalidArgument, operation: "'\(format.layout)' names no channel layout",
                subject: "sound bed")
        }
        self.pieces = pieces
        self.layout = layout
        self.interrupt = interrupt
        grid = SampleGrid(rate: format.rate, sampleRate: format.sampleRate)
    }

    /// Samples of the whole bed.
    public var sampleCount: Int64 { grid.samples(upTo: pieces.reduce(0) { $0 + $1.frames.count }) }

    /// The next samples, planar 32-bit float, with the PTS in samples; nil at the end. Blocks.
    ///
    /// - Parameter limit: The most samples wanted.
    public func next(_ limit: Int = 4096) throws -> Frame? {
        guard let samples = try take(limit), let count = samples.first?.count else { return nil }
        let frame = try Frame(
            audioSamples: count, sampleRate: grid.sampleRate, layout: layout, format: .fltp)
        samples.write(into: frame)
        frame.pts = position - Int64(count)
        return frame
    }

    /// The next samples as arrays; nil at the end.
    func take(_ limit: Int) throws -> [[Float]]? {
        try interrupt.check()
        while position >= pieceEnd {
            guard try enterNext() else { return nil }
        }
        let fade = samples(Self.cutFade)
        // The fade at the piece's end is one run, so that it knows whether there is sound to go under next.
        let beforeFade = Int(clamping: pieceEnd - Int64(fade) - position)
        let count =
            beforeFade > 0
            ? min(limit, beforeFade) : max(1, Int(clamping: pieceEnd - position))
        var run = try sound?.take(count) ?? []
        if run.isEmpty { run = Array(repeating: [], count: layout.count) }
        let missing = count - run[0].count
        if missing > 0 {
            for channel in run.indices { run[channel].append(contentsOf: repeatElement(0, count: missing)) }
        }
        let start = Int(position - pieceStart)
        if rise > 0 { Fade.rise(&run, from: start, length: rise) }
        if fall > 0 {
            Fade.fall(&run, left: Int(clamping: pieceEnd - position) - count, length: fall)
        }
        mixTail(into: &run, at: start)
        position += Int64(count)
        if position == pieceEnd { try leave(&run, fade: fade) }
        return run
    }

    private func samples(_ seconds: Double) -> Int { Int(seconds * Double(grid.sampleRate)) }

    private func enterNext() throws -> Bool {
        index += 1
        guard index < pieces.count else { return false }
        let piece = pieces[index]
        pieceStart = position
        rise = index > 0 && tail.isEmpty ? samples(Self.cutFade) : 0
        if piece.fadeIn > 0 { rise = length(of: piece.fadeIn, from: frames) }
        frames += piece.frames.count
        pieceEnd = grid.samples(upTo: frames)
        fall = piece.fadeOut > 0 ? length(of: piece.fadeOut, from: frames - piece.fadeOut) : 0
        sound = try PieceSound.open(piece, grid: grid, layout: layout, interrupt: interrupt)
        return true
    }

    /// At the piece's last samples: keeps what runs on under the next piece, or fades out.
    private func leave(_ run: inout [[Float]], fade: Int) throws {
        tail = []
        guard index + 1 < pieces.count else { return }
        let piece = pieces[index]
        let following = pieces[index + 1].frames.count
        let next = length(of: following, from: frames)
        if piece.runsOn > 0 {
            // Always as long as the pictures overlap, also where the sound ends before or is not there at all.
            let count = length(of: min(piece.runsOn, following), from: frames)
            tail = try sound?.take(count) ?? []
            if tail.isEmpty { tail = Array(repeating: [], count: layout.count) }
            let missing = count - tail[0].count
            for channel in tail.indices {
                tail[channel].append(contentsOf: repeatElement(0, count: missing))
            }
        } else if piece.chainedToNext, let sound {
            let after = try sound.take(min(samples(Self.crossfade), next))
            // Less than a millisecond is no material for a crossfade.
            if (after.first?.count ?? 0) >= grid.sampleRate / 1000 { tail = after }
        }
        sound = nil
        if tail.isEmpty, fall == 0 { Fade.fall(&run, left: 0, length: min(fade, run[0].count)) }
    }

    /// Samples of so many frames that begin at frame `start` of the film.
    private func length(of count: Int, from start: Int) -> Int {
        Int(clamping: grid.samples(upTo: start + count) - grid.samples(upTo: start))
    }

    private func mixTail(into run: inout [[Float]], at start: Int) {
        guard let length = tail.first?.count, start < length else { return }
        for i in 0..<min(run[0].count, length - start) {
            let gain = equalPower(Double(start + i) / Double(length))
            for channel in run.indices {
                run[channel][i] = run[channel][i] * gain.in + tail[channel][start + i] * gain.out
            }
        }
    }
}
