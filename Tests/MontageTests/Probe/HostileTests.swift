import Foundation
import Media
import Montage
import TestSupport
import Testing

/// Files that state what no film has. Whatever comes of it is a report or an error, never the process's end.
@Suite(.blocking) struct `A hostile file` {
    /// Begins of fragments: near the ends of 64 bits and of half of them, back and forth.
    private static let times: [[UInt64]] = [
        [0x7fff_ffff_ffff_ff00], [0x4000_0000_0000_0000], [0x8000_0000_0000_0100],
        [0x4000_0000_0000_0000, 0xc000_0000_0000_0000], [0, 0, 0x7fff_ffff_ffff_f000],
        [0xc000_0000_0000_0000, 0xc000_0000_0000_0000, 0x4000_0000_0000_0000],
        [0x0fff_ffff_ffff_fff0, 0xf000_0000_0000_0010],
    ]

    @Test(arguments: times)
    func `with times at the ends of the numbers is read to its end`(_ times: [UInt64]) throws {
        let folder = try TempDirectory("hostile")
        let whole = folder.file("whole.mp4")
        try Oracle.ffmpeg(
            ["-f", "lavfi", "-i", "testsrc2=size=64x48:rate=24:duration=1", "-f", "lavfi", "-i"]
                + ["sine=duration=1", "-c:v", "libx264", "-preset", "veryfast", "-g", "12", "-bf", "2"]
                + ["-c:a", "aac", "-movflags", "frag_keyframe+empty_moov+default_base_moof", whole])
        let path = folder.file("hostile.mp4")
        try Boxes.setFragmentTimes(times, in: whole, writing: path)
        let interrupt = Interrupt()
        // FFmpeg refuses some of them itself, in order.
        let opened = Result { try Probe.report(path: path, interrupt: interrupt) }
        if case .failure(let error as MediaError) = opened, error.code == .notMedia { return }
        for count in [false, true] {
            _ = try Probe.report(path: path, countFrames: count, interrupt: interrupt).text
        }
        let last = try FrameExtraction.frame(of: path, at: .last, interrupt: interrupt)
        #expect(last.picture.width == 64)
        for position in [FramePosition.first, .index(20), .seconds(0.5), .seconds(9e8)] {
            _ = try? FrameExtraction.frame(of: path, at: position, interrupt: interrupt)
        }
        let set = try Thumbnails.make(from: path, into: folder.file("thumbs"), interrupt: interrupt)
        #expect(set.count > 0)
    }

    @Test func `with pixels a hundred times as wide as high shows square ones`() throws {
        let folder = try TempDirectory("hostile")
        let path = folder.file("wide.mkv")
        try Oracle.ffmpeg(
            ["-f", "lavfi", "-i", "testsrc2=size=640x36:rate=24:duration=0.5", "-vf", "setsar=100/1"]
                + ["-c:v", "libx264", "-preset", "veryfast", path])
        let report = try Probe.report(path: path, interrupt: Interrupt())
        #expect(report.video?.displayWidth == 640)
        #expect(report.findings.contains("its pixels are not square (100:1, which is not believed)"))
        let set = try Thumbnails.make(from: path, into: folder.file("out"), interrupt: Interrupt())
        #expect(try Picture.load(path: set.poster).width == 640)
    }
}
