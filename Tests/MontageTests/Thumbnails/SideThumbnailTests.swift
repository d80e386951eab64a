import Foundation
import Media
import Montage
import TestSupport
import Testing

/// Small pictures that a transcode makes beside its outputs.
@Suite(.blocking) struct `Thumbnails beside a transcode` {
    let folder: TempDirectory
    init() throws { folder = try TempDirectory("beside") }

    private func colours(_ seconds: Double = 1) throws -> String {
        let path = folder.file("colours.mp4")
        let film = ["red", "green", "blue"].enumerated()
            .map { "color=\($1):size=160x90:rate=10:duration=\(seconds)[c\($0)];" }.joined()
        try Oracle.ffmpeg([
            "-f", "lavfi", "-i", film + "[c0][c1][c2]concat=n=3:v=1", "-c:v", "libx264", "-preset",
            "ultrafast",
            "-pix_fmt", "yuv420p", path,
        ])
        return path
    }

    private func transcode(
        _ clip: String, to output: String, from: ClipTime? = nil, _ order: ThumbnailOrder
    ) throws -> TranscodeReport {
        try Transcode.run(
            input: clip, outputs: [.init(path: output, preset: Cuts.preset("mp4-web"))],
            settings: TranscodeSettings(from: from), thumbnails: order, interrupt: Interrupt())
    }

    @Test func `have the times that those of the finished file have`() throws {
        let clip = try Cuts.clip(folder, "in.mkv", rate: "25", seconds: 3.2, sound: 3.2)
        for (name, from) in [("all", nil), ("part", ClipTime.seconds(1.28))] {
            let output = folder.file("\(name).mp4")
            let report = try transcode(clip, to: output, from: from, .init(sprites: folder.file(name)))
            let after = try Thumbnails.make(
                from: output, into: folder.file("\(name)-after"), interrupt: Interrupt())
            let mine = try String(contentsOfFile: report.thumbnails?.vtt ?? "", encoding: .utf8)
            let theirs = try String(contentsOfFile: after.vtt, encoding: .utf8)
            #expect(mine == theirs)
            #expect(report.thumbnails?.count == after.count)
        }
    }

    @Test func `show the pictures of the part that is made`() throws {
        let order = ThumbnailOrder(
            sprites: folder.file("s"), contact: folder.file("page.png"), preview: folder.file("moves.gif"),
            scenes: folder.file("cuts"))
        let report = try transcode(colours(), to: folder.file("out.mp4"), from: .seconds(1), order)
        let sheet = try Picture.load(path: report.thumbnails?.sprites ?? "")
        #expect(report.thumbnails?.count == 2)
        for (number, strongest) in [1, 2].enumerated() {
            let pixel = (45 * sheet.width + number * 160 + 80) * 3
            let colour = Array(sheet.bytes[pixel..<(pixel + 3)])
            #expect(colour.firstIndex(of: colour.max() ?? 0) == strongest)
        }
        #expect(try Picture.load(path: folder.file("page.png")).width > 320)
        let moving = try Oracle.ffprobe(folder.file("moves.gif"))["streams"] as? [[String: Any]]
        #expect(moving?.first?["codec_name"] as? String == "gif")
        #expect(report.thumbnails?.sceneCount == 2)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.file("cuts")).sorted()
                == ["scene-01.jpg", "scene-02.jpg", "scenes.json"])
    }

    @Test func `are there without any other output`() throws {
        let report = try Transcode.run(
            input: colours(), outputs: [], thumbnails: .init(contact: folder.file("page.jpg")),
            interrupt: Interrupt())
        #expect(report.outputs.isEmpty && report.thumbnails?.contact == folder.file("page.jpg"))
        #expect(try folder.names() == ["colours.mp4", "page.jpg"])
    }

    @Test func `do not appear where the transcode fails`() throws {
        let clip = try colours()
        #expect(throws: MontageError.self) {
            try transcode(
                clip, to: folder.file("out.mp4"), from: .seconds(9),
                .init(contact: folder.file("page.jpg"), scenes: folder.path))
        }
        #expect(try folder.names() == ["colours.mp4"])
        for wrong in [ThumbnailOrder(contact: "page.bmp"), ThumbnailOrder(preview: "moves.mp4")] {
            let error = #expect(throws: MontageError.self) {
                try transcode(clip, to: folder.file("out.mp4"), wrong)
            }
            #expect(error?.code == .invalidArgument)
        }
    }
}
