import Media
import Montage
import TestSupport
import Testing

@Suite(.blocking) struct ParameterSetTests {
    let folder: TempDirectory
    init() throws { folder = try TempDirectory("sets") }

    private func header(_ arguments: String) throws -> [UInt8] {
        let path = try Chain.clip(
            folder, "clip-\(arguments.hashValue).mp4", from: 0, frames: 3, sound: false, arguments)
        return try Demuxer(path: path, interrupt: Interrupt()).streams[0].parameters.extradata
    }

    @Test func `a header is written as it was read, and tells its numbers`() throws {
        for profile in ["baseline", "main", "high", "high10 -pix_fmt yuv420p10le"] {
            let bytes = try header("-c:v libx264 -profile:v \(profile) -x264-params sps-id=7")
            let sets = try #require(ParameterSets(avcC: bytes))
            #expect(sets.avcC == bytes, "\(profile)")
            #expect(sets.sequenceIDs == [7])
            #expect(sets.pictureIDs == [7])
            #expect(sets.lengthSize == 4)
        }
    }

    @Test func `a header cut short anywhere is none, or a shorter one that is whole`() throws {
        let bytes = try header("-c:v libx264 -profile:v high")
        for length in 0..<bytes.count {
            guard let sets = ParameterSets(avcC: Array(bytes[..<length])) else { continue }
            // Only what follows the sets may be missing.
            #expect(sets.avcC == Array(bytes[..<length]))
            #expect(length >= bytes.count - 4)
        }
    }

    @Test func `HEVC's header is written as it was read, and damaged ones are none`() throws {
        let bytes = try header(
            "-c:v libx265 -preset ultrafast -tag:v hvc1 -x265-params log-level=none:info=0")
        let sets = try #require(ParameterSets(hvcC: bytes))
        #expect(sets.header.count == bytes.count)
        #expect(ParameterSets(hvcC: sets.header) == sets)
        #expect(sets.sequenceIDs == [0] && sets.pictureIDs == [0] && sets.lengthSize == 4)
        for length in 0..<bytes.count { #expect(ParameterSets(hvcC: Array(bytes[..<length])) == nil) }
        for place in bytes.indices {
            var damaged = bytes
            damaged[place] = 255
            _ = ParameterSets(hvcC: damaged)?.sequenceIDs
        }
    }

    @Test func `one number for two things is a conflict, two numbers are merged`() throws {
        let one = try #require(ParameterSets(avcC: header("-c:v libx264 -level 3.1")))
        let other = try #require(ParameterSets(avcC: header("-c:v libx264 -level 4.0 -refs 2")))
        let third = try #require(ParameterSets(avcC: header("-c:v libx264 -level 4.0 -x264-params sps-id=3")))
        #expect(one.conflict(with: one) == nil)
        #expect(one.conflict(with: other)?.contains("under the same number") == true)
        #expect(one.conflict(with: third) == nil)
        let both = one.merged(with: third)
        #expect(both.sequenceIDs == [0, 3])
        #expect(both.pictureIDs == [0, 3])
        #expect(both.level == 40)
        #expect(ParameterSets(avcC: both.avcC) == both)
        #expect(both.merged(with: third) == both)
    }

    @Test func `units are walked by their lengths, and a packet that does not fit them is known`() {
        let packet: [UInt8] = [0, 0, 0, 3, 0x65, 9, 8, 0, 0, 0, 2, 0x41, 7]
        var kinds: [UInt8] = []
        let isWhole = packet.withUnsafeBytes {
            NALUnits.walk($0, lengthSize: 4) { kinds.append($0[0] & 31) }
        }
        #expect(isWhole)
        #expect(kinds == [5, 1])
        for length in 1..<packet.count where length != 7 {
            #expect(!Array(packet[..<length]).withUnsafeBytes { NALUnits.walk($0, lengthSize: 4) { _ in } })
        }
    }
}
