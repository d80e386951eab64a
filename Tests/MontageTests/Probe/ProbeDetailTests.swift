import Foundation
import Media
import Montage
import TestSupport
import Testing

/// What a report says beyond the streams: groups of pictures, edit lists, light, chapters.
@Suite(.blocking) struct `A report in detail` {
    private func report(_ file: String, in folder: TempDirectory, packets: Bool = false) throws -> ClipReport
    {
        let recipe = try #require(Recipe.awkward.first { $0.file == file })
        return try Probe.report(path: recipe.make(in: folder), packets: packets, interrupt: Interrupt())
    }

    @Test(arguments: [
        ("bframes.mp4", true, true), ("open.mp4", false, true), ("a.ts", true, true),
        ("hevc.mp4", false, true),
        ("a.mkv", true, true), ("vp9.webm", true, false), ("vp8.webm", true, false),
        ("prores.mov", true, false),
        ("two.mp4", true, false),
    ])
    func `tells closed groups from open ones by their packets`(
        _ file: String, _ closed: Bool, _ reorders: Bool
    )
        throws
    {
        let folder = try TempDirectory("gop")
        let report = try report(file, in: folder, packets: true)
        let gop = try #require(report.gop)
        #expect(gop.isClosed == closed && gop.hasBFrames == reorders && gop.isExact)
        let answer = try Oracle.ffprobe(
            folder.file(file), ["-select_streams", "V:0", "-show_entries", "packet=flags,size"])
        let said = try #require(answer["packets"] as? [[String: Any]])
        let keys = said.indices.filter { (said[$0]["flags"] as? String)?.hasPrefix("K") == true }
        #expect(gop.keyframes == keys.count)
        let watch = try #require(report.packets?.first { $0.stream == report.video?.stream })
        let sizes = said.compactMap { Int($0["size"] as? String ?? "") }
        #expect(watch.count == sizes.count && watch.byteCount == Int64(sizes.reduce(0, +)))
        #expect(watch.largest == sizes.max() && watch.smallest == sizes.min())
        // VP8's hidden frames are packets and no frames.
        guard file != "vp8.webm" else { return }
        let ends = keys.dropFirst() + [said.count]
        #expect(gop.longest == zip(keys, ends).map { $1 - $0 }.max())
        #expect(gop.shortest == zip(keys, ends).map { $1 - $0 }.min())
    }

    @Test(arguments: [("-g 12 -bf 2 -flags +cgop -sc_threshold 1000000000", true), ("-g 12 -bf 2", false)])
    func `reads the closed bit of MPEG-2`(_ arguments: String, _ closed: Bool) throws {
        let folder = try TempDirectory("gop")
        let path = folder.file("a.ts")
        try Oracle.ffmpeg(
            ["-f", "lavfi", "-i", Recipe.pattern(), "-c:v", "mpeg2video", "-q:v", "3"]
                + arguments.split(separator: " ").map(String.init) + [path])
        let gop = try Probe.report(path: path, packets: true, interrupt: Interrupt()).gop
        #expect(gop?.isClosed == closed)
    }

    @Test func `knows the groups of an MP4 by its index`() throws {
        let folder = try TempDirectory("gop")
        let path = try Recipe.source(folder, "-g 12 -bf 2 -x264-params scenecut=0")
        let gop = try #require(try Probe.report(path: path, interrupt: Interrupt()).gop)
        #expect(gop.keyframes == 4 && gop.longest == 12 && gop.shortest == 12)
        #expect(gop.isClosed == nil && !gop.isExact && gop.hasBFrames)
        #expect(gop.longestSeconds == 0.5)
        #expect(try report("frag.mp4", in: folder).gop == nil)
    }

    @Test func `measures the rate and the distances of frames`() throws {
        let folder = try TempDirectory("rate")
        let even = try report("bframes.mp4", in: folder)
        #expect(even.video?.measuredRate == Rational(24, 1))
        #expect(even.video?.longestInterval == nil)
        let varying = try report("vfr.mp4", in: folder, packets: true)
        let answer = try Oracle.ffprobe(
            folder.file("vfr.mp4"), ["-select_streams", "v", "-show_entries", "frame=pts_time"])
        let times = try #require(answer["frames"] as? [[String: Any]]).compactMap {
            Double($0["pts_time"] as? String ?? "")
        }
        let steps = zip(times, times.dropFirst()).map { $1 - $0 }.dropLast()
        #expect(abs((varying.video?.shortestInterval ?? 0) - (steps.min() ?? -1)) < 1e-5)
        #expect(abs((varying.video?.longestInterval ?? 0) - (steps.max() ?? -1)) < 1e-5)
        let rate = Double(times.count - 1) / ((times.last ?? 0) - (times.first ?? 0))
        #expect(abs((varying.video?.measuredRate?.value ?? 0) - rate) < 0.001)
        #expect(varying.video?.isVariableRate == true)
    }

    @Test func `lists the edits of an MP4`() throws {
        let folder = try TempDirectory("edits")
        let plain = try report("bframes.mp4", in: folder)
        let edits = try #require(plain.streams[0].edits)
        #expect(edits.count == 1 && edits[0].seconds == 2 && edits[0].rate == 1)
        #expect((edits[0].mediaTicks ?? 0) > 0)
        #expect(plain.findingCodes?.contains("edits") == false)
        let trimmed = try report("tail.mp4", in: folder)
        #expect(trimmed.streams[0].edits?.first?.seconds == 1.5)
        let head = try report("head.mp4", in: folder)
        #expect(head.findings.contains { $0.hasPrefix("stream 0 has an edit list that hides its first") })
        #expect(try report("a.mkv", in: folder).streams[0].edits == nil)
        let late = folder.file("late.mp4")
        try Oracle.ffmpeg(
            [
                "-f", "lavfi", "-i", Recipe.pattern(), "-itsoffset", "0.5", "-f", "lavfi", "-i",
                "sine=duration=1",
            ]
                + ["-c:v", "libx264", "-c:a", "aac", late])
        let second = try Probe.report(path: late, interrupt: Interrupt())
        #expect(second.streams[1].edits?.first?.mediaTicks == nil)
        #expect(second.findingCodes?.contains("edits") == true, "\(second.findings)")
    }

    @Test func `says what the light is, also where only the frames say it`() throws {
        let folder = try TempDirectory("hdr")
        for name in ["hdr.mp4", "hdr.mkv", "hdr.ts"] {
            let path = folder.file(name)
            let display = "G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,50)"
            try Oracle.ffmpeg(
                ["-f", "lavfi", "-i", "testsrc2=size=128x72:rate=24:duration=0.25", "-c:v", "libx265"]
                    + ["-preset", "ultrafast", "-pix_fmt", "yuv420p10le", "-colorspace", "bt2020nc"]
                    + ["-color_primaries", "bt2020", "-color_trc", "smpte2084", "-x265-params"]
                    + ["log-level=none:master-display=\(display):max-cll=1000,400:hdr10=1", path])
            let light = try #require(
                try Probe.report(path: path, interrupt: Interrupt()).video?.light, "\(name)")
            #expect(light.maxContentLight == 1000 && light.maxFrameAverageLight == 400)
            #expect(light.maxLuminance == 1000 && light.minLuminance == 0.005)
            #expect(abs((light.red?.x ?? 0) - 0.68) < 1e-4 && abs((light.white?.y ?? 0) - 0.329) < 1e-4)
        }
    }

    @Test func `lists the chapters`() throws {
        let folder = try TempDirectory("chapters")
        let list = try folder.write(
            "meta.txt",
            """
            ;FFMETADATA1
            [CHAPTER]
            TIMEBASE=1/1000
            START=0
            END=800
            title=One
            [CHAPTER]
            TIMEBASE=1/1000
            START=800
            END=2000
            title=Two
            """)
        let path = folder.file("a.mp4")
        let source = try Recipe.source(folder, "-g 12")
        try Oracle.ffmpeg(["-i", source, "-i", list, "-map_metadata", "1", "-c", "copy", path])
        let report = try Probe.report(path: path, interrupt: Interrupt())
        #expect(report.chapters == 2)
        #expect(
            report.chapterList == [
                Chapter(startMicroseconds: 0, endMicroseconds: 800_000, title: "One"),
                Chapter(startMicroseconds: 800_000, endMicroseconds: 2_000_000, title: "Two"),
            ])
        #expect(report.text.contains("chapter") && report.text.contains("Two"))
    }

    @Test func `sees a Matroska file that is cut short, and trusts one that was written live`() throws {
        let folder = try TempDirectory("short")
        let cut = try report("cut.mkv", in: folder)
        #expect(cut.isDamaged && cut.findingCodes?.first == "cutShort")
        let live = try report("live.mkv", in: folder)
        #expect(!live.isDamaged)
        #expect(try report("a.mkv", in: folder).isDamaged == false)
    }

    @Test func `of an hour is made without reading the hour`() throws {
        let folder = try TempDirectory("hour")
        for name in ["hour.mp4", "hour.mkv"] {
            let path = folder.file(name)
            try Oracle.ffmpeg(
                ["-f", "lavfi", "-i", "testsrc2=size=64x36:rate=1:duration=3600,noise=alls=20:allf=t"]
                    + [
                        "-c:v", "libx264", "-preset", "ultrafast", "-g", "10", "-movflags", "+faststart",
                        path,
                    ])
            let before = try Demuxer(path: path, analyse: .full, interrupt: Interrupt())
            #expect(before.bytesRead < before.container.byteCount / 10, "\(before.bytesRead)")
            let report = try Probe.report(path: path, interrupt: Interrupt())
            #expect(abs((report.duration ?? 0) - 3600) < 1.1)
        }
    }
}
