import Media
import TestSupport
import Testing

/// Times that no film has, as they come in.
@Suite(.blocking) struct HostileTimes {
    @Test func `beyond belief are no times`() throws {
        let folder = try TempDirectory("times")
        let whole = folder.file("whole.mp4")
        try Oracle.ffmpeg(
            ["-f", "lavfi", "-i", "testsrc2=size=64x48:rate=24:duration=1", "-c:v", "libx264", "-g", "12"]
                + ["-movflags", "frag_keyframe+empty_moov+default_base_moof", whole])
        let path = folder.file("hostile.mp4")
        try Boxes.setFragmentTimes([0, 1 << 62], in: whole, writing: path)
        let demuxer = try Demuxer(path: path, analyse: .none, interrupt: Interrupt())
        let packet = try Packet()
        var times: [Int64?] = []
        while try demuxer.read(into: packet) { times.append(packet.pts) }
        #expect(times.count == 24)
        #expect(times.allSatisfy { abs($0 ?? 0) <= 1 << 60 })
        #expect(times.contains { $0 == nil } && times.contains { $0 != nil })
    }

    @Test func `that do not fit another clock become the largest that is believed`() {
        let (seconds, nanoseconds) = (Rational(1, 1), Rational(1, 1_000_000_000))
        #expect(rescale(1 << 60, from: seconds, to: nanoseconds) == 1 << 60)
        #expect(rescale(-(1 << 60), from: seconds, to: nanoseconds) == -(1 << 60))
    }

    @Test func `as floating numbers become whole ones without a trap`() {
        #expect(whole(2.5) == 3 && whole(-0.4) == 0)
        #expect(whole(.infinity) == 1 << 60 && whole(-1e300) == -(1 << 60) && whole(.nan) == 0)
    }
}
