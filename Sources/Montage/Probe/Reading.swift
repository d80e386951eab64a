import Media

/// What is gathered about a file while it is open: the way from a demuxer to a `ClipReport`.
struct Reading {
    let container: ContainerInfo
    let streams: [StreamInfo]
    let layout: BoxLayout?
    let shown: StreamInfo?
    let heard: StreamInfo?
    /// Whether a Matroska file claims more bytes than there are.
    var isSegmentCutShort = false
    /// Edit lists of an MP4 by their track's number.
    var edits: [Int: [EditReport]] = [:]
    /// Frames counted, their last end and first begin in ticks; filled by `count`.
    var counted: Int?
    var span: Range<Int64>?
    /// Whether frames are at unequal distances, where times were seen.
    var isVariable: Bool?
    /// The rate that the times make, and the shortest and longest distance in ticks.
    var measuredRate: Rational?
    var distances: ClosedRange<Int64>?
    var gop: GOPReport?
    var packets: [PacketReport]?
    /// What the first frame says about its light, where the container says nothing.
    var frameLight: HDRMetadata?
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
        // MP4's index has every frame, unless it is in fragments; that of other containers has keyframes only.
        if let shown, container.isMP4 {
            readIndex(demuxer, shown)
        } else if let average = shown?.averageRate, let nominal = shown?.nominalRate {
            isVariable = abs(average.value - nominal.value) > nominal.value / 100
        }
    }

    /// Learns rates and groups from the index, which lists every frame in the order of decoding.
    private mutating func readIndex(_ demuxer: borrowing Demuxer, _ shown: StreamInfo) {
        var evenness = Evenness()
        var groups = IndexGroups()
        demuxer.forEachIndexEntry(of: shown.index) {
            evenness.add($0.ticks)
            groups.add($0)
            return true
        }
        isVariable = evenness.answer
        guard layout?.moov != "fragments" else { return }
        measuredRate = shown.rate(of: evenness.count, from: groups.first, to: groups.last)
        gop = groups.report(shown)
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
    ///
    /// - Parameter listing: Whether to gather all that packets tell: groups and sizes.
    mutating func count(_ demuxer: borrowing Demuxer, listing: Bool) throws {
        let kept = Set([shown?.index, heard?.index].compactMap { $0 })
        demuxer.keepOnly(kept)
        let packet = try Packet()
        var watches = streams.map { PacketWatch($0) }
        var groups = shown.map { GroupWatch($0) }
        var (sorter, evenness) = (TimeSorter(), Evenness())
        var (frames, timed) = (0, 0)
        var (first, last, end) = (Int64.max, Int64.min, Int64.min)
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
            if listing, watches.indices.contains(packet.streamIndex) {
                watches[packet.streamIndex].look(at: packet)
            }
            if packet.streamIndex == heard?.index, !sawSound {
                sawSound = true
                priming = packet.skippedSamples?.start
            }
            guard packet.streamIndex == shown?.index, packet.byteCount > 0, isShown(packet) else { continue }
            // What an edit hides belongs to its group all the same.
            if listing { groups?.look(at: packet) }
            guard !packet.isDiscarded else { continue }
            frames += 1
            if let pts = packet.pts {
                timed += 1
                (first, last) = (min(first, pts), max(last, pts))
                end = max(end, pts + packet.duration)
                if let next = sorter.add(pts) { evenness.add(next) }
            }
        }
        guard let shown else { return }
        counted = frames
        for time in sorter.drain() { evenness.add(time) }
        if timed > 0, timed == frames {
            span = first..<max(first, end)
            isVariable = evenness.answer
            measuredRate = shown.rate(of: frames, from: first, to: last)
            distances = evenness.distances
        }
        guard listing else { return }
        gop = groups?.report(end: timed > 0 ? end : nil)
        packets = kept.sorted().compactMap { watches[$0].finish() }
    }

    /// VP8 has frames that are only there to be referred to; bit 4 of the first byte says so. (VP9 packs them
    /// into the packet of a frame that is shown.) Source: RFC 6386, 9.1.
    private func isShown(_ packet: borrowing Packet) -> Bool {
        guard shown?.parameters.codecName == "vp8" else { return true }
        return packet.withBytes { $0.first.map { $0 & 0x10 != 0 } ?? false }
    }
}

/// Groups of pictures as an index that lists every frame tells of them.
struct IndexGroups {
    private(set) var first: Int64?
    private(set) var last: Int64?
    private var keyframes = 0
    private var inGroup = 0
    private var (shortest, longest) = (Int.max, 0)
    private var frames = 0
    private var keyTime: Int64?
    private var longestTicks: Int64 = 0

    mutating func add(_ entry: Demuxer.IndexEntry) {
        first = first ?? entry.ticks
        last = entry.ticks
        if entry.isKeyframe {
            endGroup(at: entry.ticks)
            keyframes += 1
            keyTime = entry.ticks
        }
        if keyframes > 0 { inGroup += 1 }
    }

    private mutating func endGroup(at ticks: Int64) {
        guard inGroup > 0 else { return }
        (shortest, longest) = (min(shortest, inGroup), max(longest, inGroup))
        frames += inGroup
        inGroup = 0
        if let keyTime { longestTicks = max(longestTicks, ticks - keyTime) }
    }

    /// Nil where no keyframe is listed.
    func report(_ stream: StreamInfo) -> GOPReport? {
        guard keyframes > 0, let last else { return nil }
        var closing = self
        closing.endGroup(at: last)
        return GOPReport(
            keyframes: keyframes, shortest: closing.shortest, longest: closing.longest,
            mean: Double(closing.frames) / Double(keyframes),
            longestSeconds: closing.longestTicks > 0
                ? Double(closing.longestTicks) * stream.timeBase.value : nil,
            hasBFrames: stream.parameters.reorderDepth > 0, isClosed: nil, isExact: false)
    }
}

extension StreamInfo {
    /// The mean rate of so many frames from the first one's time to the last one's; nil where they do not
    /// make one.
    func rate(of count: Int, from first: Int64?, to last: Int64?) -> Rational? {
        guard let first, let last, count > 1, last > first, timeBase.isValid else { return nil }
        let (above, a) = (count - 1).multipliedReportingOverflow(by: timeBase.den)
        let (below, b) = Int(last - first).multipliedReportingOverflow(by: timeBase.num)
        return a || b ? nil : Rational(above, below).reduced
    }
}
