package import Media

extension ClipTraits {
    /// Reads a clip's header and walks over its packets; decodes nothing. Blocks.
    ///
    /// - Throws: `MediaError` for what is no film at all. What only keeps it from being copied is in `faults`.
    package static func read(_ path: String, interrupt: Interrupt) throws -> ClipTraits {
        let demuxer = try Opening.open(path, accept: .media, for: .describing, interrupt: interrupt)
        let video = try Opening.pictureStream(of: demuxer, path: path)
        let coded = video.parameters
        let header = video.header
        let rate = StandardRate.choose(average: video.averageRate, nominal: video.nominalRate)
        var traits = ClipTraits(
            path: path, codec: coded.codecName, width: coded.width, height: coded.height,
            pixelFormat: header?.pixelFormat ?? coded.pixelFormat?.name ?? "unknown", rate: rate, frames: 0)
        traits.parameters = coded
        traits.pixelAspect = coded.sampleAspectRatio ?? Rational(1, 1)
        traits.colour = header?.colour ?? coded.colour
        (traits.rotation, traits.isMirrored) = (video.rotation, video.isMirrored)
        traits.profile = header?.profile ?? coded.profile
        traits.header = coded.extradata
        traits.references = header?.referenceFrames ?? 0
        traits.reordering = header?.reorderFrames
        traits.sound = SoundTraits(demuxer.bestStream(.audio).map { demuxer.streams[$0] })
        traits.sets = ParameterSets(coded)
        traits.judgeHeader(video, header: header, container: demuxer.container)

        demuxer.keepOnly([video.index])
        var walk = PacketWalk(video, rate: rate, sets: traits.sets)
        let packet = try Packet()
        do {
            while try demuxer.read(into: packet) {
                defer { packet.clear() }
                guard packet.streamIndex == video.index, packet.byteCount > 0 else { continue }
                walk.take(packet)
                if walk.isHopeless { break }
            }
        } catch {
            if error.code == .cancelled || error.code == .outOfMemory { throw error }
            walk.fault("it is damaged: \(error.message)")
        }
        walk.finish(declared: video.declaredFrameCount)
        traits.frames = walk.count
        traits.delay = walk.delay
        traits.cuts = walk.cuts
        traits.entries = walk.entries
        traits.starts = walk.starts
        traits.faults += walk.faults
        if walk.hasRecoveryPoints {
            traits.tailFaults.append(
                "some of its keyframes are recovery points of open groups and no IDR pictures")
        }
        return traits
    }

    private mutating func judgeHeader(_ video: StreamInfo, header: H264Header?, container: ContainerInfo) {
        if !container.isMP4, !container.isMatroska {
            faults.append("times in \(container.formatLongName) files are not exact")
        }
        if rotation != 0 || isMirrored { faults.append("it is turned by a flag") }
        if codec == "h264", sets == nil { faults.append("its parameter sets are not in its header") }
        if width == 0 || height == 0 { faults.append("its size is not stated") }
        if let header, !header.isProgressive { tailFaults.append("it is interlaced") }
        if pixelAspect.num != pixelAspect.den { tailFaults.append("its pixels are not square") }
        if codec == "h264" {
            if SeamTail.profileName(sets?.profile) == nil {
                tailFaults.append("x264 does not write its profile, \(profile ?? "unknown")")
            }
        } else if codec != "hevc" {
            tailFaults.append("\(codec) has no parameter sets by number")
        } else if sets == nil {
            tailFaults.append("its parameter sets are not in its header")
        } else if !["Main", "Main 10"].contains(profile) {
            tailFaults.append("its profile is \(profile ?? "unknown"), which is not tried beside copies")
        }
    }
}

/// The walk's state: what has been learnt from the packets so far.
private struct PacketWalk {
    /// Cuts and entries that are remembered; they are wanted near the ends only.
    private static let most = 48

    private let stream: StreamInfo
    private let rate: Rational
    private let sets: ParameterSets?
    private(set) var faults: [String] = []
    private(set) var count = 0
    private(set) var delay = 0
    private(set) var cuts: [Int] = []
    private(set) var entries: [ClipTraits.Entry] = []
    private(set) var starts: [ClipTraits.Entry] = []
    private(set) var hasRecoveryPoints = false
    private var origin: Int64 = 0
    /// Places that were taken out of turn, from `next` on.
    private var ahead: Set<Int> = []
    private var next = 0

    init(_ stream: StreamInfo, rate: Rational, sets: ParameterSets?) {
        self.stream = stream
        self.rate = rate
        self.sets = sets
    }

    /// Whether more packets can make it no better.
    var isHopeless: Bool { faults.count > 3 }

    mutating func fault(_ words: String) {
        if !faults.contains(words) { faults.append(words) }
    }

    mutating func take(_ packet: borrowing Packet) {
        if packet.isCorrupt { fault("its container says that it is damaged") }
        if packet.isDiscarded { fault("an edit list hides some of its pictures") }
        guard let pts = packet.pts else { return fault("its packets have no times") }
        let coding = look(into: packet)
        if count == 0 {
            origin = pts
            if !packet.isKeyframe { fault("it does not begin with a keyframe") }
            if packet.isKeyframe, !coding.isIDR {
                fault("it begins with a recovery point of an open group, not with an IDR picture")
            }
        }
        let place = Int(rescale(pts - origin, from: stream.timeBase, to: rate.inverse))
        if place < 0 { return fault("pictures are shown before its first keyframe") }
        let exact = Double(place) / rate.value / stream.timeBase.value
        // A container's clock may be coarser than a frame is long in it: a tick is no change of rate.
        if abs(Double(pts - origin) - exact) > max(1.001, 0.02 / rate.value / stream.timeBase.value) {
            fault("its frame rate is not constant")
        }
        guard place >= next, ahead.insert(place).inserted else {
            return fault("two of its pictures have one time, or its frame rate is not constant")
        }
        if packet.isKeyframe {
            if !coding.isIDR {
                hasRecoveryPoints = true
            } else if place == count {
                let entry = ClipTraits.Entry(frame: place, ticks: pts)
                remember(&entries, entry)
                if starts.count < Self.most { starts.append(entry) }
            }
        }
        while ahead.remove(next) != nil { next += 1 }
        delay = max(delay, count - place)
        count += 1
        if ahead.isEmpty, next == count { remember(&cuts, count) }
    }

    private func remember<T>(_ list: inout [T], _ value: T) {
        if list.count == Self.most { list.removeFirst() }
        list.append(value)
    }

    mutating func finish(declared: Int64?) {
        if count == 0 { fault("it has no pictures") }
        if !ahead.isEmpty { fault("its frame rate is not constant") }
        if let declared, declared > Int64(count), faults.isEmpty {
            fault("it is cut short: \(count) of \(declared) pictures are there")
        }
        if cuts.last != count { cuts.append(count) }
    }

    private mutating func look(into packet: borrowing Packet) -> (isIDR: Bool, isWhole: Bool) {
        switch stream.parameters.codecName {
        case "h264":
            guard let sets else { return (packet.isKeyframe, true) }
            guard packet.isKeyframe else { return (false, true) }
            var isIDR = false
            var strangers = false
            let isWhole = packet.withBytes { bytes in
                NALUnits.walk(bytes, lengthSize: sets.lengthSize) { unit in
                    switch unit[0] & 31 {
                    case 5: isIDR = true
                    case 7: strangers = strangers || !sets.sequence.contains(Array(unit))
                    case 8: strangers = strangers || !sets.picture.contains(Array(unit))
                    default: break
                    }
                }
            }
            if !isWhole { fault("the units of a packet do not fit it") }
            if strangers { fault("its packets bring parameter sets that its header does not have") }
            return (isIDR, isWhole)
        case "hevc":
            guard packet.isKeyframe, stream.parameters.extradata.count > 22 else {
                return (packet.isKeyframe, true)
            }
            let lengthSize = Int(stream.parameters.extradata[21] & 3) + 1
            var isIDR = false
            var strangers = false
            let isWhole = packet.withBytes { bytes in
                NALUnits.walk(bytes, lengthSize: lengthSize) { unit in
                    let kind = unit[0] >> 1 & 63
                    if [19, 20].contains(kind) { isIDR = true }
                    if let sets, (32...34).contains(kind), !sets.holds(Array(unit)) { strangers = true }
                }
            }
            if strangers { fault("its packets bring parameter sets that its header does not have") }
            return (isIDR, isWhole)
        default:
            return (packet.isKeyframe, true)
        }
    }
}
