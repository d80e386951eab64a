import Foundation
import Media
import Montage
import TestSupport
import Testing

/// The last frame against a full decode by the ffmpeg program: not one sample may differ.
@Suite(.blocking) struct `The last frame` {
    @Test(arguments: Recipe.awkward)
    func `is the one that a full decode ends with`(_ recipe: Recipe) throws {
        let folder = try TempDirectory("last")
        let path = try recipe.make(in: folder)
        let found = try FrameExtraction.frame(of: path, at: .last, light: .asStored, interrupt: Interrupt())
        let decoded = try Oracle.frames(
            of: path, matrix: recipe.matrix, range: recipe.range, format: found.picture.oracleFormat
        ).output
        let size = found.picture.bytes.count
        try #require(decoded.count >= size && decoded.count % size == 0)
        #expect(worst(found.picture.bytes, decoded.suffix(size)) == 0, "\(found.note ?? "no note")")
        if let index = found.index { #expect(index == decoded.count / size - 1) }
    }

    @Test(arguments: [
        "bframes.mp4", "sound.mp4", "vfr.mp4", "open.mp4", "tail.mp4", "a.ts", "a.mkv", "av1.mp4", "vp9.webm",
    ])
    func `is found from near the end in ordinary files`(_ file: String) throws {
        let folder = try TempDirectory("last")
        let recipe = try #require(Recipe.awkward.first { $0.file == file })
        let found = try FrameExtraction.frame(of: recipe.make(in: folder), at: .last, interrupt: Interrupt())
        #expect(found.isSought)
        #expect(found.note == nil)
    }

    @Test(arguments: [(90, "transpose=clock"), (180, "hflip,vflip"), (270, "transpose=cclock")])
    func `is turned as a player turns it`(_ degrees: Int, _ filter: String) throws {
        let folder = try TempDirectory("last")
        let upright = try Recipe.source(folder, "-g 12 -bf 2")
        let path = folder.file("turned.mp4")
        // The old tag counts the other way round than the matrix it becomes.
        try Oracle.ffmpeg([
            "-i", upright, "-c", "copy", "-metadata:s:v", "rotate=\((360 - degrees) % 360)", path,
        ])
        let report = try Probe.report(path: path, interrupt: Interrupt())
        let turn = try #require(report.video?.rotation)
        let found = try FrameExtraction.frame(of: path, at: .last, interrupt: Interrupt())
        let filters = [90: "transpose=clock", 180: "hflip,vflip", 270: "transpose=cclock"]
        let expected = try #require(filters[turn])
        let frames = try Oracle.frames(of: path, then: expected).output
        #expect(found.picture.width == (turn == 180 ? 128 : 72))
        #expect(worst(found.picture.bytes, frames.suffix(found.picture.bytes.count)) == 0)
    }

    @Test func `has its own size where the size changes on the way`() throws {
        let folder = try TempDirectory("last")
        let (whole, after) = try Recipe.sizeChange(in: folder)
        let found = try FrameExtraction.frame(of: whole, at: .last, interrupt: Interrupt())
        #expect(found.picture.width == 128)
        #expect(found.note?.contains("the clip says 96x64") == true)
        let frames = try Oracle.frames(of: after).output
        #expect(worst(found.picture.bytes, frames.suffix(found.picture.bytes.count)) == 0)
    }

    @Test func `of a damaged file comes with a note`() throws {
        let folder = try TempDirectory("last")
        let recipe = try #require(Recipe.awkward.first { $0.file == "cut.mp4" })
        let found = try FrameExtraction.frame(of: recipe.make(in: folder), at: .last, interrupt: Interrupt())
        #expect(found.note?.contains("damaged") == true)
    }

    @Test func `does not exist where there is only sound or a cover`() throws {
        let folder = try TempDirectory("last")
        let (sound, cover, song) = (folder.file("a.m4a"), folder.file("c.jpg"), folder.file("b.m4a"))
        try Oracle.ffmpeg(["-f", "lavfi", "-i", "sine=duration=0.2", sound])
        try Oracle.ffmpeg(["-f", "lavfi", "-i", "color=red:size=64x64", "-frames:v", "1", cover])
        try Oracle.ffmpeg([
            "-i", sound, "-i", cover, "-map", "0", "-map", "1", "-c", "copy", "-disposition:v",
            "attached_pic", song,
        ])
        for path in [sound, song] {
            let error = #expect(throws: MontageError.self) {
                try FrameExtraction.frame(of: path, at: .last, interrupt: Interrupt())
            }
            #expect(error?.code == .noVideo)
        }
    }

    @Test func `is not looked for once the interrupt is raised`() throws {
        let folder = try TempDirectory("last")
        let path = try Recipe.source(folder, "-g 12")
        let interrupt = Interrupt()
        interrupt.raise()
        let error = #expect(throws: MediaError.self) {
            try FrameExtraction.frame(of: path, at: .last, interrupt: interrupt)
        }
        #expect(error?.code == .cancelled)
    }
}

/// The largest difference between two samples at the same place; 256 where the lengths differ.
func worst(_ a: some Collection<UInt8>, _ b: some Collection<UInt8>) -> Int {
    a.count == b.count ? zip(a, b).reduce(0) { max($0, abs(Int($1.0) - Int($1.1))) } : 256
}

extension Picture {
    /// The layout of the samples as the ffmpeg program calls it.
    var oracleFormat: String {
        switch (bitDepth, hasAlpha) {
        case (8, false): "rgb24"
        case (8, true): "rgba"
        case (_, false): "rgb48le"
        default: "rgba64le"
        }
    }
}
