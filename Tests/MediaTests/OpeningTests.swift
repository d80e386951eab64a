import Foundation
import Media
import TestSupport
import Testing

@Suite(.blocking) struct OpeningTests {
    private func failure(_ path: String, accept: DemuxerSet = .clips) -> MediaError? {
        do {
            _ = try Demuxer(path: path, accept: accept, interrupt: Interrupt())
            return nil
        } catch {
            return error
        }
    }

    @Test func `each trouble with a file has its own name`() throws {
        let folder = try TempDirectory("opening")
        #expect(failure(folder.file("none.mp4"))?.code == .notFound)
        #expect(failure(folder.path)?.code == .isDirectory)
        try Data().write(to: URL(fileURLWithPath: folder.file("empty.mp4")))
        #expect(failure(folder.file("empty.mp4"))?.code == .empty)
        try Data("hello, this is no film".utf8).write(to: URL(fileURLWithPath: folder.file("text.mp4")))
        #expect(failure(folder.file("text.mp4"))?.code == .notMedia)
        #expect(failure("/dev/null")?.code == .unsupported)
    }

    @Test func `a film without its index is called cut short`() throws {
        let folder = try TempDirectory("opening")
        try Making.film(folder.file("whole.mp4"), frames: 24)
        let bytes = try Data(contentsOf: URL(fileURLWithPath: folder.file("whole.mp4")))
        try bytes.prefix(bytes.count / 2).write(to: URL(fileURLWithPath: folder.file("half.mp4")))
        #expect(failure(folder.file("half.mp4"))?.code == .truncated)
    }

    @Test func `a playlist that poses as a film reads no other file`() throws {
        let folder = try TempDirectory("opening")
        try Making.film(folder.file("secret.mp4"), frames: 2)
        let lists = [
            "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nsecret.mp4\n#EXT-X-ENDLIST\n",
            "ffconcat version 1.0\nfile secret.mp4\n",
            """
            <?xml version="1.0"?>
            <MPD xmlns="urn:mpeg:dash:schema:mpd:2011" profiles="urn:mpeg:dash:profile:isoff-on-demand:2011" \
            type="static" mediaPresentationDuration="PT1S"><Period><AdaptationSet mimeType="video/mp4">\
            <Representation id="1" bandwidth="1"><BaseURL>secret.mp4</BaseURL></Representation></AdaptationSet>\
            </Period></MPD>
            """,
            "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
                + "m=video 9 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n",
            "[playlist]\nNumberOfEntries=1\nFile1=secret.mp4\n", "secret.mp4\n", "file:secret.mp4\n",
        ]
        for (i, list) in lists.enumerated() {
            let path = folder.file("list\(i).mp4")
            try Data(list.utf8).write(to: URL(fileURLWithPath: path))
            #expect(failure(path)?.code == .notMedia)
            let fault = failure(path, accept: .media)
            #expect(fault?.code == .notMedia)
            #expect((fault?.message.count ?? 0) < path.utf8.count + 150, "\(fault?.message ?? "")")
        }
    }

    @Test func `a picture named like a pattern is itself and reads no neighbour`() throws {
        let folder = try TempDirectory("opening")
        try Oracle.ffmpeg([
            "-f", "lavfi", "-i", "color=red:size=32x32", "-frames:v", "1", folder.file("s0.png"),
        ])
        try Oracle.ffmpeg([
            "-f", "lavfi", "-i", "color=blue:size=64x64", "-frames:v", "1", folder.file("b.png"),
        ])
        for name in ["s%d.png", "s[0-9].png", "s*.png"] {
            try FileManager.default.copyItem(atPath: folder.file("b.png"), toPath: folder.file(name))
            let demuxer = try Demuxer(path: folder.file(name), accept: .media, interrupt: Interrupt())
            #expect(demuxer.streams.first?.parameters.width == 64, "\(name)")
            #expect(demuxer.container.formatName != "image2" || demuxer.streams[0].parameters.width == 64)
        }
    }

    @Test func `more streams than a film has are refused in words`() throws {
        let folder = try TempDirectory("opening")
        let one = folder.file("one.mkv")
        try Oracle.ffmpeg(
            ["-f", "lavfi", "-i", "color=size=16x16", "-frames:v", "1", "-c:v", "rawvideo", one])
        let many = folder.file("many.nut")
        try Oracle.ffmpeg(["-i", one] + (0..<101).flatMap { _ in ["-map", "0:v"] } + ["-c", "copy", many])
        let error = failure(many, accept: .media)
        #expect(error?.code == .tooLarge)
        #expect(error?.message.contains("more than 100 streams") == true, "\(error?.message ?? "opened")")
    }

    @Test func `a sound of absurd rate is refused in words`() throws {
        let folder = try TempDirectory("opening")
        let path = folder.file("a.wav")
        try Oracle.ffmpeg(["-f", "lavfi", "-i", "sine=duration=0.1", path])
        var bytes = try folder.read("a.wav")
        // The rate stands at byte 24 of a WAV file, little-endian.
        bytes.replaceSubrange(24..<28, with: [0, 0, 0, 0x40])
        try folder.write("a.wav", bytes)
        let error = failure(path, accept: .media)
        #expect(error?.code == .tooLarge && error?.message.contains("1073741824") == true)
    }

    @Test func `a path that looks like a URL is a path`() throws {
        #expect(failure("http://127.0.0.1:9/a.mp4")?.code == .notFound)
        let folder = try TempDirectory("opening")
        let path = folder.file("concat:a|b.mp4")
        try Making.film(path, frames: 2)
        #expect(failure(path) == nil)
    }

    @Test func `only packets of the streams that are kept are read, also those read ahead`() throws {
        let folder = try TempDirectory("opening")
        try Making.film(folder.file("film.mp4"), frames: 24, sound: true)
        try Oracle.ffmpeg(["-i", folder.file("film.mp4"), "-c", "copy", folder.file("film.ts")])
        let demuxer = try Demuxer(path: folder.file("film.ts"), accept: .media, interrupt: Interrupt())
        let best = demuxer.bestStream(.video)
        let picture = try #require(best)
        demuxer.keepOnly([picture])
        let packet = try Packet()
        var counts: [Int: Int] = [:]
        while try demuxer.read(into: packet) { counts[packet.streamIndex, default: 0] += 1 }
        #expect(counts == [picture: 24])
    }

    @Test func `the header alone describes an MP4`() throws {
        let folder = try TempDirectory("opening")
        let path = folder.file("film.mp4")
        try Making.film(path, frames: 24, sound: true)
        let demuxer = try Demuxer(path: path, analyse: .none, interrupt: Interrupt())
        let video = demuxer.streams[0]
        #expect(video.parameters.codecName == "h264")
        #expect(video.parameters.width == 96 && video.parameters.height == 64)
        #expect(video.declaredFrameCount == 24)
        #expect(video.averageRate == Rational(24, 1))
        #expect(demuxer.index(of: 0).count == 24)
        #expect(demuxer.bestStream(.audio) == 1)
    }

    @Test(arguments: ["0", "90", "180", "270"])
    func `the display matrix is read as turns clockwise`(rotate: String) throws {
        let folder = try TempDirectory("opening")
        try Making.film(folder.file("a.mp4"), frames: 3)
        let turned = folder.file("turned.mp4")
        try Oracle.ffmpeg([
            "-i", folder.file("a.mp4"), "-c", "copy", "-metadata:s:v", "rotate=\(rotate)", turned,
        ])
        let demuxer = try Demuxer(path: turned, interrupt: Interrupt())
        // The program counts turns the other way round.
        let streams = try Oracle.ffprobe(turned)["streams"] as? [[String: Any]]
        let sides = streams?.first?["side_data_list"] as? [[String: Any]]
        let counter = sides?.first?["rotation"] as? Int ?? 0
        #expect(demuxer.streams[0].rotation == (720 - counter) % 360)
        #expect(demuxer.streams[0].isMirrored == false)
        #expect((counter != 0) == (rotate != "0"))
    }
}
