import Foundation
import Media
import Montage
import TestSupport
import Testing

@Suite(.blocking) struct TranscodeTests {
    let folder: TempDirectory
    init() throws { folder = try TempDirectory("transcode") }

    func run(_ input: String, _ output: String, _ preset: Preset, _ format: FilmFormat? = nil) throws
        -> TranscodeReport.Output
    {
        let report = try Transcode.run(
            input: input, outputs: [.init(path: folder.file(output), preset: preset)], format: format,
            interrupt: Interrupt())
        return report.outputs[0]
    }

    @Test(arguments: ["mp4-social", "mp4-web", "webm-vp9", "webm-av1", "mov-prores", "mov-h264"])
    func `every preset keeps its promise`(name: String) throws {
        let clip = try Cuts.clip(folder, "in.mp4", seconds: 1, sound: 1)
        var preset = try Cuts.preset(name)
        // CopyTests look at what is moved.
        preset.video.mode = nil
        let made = try run(clip, "out.\(preset.fileExtension)", preset)
        let codecs = [
            "libx264": "h264", "libvpx-vp9": "vp9", "libsvtav1": "av1", "prores_ks": "prores", "aac": "aac",
            "libopus": "opus", "pcm_s24le": "pcm_s24le",
        ]
        let video = try Cuts.stream(made.path, "video")
        #expect(video["codec_name"] as? String == codecs[preset.video.codec])
        #expect(video["pix_fmt"] as? String == preset.video.pixelFormat)
        #expect(video["color_space"] as? String == "smpte170m")
        #expect(video["r_frame_rate"] as? String == "24/1")
        let audio = try Cuts.stream(made.path, "audio")
        #expect(audio["codec_name"] as? String == codecs[preset.audio?.codec ?? ""])
        #expect(audio["sample_rate"] as? String == "48000")
        #expect(try Oracle.frameCount(made.path) == 24)
        #expect(made.frames == 24)
        #expect(made.samples == 48000)
        #expect(try Cuts.pictureTimes(made.path).first == 0)
        if preset.container == "webm" {
            #expect(try Cuts.samples(made.path).count == 48000)
        } else {
            #expect(audio["duration_ts"] as? Int == 48000)
        }
    }

    @Test func `pictures and sound are those of the ffmpeg program with equal settings`() throws {
        let clip = try Cuts.clip(folder, "in.mp4", size: "320x180", seconds: 2, sound: 2)
        let preset = Preset(
            name: "plain", container: "mp4",
            video: VideoPreset(
                codec: "libx264", pixelFormat: "yuv420p", options: ["preset": "veryfast", "crf": "21"]),
            audio: AudioPreset(codec: "aac", options: ["b": "128k"]))
        let made = try run(clip, "ours.mp4", preset)
        let theirs = folder.file("theirs.mp4")
        try Oracle.ffmpeg([
            "-i", clip, "-c:v", "libx264", "-preset", "veryfast", "-crf", "21", "-c:a", "aac", "-b:a", "128k",
            theirs,
        ])
        #expect(try Cuts.pictureMD5(made.path) == Cuts.pictureMD5(theirs))
        // The program keeps what the source's last packet has beyond its picture; two packets later it shows.
        let ours = try Cuts.samples(made.path)
        #expect(try ours.count >= 96000 && ours.prefix(93952) == Cuts.samples(theirs).prefix(93952))
    }

    @Test(arguments: [1, 24]) func `fields become whole pictures, as many as there were`(frames: Int) throws {
        let clip = folder.file("fields.mp4")
        try Oracle.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=size=160x96:rate=48,tinterlace=interleave_top,fieldorder=tff",
            "-frames:v", "\(frames)", "-c:v", "libx264", "-preset", "veryfast", "-flags", "+ilme+ildct",
            "-x264-params", "tff=1", "-pix_fmt", "yuv420p", clip,
        ])
        let preset = Preset(
            name: "plain", container: "mp4",
            video: VideoPreset(
                codec: "libx264", pixelFormat: "yuv420p", options: ["preset": "veryfast", "qp": "0"]))
        let report = try Transcode.run(
            input: clip,
            outputs: [.init(path: folder.file("whole.mp4"), preset: preset)],
            interrupt: Interrupt())
        #expect(report.outputs[0].frames == frames)
        #expect(report.findings.contains { $0.contains("interlaced") })
        #expect(try Oracle.frameCount(folder.file("whole.mp4")) == frames)
        let theirs = try Oracle.ffmpeg(["-i", clip, "-vf", "bwdif=send_frame", "-f", "md5", "-"]).text
        #expect(try Cuts.pictureMD5(folder.file("whole.mp4")) == theirs)
    }

    @Test func `a wide gamut becomes the colours that are demanded`() throws {
        let clip = folder.file("wide.mkv")
        try Oracle.ffmpeg([
            "-f", "lavfi", "-i", "color=c=0xC02040:size=160x96:rate=24:duration=0.5",
            "-vf", "scale=out_color_matrix=bt2020:out_range=tv,format=yuv420p10le", "-c:v", "ffv1",
            "-colorspace", "bt2020nc", "-color_primaries", "bt2020", "-color_trc", "bt2020-10",
            "-color_range", "tv", clip,
        ])
        var preset = try Cuts.preset("mov-prores")
        preset.video.colour = .bt709
        let made = try run(clip, "out.mov", preset)
        func firstPixels(_ path: String, _ filter: String) throws -> [UInt8] {
            try Oracle.ffmpeg([
                "-i", path, "-vf", filter + "format=yuv444p", "-frames:v", "1", "-f", "rawvideo", "-",
            ]).output
        }
        let ours = try firstPixels(made.path, "")
        let theirs = try firstPixels(
            clip, "zscale=min=bt2020nc:pin=bt2020:tin=bt2020-10:m=bt709:p=bt709:t=bt709:r=limited,")
        try #require(ours.count == theirs.count)
        let worst = zip(ours, theirs).map { abs(Int($0) - Int($1)) }.max() ?? 255
        #expect(worst <= 3)
    }

    @Test func `one run makes the same files as runs of their own, and a poster`() throws {
        let clip = try Cuts.clip(folder, "in.mp4", seconds: 1, sound: 1)
        let names = ["mp4-web", "webm-vp9", "mov-prores"]
        let presets = try names.map { try Cuts.preset($0) }
        let together = try Transcode.run(
            input: clip,
            outputs: presets.map { .init(path: folder.file("all.\($0.fileExtension)"), preset: $0) },
            poster: folder.file("poster.jpg"), interrupt: Interrupt())
        for (i, preset) in presets.enumerated() {
            let alone = try run(clip, "one.\(preset.fileExtension)", preset)
            let digests = try [alone.path, together.outputs[i].path].map {
                try SHA256.hex(ofFile: $0, interrupt: Interrupt())
            }
            #expect(digests[0] == digests[1], "\(preset.name)")
        }
        let poster = try Cuts.stream(folder.file("poster.jpg"), "video")
        #expect(poster["width"] as? Int == 160)
    }

    @Test func `a clip without sound gets silence as long as its picture`() throws {
        let clip = try Cuts.clip(folder, "in.mp4", seconds: 1.5)
        let made = try run(clip, "out.mp4", Cuts.preset("mp4-web"))
        #expect(try Cuts.stream(made.path, "audio")["duration_ts"] as? Int == 72000)
        #expect(try Cuts.samples(made.path).allSatisfy { $0 == 0 })
    }

    @Test(arguments: [0.4, 1.7])
    func `sound shorter or longer than the picture ends with it`(seconds: Double) throws {
        let clip = try Cuts.clip(folder, "in.mp4", seconds: 1, sound: seconds)
        let made = try run(clip, "out.mov", Cuts.preset("mov-prores"))
        #expect(made.frames == 24)
        #expect(try Cuts.samples(made.path).count == 48000)
    }

    @Test func `a long pause does not lower the rate, so no frame is lost`() throws {
        let clip = try Cuts.clip(
            folder, "in.mp4", rate: "25", seconds: 2, "-vf setpts=(N+250*gte(N\\,25))/25/TB -fps_mode vfr")
        #expect(try Oracle.frameCount(clip) == 50)
        let made = try run(clip, "out.mov", Cuts.preset("mov-prores"))
        #expect(made.frames == 300)
        // A picture that is held is coded alike each time, so the different ones can be counted.
        let lines = try Oracle.ffmpeg(["-i", made.path, "-map", "0:v", "-f", "framemd5", "-"]).text
        let pictures = lines.split(separator: "\n").filter { !$0.hasPrefix("#") }
        #expect(pictures.count == 300)
        #expect(Set(pictures.compactMap { $0.split(separator: ",").last }).count == 50)
    }

    @Test func `a thousand frames a second stay a thousand`() throws {
        let clip = try Cuts.clip(folder, "in.mp4", rate: "1000", seconds: 0.2)
        #expect(try run(clip, "out.mov", Cuts.preset("mov-prores")).frames == 200)
    }

    @Test func `a variable rate becomes constant and keeps its length`() throws {
        let clip = try Cuts.clip(
            folder, "in.mp4", rate: "30", seconds: 2, sound: 2, "-vf setpts=N*(N+30)/2700/TB -fps_mode vfr")
        let made = try run(clip, "out.mp4", Cuts.preset("mp4-web"))
        let times = try Cuts.pictureTimes(made.path)
        #expect(times.count == made.frames)
        #expect(Set(zip(times, times.dropFirst()).map { $1 - $0 }).count == 1)
        let length = Double(made.frames) / made.rate.value
        #expect(abs(length - 59.0 * 89 / 2700) < 0.12, "\(length)")
        #expect(try Cuts.stream(made.path, "audio")["duration_ts"] as? Int == Int(length * 48000 + 0.5))
    }

    @Test func `a turned clip stands upright`() throws {
        let plain = try Cuts.clip(folder, "plain.mp4", seconds: 0.5)
        let turned = folder.file("turned.mp4")
        try Oracle.ffmpeg([
            "-i", plain, "-c", "copy", "-metadata:s:v", "rotate=90", turned,
        ])
        let made = try run(turned, "out.mp4", Cuts.preset("mp4-web"))
        #expect(made.width == 96)
        #expect(made.height == 160)
        // The program turns by itself; a lossy second generation is near, another orientation is not.
        let ours = try Oracle.ffmpeg([
            "-i", made.path, "-frames:v", "1", "-f", "rawvideo", "-pix_fmt", "gray", "-",
        ])
        let theirs = try Oracle.ffmpeg([
            "-i", turned, "-frames:v", "1", "-f", "rawvideo", "-pix_fmt", "gray", "-",
        ])
        try #require(ours.output.count == theirs.output.count)
        let off = zip(ours.output, theirs.output).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
        #expect(off / ours.output.count < 8)
    }

    @Test func `an odd size loses a line and is not scaled`() throws {
        let clip = try Cuts.clip(folder, "in.mp4", size: "127x71", seconds: 0.5, "-pix_fmt yuv444p")
        let made = try run(clip, "out.mp4", Cuts.preset("mp4-web"))
        #expect("\(made.width)x\(made.height)" == "126x70")
    }

    @Test func `pixels become square`() throws {
        let clip = try Cuts.clip(folder, "in.mp4", size: "144x96", seconds: 0.5, "-vf setsar=4/3")
        let made = try run(clip, "out.mp4", Cuts.preset("mp4-web"))
        #expect("\(made.width)x\(made.height)" == "192x96")
        #expect(try Cuts.stream(made.path, "video")["sample_aspect_ratio"] as? String == "1:1")
    }

    @Test func `high dynamic range is mapped and not just renamed`() throws {
        let clip = folder.file("hdr.mp4")
        try Oracle.ffmpeg([
            "-f", "lavfi", "-i", "color=gray:size=128x128:rate=24:duration=0.3", "-vf",
            "format=yuv420p10le,setparams=color_primaries=bt2020:color_trc=smpte2084:colorspace=bt2020nc",
            "-c:v", "libx264", "-color_primaries", "bt2020", "-color_trc", "smpte2084", "-colorspace",
            "bt2020nc", clip,
        ])
        let made = try run(clip, "out.mp4", Cuts.preset("mp4-web"))
        #expect(made.colour == .bt709)
        #expect(try Cuts.stream(made.path, "video")["color_transfer"] as? String == "bt709")
        let grey = try Oracle.ffmpeg([
            "-i", made.path, "-frames:v", "1", "-f", "rawvideo", "-pix_fmt", "gray", "-",
        ])
        let before = try Oracle.ffmpeg([
            "-i", clip, "-frames:v", "1", "-f", "rawvideo", "-pix_fmt", "gray", "-",
        ])
        #expect(abs(Int(grey.output[0]) - Int(before.output[0])) > 5)
    }

    @Test func `a demanded colour is converted and tagged`() throws {
        let clip = try Cuts.clip(folder, "in.mp4", seconds: 0.3)
        var preset = try Cuts.preset("mp4-web")
        preset.video.colour = .bt709
        preset.video.options["crf"] = "1"
        let made = try run(clip, "out.mp4", preset)
        #expect(try Cuts.stream(made.path, "video")["color_space"] as? String == "bt709")
        let ours = try Oracle.frames(of: made.path, matrix: "bt709").output.prefix(46080)
        let theirs = try Oracle.frames(of: clip, matrix: "bt601").output.prefix(46080)
        let off = zip(ours, theirs).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
        #expect(Double(off) / 46080 < 4, "\(Double(off) / 46080)")
    }
}
