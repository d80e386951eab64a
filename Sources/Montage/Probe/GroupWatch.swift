import Media

/// Sees the packets of a picture stream go by, in the order of the file, and learns how they hang together.
struct GroupWatch {
    private let access: KeyAccess
    private let tick: Double
    private var keyframes = 0
    private var inGroup = 0
    private var (shortest, longest) = (Int.max, 0)
    private var framesInGroups = 0
    private var keyTime: Int64?
    private var keyKind = KeyAccess.Kind.closed
    private var longestTicks: Int64 = 0
    private var highest: Int64?
    private var hasReordering = false
    private var isOpen = false

    init(_ stream: StreamInfo) {
        access = KeyAccess(stream.parameters)
        tick = stream.timeBase.value
    }

    /// Looks at one shown packet.
    mutating func look(at packet: borrowing Packet) {
        if packet.isKeyframe {
            endGroup(at: packet.pts)
            keyframes += 1
            keyTime = packet.pts
            keyKind = access.kind(of: packet)
            if keyKind == .open { isOpen = true }
        } else if keyKind == .openIfLeading, let time = packet.pts, let keyTime, time < keyTime {
            isOpen = true
        }
        if keyframes > 0 { inGroup += 1 }
        if let time = packet.pts {
            if let highest, time < highest { hasReordering = true }
            highest = max(highest ?? time, time)
        }
    }

    private mutating func endGroup(at time: Int64?) {
        guard inGroup > 0 else { return }
        (shortest, longest) = (min(shortest, inGroup), max(longest, inGroup))
        framesInGroups += inGroup
        inGroup = 0
        if let time, let keyTime { longestTicks = max(longestTicks, time - keyTime) }
    }

    /// What was learnt; nil where no keyframe came. `end` is when the last frame goes.
    mutating func report(end: Int64?) -> GOPReport? {
        guard keyframes > 0 else { return nil }
        endGroup(at: end)
        return GOPReport(
            keyframes: keyframes, shortest: shortest, longest: longest,
            mean: Double(framesInGroups) / Double(keyframes),
            longestSeconds: longestTicks > 0 ? Double(longestTicks) * tick : nil, hasBFrames: hasReordering,
            isClosed: !isOpen, isExact: true)
    }
}

/// How a keyframe shuts off what comes before it, read from its packet.
///
/// Source: ITU-T H.264, 7.4.1.2.4; ITU-T H.265, 7.4.2.2; ISO/IEC 13818-2, 6.3.8. ISO/IEC 14496-15 for the
/// bytes that say how long a NAL unit's length is.
struct KeyAccess {
    enum Kind {
        /// Nothing behind it refers to what is before it.
        case closed
        /// Pictures shown before it and stored after it may.
        case openIfLeading
        /// What is behind it may.
        case open
    }

    private let codec: String
    /// Bytes of a NAL unit's length; nil where units stand behind start codes.
    private let lengthSize: Int?

    init(_ parameters: CodecParameters) {
        codec = parameters.codecName
        let extra = parameters.extradata
        switch codec {
        case "h264" where extra.count > 4 && extra[0] == 1: lengthSize = Int(extra[4] & 3) + 1
        case "hevc" where extra.count > 21 && extra[0] == 1: lengthSize = Int(extra[21] & 3) + 1
        default: lengthSize = nil
        }
    }

    func kind(of packet: borrowing Packet) -> Kind {
        packet.withBytes { bytes in
            switch codec {
            case "h264":
                let kinds = Self.units(bytes, lengthSize).lazy.map { $0 & 31 }
                guard let first = kinds.first(where: { (1...5).contains($0) }) else { return .openIfLeading }
                return first == 5 ? .closed : .open
            case "hevc":
                let kinds = Self.units(bytes, lengthSize).lazy.map { $0 >> 1 & 63 }
                guard let first = kinds.first(where: { $0 < 32 }) else { return .openIfLeading }
                return first == 19 || first == 20 ? .closed : .openIfLeading
            case "mpeg2video", "mpeg1video":
                return Self.saysClosed(bytes) ? .closed : .openIfLeading
            default:
                return .openIfLeading
            }
        }
    }

    /// The first byte of each NAL unit.
    private static func units(_ bytes: UnsafeRawBufferPointer, _ lengthSize: Int?) -> [UInt8] {
        var heads: [UInt8] = []
        var place = 0
        if let lengthSize {
            while place + lengthSize < bytes.count, heads.count < 64 {
                let length = bytes[place..<(place + lengthSize)].reduce(0) { $0 << 8 | Int($1) }
                heads.append(bytes[place + lengthSize])
                guard length > 0 else { break }
                place += lengthSize + length
            }
        } else {
            while place + 3 < bytes.count, heads.count < 64 {
                if bytes[place] == 0, bytes[place + 1] == 0, bytes[place + 2] == 1 {
                    heads.append(bytes[place + 3])
                    place += 3
                }
                place += 1
            }
        }
        return heads
    }

    /// The bit behind the time code of the group's header.
    private static func saysClosed(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var place = 0
        while place + 7 < min(bytes.count, 4096) {
            if bytes[place] == 0, bytes[place + 1] == 0, bytes[place + 2] == 1, bytes[place + 3] == 0xb8 {
                return bytes[place + 7] & 0x40 != 0
            }
            place += 1
        }
        return false
    }
}
