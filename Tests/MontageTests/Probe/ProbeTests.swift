import Foundation
import Media
import Montage
import TestSupport
import Testing

/// Reports against the ffprobe program.
@Suite(.blocking) struct `A report` {
    private static let files = [
        "bframes.mp4", "sound.mp4", "709.mp4", "full.mp4", "odd.mp4", "hdr.mp4", "hevc.mp4", "av1.mp4",
        "prores.mov",
        "sar.mp4", "a.mkv", "a.ts", "vp9.webm", "frag.mp4",
    ]

    @Test(arguments: files)
    func `says what ffprobe says`(_ file: String) throws {
        let folder = try TempDirectory("probe")
        let recipe = try #require(Recipe.awkward.first { $0.file == file })
        let path = try recipe.make(in: folder)
        let report = try Probe.report(path: path, interrupt: Interrupt())
        let answer = try Oracle.ffprobe(path)
        let streams = try #require(answer["streams"] as? [[String: Any]])
        let said = try #require(streams.first { $0["codec_type"] as? String == "video" })
        let video = try #require(report.video)
        let stream = report.streams[video.stream]
        #expect(stream.codec == said["codec_name"] as? String)
        #expect(stream.profile == said["profile"] as? String)
        #expect(stream.level.map { $0 } == (said["level"] as? Int).flatMap { $0 > 0 ? $0 : nil })
        #expect(video.width == said["width"] as? Int && video.height == said["height"] as? Int)
        #expect(video.pixelFormat == said["pix_fmt"] as? String)
        #expect(video.averageRate?.description == said["avg_frame_rate"] as? String)
        #expect(video.colour.matrix == said["color_space"] as? String ?? "unknown")
        #expect(video.colour.primaries == said["color_primaries"] as? String ?? "unknown")
        #expect(video.colour.transfer == said["color_transfer"] as? String ?? "unknown")
        #expect(video.colour.range == said["color_range"] as? String ?? "unknown")
        let format = try #require(answer["format"] as? [String: Any])
        #expect(report.container == format["format_name"] as? String)
        if let duration = Double(format["duration"] as? String ?? "") {
            #expect(abs((report.duration ?? 0) - duration) < 0.002)
        }
        guard let heard = streams.first(where: { $0["codec_type"] as? String == "audio" }) else { return }
        #expect(report.audio?.sampleRate == Int(heard["sample_rate"] as? String ?? ""))
        #expect(report.audio?.layout == heard["channel_layout"] as? String)
        #expect(report.audio?.sampleFormat == heard["sample_fmt"] as? String)
    }

    @Test(arguments: [
        "bframes.mp4", "tail.mp4", "gops.mp4", "head.mp4", "vp8.webm", "a.mkv", "a.ts", "one.mp4",
    ])
    func `counts the frames that are presented`(_ file: String) throws {
        let folder = try TempDirectory("probe")
        let recipe = try #require(Recipe.awkward.first { $0.file == file })
        let path = try recipe.make(in: folder)
        let report = try Probe.report(path: path, countFrames: true, interrupt: Interrupt())
        #expect(report.frameCountIsCounted)
        #expect(report.frameCount == (try Oracle.frameCount(path)))
    }

    @Test(arguments: [
        ("sound.mp4", "its sound is 120 ms longer than its picture"), ("vfr.mp4", "its frame rate varies"),
        ("bframes.mp4", "its colours are not tagged; by its size BT.601 is assumed"),
        ("720.mp4", "its colours are not tagged; by its size BT.709 is assumed"),
        ("a.mov", "its index (moov) is at the end: a browser must load the whole file to play it"),
        ("odd.webm", "its size is odd (127x71); most deliveries need even sizes"),
        ("late.mkv", "it starts at 7.000 s, not at 0"), ("one.mp4", "it has no sound"),
        ("cut.mp4", "the file is cut short: a box of it claims more bytes than there are"),
        ("sar.mp4", "its pixels are not square (4:3)"), ("hdr.mp4", "it is HDR (smpte2084)"),
    ])
    func `finds what surprises`(_ file: String, _ finding: String) throws {
        let folder = try TempDirectory("probe")
        let recipe = try #require(Recipe.awkward.first { $0.file == file })
        let report = try Probe.report(path: recipe.make(in: folder), interrupt: Interrupt())
        #expect(report.findings.contains(finding), "\(report.findings)")
        #expect(report.text.contains(finding))
    }

    @Test func `finds nothing in a clip as it should be`() throws {
        let folder = try TempDirectory("probe")
        let path = folder.file("good.mp4")
        try Oracle.ffmpeg(
            ["-f", "lavfi", "-i", Recipe.pattern(), "-f", "lavfi", "-i", "sine=duration=2:sample_rate=48000"]
                + ["-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p", "-colorspace", "bt709"]
                + [
                    "-color_primaries", "bt709", "-color_trc", "bt709", "-c:a", "aac", "-movflags",
                    "+faststart", path,
                ])
        let report = try Probe.report(path: path, interrupt: Interrupt())
        #expect(report.findings == [])
        #expect(report.moov == "first")
        #expect(report.audio?.priming == 1024)
    }

    @Test func `survives being written as JSON`() throws {
        let folder = try TempDirectory("probe")
        let recipe = try #require(Recipe.awkward.first { $0.file == "sound.mp4" })
        let report = try Probe.report(path: recipe.make(in: folder), interrupt: Interrupt())
        #expect(try JSONDecoder().decode(ClipReport.self, from: JSONEncoder().encode(report)) == report)
    }

    @Test func `of many files keeps their order, and a bad one its place`() async throws {
        let folder = try TempDirectory("probe")
        let good = try Recipe.source(folder, "-g 12")
        let text = try folder.write("words.txt", "this is no film")
        let paths = [good, folder.file("none.mp4"), good, text, folder.path]
        let results = await Probe.reports(paths: paths)
        #expect(results.count == 5)
        #expect(try results[0].get().path == good && results[2].get().frameCount == 48)
        for (place, code) in [(1, MediaError.Code.notFound), (3, .notMedia), (4, .isDirectory)] {
            let error = #expect(throws: MediaError.self) { try results[place].get() }
            #expect(error?.code == code)
        }
    }
}
