import Foundation
import Media
import Montage
import TestSupport
import Testing

/// Cuts inside a clip, the page of pictures and the moving previews.
@Suite(.blocking) struct `Thumbnails of scenes` {
    /// A clip from these filters, put one behind the other.
    private func clip(_ folder: TempDirectory, _ parts: [String]) throws -> String {
        let path = folder.file("film.mp4")
        let names = parts.indices.map { "[p\($0)]" }
        let graph = zip(parts, names).map { $0 + ",format=yuv420p" + $1 }.joined(separator: ";")
        try Oracle.ffmpeg(
            ["-filter_complex", graph + ";" + names.joined() + "concat=n=\(parts.count)"]
                + ["-c:v", "libx264", "-preset", "veryfast", "-crf", "18", path])
        return path
    }

    private func scenes(_ path: String, _ folder: TempDirectory) throws -> [Scene] {
        let out = folder.file("out")
        let set = try Thumbnails.make(from: path, into: out, extras: .scenes, interrupt: Interrupt())
        let list = try JSONDecoder().decode(
            [Scene].self, from: Data(contentsOf: URL(fileURLWithPath: try #require(set.scenes))))
        for scene in list { #expect(try Picture.load(path: out + "/" + scene.picture).width == 160) }
        return list
    }

    @Test func `begin exactly at the cuts`() throws {
        let folder = try TempDirectory("scenes")
        let path = try clip(
            folder,
            [
                "testsrc2=size=160x96:rate=24:duration=1.5", "mandelbrot=size=160x96:rate=24,trim=duration=1",
                "smptebars=size=160x96:rate=24:duration=0.75", "testsrc=size=160x96:rate=24:duration=1",
            ])
        let found = try scenes(path, folder)
        #expect(found.map(\.frame) == [0, 36, 60, 78])
        #expect(found.map(\.frames) == [36, 24, 18, 24])
        #expect(abs(found[1].seconds - 1.5) < 0.001)
    }

    @Test(arguments: [
        ["testsrc2=size=160x96:rate=24:duration=1,noise=alls=60:allf=t"],
        ["testsrc2=size=640x96:rate=24:duration=2,crop=160:96:n*8:0"],
        ["testsrc2=size=160x96:rate=24:duration=2,fade=t=out:s=6:n=30"],
        [
            "testsrc2=size=160x96:rate=24:duration=2,geq=lum='if(eq(N,20),235,lum(X,Y))':cb='cb(X,Y)':cr='cr(X,Y)'"
        ],
        ["color=gray:size=160x96:rate=24:duration=0.05"],
    ])
    func `are one where nothing is cut: noise, a pan, a fade, a flash, a single frame`(_ parts: [String])
        throws
    {
        let folder = try TempDirectory("scenes")
        #expect(try scenes(clip(folder, parts), folder).map(\.frame) == [0])
    }

    @Test func `stand on a page with their times`() throws {
        let folder = try TempDirectory("contact")
        let path = try clip(folder, ["color=0x4060a0:size=160x96:rate=24:duration=12.5"])
        let set = try Thumbnails.make(
            from: path, into: folder.file("out"), extras: .contact, interrupt: Interrupt())
        let page = try Picture.load(path: try #require(set.contact))
        // 13 pictures a second apart in rows of four, each 320x192 with a gap of 8.
        #expect(page.width == 4 * 328 + 8 && page.height == 4 * 200 + 8)
        func light(_ x: Int, _ y: Int) -> Int { Int(page.bytes[(y * page.width + x) * 3]) }
        // The second picture's label begins with "0:01.0"; the 0's left stroke is lit, its middle is not.
        let (left, top) = (8 + 328, 8 + 192 - 18)
        #expect(light(left + 2, top + 8) > 160)
        #expect(light(left + 0, top + 8) < 90)
        #expect(abs(light(left + 200, top - 60) - 0x40) < 12)
    }

    @Test func `move in a GIF and a WebP`() throws {
        let folder = try TempDirectory("preview")
        let path = try clip(folder, ["testsrc2=size=160x96:rate=24:duration=2"])
        let set = try Thumbnails.make(
            from: path, into: folder.file("out"), extras: .preview, interrupt: Interrupt())
        let gif = try Probe.report(
            path: try #require(set.previewGIF), countFrames: true, interrupt: Interrupt())
        #expect(gif.video?.width == 320 && gif.video?.height == 192)
        #expect((14...20).contains(gif.frameCount ?? 0), "\(gif.frameCount ?? 0)")
        let bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: try #require(set.previewWebP))))
        #expect(Array(bytes[8..<16]) == Array("WEBPVP8X".utf8))
        // The flag of animation, then one ANMF chunk a picture; this FFmpeg cannot read them back.
        #expect(bytes[20] & 2 != 0)
        var (place, pictures, milliseconds) = (12, 0, 0)
        while place + 8 <= bytes.count {
            let size = (0..<4).reduce(0) { $0 | Int(bytes[place + 4 + $1]) << (8 * $1) }
            if Array(bytes[place..<(place + 4)]) == Array("ANMF".utf8) {
                pictures += 1
                milliseconds += (0..<3).reduce(0) { $0 | Int(bytes[place + 8 + 12 + $1]) << (8 * $1) }
            }
            place += 8 + size + size % 2
        }
        #expect(pictures == gif.frameCount)
        #expect((1700...2300).contains(milliseconds), "\(milliseconds)")
    }

    @Test func `are taken from six places of a long clip`() throws {
        let folder = try TempDirectory("preview")
        let path = try clip(folder, ["testsrc2=size=64x48:rate=12:duration=30"])
        let set = try Thumbnails.make(
            from: path, into: folder.file("out"), extras: .preview, interrupt: Interrupt())
        let gif = try Probe.report(
            path: try #require(set.previewGIF), countFrames: true, interrupt: Interrupt())
        #expect((36...61).contains(gif.frameCount ?? 0))
        #expect((5.0...6.3).contains(gif.duration ?? 0), "\(gif.duration ?? 0)")
    }
}
