import Foundation
import Media
import Montage
import TestSupport
import Testing

/// Several frames of one clip, and the best.
@Suite(.blocking) struct `Frames of a series` {
    private func recipe(_ file: String, in folder: TempDirectory) throws -> String {
        try #require(Recipe.awkward.first { $0.file == file }).make(in: folder)
    }

    /// Numbers of the keyframes and times of all frames, as a full decode by ffprobe gives them.
    private func decoded(_ path: String) throws -> (keys: [Int], times: [Double]) {
        let answer = try Oracle.ffprobe(
            path,
            ["-select_streams", "V:0", "-show_entries", "frame=key_frame,best_effort_timestamp_time"])
        let frames = try #require(answer["frames"] as? [[String: Any]])
        let keys = frames.indices.filter { frames[$0]["key_frame"] as? Int == 1 }
        let times = frames.compactMap { Double($0["best_effort_timestamp_time"] as? String ?? "") }
        return (keys, times)
    }

    @Test(arguments: [
        "bframes.mp4", "open.mp4", "hevc.mp4", "head.mp4", "gops.mp4", "a.mkv", "a.ts", "vp8.webm",
        "vp9.webm",
        "av1.mp4", "prores.mov", "sound.mp4",
    ])
    func `by keyframe are those that a full decode calls keyframes`(_ file: String) throws {
        let folder = try TempDirectory("series")
        let path = try recipe(file, in: folder)
        let (keys, _) = try decoded(path)
        try #require(!keys.isEmpty)
        let size = try FrameExtraction.frame(of: path, at: .first, interrupt: Interrupt()).picture
        let all = try Oracle.frames(of: path, format: size.oracleFormat).output
        let length = size.bytes.count
        var found: [ExtractedFrame] = []
        try FrameExtraction.series(of: path, .keyframes, light: .asStored, interrupt: Interrupt()) {
            found.append($0)
        }
        #expect(found.count == keys.count)
        for (frame, number) in zip(found, keys) {
            #expect(frame.index == nil || frame.index == number)
            #expect(worst(frame.picture.bytes, all[(number * length)..<((number + 1) * length)]) == 0)
        }
    }

    @Test func `by keyframe are sought in a long clip and all taken in a damaged one`() throws {
        let folder = try TempDirectory("series")
        let path = try Recipe.source(folder, "-g 8 -bf 2")
        var sought: [Bool] = []
        try FrameExtraction.series(of: path, .keyframes, interrupt: Interrupt()) {
            sought.append($0.isSought)
        }
        #expect(sought == Array(repeating: true, count: 6))
        let wrong = try recipe("wrong.mp4", in: folder)
        var indices: [Int?] = []
        try FrameExtraction.series(of: wrong, .keyframes, interrupt: Interrupt()) { indices.append($0.index) }
        #expect(try indices == decoded(wrong).keys)
    }

    @Test(arguments: [
        ("vfr.mp4", 0.25), ("bframes.mp4", 0.5), ("late.mkv", 0.3), ("a.gif", 0.35), ("one.mp4", 1),
    ])
    func `at equal distances are those on the screen then`(_ file: String, _ distance: Double) throws {
        let folder = try TempDirectory("series")
        let path = try recipe(file, in: folder)
        let (_, times) = try decoded(path)
        var numbers: [Int?] = []
        try FrameExtraction.series(of: path, .every(seconds: distance), interrupt: Interrupt()) {
            numbers.append($0.index)
        }
        for (place, number) in numbers.enumerated() {
            let moment = (times.first ?? 0) + Double(place) * distance + 1e-6
            #expect(number == times.lastIndex { $0 <= moment })
        }
        // Up to the end and not beyond it.
        let next = FramePosition.seconds(Double(numbers.count) * distance)
        #expect(throws: MontageError.self) {
            try FrameExtraction.frame(of: path, at: next, interrupt: Interrupt())
        }
        let last = FramePosition.seconds(Double(numbers.count - 1) * distance)
        let index = try FrameExtraction.frame(of: path, at: last, interrupt: Interrupt()).index
        #expect(index == nil || index == numbers.last)
    }

    @Test func `stop when asked, and refuse a distance of nothing`() throws {
        let folder = try TempDirectory("series")
        let path = try Recipe.source(folder, "-g 8")
        let interrupt = Interrupt()
        let error = #expect(throws: MediaError.self) {
            try FrameExtraction.series(of: path, .every(seconds: 0.1), interrupt: interrupt) { _ in
                interrupt.raise()
            }
        }
        #expect(error?.code == .cancelled)
        #expect(throws: MontageError.self) {
            try FrameExtraction.series(of: path, .every(seconds: 0), interrupt: Interrupt()) { _ in }
        }
    }

    @Test func `the best is neither black nor blurred nor beside a cut`() throws {
        let folder = try TempDirectory("best")
        let path = folder.file("film.mp4")
        // Black, a blurred pattern, a sharp one from frame 36 to 59, white.
        let parts = [
            "color=black:size=160x96:rate=24:duration=0.5[a]",
            "testsrc2=size=160x96:rate=24:duration=1,boxblur=8[b]",
            "testsrc2=size=160x96:rate=24:duration=1[c]", "color=white:size=160x96:rate=24:duration=0.5[d]",
        ]
        try Oracle.ffmpeg(
            ["-filter_complex", parts.joined(separator: ";") + ";[a][b][c][d]concat=n=4"]
                + ["-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p", path])
        let best = try FrameExtraction.best(of: path, interrupt: Interrupt())
        #expect((38...57).contains(best.index ?? -1), "\(best.index ?? -1)")
    }

    @Test func `the best of a clip of one frame, or of black, is what there is`() throws {
        let folder = try TempDirectory("best")
        let one = try recipe("one.mp4", in: folder)
        #expect(try FrameExtraction.best(of: one, interrupt: Interrupt()).index == 0)
        let black = folder.file("black.mp4")
        try Oracle.ffmpeg(
            ["-f", "lavfi", "-i", "color=black:size=64x64:rate=24:duration=0.5", "-c:v", "libx264", black])
        #expect(try FrameExtraction.best(of: black, interrupt: Interrupt()).picture.width == 64)
    }

    @Test func `the best of a long clip is sought`() throws {
        let folder = try TempDirectory("best")
        let path = folder.file("long.mp4")
        try Oracle.ffmpeg(
            ["-f", "lavfi", "-i", "testsrc2=size=64x48:rate=24:duration=80", "-c:v", "libx264", "-preset"]
                + ["ultrafast", "-g", "48", path])
        #expect(try FrameExtraction.best(of: path, interrupt: Interrupt()).isSought)
    }
}
