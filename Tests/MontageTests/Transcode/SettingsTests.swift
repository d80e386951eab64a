import Foundation
import Media
import Montage
import TestSupport
import Testing

/// Part, size, rate, fades, tags: what a transcode does beyond its presets.
@Suite(.blocking) struct TranscodeSettingsTests {
    let folder: TempDirectory
    init() throws { folder = try TempDirectory("settings") }

    func run(_ input: String, _ output: String, _ preset: Preset, _ settings: TranscodeSettings) throws
        -> TranscodeReport.Output
    {
        try Transcode.run(
            input: input, outputs: [.init(path: folder.file(output), preset: preset)], settings: settings,
            interrupt: Interrupt()
        ).outputs[0]
    }

    func lossless() throws -> Preset {
        var preset = try Cuts.preset("mp4-web")
        preset.video.options = ["preset": "ultrafast", "qp": "0"]
        preset.audio = AudioPreset(codec: "pcm_s16le")
        preset.container = "mov"
        preset.fileExtension = "mov"
        return preset
    }

    static let parts: [(String?, String?, Int, Int)] = [
        ("0.5", "1.25", 12, 30), ("12f", "30f", 12, 30), ("0.51", "1.24", 12, 30), ("0:01", nil, 24, 48),
        (nil, "0.1", 0, 3),
    ]

    @Test(arguments: parts)
    func `a part is exact in pictures and samples`(from: String?, to: String?, first: Int, end: Int) throws {
        let clip = try Cuts.clip(folder, "in.mp4", seconds: 2, sound: 2, "-c:a pcm_s16le -f mov")
        let made = try run(
            clip, "out.mov", lossless(),
            TranscodeSettings(
                from: from.flatMap(ClipTime.init(parsing:)), to: to.flatMap(ClipTime.init(parsing:))))
        #expect(made.frames == end - first)
        #expect(made.samples == Int64((end - first) * 2000))
        let theirs = try Oracle.ffmpeg([
            "-i", clip, "-map", "0:v", "-vf", "select=between(n\\,\(first)\\,\(end - 1))", "-fps_mode",
            "passthrough", "-f", "md5", "-",
        ]).text
        #expect(try Cuts.pictureMD5(made.path) == theirs)
        let all = try Cuts.samples(clip)
        #expect(try Cuts.samples(made.path) == Array(all[first * 2000..<end * 2000]))
    }

    @Test func `sound that stands behind its picture in the file is under it all the same`() throws {
        // Sound a second and a half behind its pictures in the file, as hasty muxers leave it.
        let clip = folder.file("late.mkv")
        try Oracle.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=size=160x96:rate=24:duration=4", "-f", "lavfi", "-i",
            "sine=frequency=440:sample_rate=48000:duration=4", "-c:v", "libx264", "-preset", "ultrafast",
            "-c:a",
            "aac", clip,
        ])
        let made = try run(clip, "out.mov", lossless(), TranscodeSettings(to: .seconds(1)))
        let samples = try Cuts.samples(made.path)
        #expect(samples.count == 48000)
        #expect(samples.suffix(480).contains { abs(Int($0)) > 500 })
    }

    @Test func `a part beyond the end is refused, with what there is`() throws {
        let clip = try Cuts.clip(folder, "in.mp4", seconds: 1)
        for (from, to) in [(0.5, 1.5), (2, 3)] {
            let fault = #expect(throws: MontageError.self) {
                try self.run(
                    clip, "out.mov", self.lossless(),
                    TranscodeSettings(from: .seconds(from), to: .seconds(to)))
            }
            #expect(fault?.code == .outOfRange)
            #expect(fault?.hint?.contains("1.0 s") == true, "\(fault?.hint ?? "")")
        }
        let fault = #expect(throws: MontageError.self) {
            try self.run(clip, "out.mov", self.lossless(), TranscodeSettings(from: .seconds(7)))
        }
        #expect(fault?.code == .outOfRange)
        #expect(try folder.names() == ["in.mp4"])
    }

    static let ways: [(PictureFit, String, String)] = [
        (.pad, "320x320", "320x192+0+64"), (.crop, "96x96", "96x96+0+0"),
        (.stretch, "64x160", "64x160+0+0"), (.inside, "320x320", "320x192+0+0"),
    ]

    @Test(arguments: ways)
    func `a size is met in four ways`(fit: PictureFit, size: String, seen: String) throws {
        let clip = folder.file("red.mkv")
        try Oracle.ffmpeg([
            "-f", "lavfi", "-i", "color=red:size=160x96:rate=24:duration=0.2", "-c:v", "ffv1", clip,
        ])
        let sides = size.split(separator: "x").compactMap { Int($0) }
        let made = try run(
            clip, "out.mov", lossless(), TranscodeSettings(width: sides[0], height: sides[1], fit: fit))
        let parts = seen.split(whereSeparator: { "x+".contains($0) }).compactMap { Int($0) }
        let isInside = fit == .inside
        #expect([made.width, made.height] == (isInside ? [parts[0], parts[1]] : sides))
        let bytes = try Oracle.ffmpeg([
            "-i", made.path, "-frames:v", "1", "-pix_fmt", "rgb24", "-f", "rawvideo", "-",
        ]).output
        func isRed(_ x: Int, _ y: Int) -> Bool { bytes[(y * made.width + x) * 3] > 150 }
        #expect(isRed(parts[2] + parts[0] / 2, parts[3] + parts[1] / 2))
        #expect(isRed(parts[2] + 2, parts[3] + 4))
        if parts[3] > 4 {
            #expect(!isRed(made.width / 2, parts[3] - 4))
            #expect(!isRed(made.width / 2, parts[3] + parts[1] + 4))
        }
    }

    @Test func `a crop keeps the middle and a small picture stays small`() throws {
        let clip = folder.file("halves.mkv")
        try Oracle.ffmpeg([
            "-f", "lavfi", "-i",
            "color=blue:size=192x96:rate=24:duration=0.2,drawbox=x=48:w=96:h=96:c=red:t=fill", "-c:v", "ffv1",
            clip,
        ])
        func reds(_ path: String) throws -> Double {
            let bytes = try Oracle.ffmpeg([
                "-i", path, "-frames:v", "1", "-pix_fmt", "rgb24", "-f", "rawvideo", "-",
            ]).output
            let count = stride(from: 0, to: bytes.count, by: 3).count { bytes[$0] > 150 }
            return Double(count) / Double(bytes.count / 3)
        }
        let cropped = try run(
            clip, "crop.mov", lossless(), TranscodeSettings(width: 96, height: 96, fit: .crop))
        #expect(try reds(cropped.path) > 0.96)
        let small = try run(
            clip, "small.mov", lossless(),
            TranscodeSettings(width: 384, height: 192, fit: .pad, upscales: false))
        #expect(small.width == 384)
        #expect(abs(try reds(small.path) - 0.125) < 0.01)
    }

    @Test func `a rate is met by holding and leaving out pictures`() throws {
        let clip = try Cuts.clip(folder, "in.mp4", seconds: 1, sound: 1)
        for (rate, count) in [(Rational(48, 1), 48), (Rational(12, 1), 12), (Rational(24000, 1001), 24)] {
            let made = try run(clip, "out.mov", lossless(), TranscodeSettings(rate: rate))
            #expect(made.frames == count)
            #expect(made.rate == rate)
            #expect(try Cuts.stream(made.path, "video")["r_frame_rate"] as? String == rate.description)
        }
    }

    @Test(arguments: [true, false])
    func `fades begin and end in black and silence`(isWhole: Bool) throws {
        let clip = folder.file("grey.mkv")
        try Oracle.ffmpeg([
            "-f", "lavfi", "-i", "color=0x808080:size=64x48:rate=24:duration=2", "-f", "lavfi", "-i",
            "sine=frequency=1000:sample_rate=48000:duration=2", "-c:v", "ffv1", "-pix_fmt", "yuv420p", "-c:a",
            "pcm_s16le", "-ac", "2", clip,
        ])
        let made = try run(
            clip, "out.mov", lossless(),
            TranscodeSettings(to: isWhole ? nil : .seconds(1.5), fadeIn: 0.5, fadeOut: 0.25))
        let count = isWhole ? 48 : 36
        #expect(made.frames == count)
        // Two by two pixels of luma and one of each colour difference.
        let bytes = try Oracle.ffmpeg([
            "-i", made.path, "-vf", "scale=2:2:flags=area", "-f", "rawvideo", "-pix_fmt", "yuv420p", "-",
        ]).output
        let grey = stride(from: 0, to: bytes.count, by: 6).map { Int(bytes[$0]) }
        try #require(grey.count == count)
        #expect(grey[0] == 16 && grey[count - 1] == 16)
        #expect(abs(grey[6] - (16 + (grey[20] - 16) / 2)) <= 1)
        #expect(grey[12..<count - 6].allSatisfy { $0 == grey[20] })
        #expect(abs(grey[count - 4] - (16 + (grey[20] - 16) / 2)) <= 1)
        let samples = try Cuts.samples(made.path).map { abs(Int($0)) }
        func peak(_ range: Range<Int>) -> Int { samples[range].max() ?? 0 }
        let full = peak(30000..<40000)
        #expect(peak(0..<480) * 50 < full)
        #expect(abs(peak(11900..<12100) * 2 - full) < full / 10)
        #expect(peak(samples.count - 240..<samples.count) * 50 < full)
    }

    @Test func `shared pictures are not darkened for the others`() throws {
        let clip = folder.file("grey.mkv")
        try Oracle.ffmpeg([
            "-f", "lavfi", "-i", "color=0x808080:size=64x48:rate=24:duration=0.5", "-c:v", "ffv1", "-pix_fmt",
            "yuv420p", clip,
        ])
        let plain = try lossless()
        var other = plain
        other.video.options["preset"] = "superfast"
        let report = try Transcode.run(
            input: clip,
            outputs: [
                .init(path: folder.file("a.mov"), preset: plain),
                .init(path: folder.file("b.mov"), preset: other),
            ], settings: TranscodeSettings(fadeIn: 0.25), interrupt: Interrupt())
        #expect(report.outputs.map(\.sharedWith) == [nil, nil])
        #expect(try Cuts.pictureMD5(folder.file("a.mov")) == Cuts.pictureMD5(folder.file("b.mov")))
    }

    @Test(arguments: ["mp4-web", "mov-prores", "webm-vp9", "master"])
    func `tags and chapters go along, also with a part`(name: String) throws {
        let plain = try Cuts.clip(folder, "plain.mp4", seconds: 3, sound: 3)
        try folder.write(
            "tags.txt",
            ";FFMETADATA1\ntitle=A walk\ncomment=At sea\nartist=Somebody\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=1000\ntitle=One\n"
                + "[CHAPTER]\nTIMEBASE=1/1000\nSTART=1000\nEND=2000\ntitle=Two\n"
                + "[CHAPTER]\nTIMEBASE=1/1000\nSTART=2000\nEND=3000\ntitle=Three\n")
        let clip = folder.file("tagged.mp4")
        try Oracle.ffmpeg([
            "-i", plain, "-i", folder.file("tags.txt"), "-map", "0", "-map_metadata", "1", "-c", "copy", clip,
        ])
        let preset = try Cuts.preset(name)
        let made = try run(
            clip, "out.\(preset.fileExtension)", preset,
            TranscodeSettings(from: .seconds(1.5), to: .seconds(2.5)))
        let answer = try Oracle.ffprobe(made.path, ["-show_format", "-show_chapters"])
        let tags = ((answer["format"] as? [String: Any])?["tags"] as? [String: Any] ?? [:])
            .reduce(into: [String: String]()) { $0[$1.key.lowercased()] = $1.value as? String }
        #expect(tags["title"] == "A walk")
        #expect(tags["comment"] == "At sea")
        #expect(tags["artist"] == "Somebody")
        let chapters = (answer["chapters"] as? [[String: Any]] ?? []).map { chapter in
            "\((chapter["tags"] as? [String: Any])?["title"] ?? "") \(Double(chapter["start_time"] as? String ?? "") ?? -1) \(Double(chapter["end_time"] as? String ?? "") ?? -1)"
        }
        #expect(chapters == ["Two 0.0 0.5", "Three 0.5 1.0"])
        let bare = try run(
            clip, "bare.\(preset.fileExtension)", preset, TranscodeSettings(keepsMetadata: false))
        let left = try Oracle.ffprobe(bare.path, ["-show_format", "-show_chapters"])
        #expect((left["chapters"] as? [Any])?.isEmpty == true)
    }

    @Test func `a tag that a container cannot hold is named`() throws {
        let plain = try Cuts.clip(folder, "plain.mp4", seconds: 0.2)
        let clip = folder.file("tagged.mkv")
        try Oracle.ffmpeg([
            "-i", plain, "-c", "copy", "-metadata", "title=A walk", "-metadata", "WEATHER=fine", clip,
        ])
        func findings(_ name: String) throws -> [String] {
            let preset = try Cuts.preset(name)
            return try Transcode.run(
                input: clip, outputs: [.init(path: folder.file("t.\(preset.fileExtension)"), preset: preset)],
                interrupt: Interrupt()
            ).findings
        }
        #expect(try findings("mp4-web").contains { $0.contains("WEATHER") && !$0.contains("title") })
        #expect(try findings("webm-vp9").isEmpty)
    }

    @Test func `times are read as people write them`() {
        #expect(ClipTime(parsing: "12.5") == .seconds(12.5))
        #expect(ClipTime(parsing: "1:02.5") == .seconds(62.5))
        #expect(ClipTime(parsing: "1:00:02") == .seconds(3602))
        #expect(ClipTime(parsing: "48f") == .frame(48))
        for text in ["", "x", "-1", "1:70", "1:2:3:4", "1e9", "f", "1::2", "-4f", "nan"] {
            #expect(ClipTime(parsing: text) == nil, "\(text)")
        }
    }
}
