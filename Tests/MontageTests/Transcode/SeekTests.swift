import Foundation
import Media
import Montage
import TestSupport
import Testing

/// A part that is decoded from a keyframe before it is the part that a decode from the beginning gives.
@Suite(.blocking) struct `A sought part` {
    private static let files = Recipe.awkward.filter { recipe in
        [".mp4", ".mov", ".mkv", ".webm"].contains { recipe.file.hasSuffix($0) }
    }

    private func read(_ path: String, _ range: Range<Int>, seeks: Bool) -> (PartReading?, Bool, String) {
        do {
            let (part, hasSought) = try PartReading.read(
                path, range: range, seeks: seeks, interrupt: Interrupt())
            return (part, hasSought, "")
        } catch {
            return (nil, false, "\(error)")
        }
    }

    @Test(arguments: files)
    func `has the same pictures in the same places`(recipe: Recipe) throws {
        let folder = try TempDirectory("seek")
        let path = try recipe.make(in: folder)
        for range in [31..<Int.max, 40..<42] {
            let (sought, _, fault) = read(path, range, seeks: true)
            let (walked, _, other) = read(path, range, seeks: false)
            #expect(sought == walked, "\(range)")
            // A part that is not there is told in the same words.
            #expect(fault == other)
        }
    }

    @Test(arguments: [
        ("a.mkv", "-g 12 -bf 2 -c:a aac"), ("a.mov", "-g 12 -bf 2 -c:a aac"),
        ("a.mp4", "-g 12 -bf 3 -c:a aac"),
        ("late.mkv", "-g 12 -bf 2 -c:a aac -output_ts_offset 7"),
    ])
    func `is sought where that can be trusted`(file: String, arguments: String) throws {
        let recipe = Recipe(
            file, file, sound: 2.1, "-c:v libx264 -preset veryfast -pix_fmt yuv420p", arguments)
        let folder = try TempDirectory("seek")
        let path = try recipe.make(in: folder)
        let (sought, hasSought, _) = read(path, 36..<48, seeks: true)
        let (walked, hasWalked, _) = read(path, 36..<48, seeks: false)
        #expect(hasSought && !hasWalked)
        #expect(sought == walked && sought?.pictures.count == 12)
        #expect(sought?.sound.isEmpty == false)
    }

    @Test func `begins with the still that stands when it begins`() throws {
        let folder = try TempDirectory("seek")
        let path = folder.file("still.mkv")
        // Four seconds of movement, three of one picture, and movement again.
        try Oracle.ffmpeg([
            "-f", "lavfi", "-i", Recipe.pattern(seconds: 8), "-vf", "select='not(between(t,4,6.9))'",
            "-fps_mode",
            "vfr", "-c:v", "libx264", "-preset", "veryfast", "-g", "12", "-bf", "2", path,
        ])
        let (sought, hasSought, _) = read(path, 130..<180, seeks: true)
        let (walked, _, _) = read(path, 130..<180, seeks: false)
        #expect(hasSought)
        #expect(sought == walked && sought?.slots.first == 0..<36, "\(sought?.slots.first ?? 0..<0)")
    }
}
