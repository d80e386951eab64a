package import Media

/// The parameter sets of an H.264 or HEVC stream, as the avcC or hvcC box of an MP4 holds them: read and written bit by
/// bit.
///
/// # Splicing
///
/// A film of copied clips is one stream of packets that came from several encoders. What makes that work, and
/// what breaks it, is in this folder:
///
/// * `ParameterSets`: each picture names, by number, the sets that say how it is coded. Two encoders that give
///   different sets one number cannot be put together; with different numbers they can, when the film's header
///   holds all of them.
/// * `ClipTraits`: what must be known of a clip to decide, read in one walk over its packets.
/// * `JoinPlanner`: the decision, a pure function; `JoinPlan` is what comes of it, with reasons.
/// * `SeamTail`: the few frames that must be encoded when the end of a clip is dropped. `HEVCNumbers` gives those of
///   HEVC the numbers that x264 can be asked for.
/// * `Splice`: carries a plan out.
///
/// Nothing here looks at pictures to find twins; how many to drop is told.
///
/// Source: ISO/IEC 14496-15, 5.3.3.1 and 8.3.3.1; ITU-T H.264, 7.3.2.1 and 7.3.2.2; ITU-T H.265, 7.3.2.
package struct ParameterSets: Equatable, Sendable {
    /// HEVC's fields before its sets, the profile and the level among them; empty for H.264.
    private(set) var general: [UInt8] = []
    /// HEVC's video parameter sets.
    private(set) var video: [[UInt8]] = []
    /// What else HEVC's box holds, by the kind of unit.
    private(set) var others: [UInt8: [[UInt8]]] = [:]
    /// profile_idc.
    package var profile: UInt8
    /// The constraint flags beside it.
    package var compatibility: UInt8
    /// level_idc: 41 for 4.1.
    package var level: UInt8
    /// Sequence parameter sets, each a NAL unit without a length before it.
    package private(set) var sequence: [[UInt8]]
    /// Picture parameter sets, likewise.
    package private(set) var picture: [[UInt8]]
    /// What follows the sets in High profiles: chroma format, depths, extensions.
    private var rest: [UInt8]
    /// The reserved bits as they were found; writers do not agree about them.
    private var lengthBits: UInt8
    private var countBits: UInt8

    /// Bytes of the length before each NAL unit in the packets.
    package var lengthSize: Int { Int(lengthBits & 3) + 1 }

    /// Whether they are HEVC's.
    var isHEVC: Bool { !general.isEmpty }

    /// Reads the header bytes of a stream in an MP4; nil for other codecs, and for what is damaged.
    package init?(_ parameters: CodecParameters) {
        switch parameters.codecName {
        case "h264": self.init(avcC: parameters.extradata)
        case "hevc": self.init(hvcC: parameters.extradata)
        default: return nil
        }
    }

    /// Puts HEVC's sets together.
    init(
        general: [UInt8], video: [[UInt8]], sequence: [[UInt8]], picture: [[UInt8]],
        others: [UInt8: [[UInt8]]]
    ) {
        (self.general, self.others) = (general, others)
        (self.video, self.sequence, self.picture) = (video, sequence, picture)
        // Tier and profile; a tier is a promise like a level, but not one that can be raised by itself.
        (profile, compatibility, level) = (general[1], 0, general[12])
        (lengthBits, countBits, rest) = (general[21], 0, [])
    }

    /// The header bytes.
    package var header: [UInt8] { isHEVC ? hvcC : avcC }

    /// With other numbers; nil where a set is not numbered as x265 does it.
    func renumbered(_ numbers: HEVCNumbers) -> ParameterSets? {
        var changed = self
        func all(_ units: [[UInt8]]) -> [[UInt8]]? {
            let made = units.compactMap(numbers.renumbered)
            return made.count == units.count ? made : nil
        }
        guard let video = all(video), let sequence = all(sequence), let picture = all(picture) else {
            return nil
        }
        (changed.video, changed.sequence, changed.picture) = (video, sequence, picture)
        return changed
    }

    /// Whether this very set is among them.
    func holds(_ unit: [UInt8]) -> Bool {
        video.contains(unit) || sequence.contains(unit) || picture.contains(unit)
    }

    /// Whether sets for what is encoded under this number can be added.
    func isFree(_ setID: Int) -> Bool {
        guard isHEVC else { return !sequenceIDs.contains(setID) && !pictureIDs.contains(setID) }
        guard let numbers = HEVCNumbers(setID: setID) else { return false }
        return !sequenceIDs.contains(numbers.sequence) && !pictureIDs.contains(numbers.picture)
            && !video.contains { Self.hevcVideoID($0) == numbers.sequence }
    }

    /// Reads the box's payload; nil if it is no such box, is damaged or holds no set of either kind.
    package init?(avcC bytes: [UInt8]) {
        guard bytes.count >= 7, bytes[0] == 1 else { return nil }
        (profile, compatibility, level) = (bytes[1], bytes[2], bytes[3])
        (lengthBits, countBits) = (bytes[4], bytes[5] & 0xe0)
        var at = 6
        func units(_ count: Int) -> [[UInt8]]? {
            var units: [[UInt8]] = []
            for _ in 0..<count {
                guard at + 2 <= bytes.count else { return nil }
                let length = Int(bytes[at]) << 8 | Int(bytes[at + 1])
                guard length > 1, at + 2 + length <= bytes.count else { return nil }
                units.append(Array(bytes[(at + 2)..<(at + 2 + length)]))
                at += 2 + length
            }
            return units
        }
        guard let sequence = units(Int(bytes[5] & 31)), at < bytes.count else { return nil }
        at += 1
        guard let picture = units(Int(bytes[at - 1])), !sequence.isEmpty, !picture.isEmpty else { return nil }
        (self.sequence, self.picture) = (sequence, picture)
        rest = Array(bytes[at...])
    }

    /// The box's payload.
    package var avcC: [UInt8] {
        var bytes = [1, profile, compatibility, level, lengthBits, countBits | UInt8(sequence.count & 31)]
        func append(_ units: [[UInt8]]) {
            for unit in units {
                bytes += [UInt8(truncatingIfNeeded: unit.count >> 8), UInt8(truncatingIfNeeded: unit.count)]
                bytes += unit
            }
        }
        append(sequence)
        bytes.append(UInt8(truncatingIfNeeded: picture.count))
        append(picture)
        return bytes + rest
    }

    /// The numbers of the sequence sets.
    package var sequenceIDs: [Int] { sequence.map(isHEVC ? Self.hevcSequenceID : Self.sequenceID) }
    /// The numbers of the picture sets.
    package var pictureIDs: [Int] { picture.map(isHEVC ? Self.hevcPictureID : Self.pictureID) }

    /// The number of a sequence set.
    static func sequenceID(_ unit: [UInt8]) -> Int {
        guard unit.count > 4 else { return -1 }
        var bits = Bits(payload: unit[4...])
        return bits.golomb()
    }

    /// The number of a picture set.
    static func pictureID(_ unit: [UInt8]) -> Int {
        guard unit.count > 1 else { return -1 }
        var bits = Bits(payload: unit[1...])
        return bits.golomb()
    }

    /// Why the two cannot stand in one header; nil if they can.
    package func conflict(with other: ParameterSets) -> String? {
        if lengthSize != other.lengthSize { return "its packets state lengths in \(lengthSize) bytes" }
        if profile != other.profile { return "its profile is \(profile), not \(other.profile)" }
        if isHEVC != other.isHEVC { return "it is of another codec" }
        for (mine, theirs, id, kind) in [
            (video, other.video, Self.hevcVideoID, "video"),
            (sequence, other.sequence, isHEVC ? Self.hevcSequenceID : Self.sequenceID, "sequence"),
            (picture, other.picture, isHEVC ? Self.hevcPictureID : Self.pictureID, "picture"),
        ] {
            for unit in mine {
                if let same = theirs.first(where: { id($0) == id(unit) }), same != unit {
                    return "its \(kind) parameter set \(id(unit)) differs under the same number"
                }
            }
        }
        if merged(with: other).sequence.count > (isHEVC ? 16 : 31) {
            return "there are too many parameter sets"
        }
        return nil
    }

    /// One header with the sets of both: the level is the higher one, and only what both promise is promised.
    package func merged(with other: ParameterSets) -> ParameterSets {
        var both = self
        both.level = max(level, other.level)
        both.compatibility &= other.compatibility
        if isHEVC { both.general[12] = both.level }
        both.video += other.video.filter { !video.contains($0) }
        both.sequence += other.sequence.filter { !sequence.contains($0) }
        both.picture += other.picture.filter { !picture.contains($0) }
        if both.rest.isEmpty { both.rest = other.rest }
        return both
    }
}

/// The NAL units of a packet of H.264 or HEVC, each with a length before it.
package enum NALUnits {
    /// The bytes behind a unit's header without those that keep start codes out of them (the 3 of 0, 0, 3).
    static func payload(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var clean: [UInt8] = []
        clean.reserveCapacity(bytes.count)
        var zeros = 0
        for byte in bytes {
            if zeros >= 2, byte == 3 {
                zeros = 0
                continue
            }
            zeros = byte == 0 ? zeros + 1 : 0
            clean.append(byte)
        }
        return clean
    }

    /// Calls `body` with each unit; false if the lengths do not fit the packet.
    package static func walk(
        _ bytes: UnsafeRawBufferPointer, lengthSize: Int, _ body: (UnsafeRawBufferPointer) -> Void
    ) -> Bool {
        var at = 0
        while at < bytes.count {
            guard at + lengthSize <= bytes.count else { return false }
            var length = 0
            for i in 0..<lengthSize { length = length << 8 | Int(bytes[at + i]) }
            at += lengthSize
            guard length > 0, length <= bytes.count - at else { return false }
            body(UnsafeRawBufferPointer(rebasing: bytes[at..<at + length]))
            at += length
        }
        return true
    }
}
