import Media

/// How a clip's sound is coded: what must be the same in all clips whose sound packets stand in one stream.
package struct SoundTraits: Sendable, Equatable {
    /// FFmpeg's name of the codec.
    package var codec: String
    /// Samples a second.
    package var sampleRate: Int
    /// FFmpeg's name of the layout.
    package var layout: String
    /// The codec's header bytes.
    package var header: [UInt8]

    init?(_ stream: StreamInfo?) {
        guard let coded = stream?.parameters, coded.sampleRate > 0 else { return nil }
        codec = coded.codecName
        sampleRate = coded.sampleRate
        layout = coded.channelLayout?.name ?? ""
        header = coded.extradata
    }
}

/// Moves the sound packets of clips onto the film's clock, without decoding any.
///
/// A packet is about a fiftieth of a second, and clips do not end where packets do. So the film's packets follow
/// each other without holes, and each place takes the packet of the clip to which its middle belongs: sound is
/// off by half a packet at most, 11 ms in AAC, at every clip anew. What encoders put before a clip's sound to get
/// under way, and what stands behind its picture, is left out; laid end to end these would add up.
final class CopiedSound {
    private let clips: [(path: String, frames: Int)]
    private let grid: SampleGrid
    private let interrupt: Interrupt
    private let packet: Packet
    private var place = -1
    private var source: Source?
    /// Samples of the film at which the current clip begins and ends.
    private var start: Int64 = 0
    private var end: Int64 = 0
    private var frames = 0
    /// Where the next packet goes.
    private var next: Int64?
    private var isWaiting = false
    /// Samples of a whole packet.
    private var longest: Int64 = 1
    private let total: Int64

    /// What the muxer needs to know; the padding is what stands before the first picture.
    let stream: DeliveryMuxer.Audio

    private final class Source {
        let demuxer: Demuxer
        let stream: StreamInfo
        let origin: Int64

        init(_ path: String, interrupt: Interrupt) throws {
            let demuxer = try Opening.open(path, accept: .clips, for: .decoding, interrupt: interrupt)
            let picture = try Opening.pictureStream(of: demuxer, path: path)
            guard let sound = demuxer.bestStream(.audio).map({ demuxer.streams[$0] }) else {
                throw MontageError(.noAudio, operation: "has no sound", subject: path)
            }
            demuxer.keepOnly([sound.index])
            origin = rescale(picture.startTicks ?? 0, from: picture.timeBase, to: sound.timeBase)
            stream = sound
            self.demuxer = demuxer
        }

        /// Reads the next packet; its times are then samples since the clip's first picture. False at the end.
        func read(into packet: borrowing Packet) throws -> Bool {
            repeat {
                guard try demuxer.read(into: packet) else { return false }
            } while packet.streamIndex != stream.index || packet.pts == nil
            packet.pts = packet.pts.map { $0 - origin }
            packet.dts = packet.pts
            packet.rescale(from: stream.timeBase, to: Rational(1, stream.parameters.sampleRate))
            return true
        }
    }

    /// - Parameter clips: Each with the frames of it that the film shows; all of the same sound traits.
    init(_ clips: [(path: String, frames: Int)], rate: Rational, interrupt: Interrupt) throws {
        guard let first = clips.first else {
            throw MontageError(.invalidArgument, operation: "there are no clips", subject: "sound")
        }
        let source = try Source(first.path, interrupt: interrupt)
        let coded = source.stream.parameters
        self.clips = clips
        self.interrupt = interrupt
        grid = SampleGrid(rate: rate, sampleRate: coded.sampleRate)
        total = grid.samples(upTo: clips.reduce(0) { $0 + $1.frames })
        packet = try Packet()
        stream = .init(
            parameters: coded, timeBase: Rational(1, coded.sampleRate), initialPadding: coded.initialPadding)
    }

    /// Samples of the sound, as far as it has come.
    var sampleCount: Int64 { min(total, max(0, next ?? 0)) }

    /// Hands out the packets that begin before this sample of the film.
    func advance(to samples: Int64, emit: (borrowing Packet) throws -> Void) throws {
        while true {
            try interrupt.check()
            if !isWaiting {
                guard try read() else { return }
                isWaiting = true
            }
            guard let pts = packet.pts, pts < samples else { return }
            isWaiting = false
            next = pts + packet.duration
            try emit(packet)
            packet.clear()
        }
    }

    /// The next packet that has a place, with the film's times; false at the end of the film.
    private func read() throws -> Bool {
        while true {
            guard let source else {
                guard try enterNext() else { return false }
                continue
            }
            guard try source.read(into: packet), let pts = packet.pts else {
                self.source = nil
                continue
            }
            // The container cuts a clip's last packet short; decoded it is as long as any.
            longest = max(longest, packet.duration)
            let length = longest
            let wanted = start + pts
            var at = wanted
            if let next {
                if wanted < next - length / 2 { continue }
                if wanted <= next + length / 2 { at = next }
            }
            // A packet whose middle lies behind the clip's end is the next clip's place.
            if at + length / 2 >= end, place + 1 < clips.count {
                self.source = nil
                continue
            }
            guard at < total else {
                self.source = nil
                continue
            }
            (packet.pts, packet.dts) = (at, at)
            packet.duration = min(length, total - at)
            return true
        }
    }

    private func enterNext() throws -> Bool {
        guard place + 1 < clips.count else { return false }
        place += 1
        start = grid.samples(upTo: frames)
        frames += clips[place].frames
        end = grid.samples(upTo: frames)
        source = try Source(clips[place].path, interrupt: interrupt)
        return true
    }
}
