import Foundation
import Media
import Montage
import TestSupport
import Testing

@Suite(.blocking) struct ManifestTests {
    let folder: TempDirectory
    let format = FilmFormat(width: 64, height: 48, rate: Rational(24000, 1001))
    init() throws { folder = try TempDirectory("manifest") }

    @Test(arguments: ["mp4-social", "webm-vp9", "mov-prores"])
    func `a film carries its manifest and its chapters`(name: String) throws {
        let preset = try Cuts.preset(name)
        let clip = try Cuts.clip(folder, "clip.mp4", size: "64x48", rate: "24000/1001", seconds: 0.5)
        let segment = try Segments.render(
            SegmentJob(
                source: clip, frames: 0..<12, format: format,
                outputs: [.init(preset: preset, path: folder.file("segment"))]), interrupt: Interrupt())[0]
        // Longer than the 64 kB that MOV's tags hold, and not only ASCII.
        let text =
            "{\"title\":\"Fähre\",\"list\":[" + (0..<10_000).map { "\($0 + 100_000)" }.joined(separator: ",")
            + "]}"
        #expect(text.utf8.count > 1 << 16)
        func film(_ name: String, manifest: String?) throws -> Proof {
            try Join.run(
                JoinJob(
                    segments: [segment.path, segment.path], sound: [], format: format, preset: preset,
                    output: folder.file("\(name).\(preset.fileExtension)"), title: "T",
                    chapters: [
                        .init(startMicroseconds: 0, endMicroseconds: 208_542, title: "One & <two>"),
                        .init(startMicroseconds: 208_542, endMicroseconds: 1_001_000, title: "Drei – vier"),
                    ], manifest: manifest), interrupt: Interrupt())
        }
        let proof = try film("film", manifest: text)
        #expect(try EmbeddedManifest.read(proof.path, interrupt: Interrupt()) == text)
        #expect(try film("again", manifest: text).sha256 == proof.sha256)
        #expect(try EmbeddedManifest.read(film("bare", manifest: nil).path, interrupt: Interrupt()) == nil)

        // The witnesses see a clean file with two chapters; in WebM also the tag.
        let errors = try Oracle.ffmpeg(["-i", proof.path, "-f", "null", "-"]).errors
        #expect(errors.isEmpty, "\(errors)")
        let answer = try Oracle.ffprobe(proof.path, ["-show_chapters", "-show_format"])
        let chapters = answer["chapters"] as? [[String: Any]] ?? []
        let titles = chapters.map { ($0["tags"] as? [String: Any])?["title"] as? String ?? "" }
        #expect(titles == ["One & <two>", "Drei – vier"])
        let start = chapters.last?["start_time"] as? String ?? ""
        #expect(abs((Double(start) ?? 0) - 0.208542) < 0.00051, "\(start)")
        let tags = (answer["format"] as? [String: Any])?["tags"] as? [String: Any] ?? [:]
        #expect((tags["REEL_MANIFEST"] as? String == text) == (name == "webm-vp9"))
    }
}
