import Foundation
import Media
import Montage
import TestSupport
import Testing

/// Poster, sprites and their times.
@Suite(.blocking) struct `The thumbnails` {
    private struct Cue {
        var begin: Double
        var end: Double
        var box: [Int]
    }

    private func cues(_ path: String) throws -> [Cue] {
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(
            separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.first == "WEBVTT")
        func seconds(_ stamp: Substring) -> Double {
            stamp.split(separator: ":").reduce(0) { $0 * 60 + (Double($1) ?? .nan) }
        }
        return lines.indices.filter { lines[$0].contains(" --> ") }.map { at in
            let times = lines[at].split(separator: " ")
            let box = lines[at + 1].split(separator: "=")[1].split(separator: ",").compactMap { Int($0) }
            return Cue(begin: seconds(times[0]), end: seconds(times[2]), box: box)
        }
    }

    private func clip(_ folder: TempDirectory, _ picture: String, sound: Double? = nil) throws -> String {
        let path = folder.file("film.mp4")
        let heard = sound.map { ["-f", "lavfi", "-i", "sine=duration=\($0)"] } ?? []
        try Oracle.ffmpeg(
            ["-f", "lavfi", "-i", picture] + heard
                + ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac", path])
        return path
    }

    @Test func `stand a second apart, cover the film and lie on the sheet`() throws {
        let folder = try TempDirectory("thumbs")
        let path = try clip(folder, Recipe.pattern(320, 180, seconds: 12.5), sound: 12.8)
        let set = try Thumbnails.make(from: path, into: folder.file("out"), interrupt: Interrupt())
        #expect(set.count == 13 && set.columns == 10 && set.rows == 2)
        #expect(set.tileWidth == 160 && set.tileHeight == 90)
        let cues = try cues(set.vtt)
        #expect(cues.count == 13)
        #expect(cues.first?.begin == 0)
        // The sound is longer than the picture, and the seek bar as long as the sound.
        #expect(abs((cues.last?.end ?? 0) - 12.8) < 0.03)
        for (cue, next) in zip(cues, cues.dropFirst()) { #expect(cue.end == next.begin) }
        let sheet = try Picture.load(path: set.sprites)
        #expect(sheet.width == 1600 && sheet.height == 180)
        for cue in cues { #expect(cue.box[0] + cue.box[2] <= 1600 && cue.box[1] + cue.box[3] <= 180) }
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.file("out")).sorted()
        #expect(names == ["poster.jpg", "sprites.jpg", "sprites.vtt"])
    }

    @Test func `show the frame of their time`() throws {
        let folder = try TempDirectory("thumbs")
        // Red, then green, then blue, a second each.
        let film =
            "color=red:size=160x90:rate=10:duration=1[a];color=green:size=160x90:rate=10:duration=1[b];"
            + "color=blue:size=160x90:rate=10:duration=1[c];[a][b][c]concat=n=3:v=1"
        let set = try Thumbnails.make(from: clip(folder, film), into: folder.path, interrupt: Interrupt())
        let sheet = try Picture.load(path: set.sprites)
        try #require(set.count == 3)
        for (number, strongest) in [0, 1, 2].enumerated() {
            let pixel = (45 * sheet.width + number * 160 + 80) * 3
            let colour = Array(sheet.bytes[pixel..<(pixel + 3)])
            #expect(colour.firstIndex(of: colour.max() ?? 0) == strongest)
        }
    }

    @Test func `of one frame are one`() throws {
        let folder = try TempDirectory("thumbs")
        let path = try clip(folder, "color=gray:size=64x64:rate=25:duration=0.04")
        let set = try Thumbnails.make(from: path, into: folder.path, interrupt: Interrupt())
        #expect(set.count == 1)
        let cues = try cues(set.vtt)
        #expect(cues.count == 1 && cues[0].begin == 0 && cues[0].end >= 0.04)
    }

    @Test func `of a long film are never more than 120`() throws {
        let folder = try TempDirectory("thumbs")
        let path = try clip(folder, "testsrc2=size=64x36:rate=2:duration=400")
        let set = try Thumbnails.make(from: path, into: folder.path, interrupt: Interrupt())
        #expect(set.count == 100)
        let cues = try cues(set.vtt)
        #expect(cues.allSatisfy { abs($0.end - $0.begin - 4) < 0.01 })
        #expect(abs((cues.last?.end ?? 0) - 400) < 0.01)
    }

    @Test func `choose a poster that is neither black nor blurred`() throws {
        let folder = try TempDirectory("thumbs")
        let film =
            "color=black:size=320x180:rate=10:duration=2.5[a];"
            + "testsrc2=size=320x180:rate=10:duration=2,gblur=12[b];testsrc2=size=320x180:rate=10:duration=1[c];"
            + "color=white:size=320x180:rate=10:duration=2[d];[a][b][c][d]concat=n=4:v=1"
        let set = try Thumbnails.make(from: clip(folder, film), into: folder.path, interrupt: Interrupt())
        #expect(set.posterSeconds >= 4.5 && set.posterSeconds < 5.5)
        let poster = try Picture.load(path: set.poster)
        #expect(poster.width == 320 && poster.height == 180)
    }

    @Test func `stand upright where the film does`() throws {
        let folder = try TempDirectory("thumbs")
        let flat = try clip(folder, Recipe.pattern(160, 90, seconds: 0.5))
        let path = folder.file("turned.mp4")
        try Oracle.ffmpeg(["-i", flat, "-c", "copy", "-metadata:s:v", "rotate=90", path])
        let set = try Thumbnails.make(from: path, into: folder.path, interrupt: Interrupt())
        #expect(set.tileWidth == 90 && set.tileHeight == 160)
        let poster = try Picture.load(path: set.poster)
        #expect(poster.width == 90 && poster.height == 160)
    }

    @Test func `leave nothing behind when there is no picture`() throws {
        let folder = try TempDirectory("thumbs")
        let path = folder.file("a.m4a")
        try Oracle.ffmpeg(["-f", "lavfi", "-i", "sine=duration=0.2", path])
        #expect(throws: MontageError.self) {
            try Thumbnails.make(from: path, into: folder.file("out"), interrupt: Interrupt())
        }
        #expect(try folder.names() == ["a.m4a"])
    }
}
