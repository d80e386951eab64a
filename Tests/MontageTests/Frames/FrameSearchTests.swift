import Foundation
import Media
import Montage
import TestSupport
import Testing

/// Frames by number and by time.
@Suite(.blocking) struct `A frame by its place` {
    @Test(arguments: [
        "bframes.mp4", "open.mp4", "vfr.mp4", "head.mp4", "leading.mp4", "a.ts", "a.mkv", "vp8.webm", "a.gif",
        "a.avi",
    ])
    func `is the one a full decode counts`(_ file: String) throws {
        let folder = try TempDirectory("place")
        let recipe = try #require(Recipe.awkward.first { $0.file == file })
        let path = try recipe.make(in: folder)
        let first = try FrameExtraction.frame(of: path, at: .first, interrupt: Interrupt()).picture
        let all = try Oracle.frames(of: path, matrix: recipe.matrix, range: recipe.range).output
        let size = first.bytes.count
        #expect(worst(first.bytes, all.prefix(size)) == 0)
        for number in [0, 1, 7, all.count / size - 1] {
            let found = try FrameExtraction.frame(of: path, at: .index(number), interrupt: Interrupt())
            #expect(worst(found.picture.bytes, all[(number * size)..<((number + 1) * size)]) == 0)
            #expect(found.index == number)
        }
    }

    @Test(arguments: ["mp4", "mkv"])
    func `is sought where it is far in`(_ ending: String) throws {
        let folder = try TempDirectory("place")
        let path = folder.file("long.\(ending)")
        try Oracle.ffmpeg(
            ["-f", "lavfi", "-i", Recipe.pattern(seconds: 8), "-c:v", "libx264", "-preset", "veryfast"]
                + ["-pix_fmt", "yuv420p", "-g", "20", "-bf", "3", path])
        let all = try Oracle.frames(of: path).output
        let size = 128 * 72 * 3
        for number in [48, 59, 60, 61, 150, 191] {
            let found = try FrameExtraction.frame(of: path, at: .index(number), interrupt: Interrupt())
            #expect(found.isSought)
            #expect(worst(found.picture.bytes, all[(number * size)..<((number + 1) * size)]) == 0)
            guard number < 191 else { continue }
            let moment = FramePosition.seconds((Double(number) + 0.5) / 24)
            let timed = try FrameExtraction.frame(of: path, at: moment, interrupt: Interrupt())
            #expect(timed.picture == found.picture)
        }
    }

    @Test func `at a time is the one on the screen then`() throws {
        let folder = try TempDirectory("place")
        let recipe = try #require(Recipe.awkward.first { $0.file == "vfr.mp4" })
        let path = try recipe.make(in: folder)
        let answer = try Oracle.ffprobe(path, ["-select_streams", "v", "-show_entries", "frame=pts_time"])
        let times = try #require(answer["frames"] as? [[String: Any]]).compactMap {
            Double($0["pts_time"] as? String ?? "")
        }
        try #require(times.count == 48)
        for number in [0, 1, 20, 46] {
            for moment in [times[number], (times[number] + times[number + 1]) / 2] {
                let found = try FrameExtraction.frame(of: path, at: .seconds(moment), interrupt: Interrupt())
                let counted = try FrameExtraction.frame(of: path, at: .index(number), interrupt: Interrupt())
                #expect(found.picture == counted.picture)
            }
        }
    }

    @Test func `counts from the first frame and not from the clip's clock`() throws {
        let folder = try TempDirectory("place")
        let recipe = try #require(Recipe.awkward.first { $0.file == "late.mkv" })
        let path = try recipe.make(in: folder)
        let first = try FrameExtraction.frame(of: path, at: .first, interrupt: Interrupt())
        let zero = try FrameExtraction.frame(of: path, at: .seconds(0), interrupt: Interrupt())
        #expect(first.picture == zero.picture)
        #expect(first.ptsSeconds >= 7)
    }

    @Test(arguments: [
        FramePosition.index(48), .index(-1), .seconds(2), .seconds(-0.1), .seconds(.nan), .index(.max),
    ])
    func `outside the clip is refused with the valid range`(_ position: FramePosition) throws {
        let folder = try TempDirectory("place")
        let path = try Recipe.source(folder, "-g 12 -bf 2")
        let error = #expect(throws: MontageError.self) {
            try FrameExtraction.frame(of: path, at: position, interrupt: Interrupt())
        }
        #expect(error?.code == .outOfRange)
        #expect(error?.hint?.isEmpty == false)
        if position == .index(48) { #expect(error?.hint == "its frames are 0 to 47") }
        if position == .seconds(2) { #expect(error?.hint == "its picture lasts from 0 to 2.000 s") }
    }

    @Test func `stands until its length is over`() throws {
        let folder = try TempDirectory("place")
        let path = try Recipe.source(folder, "-g 12 -bf 2")
        let last = try FrameExtraction.frame(of: path, at: .last, interrupt: Interrupt())
        let late = try FrameExtraction.frame(of: path, at: .seconds(1.999), interrupt: Interrupt())
        #expect(late.picture == last.picture)
    }
}
