/// HEVC's parameter sets, as the hvcC box of an MP4 holds them. Source: ISO/IEC 14496-15, 8.3.3.1; ITU-T H.265, 7.3.2.
extension ParameterSets {
    /// Reads the box's payload; nil if it is no such box, is damaged, or holds no set of one of the three kinds.
    package init?(hvcC bytes: [UInt8]) {
        guard bytes.count > 23, bytes[0] == 1 else { return nil }
        var lists: [UInt8: [[UInt8]]] = [:]
        var at = 23
        for _ in 0..<bytes[22] {
            guard at + 3 <= bytes.count else { return nil }
            let kind = bytes[at] & 63
            let count = Int(bytes[at + 1]) << 8 | Int(bytes[at + 2])
            at += 3
            for _ in 0..<count {
                guard at + 2 <= bytes.count else { return nil }
                let length = Int(bytes[at]) << 8 | Int(bytes[at + 1])
                guard length > 2, at + 2 + length <= bytes.count else { return nil }
                lists[kind, default: []].append(Array(bytes[(at + 2)..<(at + 2 + length)]))
                at += 2 + length
            }
        }
        guard let video = lists[32], let sequence = lists[33], let picture = lists[34] else { return nil }
        self.init(
            general: Array(bytes[..<22]), video: video, sequence: sequence, picture: picture,
            others: lists.filter { !(32...34).contains($0.key) })
    }

    /// The box's payload; all sets of a kind are said to be there.
    var hvcC: [UInt8] {
        var lists: [(kind: UInt8, units: [[UInt8]])] = [(32, video), (33, sequence), (34, picture)]
        for (kind, units) in others.sorted(by: { $0.key < $1.key }) { lists.append((kind, units)) }
        var bytes = general + [UInt8(lists.count)]
        for (kind, units) in lists {
            // Further messages may stand in the packets; sets may not.
            bytes.append(kind < 39 ? 0x80 | kind : kind)
            bytes += [UInt8(truncatingIfNeeded: units.count >> 8), UInt8(truncatingIfNeeded: units.count)]
            for unit in units {
                bytes += [UInt8(truncatingIfNeeded: unit.count >> 8), UInt8(truncatingIfNeeded: unit.count)]
                bytes += unit
            }
        }
        return bytes
    }

    /// Where a sequence set has its number: bits before it, behind the unit's header.
    static func hevcNumberPlace(_ unit: [UInt8]) -> Int? {
        guard unit.count > 2 else { return nil }
        var bits = Bits(payload: unit[2...])
        _ = bits.read(4)
        let layers = bits.read(3)
        var place = 8 + 88 + 8
        if layers > 0 {
            // The nesting flag, the profile and the level of the whole, then what each layer states.
            _ = bits.read(1)
            for _ in 0..<12 { _ = bits.read(8) }
            var stated = 16
            for _ in 0..<layers {
                stated += bits.read(1) * 88
                stated += bits.read(1) * 8
            }
            place += stated
        }
        return bits.isExhausted ? nil : place
    }

    static func hevcSequenceID(_ unit: [UInt8]) -> Int {
        guard let place = hevcNumberPlace(unit) else { return -1 }
        var bits = Bits(payload: unit[2...])
        for _ in 0..<place { _ = bits.read(1) }
        return bits.golomb()
    }

    static func hevcPictureID(_ unit: [UInt8]) -> Int {
        guard unit.count > 2 else { return -1 }
        var bits = Bits(payload: unit[2...])
        return bits.golomb()
    }

    static func hevcVideoID(_ unit: [UInt8]) -> Int { unit.count > 2 ? Int(unit[2] >> 4) : -1 }
}
