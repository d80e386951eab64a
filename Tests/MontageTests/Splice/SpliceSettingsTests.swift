import Foundation
import Media
import Montage
import TestSupport
import Testing

/// What a join of clips may do beyond joining: one loudness for all, colours without a step.
@Suite(.blocking) struct SpliceSettingsTests {
    let folder: TempDirectory
    init() throws { folder = try TempDirectory("splice-settings") }

    /// Two clips that go on from each other, the second one lighter.
    private func drifted() throws -> [String] {
        try [(0, "null"), (29, "eq=brightness=0.05")].map { start, filter in
            let path = folder.file("\(start).mp4")
            try Oracle.ffmpeg([
                "-f", "lavfi", "-i", "testsrc2=size=160x96:rate=24", "-vf",
                "trim=start_frame=\(start):end_frame=\(start + 30),setpts=N/24/TB,eq=contrast=0.6:saturation=0.5,"
                    + filter, "-c:v", "libx264", "-preset", "veryfast", "-crf", "12", "-pix_fmt", "yuv420p",
                path,
            ])
            return path
        }
    }

    private func light(_ path: String) throws -> [Double] {
        let bytes = try Oracle.ffmpeg(["-i", path, "-f", "rawvideo", "-pix_fmt", "gray", "-"]).output
        let area = 160 * 96
        return (0..<bytes.count / area).map { frame in
            bytes[frame * area..<(frame + 1) * area].reduce(0.0) { $0 + Double($1) } / Double(area)
        }
    }

    @Test(arguments: [JoinMode.auto, .encode])
    func `colours go on where that is asked for`(mode: JoinMode) throws {
        let clips = try drifted()
        let seams = try SeamChoice.all(clips, seams: .auto, matching: 12, interrupt: Interrupt())
        #expect(seams.map(\.twins) == [1])
        #expect(seams[0].match?.frames == 12)
        let (proof, plan) = try Splice(
            inputs: clips, output: folder.file("film.mp4"), preset: Cuts.preset("mp4-web"), mode: mode,
            seams: seams
        ).run(interrupt: Interrupt())
        #expect(proof.frames == 59)
        let (made, plain) = (try light(proof.path), try light(clips[1]))
        #expect(abs(made[29] - made[28]) < 1, "\(made[28...30])")
        #expect(abs(made[29 + 12] - plain[12]) < 0.5 && abs(made[58] - plain[29]) < 0.5)
        if mode == .auto {
            #expect(plan.clips[1].treatment == .conform)
            #expect(plan.clips[1].reasons == ["its colours are matched to the clip before"])
            #expect(proof.bitExactFrames >= 25)
        }
        let fault = #expect(throws: MontageError.self) {
            try Splice(
                inputs: clips, output: self.folder.file("no.mp4"), preset: Cuts.preset("mp4-web"),
                mode: .copy,
                seams: seams
            ).plan(interrupt: Interrupt())
        }
        #expect(fault?.message.contains("its colours are matched to the clip before") == true)
    }

    @Test(arguments: [
        ("mp4-web", JoinMode.auto, false), ("mp4-copy", .copy, false), ("mp4-web", .encode, false),
        ("mp4-web", .encode, true),
    ]) func `the whole has one loudness`(name: String, mode: JoinMode, isThePresets: Bool) throws {
        let clips = try [(0.1, 220), (0.5, 440)].map { volume, tone in
            let path = folder.file("\(tone).mp4")
            try Oracle.ffmpeg([
                "-f", "lavfi", "-i", "testsrc2=size=160x96:rate=24", "-f", "lavfi", "-i",
                "sine=frequency=\(tone):sample_rate=48000", "-af",
                "volume=\(volume),aformat=channel_layouts=stereo",
                "-t", "3", "-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p", "-c:a", "aac",
                path,
            ])
            return path
        }
        let before = try clips.map { try #require(try Oracle.loudness(of: $0)).integrated }
        let target = LoudnessTarget(integrated: -19, truePeak: -1)
        var preset = try Cuts.preset(name)
        if isThePresets { preset.audio?.loudness = target }
        let proof = try Splice(
            inputs: clips, output: folder.file("film.mp4"), preset: preset, mode: mode,
            loudness: isThePresets ? nil : target
        ).run(interrupt: Interrupt()).proof
        #expect(proof.audioSamples == 288_000)
        #expect(abs(try #require(try Oracle.loudness(of: proof.path)).integrated + 19) < 0.5)
        #expect(abs(try #require(proof.loudness?.result) + 19) < 0.2)
        // The quiet one stays as much quieter as it was.
        let halves = try ["0", "3"].map { start in
            let path = folder.file("half-\(start).wav")
            try Oracle.ffmpeg(["-ss", start, "-t", "2.9", "-i", proof.path, "-vn", path])
            return try #require(try Oracle.loudness(of: path)).integrated
        }
        #expect(abs((halves[1] - halves[0]) - (before[1] - before[0])) < 0.5)
    }
}
