import Media

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The music of a film, read as far as it is asked for: with its gain and its fades, begun again where it
/// loops. Position 0 is the film's first picture.
final class MusicTrack {
    /// Seconds of fade at both sides of the place where it begins again.
    static let loopFade = 0.01

    private let music: MusicUnder
    private let grid: SampleGrid
    private let layout: ChannelLayout
    private let interrupt: Interrupt
    /// Samples of the film.
    private let total: Int64
    private let factor: Float
    private var sound: PieceSound?
    private var store: SampleStore
    private var position: Int64 = 0
    private var isOver = false
    /// Whether the next samples from the file are the first after a new beginning, and rise.
    private var rises = false

    init(_ music: MusicUnder, grid: SampleGrid, layout: ChannelLayout, total: Int64, interrupt: Interrupt)
        throws
    {
        self.music = music
        self.grid = grid
        self.layout = layout
        self.total = total
        self.interrupt = interrupt
        factor = Float(pow(10, music.gain / 20))
        store = SampleStore(channelCount: layout.count)
        try open()
        guard sound != nil else {
            throw MontageError(.noAudio, operation: "has no sound", subject: music.file)
        }
    }

    /// The next samples, always as many as asked for: silence where there is no music.
    func take(_ count: Int) throws -> [[Float]] {
        try fill(count)
        var run = store.take(count)
        let missing = count - run[0].count
        if missing > 0 {
            for channel in run.indices { run[channel].append(contentsOf: repeatElement(0, count: missing)) }
        }
        for channel in run.indices {
            for i in run[channel].indices { run[channel][i] *= factor }
        }
        let at = Int(clamping: position)
        Fade.rise(&run, from: at, length: samples(music.fadeIn))
        Fade.fall(
            &run, left: Int(clamping: max(0, total - position - Int64(count))),
            length: samples(music.fadeOut))
        position += Int64(count)
        return run
    }

    private func samples(_ seconds: Double) -> Int { Int((seconds * Double(grid.sampleRate)).rounded()) }

    private func open() throws {
        // Music has its own beginning: a cover picture in the file sets no clock.
        sound = try PieceSound.open(
            SoundPiece(source: music.file, frames: 0..<1), grid: grid, layout: layout, accept: .media,
            interrupt: interrupt)
    }

    /// Has enough in waiting, and the samples of a fade beyond it, so that the end is known when it comes.
    private func fill(_ count: Int) throws {
        let fade = samples(Self.loopFade)
        while !isOver, store.count < count + fade {
            try interrupt.check()
            guard let sound else { return }
            var run = try sound.take(max(count + fade - store.count, 1 << 12))
            if run.first?.isEmpty == false {
                if rises {
                    Fade.rise(&run, from: 0, length: fade)
                    rises = false
                }
                store.append(run)
                continue
            }
            // A file that turns out to be empty would be begun again for ever.
            guard music.loop, store.count > 0 || position > 0 else {
                isOver = true
                return
            }
            var end = store.take(store.count)
            Fade.fall(&end, left: 0, length: min(fade, end[0].count))
            store.append(end)
            rises = true
            try open()
        }
    }
}
