import Foundation
import Media
import Montage
import TestSupport
import Testing

@Suite(.blocking) struct JoinTests {
    let folder: TempDirectory
    let format = FilmFormat(width: 160, height: 96, rate: Rational(24, 1))
    init() throws { folder = try TempDirectory("join") }

    func segment(_ clip: String, _ frames: Range<Int>?, _ preset: Preset, _ name: String) throws -> String {
        try Segments.render(
            SegmentJob(
                source: clip, frames: frames, format: format,
                outputs: [.init(preset: preset, path: folder.file(name))]),
            interrupt: Interrupt())[0].path
    }

    @Test(arguments: ["mp4-social", "webm-vp9", "webm-av1", "mov-prores"])
    func `a film of two chained shots and a mute one is exact`(name: String) throws {
        let preset = try Cuts.preset(name)
        let one = try Cuts.clip(folder, "one.mp4", seconds: 1, sound: 1)
        let two = try Cuts.clip(folder, "two.mp4", seconds: 1.5, sound: 1.4, tone: 700)
        let mute = try Cuts.clip(folder, "mute.mp4", seconds: 0.5)
        let segments = [
            try segment(one, 0..<23, preset, "s1"), try segment(two, nil, preset, "s2"),
            try segment(mute, nil, preset, "s3"),
        ]
        let proof = try Join.run(
            JoinJob(
                segments: segments,
                sound: [
                    .init(source: one, frames: 0..<23, chainedToNext: true),
                    .init(source: two, frames: 0..<36), .init(source: mute, frames: 0..<12),
                ], format: format, preset: preset, output: folder.file("film.\(preset.fileExtension)"),
                title: "A film",
                chapters: [.init(startMicroseconds: 0, endMicroseconds: 1_000_000, title: "one")]),
            interrupt: Interrupt())
        #expect(proof.passed)
        #expect(proof.frames == 71)
        #expect(proof.audioSamples == 142_000)
        #expect(try Oracle.frameCount(proof.path) == 71)
        let errors = try Oracle.ffmpeg(["-i", proof.path, "-f", "null", "-"]).errors
        #expect(errors.isEmpty, "\(errors)")
        // The pictures are those of the segments, one after the other.
        let whole = try Oracle.ffmpeg(["-i", proof.path, "-map", "0:v", "-f", "framemd5", "-"]).text
        let parts = try segments.map { try Oracle.ffmpeg(["-i", $0, "-f", "framemd5", "-"]).text }
        func digests(_ text: String) -> [Substring] {
            text.split(separator: "\n").filter { !$0.hasPrefix("#") }.compactMap {
                $0.split(separator: " ").last
            }
        }
        #expect(digests(whole) == parts.flatMap(digests))
        let title = try Oracle.ffprobe(proof.path)["format"] as? [String: Any]
        let tags = title?["tags"] as? [String: Any] ?? [:]
        #expect(tags.contains { $0.key.lowercased() == "title" && $0.value as? String == "A film" })
    }

    @Test func `joining twice gives the same bytes`() throws {
        let preset = try Cuts.preset("webm-vp9")
        let one = try Cuts.clip(folder, "one.mp4", seconds: 1, sound: 1)
        let segments = [try segment(one, 0..<12, preset, "s1"), try segment(one, 12..<24, preset, "s2")]
        let digests = try ["a.webm", "b.webm"].map {
            try Join.run(
                JoinJob(
                    segments: segments, sound: [.init(source: one, frames: 0..<24)], format: format,
                    preset: preset, output: folder.file($0)), interrupt: Interrupt()
            ).sha256
        }
        #expect(digests[0] == digests[1])
    }

    @Test func `segments of different presets are refused by name`() throws {
        let clip = try Cuts.clip(folder, "one.mp4", seconds: 0.5)
        let web = try Cuts.preset("mp4-web")
        var other = web
        other.video.options["profile"] = "main"
        let segments = [try segment(clip, nil, web, "s1"), try segment(clip, nil, other, "s2")]
        let fault = #expect(throws: MontageError.self) {
            try Join.run(
                JoinJob(
                    segments: segments, sound: [], format: self.format, preset: web,
                    output: self.folder.file("film.mp4")), interrupt: Interrupt())
        }
        #expect(fault?.code == .incompatible)
        #expect(fault?.message.contains("s2") == true)
        #expect(try folder.names() == ["one.mp4", "s1", "s2"])
    }

    @Test func `sound that is not as long as the pictures is refused`() throws {
        let clip = try Cuts.clip(folder, "one.mp4", seconds: 0.5)
        let web = try Cuts.preset("mp4-web")
        let segments = [try segment(clip, nil, web, "s1")]
        let fault = #expect(throws: MontageError.self) {
            try Join.run(
                JoinJob(
                    segments: segments, sound: [.init(source: clip, frames: 0..<11)], format: self.format,
                    preset: web, output: self.folder.file("film.mp4")), interrupt: Interrupt())
        }
        #expect(fault?.code == .incompatible)
    }
}
