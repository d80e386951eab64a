import Foundation
import Media
import Montage
import TestSupport
import Testing

@Suite(.blocking) struct ConcatTests {
    let folder: TempDirectory
    init() throws { folder = try TempDirectory("concat") }

    @Test(arguments: ["mp4-web", "webm-vp9"])
    func `ten clips of five seconds are fifty seconds of both`(name: String) throws {
        let clips = try (0..<3).map {
            try Cuts.clip(
                folder, "\($0).mp4", size: "64x64", seconds: 5, sound: $0 == 1 ? 4.98 : 5,
                tone: 300 + 100 * $0)
        }
        var preset = try Cuts.preset(name)
        // What is counted does not depend on how hard the encoder tries.
        preset.video.options.merge(
            preset.container == "mp4" ? ["preset": "ultrafast"] : ["deadline": "realtime", "cpu-used": "8"]
        ) { $1 }
        let proof = try Concat.run(
            inputs: (0..<10).map { clips[$0 % 3] }, output: folder.file("film.\(preset.fileExtension)"),
            preset: preset, interrupt: Interrupt())
        #expect(proof.frames == 1200)
        #expect(proof.audioSamples == 2_400_000)
        #expect(proof.duration == 50)
        #expect(try Oracle.frameCount(proof.path) == 1200)
        let heard = try Cuts.samples(proof.path)
        #expect(abs(heard.count - 2_400_000) < 1024)
        // No hole at any join: the level of each hundredth of a second stays near that of the film.
        func level(_ at: Int) -> Double {
            (heard[at..<at + 2400].reduce(0.0) { $0 + Double($1) * Double($1) } / 2400).squareRoot()
        }
        let usual = level(100_000)
        for join in 1..<10 where join % 3 != 2 {
            #expect(level(join * 240_000 - 1200) > 0.6 * usual, "join \(join)")
        }
    }

    @Test func `clips of other sizes, rates and without sound are fitted`() throws {
        let inputs = [
            try Cuts.clip(folder, "a.mp4", size: "160x90", seconds: 1, sound: 1),
            try Cuts.clip(folder, "b.mp4", size: "96x160", rate: "30", seconds: 1),
            try Cuts.clip(
                folder, "c.webm", size: "200x100", rate: "25", seconds: 1, sound: 1,
                "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -c:a libopus -vf setsar=4/3"),
            try Cuts.clip(
                folder, "d.mp4", size: "160x90", rate: "24000/1001", seconds: 1, sound: 1,
                "-ar 44100 -ac 1"),
        ]
        let proof = try Concat.run(
            inputs: inputs, output: folder.file("film.mov"), preset: Cuts.preset("mov-h264"),
            interrupt: Interrupt())
        #expect(proof.passed)
        #expect("\(proof.width)x\(proof.height)" == "160x90")
        #expect(proof.frames == 96)
        #expect(proof.audioSamples == 192_000)
        #expect(proof.line.contains("96 frames"))
    }

    @Test func `a clip that cannot be used is named, and no film is left`() throws {
        let clip = try Cuts.clip(folder, "a.mp4", seconds: 0.5)
        let text = try folder.write("notes.mp4", "no film")
        let fault = #expect(throws: MediaError.self) {
            try Concat.run(
                inputs: [clip, text], output: self.folder.file("film.mp4"), preset: Cuts.preset("mp4-web"),
                interrupt: Interrupt())
        }
        #expect(fault?.message.contains("notes.mp4") == true)
        #expect(try folder.names() == ["a.mp4", "notes.mp4"])
    }
}
