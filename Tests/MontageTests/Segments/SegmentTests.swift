import Foundation
import Media
import Montage
import TestSupport
import Testing

@Suite(.blocking) struct SegmentTests {
    let folder: TempDirectory
    let format = FilmFormat(width: 160, height: 96, rate: Rational(24, 1))
    init() throws { folder = try TempDirectory("segments") }

    func render(_ clip: String, _ frames: Range<Int>?, _ preset: Preset, _ name: String) throws
        -> SegmentReport
    {
        try Segments.render(
            SegmentJob(
                source: clip, frames: frames, format: format,
                outputs: [.init(preset: preset, path: folder.file(name))]),
            interrupt: Interrupt())[0]
    }

    /// The film's colour, where it is not that which its height stands for: 709 from 720 lines, else 601.
    @Test(arguments: [
        ("-colorspace bt709 -color_primaries bt709 -color_trc bt709 -color_range tv", 96, "bt709"),
        ("-colorspace bt709 -color_primaries bt709 -color_trc bt709 -color_range tv", 720, nil),
        ("-colorspace smpte170m -color_primaries smpte170m -color_trc smpte170m", 96, nil),
        ("-colorspace smpte170m -color_primaries smpte170m -color_trc smpte170m", 720, "smpte170m"),
        ("-colorspace bt2020nc -color_primaries bt2020 -color_trc smpte2084", 96, "bt709"),
        ("-colorspace ycgco", 96, nil), ("", 96, nil),
    ])
    func `a film takes over the colour of its first clip`(tags: String, height: Int, matrix: String?) throws {
        let clip = try Cuts.clip(folder, "first.mp4", seconds: 0.2, tags)
        let video = try #require(try Probe.report(path: clip, interrupt: Interrupt()).video)
        let colour = FilmFormat.colour(of: video, height: height)
        #expect(colour?.matrix == matrix)
        #expect(colour == nil || colour?.range == "tv")
    }

    @Test func `a clip of the film's colour goes into it untouched`() throws {
        let clip = try Cuts.clip(
            folder, "first.mp4", seconds: 0.5, "-colorspace bt709 -color_primaries bt709 -color_trc bt709")
        let video = try #require(try Probe.report(path: clip, interrupt: Interrupt()).video)
        var own = format
        own.colour = FilmFormat.colour(of: video, height: format.height)
        var lossless = try Cuts.preset("mp4-web")
        lossless.video.options.merge(["crf": "0", "profile": "high444"]) { $1 }
        let report = try Segments.render(
            SegmentJob(
                source: clip, format: own, outputs: [.init(preset: lossless, path: folder.file("lossless"))]),
            interrupt: Interrupt())[0]
        func pictures(_ path: String) throws -> [String] {
            try Oracle.ffmpeg(["-i", path, "-map", "0:v", "-f", "framemd5", "-"]).text.split(separator: "\n")
                .filter { !$0.hasPrefix("#") }.map { String($0.split(separator: ",").last ?? "") }
        }
        #expect(try pictures(report.path) == pictures(clip))
    }

    @Test(arguments: ["mp4-social", "webm-vp9", "webm-av1", "mov-prores"])
    func `a segment is exactly the frames asked for, on exact ticks`(name: String) throws {
        let clip = try Cuts.clip(folder, "in.mp4", seconds: 2)
        let report = try render(clip, 5..<41, Cuts.preset(name), "seg")
        #expect(report.frames == 36)
        let times = try Cuts.pictureTimes(report.path)
        #expect(times.count == 36)
        #expect(times.first == 0)
        #expect(Set(zip(times, times.dropFirst()).map { $1 - $0 }).count == 1)
        let first = try Program.succeed(
            "ffprobe",
            [
                "-v", "error", "-select_streams", "v", "-show_entries", "packet=flags", "-of",
                "default=nw=1:nk=1", report.path,
            ]
        ).text
        #expect(first.hasPrefix("K"))
    }

    @Test func `the frames are the clip's own, by number`() throws {
        let clip = try Cuts.clip(folder, "in.mp4", seconds: 1)
        var lossless = try Cuts.preset("mp4-web")
        lossless.video.options["qp"] = "0"
        lossless.video.options["crf"] = nil
        lossless.video.options["profile"] = "high444"
        let report = try render(clip, 7..<12, lossless, "seg.mp4")
        let theirs = try Oracle.ffmpeg([
            "-i", clip, "-vf", "select=between(n\\,7\\,11)", "-fps_mode", "passthrough", "-f", "md5", "-",
        ]).text
        #expect(try Cuts.pictureMD5(report.path) == theirs)
    }

    @Test(arguments: ["mp4-social", "webm-av1"])
    func `segments of different clips share their header bytes`(name: String) throws {
        let one = try Cuts.clip(folder, "one.mp4", seconds: 2)
        let two = try Cuts.clip(folder, "two.mp4", size: "320x192", seconds: 0.2, "-vf negate")
        let preset = try Cuts.preset(name)
        let headers = try [render(one, nil, preset, "1"), render(two, 1..<2, preset, "2")].map { report in
            try Demuxer(path: report.path, interrupt: Interrupt()).streams[0].parameters.extradata
        }
        #expect(headers[0] == headers[1])
        #expect(!headers[0].isEmpty)
    }

    @Test func `rendering twice gives the same bytes`() throws {
        let clip = try Cuts.clip(folder, "in.mp4", seconds: 1)
        for name in ["mp4-social", "webm-vp9", "webm-av1", "mov-prores"] {
            let preset = try Cuts.preset(name)
            let digests = try ["a", "b"].map { try render(clip, 0..<20, preset, $0).sha256 }
            #expect(digests[0] == digests[1], "\(name)")
        }
    }

    @Test func `frames beyond the clip are refused by number`() throws {
        let clip = try Cuts.clip(folder, "in.mp4", seconds: 1)
        let fault = #expect(throws: MontageError.self) {
            try self.render(clip, 20..<30, Cuts.preset("mp4-web"), "seg.mp4")
        }
        #expect(fault?.code == .outOfRange)
        #expect(fault?.message.contains("frame 24") == true)
        #expect(try folder.names() == ["in.mp4"])
    }
}
