import Foundation
import Media

/// The numbers of HEVC's parameter sets for what is encoded beside copied packets, and the rewriting that gives them.
///
/// x265 numbers its sets 0 and cannot be told otherwise, and so do most encoders. In a stream of copied and encoded
/// packets the encoded ones need numbers of their own. Sets are easily rewritten: the number stands near the
/// beginning, and all behind it moves by some bits. A slice has coded data behind its header, which must begin at a
/// whole byte; so the new number of its picture set is one whose code is exactly eight bits longer than that of 0:
/// those from 15 to 30. Then the slice grows by one byte, and nothing of it must be understood.
///
/// Source: ITU-T H.265, 7.3.1.2, 7.3.2.1 to 7.3.2.3, 7.3.6.1, 9.2.
struct HEVCNumbers: Equatable {
    /// Of the video and of the sequence set, 0 to 15.
    let sequence: Int
    /// Of the picture set, 15 to 30.
    let picture: Int

    /// The numbers that go with one of x264's for the same purpose, 16 to 31; nil for another.
    init?(setID: Int) {
        guard (16...31).contains(setID) else { return nil }
        (sequence, picture) = (setID - 16, setID - 1)
    }

    /// The unit with its numbers changed; nil where it is not numbered as x265 does it.
    func renumbered(_ unit: [UInt8]) -> [UInt8]? {
        guard unit.count > 2 else { return nil }
        let kind = unit[0] >> 1 & 63
        var payload = NALUnits.payload(unit[2...])
        switch kind {
        case 32:
            payload[0] = UInt8(sequence) << 4 | payload[0] & 15
        case 33:
            payload[0] = UInt8(sequence) << 4 | payload[0] & 15
            guard let place = ParameterSets.hevcNumberPlace(unit) else { return nil }
            payload = Self.replacing([place], of: payload, by: [sequence])
        case 34:
            // The number of the set, and that of its sequence set behind it.
            guard payload[0] & 0xc0 == 0xc0 else { return nil }
            payload = Self.replacing([0, 1], of: payload, by: [picture, sequence])
        case 0..<32:
            // One flag, or two in pictures at which decoding can start; then the number, which must be 0.
            let before = UInt8((16...23).contains(kind) ? 2 : 1)
            guard payload[0] << before & 0x80 != 0 else { return nil }
            let head = UInt16(payload[0] >> (8 - before)) << (16 - UInt16(before))
            let code = UInt16(picture + 1) << (7 - UInt16(before))
            let rest = UInt16(payload[0] & (0x7f >> before))
            let both = head | code | rest
            payload.replaceSubrange(0..<1, with: [UInt8(both >> 8), UInt8(both & 255)])
        default: return unit
        }
        return Array(unit[..<2]) + Self.withPrevention(payload)
    }

    /// Replaces codes of Exp-Golomb that begin at these bits, each a 0 of one bit, and ends the payload as it must be.
    private static func replacing(_ places: [Int], of payload: [UInt8], by values: [Int]) -> [UInt8] {
        var bits: [Bool] = []
        for byte in payload {
            for shift in (0..<8).reversed() { bits.append(byte >> UInt8(shift) & 1 == 1) }
        }
        // The last 1 is the stop bit; zeros behind it fill the byte.
        while bits.last == false { bits.removeLast() }
        for (place, value) in zip(places, values).reversed() where place < bits.count {
            let code = value + 1
            let length = (Int.bitWidth - code.leadingZeroBitCount) * 2 - 1
            let digits: [Bool] = (0..<length).map { place in code >> (length - 1 - place) & 1 == 1 }
            bits.replaceSubrange(place..<place + 1, with: digits)
        }
        while bits.count % 8 != 0 { bits.append(false) }
        var bytes: [UInt8] = []
        for at in stride(from: 0, to: bits.count, by: 8) {
            bytes.append(bits[at..<at + 8].reduce(0) { $0 << 1 | ($1 ? 1 : 0) })
        }
        return bytes
    }

    private static func withPrevention(_ bytes: [UInt8]) -> [UInt8] {
        var guarded: [UInt8] = []
        guarded.reserveCapacity(bytes.count + 16)
        var zeros = 0
        for byte in bytes {
            if zeros >= 2, byte <= 3 {
                guarded.append(3)
                zeros = 0
            }
            zeros = byte == 0 ? zeros + 1 : 0
            guarded.append(byte)
        }
        return guarded
    }
}

extension HEVCNumbers {
    /// Writes an MP4 of HEVC pictures anew with other numbers, in place. Blocks.
    static func renumber(_ path: String, rate: Rational, setID: Int, interrupt: Interrupt) throws {
        func fault(_ what: String) -> MontageError {
            MontageError(
                .incompatible, operation: "encoded pictures cannot be put beside copied ones: \(what)",
                subject: path, hint: "Join by a preset that encodes, or with --join cut.")
        }
        guard let numbers = HEVCNumbers(setID: setID) else { throw fault("no number is free") }
        let demuxer = try Demuxer(path: path, accept: .clips, analyse: .none, interrupt: interrupt)
        guard let index = demuxer.bestStream(.video),
            let sets = ParameterSets(hvcC: demuxer.streams[index].parameters.extradata),
            let changed = sets.renumbered(numbers)
        else { throw fault("its parameter sets are not as x265 writes them") }
        let stream = demuxer.streams[index]
        let numbered = path + ".numbered.mp4"
        UnpublishedFiles.add(numbered)
        defer { UnpublishedFiles.forget(numbered) }
        let muxer = try DeliveryMuxer(
            path: numbered, container: "mp4", options: [:],
            video: try stream.parameters.replacing(extradata: changed.header), timeBase: rate.inverse,
            rate: rate, audio: nil, interrupt: interrupt)
        let packet = try Packet()
        while try demuxer.read(into: packet) {
            defer { packet.clear() }
            var bytes: [UInt8] = []
            var isKnown = true
            let isWhole = packet.withBytes { data in
                NALUnits.walk(data, lengthSize: sets.lengthSize) { unit in
                    guard let made = numbers.renumbered(Array(unit)) else { return isKnown = false }
                    for shift in (0..<sets.lengthSize).reversed() {
                        bytes.append(UInt8(truncatingIfNeeded: made.count >> (8 * shift)))
                    }
                    bytes += made
                }
            }
            guard isWhole, isKnown else { throw fault("a slice names another parameter set than x265's") }
            let made = try Packet(copying: bytes)
            (made.pts, made.dts, made.duration) = (packet.pts, packet.dts, packet.duration)
            made.isKeyframe = packet.isKeyframe
            made.rescale(from: stream.timeBase, to: rate.inverse)
            try muxer.writeVideo(made)
        }
        try muxer.finish()
        guard rename(numbered, path) == 0 else { throw fault("the scratch folder cannot be written") }
    }
}
