import Foundation
import Media
import Montage
import TestSupport
import Testing

/// Streams that are moved as they are, and encodes that two files share.
@Suite(.blocking) struct CopyTests {
    let folder: TempDirectory
    init() throws { folder = try TempDirectory("copy") }

    func run(_ input: String, _ name: String, _ output: String) throws -> TranscodeReport.Output {
        try Transcode.run(
            input: input, outputs: [.init(path: folder.file(output), preset: Cuts.preset(name))],
            interrupt: Interrupt()
        ).outputs[0]
    }

    /// Digests of the coded data, packet by packet.
    func packets(_ path: String, _ stream: String) throws -> [String] {
        let text = try Oracle.ffmpeg(["-i", path, "-map", "0:\(stream)", "-c", "copy", "-f", "framemd5", "-"])
            .text
        return text.split(separator: "\n").filter { !$0.hasPrefix("#") }.compactMap {
            $0.split(separator: ",").last.map(String.init)
        }
    }

    /// Samples by which the sound of one file is earlier than that of the other, by correlation: coders fill
    /// noise in by chance, so samples are not equal.
    func lag(_ one: String, _ other: String) throws -> Int {
        let (ours, theirs) = try (Cuts.samples(one), Cuts.samples(other))
        func sum(_ shift: Int) -> Double {
            (30000..<34000).reduce(0) { $0 + Double(ours[$1]) * Double(theirs[$1 + shift]) }
        }
        return (-52...52).max { sum($0) < sum($1) } ?? 99
    }

    func decoded(_ path: String) throws -> [String] {
        let text = try Oracle.ffmpeg(["-i", path, "-map", "0:v", "-f", "framemd5", "-"]).text
        return text.split(separator: "\n").filter { !$0.hasPrefix("#") }.compactMap {
            $0.split(separator: ",").last.map(String.init)
        }
    }

    @Test func `where nothing has to change the packets are the source's own`() throws {
        let clip = try Cuts.clip(folder, "in.mp4", seconds: 2, sound: 2, "-g 12 -profile:v high")
        let made = try run(clip, "mov-h264", "out.mov")
        #expect(made.copied == ["picture", "sound"])
        #expect(try packets(made.path, "v") == packets(clip, "v"))
        // The lead-in of the sound is what an edit list would hide.
        #expect(try packets(made.path, "a") == Array(packets(clip, "a").dropFirst()))
        #expect(made.frames == 48)
        #expect(try Cuts.stream(made.path, "video")["r_frame_rate"] as? String == "24/1")
        for kind in ["video", "audio"] {
            #expect(Double(try Cuts.stream(made.path, kind)["start_time"] as? String ?? "") == 0)
        }
        #expect(try decoded(made.path) == decoded(clip))
        #expect(try lag(made.path, clip) == 0)
    }

    @Test(arguments: ["in.mkv", "in.ts", "in.flv", "in.mp4"])
    func `pictures and sound of any container come out at their times`(name: String) throws {
        let clip = try Cuts.clip(folder, name, seconds: 2, sound: 2, "-g 24 -bf 3")
        let made = try run(clip, "mp4-copy", "out.mp4")
        #expect(made.copied == ["picture", "sound"])
        #expect(try decoded(made.path) == decoded(clip))
        let times = try Cuts.pictureTimes(made.path)
        #expect(times.count == 48 && times.first == 0)
        let steps = Set(zip(times, times.dropFirst()).map { $1 - $0 })
        #expect((steps.max() ?? 0) - (steps.min() ?? 0) <= (times.last ?? 0) / 900)
        let errors = try Oracle.ffmpeg(["-i", made.path, "-f", "null", "-"]).errors
        #expect(errors.isEmpty, "\(errors)")
        let bytes = Data(try folder.read("out.mp4"))
        let index = try #require(bytes.range(of: Data("moov".utf8)))
        let data = try #require(bytes.range(of: Data("mdat".utf8)))
        #expect(index.lowerBound < data.lowerBound)
        // In sync: the tone is where it was, within the container's tick.
        #expect(abs(try lag(made.path, clip)) <= 48)
    }

    @Test func `sound alone is encoded where only it does not fit`() throws {
        let clip = try Cuts.clip(folder, "in.mkv", seconds: 1, sound: 1, "-g 12 -profile:v high -c:a flac")
        let made = try run(clip, "mov-h264", "out.mov")
        #expect(made.copied == ["picture"])
        #expect(made.encodedBecause?.first?.contains("flac") == true)
        #expect(made.audioCodec == "aac")
        #expect(try decoded(made.path) == decoded(clip))
        #expect(try Cuts.stream(made.path, "audio")["duration_ts"] as? Int == 48000)
    }

    @Test(arguments: [
        ("vp9.webm", "-c:v libvpx-vp9 -cpu-used 8 -deadline realtime", "vp9"),
        ("ten.mp4", "-pix_fmt yuv420p10le", "yuv420p10le"),
        ("base.mp4", "-profile:v baseline -bf 0", "Baseline"), ("sar.mp4", "-vf setsar=4/3", "square"),
    ])
    func `what does not fit is encoded, and why is said`(name: String, words: String, reason: String) throws {
        let clip = try Cuts.clip(folder, name, seconds: 0.5, words)
        let made = try run(clip, "mov-h264", "out.mov")
        #expect(made.copied == nil)
        #expect(
            made.encodedBecause?.joined(separator: " ").contains(reason) == true,
            "\(made.encodedBecause ?? [])")
        #expect(try Cuts.stream(made.path, "video")["pix_fmt"] as? String == "yuv420p")
    }

    @Test func `what is hidden by an edit list does not come to light`() throws {
        let whole = try Cuts.clip(folder, "whole.mp4", seconds: 2, "-g 24")
        let clip = folder.file("cut.mp4")
        try Oracle.ffmpeg(["-ss", "0.7", "-i", whole, "-c", "copy", clip])
        let made = try run(clip, "mp4-copy", "out.mp4")
        #expect(made.copied == nil)
        #expect(made.encodedBecause?.first?.contains("edit list") == true)
        #expect(made.frames == (try Oracle.frameCount(clip)))
    }

    @Test func `a wish for another picture is a reason to encode`() throws {
        let clip = try Cuts.clip(folder, "in.mp4", seconds: 1, sound: 1)
        let report = try Transcode.run(
            input: clip, outputs: [.init(path: folder.file("out.mp4"), preset: Cuts.preset("mp4-copy"))],
            settings: TranscodeSettings(width: 80, height: 48), interrupt: Interrupt())
        #expect(report.outputs[0].copied == nil)
        #expect(report.outputs[0].width == 80)
    }

    @Test func `one encode is muxed twice, and each file is as if it were alone`() throws {
        let clip = try Cuts.clip(folder, "in.mkv", seconds: 1, sound: 1, "-pix_fmt yuv444p")
        let names = [("mp4-social", "mp4"), ("mov-h264", "mov")]
        let together = try Transcode.run(
            input: clip,
            outputs: names.map { .init(path: folder.file("all.\($1)"), preset: try Cuts.preset($0)) },
            interrupt: Interrupt())
        #expect(together.outputs[0].sharedWith == nil)
        #expect(together.outputs[1].sharedWith == folder.file("all.mp4"))
        for (i, (name, ending)) in names.enumerated() {
            let alone = try run(clip, name, "one.\(ending)")
            let digests = try [alone.path, together.outputs[i].path].map {
                try SHA256.hex(ofFile: $0, interrupt: Interrupt())
            }
            #expect(digests[0] == digests[1], "\(name)")
        }
        #expect(try packets(folder.file("all.mp4"), "v") == packets(folder.file("all.mov"), "v"))
        #expect(try packets(folder.file("all.mp4"), "a") == packets(folder.file("all.mov"), "a"))
    }
}
