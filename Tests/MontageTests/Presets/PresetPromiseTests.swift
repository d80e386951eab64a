import Foundation
import Media
import Montage
import TestSupport
import Testing

/// What each preset promises, looked up in what comes out: by the ffprobe program, and in the bytes.
@Suite(.blocking) struct PresetPromiseTests {
    let folder: TempDirectory
    init() throws { folder = try TempDirectory("promises") }

    struct Promise: Sendable, CustomTestStringConvertible {
        var preset: String
        var codec: String
        var pixelFormat: String
        var profile: String?
        var tag: String?
        /// Most pictures from keyframe to keyframe, at 24 a second.
        var gop: Int?
        /// Most pictures that decoding runs ahead.
        var mostB = 0
        var sound: String?
        /// Bytes that must be in the file, and bytes that must not.
        var has: [String] = []
        var hasNot: [String] = []
        var testDescription: String { preset }
    }

    static let promises: [Promise] = [
        Promise(
            preset: "mp4-social", codec: "h264", pixelFormat: "yuv420p", profile: "High", tag: "avc1",
            gop: 12,
            mostB: 2, sound: "aac", has: ["colr", "nclx"], hasNot: ["elst", "edts"]),
        Promise(
            preset: "mp4-web", codec: "h264", pixelFormat: "yuv420p", profile: "High", tag: "avc1", gop: 48,
            mostB: 2, sound: "aac", has: ["colr", "nclx"]),
        Promise(
            preset: "mp4-hevc", codec: "hevc", pixelFormat: "yuv420p", profile: "Main", tag: "hvc1", gop: 48,
            mostB: 4, sound: "aac", has: ["hvcC", "colr"], hasNot: ["hev1"]),
        Promise(
            preset: "mov-h264", codec: "h264", pixelFormat: "yuv420p", profile: "High", tag: "avc1", gop: 12,
            mostB: 2, sound: "aac", has: ["colr"], hasNot: ["elst", "edts"]),
        Promise(
            preset: "mov-prores", codec: "prores", pixelFormat: "yuv422p10le", profile: "HQ", tag: "apch",
            gop: 1, sound: "pcm_s24le", has: ["colr"]),
        Promise(
            preset: "mov-alpha", codec: "prores", pixelFormat: "yuva444p12le", profile: "4444", tag: "ap4h",
            gop: 1, sound: "pcm_s24le"),
        Promise(
            preset: "webm-vp9", codec: "vp9", pixelFormat: "yuv420p", profile: "Profile 0", gop: 120,
            sound: "opus"),
        Promise(
            preset: "webm-alpha", codec: "vp9", pixelFormat: "yuv420p", profile: "Profile 0", gop: 120,
            sound: "opus"),
        Promise(
            preset: "webm-av1", codec: "av1", pixelFormat: "yuv420p10le", profile: "Main", gop: 120,
            sound: "opus"),
        Promise(
            preset: "master", codec: "ffv1", pixelFormat: "yuva420p", gop: 1, sound: "flac"),
        Promise(preset: "gif-preview", codec: "gif", pixelFormat: "bgra"),
    ]

    /// Two and a half seconds with opacity and, in a Matroska file, tagged colours.
    private func source() throws -> String {
        let path = folder.file("in.mkv")
        try Oracle.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=size=160x96:rate=24:duration=2.5:alpha=128,format=yuva420p",
            "-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000:duration=2.5", "-c:v", "ffv1",
            "-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv",
            "-c:a", "flac", "-ac", "2", path,
        ])
        return path
    }

    @Test(arguments: promises) func `a preset keeps its promise`(_ promise: Promise) throws {
        let preset = try Cuts.preset(promise.preset)
        let path = folder.file("out.\(preset.fileExtension)")
        _ = try Transcode.run(
            input: source(), outputs: [.init(path: path, preset: preset)], interrupt: Interrupt())

        let video = try Cuts.stream(path, "video")
        #expect(video["codec_name"] as? String == promise.codec)
        #expect(video["pix_fmt"] as? String == promise.pixelFormat)
        if let profile = promise.profile { #expect(video["profile"] as? String == profile) }
        if let tag = promise.tag { #expect(video["codec_tag_string"] as? String == tag) }
        #expect((video["has_b_frames"] as? Int ?? 0) <= promise.mostB)
        let isGIF = preset.container == "gif"
        if !isGIF {
            #expect(video["color_space"] as? String == "bt709")
            #expect(video["color_primaries"] as? String == "bt709")
            #expect(video["color_transfer"] as? String == "bt709")
            #expect(video["r_frame_rate"] as? String == "24/1")
            #expect(video["avg_frame_rate"] as? String == "24/1")
            #expect(["1:1", nil].contains(video["sample_aspect_ratio"] as? String))
        }
        #expect(Double(video["start_time"] as? String ?? "9") == 0)
        #expect(try Oracle.frameCount(path) == (isGIF ? 30 : 60))
        try checkGroups(path, promise)

        let audio = try Cuts.stream(path, "audio")
        #expect(audio["codec_name"] as? String == promise.sound)
        if promise.sound != nil {
            #expect(audio["sample_rate"] as? String == "48000")
            #expect(audio["channels"] as? Int == 2)
            // Of Opus the ffprobe program names the end of the decoder's lead-in.
            let start = Double(audio["start_time"] as? String ?? "9") ?? 9
            #expect(abs(start) <= (promise.sound == "opus" ? 0.007 : 0.0005))
            if promise.sound == "aac" {
                #expect(audio["duration_ts"] as? Int == 120_000)
            } else {
                #expect(abs(try Cuts.samples(path).count - 120_000) <= (preset.isMovie ? 0 : 48))
            }
        }
        try checkBytes(path, preset, promise)
    }

    /// Keyframes often enough, groups closed, decoding in order.
    private func checkGroups(_ path: String, _ promise: Promise) throws {
        let text = try Program.succeed(
            "ffprobe",
            [
                "-v", "error", "-select_streams", "v", "-show_entries", "packet=pts,dts,flags", "-of",
                "csv=p=0", path,
            ]
        ).text
        let packets = text.split(separator: "\n").map { $0.split(separator: ",").map(String.init) }
            .filter { $0.count >= 3 }
        let keys = packets.indices.filter { packets[$0][2].hasPrefix("K") }
        #expect(keys.first == 0)
        if let gop = promise.gop {
            for (a, b) in zip(keys, keys.dropFirst() + [packets.count]) { #expect(b - a <= gop) }
        }
        // Closed: nothing that comes after a keyframe is shown before it.
        for (a, b) in zip(keys, keys.dropFirst() + [packets.count]) {
            guard let key = Int64(packets[a][0]) else { continue }
            #expect(packets[a..<b].allSatisfy { Int64($0[0]).map { $0 >= key } ?? true })
        }
        let decoding = packets.compactMap { Int64($0[1]) }
        #expect(zip(decoding, decoding.dropFirst()).allSatisfy { $0 < $1 })
    }

    private func checkBytes(_ path: String, _ preset: Preset, _ promise: Promise) throws {
        let bytes = Data(try folder.read(String(path.split(separator: "/").last ?? "")))
        for word in promise.has { #expect(bytes.range(of: Data(word.utf8)) != nil, "\(word)") }
        for word in promise.hasNot { #expect(bytes.range(of: Data(word.utf8)) == nil, "\(word)") }
        switch preset.container {
        case "mp4",
            "mov" where preset.muxerOptions["movflags"] != nil:
            let index = try #require(bytes.range(of: Data("moov".utf8)))
            let data = try #require(bytes.range(of: Data("mdat".utf8)))
            #expect(index.lowerBound < data.lowerBound)
        case "webm":
            let cues = try #require(bytes.range(of: Data([0x1C, 0x53, 0xBB, 0x6B]), in: 512..<bytes.count))
            let cluster = try #require(bytes.range(of: Data([0x1F, 0x43, 0xB6, 0x75])))
            #expect(cues.lowerBound < cluster.lowerBound)
        default: break
        }
    }

    @Test func `opacity goes into WEBM and MOV and comes out again`() throws {
        for (name, decoder) in [("webm-alpha", ["-c:v", "libvpx-vp9"]), ("mov-alpha", [])] {
            let preset = try Cuts.preset(name)
            let path = folder.file("alpha.\(preset.fileExtension)")
            _ = try Transcode.run(
                input: source(), outputs: [.init(path: path, preset: preset)], interrupt: Interrupt())
            let plane = try Oracle.ffmpeg(
                decoder + [
                    "-i", path, "-vf", "alphaextract,format=gray", "-frames:v", "1", "-f", "rawvideo", "-",
                ]
            ).output
            #expect(plane.count == 160 * 96)
            let mean = plane.reduce(0) { $0 + Int($1) } / max(1, plane.count)
            #expect((118...138).contains(mean), "\(name): \(mean)")
        }
    }

    @Test func `a master is the source, pixel for pixel and sample for sample`() throws {
        for (name, words) in [
            (
                "ten.mkv",
                [
                    "-pix_fmt", "yuv422p10le", "-color_trc", "smpte2084", "-colorspace", "bt2020nc",
                    "-color_primaries", "bt2020",
                ]
            ),
            ("full.mkv", ["-pix_fmt", "yuv444p", "-color_range", "pc"]),
            ("rgb.mkv", ["-pix_fmt", "gbrp10le"]),
        ] {
            let clip = folder.file(name)
            try Oracle.ffmpeg(
                [
                    "-f", "lavfi", "-i", "testsrc2=size=160x96:rate=24:duration=0.5", "-f", "lavfi", "-i",
                    "sine=sample_rate=48000:duration=0.5", "-ac", "2", "-c:v", "ffv1", "-c:a", "flac",
                ] + words + [clip])
            let made = folder.file("master-\(name)")
            _ = try Transcode.run(
                input: clip, outputs: [.init(path: made, preset: Cuts.preset("master"))],
                interrupt: Interrupt())
            #expect(try Cuts.pictureMD5(made) == Cuts.pictureMD5(clip), "\(name)")
            #expect(try Cuts.samples(made) == Cuts.samples(clip), "\(name)")
            let (a, b) = try (Cuts.stream(made, "video"), Cuts.stream(clip, "video"))
            for key in ["pix_fmt", "color_transfer", "color_space"] {
                guard let said = b[key] as? String else { continue }
                #expect(a[key] as? String == said, "\(name) \(key)")
            }
        }
    }

    @Test func `an animated WebP has all its pictures and the clip's length`() throws {
        let preset = try Cuts.preset("webp-preview")
        let report = try Transcode.run(
            input: source(), outputs: [.init(path: folder.file("out.webp"), preset: preset)],
            interrupt: Interrupt())
        #expect(report.outputs[0].rate == Rational(12, 1))
        #expect(report.outputs[0].frames == 30)
        // FFmpeg 5.1 writes animated WebP and cannot read it: the boxes are walked here.
        let bytes = try folder.read("out.webp")
        func little(_ at: Int, _ count: Int) -> Int {
            (0..<count).reduce(0) { $0 | Int(bytes[at + $1]) << (8 * $1) }
        }
        #expect(String(decoding: bytes[8..<16], as: UTF8.self) == "WEBPVP8X")
        #expect(bytes[20] & 2 == 2)
        #expect(little(24, 3) + 1 == 160 && little(27, 3) + 1 == 96)
        var (at, frames, length) = (12, 0, 0)
        while at + 8 <= bytes.count {
            let size = little(at + 4, 4)
            if String(decoding: bytes[at..<at + 4], as: UTF8.self) == "ANMF" {
                frames += 1
                length += little(at + 8 + 12, 3)
            }
            at += 8 + size + size % 2
        }
        #expect((2...30).contains(frames))
        #expect(abs(length - 2500) <= 84, "\(length)")
    }

    @Test func `previews keep within their bounds`() throws {
        let clip = try Cuts.clip(folder, "big.mp4", size: "1280x720", rate: "60", seconds: 0.5)
        for name in ["gif-preview", "webp-preview"] {
            let preset = try Cuts.preset(name)
            let report = try Transcode.run(
                input: clip, outputs: [.init(path: folder.file("p.\(preset.fileExtension)"), preset: preset)],
                interrupt: Interrupt())
            #expect(report.outputs[0].width == 480 && report.outputs[0].height == 270, "\(name)")
            #expect(report.outputs[0].rate == Rational(15, 1))
            #expect(report.outputs[0].frames == 8)
        }
        let small = try Cuts.clip(folder, "small.mp4", size: "64x48", seconds: 0.2)
        let report = try Transcode.run(
            input: small, outputs: [.init(path: folder.file("s.gif"), preset: Cuts.preset("gif-preview"))],
            interrupt: Interrupt())
        #expect(report.outputs[0].width == 64)
    }

    @Test func `without edit lists picture and sound are where they are with them`() throws {
        let clip = folder.file("burst.mkv")
        // A click and a white picture at one second.
        try Oracle.ffmpeg([
            "-f", "lavfi", "-i",
            "color=black:size=160x96:rate=24:duration=2,drawbox=c=white:t=fill:enable='eq(n,24)'", "-f",
            "lavfi", "-i", "aevalsrc='if(between(n,48000,48479),sin(2*PI*1000*t),0)':s=48000:d=2", "-c:v",
            "ffv1", "-c:a", "pcm_s16le", "-ac", "2", clip,
        ])
        var paths: [String] = []
        for name in ["mp4-social", "mp4-web"] {
            let preset = try Cuts.preset(name)
            paths.append(folder.file("\(name).mp4"))
            _ = try Transcode.run(
                input: clip, outputs: [.init(path: paths[paths.count - 1], preset: preset)],
                interrupt: Interrupt())
        }
        func sound(_ path: String, _ input: [String] = []) throws -> [Int16] {
            let bytes = try Oracle.ffmpeg(
                input + ["-i", path, "-map", "0:a", "-ac", "1", "-f", "s16le", "-"]
            ).output
            return stride(from: 0, to: bytes.count - 1, by: 2).map {
                Int16(bitPattern: UInt16(bytes[$0]) | UInt16(bytes[$0 + 1]) << 8)
            }
        }
        // A reader that knows no edit lists gets the same from the file that has none.
        let (without, with) = try (sound(paths[0]), sound(paths[1]))
        #expect(without.count >= 96000 && with.count >= 96000)
        #expect(try sound(paths[0], ["-ignore_editlist", "1"]) == without)
        #expect(lag(without, with) == 0)
        func white(_ path: String) throws -> Int? {
            let text = try Oracle.ffmpeg([
                "-i", path, "-vf", "scale=1:1:flags=area,format=gray", "-f", "rawvideo", "-",
            ]).output
            return text.firstIndex { $0 > 200 }
        }
        #expect(try white(paths[0]) == 24)
        #expect(try white(paths[1]) == 24)
        #expect(try Cuts.pictureTimes(paths[0]).first == 0)
    }

    /// Samples by which `b` is later than `a`, by correlation.
    private func lag(_ a: [Int16], _ b: [Int16]) -> Int {
        func sum(_ shift: Int) -> Double {
            stride(from: 47000, to: 49500, by: 1).reduce(0) { $0 + Double(a[$1]) * Double(b[$1 + shift]) }
        }
        return (-1100...1100).max { sum($0) < sum($1) } ?? .max
    }
}

extension Preset {
    fileprivate var isMovie: Bool { container == "mp4" || container == "mov" }
}
