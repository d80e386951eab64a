import Media

/// What is gathered about a file while it is open: the way from a demuxer to a `ClipReport`.
struct Reading {
    let container: ContainerInfo
    let streams: [StreamInfo]
    let layout: BoxLayout?
    let shown: StreamInfo?
    let heard: StreamInfo?
    /// Frames counted, their last end and first begin in ticks; filled by `count`.
    var counted: Int?
    var span: Range<Int64>?
    /// Whether frames are at unequal distances, where times were seen.
    var isVariable: Bool?
    /// Samples that the first sound packet tells players to drop.
    var priming: Int?
    /// Where reading broke off.
    var fault: MediaError?

    init(_ demuxer: borrowing Demuxer, layout: BoxLayout?) {
        container = demuxer.container
        streams = demuxer.streams
        self.layout = layout
        shown = try? Opening.pictureStream(of: demuxer, path: "")
        heard = demuxer.bestStream(.audio).map { index in demuxer.streams[index] }
        // MP4's index has every frame; that of other containers has keyframes only.
        if let shown, container.isMP4 {
            isVariable = Self.isUneven(demuxer.index(of: shown.index).map(\.ticks), shown)
        } else if let average = shown?.averageRate, let nominal = shown?.nominalRate {
            isVariable = abs(average.value - nominal.value) > nominal.value / 100
        }
    }

    /// Learns from the first packets what the headers do not say: the priming of the sound.
    mutating func glance(_ demuxer: borrowing Demuxer) throws {
        guard let heard else { return }
        demuxer.keepOnly([heard.index])
        let packet = try Packet()
        for _ in 0..<4 {
            guard (try? demuxer.read(into: packet)) == true else { return }
            if packet.streamIndex == heard.index {
                priming = packet.skippedSamples?.start
                return
            }
        }
    }

    /// Reads all packets: counts the frames that are shown, and sees where a damaged file breaks off.
    mutating func count(_ demuxer: borrowing Demuxer) throws {
        let kept = [shown?.index, heard?.index].compactMap { $0 }
        demuxer.keepOnly(Set(kept))
        let packet = try Packet()
        var times: [Int64] = []
        var (frames, end) = (0, Int64.min)
        var sawSound = false
        while true {
            do {
                guard try demuxer.read(into: packet) else { break }
            } catch {
                if error.code == .cancelled { throw error }
                fault = error
                break
            }
            if packet.isCorrupt, fault == nil {
                fault = MediaError(
                    .truncated, operation: "av_read_frame",
                    subject: "a packet of stream \(packet.streamIndex)")
            }
            if packet.streamIndex == heard?.index, !sawSound {
                sawSound = true
                priming = packet.skippedSamples?.start
            }
            guard packet.streamIndex == shown?.index, packet.byteCount > 0, !packet.isDiscarded,
                isShown(packet)
            else { continue }
            frames += 1
            if let pts = packet.pts {
                times.append(pts)
                end = max(end, pts + packet.duration)
            }
        }
        guard let shown else { return }
        counted = frames
        times.sort()
        if let first = times.first, times.count == frames {
            span = first..<max(first, end)
            isVariable = Self.isUneven(times, shown)
        }
    }

    /// VP8 has frames that are only there to be referred to; bit 4 of the first byte says so. (VP9 packs them
    /// into the packet of a frame that is shown.) Source: RFC 6386, 9.1.
    private func isShown(_ packet: borrowing Packet) -> Bool {
        guard shown?.parameters.codecName == "vp8" else { return true }
        return packet.withBytes { $0.first.map { $0 & 0x10 != 0 } ?? false }
    }

    /// Whether the distances of times differ by more than their clock's rounding. The last distance does not
    /// count: an edit may cut it.
    private static func isUneven(_ times: [Int64], _ stream: StreamInfo) -> Bool? {
        guard times.count > 2 else { return times.isEmpty ? nil : false }
        let steps = zip(times, times.dropFirst()).map { $1 - $0 }.dropLast()
        guard let low = steps.min(), let high = steps.max() else { return false }
        // Clocks of milliseconds or coarser round each time by up to a tick either way.
        return high - low > 2
    }
}
