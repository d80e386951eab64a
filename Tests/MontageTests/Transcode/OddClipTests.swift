import Foundation
import Media
import Montage
import TestSupport
import Testing

/// Clips that are whole and yet put together in a way that loses something where a pass is careless.
@Suite(.blocking) struct OddClipTests {
    let folder: TempDirectory
    init() throws { folder = try TempDirectory("odd") }

    func run(_ input: String, _ output: String, _ preset: Preset) throws -> TranscodeReport {
        try Transcode.run(
            input: input, outputs: [.init(path: folder.file(output), preset: preset)],
            interrupt: Interrupt())
    }

    @Test func `a still of a minute and a half is no broken clock`() throws {
        let clip = folder.file("still.mp4")
        try Oracle.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=size=64x48:rate=10:duration=2", "-f", "lavfi", "-i",
            "sine=frequency=440:sample_rate=8000:duration=92", "-vf", "setpts=(N+900*gte(N\\,10))/10/TB",
            "-fps_mode", "vfr", "-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac", clip,
        ])
        #expect(try Oracle.frameCount(clip) == 20)
        let made = try run(clip, "out.mov", Cuts.preset("mov-prores"))
        #expect(made.outputs[0].frames == 920)
        #expect(!made.findings.contains { $0.contains("mended") }, "\(made.findings)")
        #expect(made.outputs[0].samples == Int64(92 * 48000))
    }

    @Test func `a still that ends the clip keeps its length`() throws {
        let clip = folder.file("end.mkv")
        try Oracle.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=size=64x48:rate=10:duration=1.1", "-f", "lavfi", "-i",
            "sine=frequency=440:sample_rate=8000:duration=100", "-vf", "setpts=(N+890*gte(N\\,10))/10/TB",
            "-fps_mode", "vfr", "-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac", clip,
        ])
        #expect(try run(clip, "out.mov", Cuts.preset("mov-prores")).outputs[0].frames == 901)
    }

    @Test func `a time stamp far beyond the clip's end is still a broken one`() throws {
        let clip = folder.file("wild.mkv")
        let format = VideoFormat(
            width: 64, height: 48, pixelFormat: .yuv420p, sampleAspectRatio: Rational(1, 1), colour: .bt601,
            timeBase: Rational(1, 1000), rate: Rational(10, 1))
        // The first of two files ends at 1 s; the second, glued to it, says a day later. Matroska's own
        // length, written for the first, is what tells.
        let encoder = try Encoder(video: format, settings: EncoderSettings(codec: "ffv1"))
        let muxer = try Muxer(path: clip, format: "matroska", interrupt: Interrupt())
        let stream = try muxer.addStream(encoder.parameters, timeBase: format.timeBase, rate: format.rate)
        try muxer.start()
        let packet = try Packet()
        for i in 0..<20 {
            let frame = try Frame(videoWidth: 64, height: 48, format: .yuv420p)
            for plane in 0..<3 {
                _ = frame.withMutablePlane(plane) { bytes, _ in
                    bytes.initializeMemory(as: UInt8.self, repeating: UInt8(40 + 8 * i))
                }
            }
            frame.pts = Int64(i < 10 ? i * 100 : 86_400_000 + i * 100)
            try encoder.send(frame)
            while case .got = try encoder.receive(into: packet) {
                packet.streamIndex = stream
                try muxer.write(packet)
            }
        }
        try muxer.finish()
        // The length of a day goes; that of two seconds comes.
        var bytes = try folder.read("wild.mkv")
        let mark: [UInt8] = [0x44, 0x89, 0x88]
        let at = try #require(
            bytes.indices.dropLast(11).first { Array(bytes[$0..<$0 + 3]) == mark })
        for (i, byte) in withUnsafeBytes(of: (2000.0).bitPattern.bigEndian, Array.init).enumerated() {
            bytes[at + 3 + i] = byte
        }
        try folder.write("wild.mkv", bytes)
        let made = try run(clip, "out.mov", Cuts.preset("mov-prores"))
        #expect(made.outputs[0].frames == 20)
        #expect(made.findings.contains { $0.contains("mended") })
    }

    /// A Matroska file in which all sound stands before the first picture.
    private func soundFirst(channels: Int, rate: Int, seconds: Int, samplesPerPacket: Int) throws -> String {
        let path = folder.file("first.mkv")
        let layout = try #require(ChannelLayout(named: channels == 1 ? "mono" : "7.1"))
        let sampleFormat = try #require(SampleFormat(named: "s16"))
        let audio = AudioFormat(
            sampleRate: rate, sampleFormat: sampleFormat, layout: layout, timeBase: Rational(1, rate))
        let ears = try Encoder(audio: audio, settings: EncoderSettings(codec: "pcm_s16le"))
        let video = VideoFormat(
            width: 64, height: 48, pixelFormat: .yuv420p, sampleAspectRatio: Rational(1, 1), colour: .bt601,
            timeBase: Rational(1, 1), rate: Rational(1, 1))
        let eyes = try Encoder(video: video, settings: EncoderSettings(codec: "ffv1"))
        let muxer = try Muxer(path: path, format: "matroska", interrupt: Interrupt())
        let picture = try muxer.addStream(eyes.parameters, timeBase: video.timeBase, rate: video.rate)
        let sound = try muxer.addStream(ears.parameters, timeBase: audio.timeBase)
        try muxer.start()
        let packet = try Packet()
        var at = 0
        while at < rate * seconds {
            let frame = try Frame(
                audioSamples: samplesPerPacket, sampleRate: rate, layout: layout, format: sampleFormat)
            frame.withSamples(0, as: Int16.self) { samples in
                for i in samples.indices { samples[i] = Int16((at + i) % 200) * 50 }
            }
            frame.pts = Int64(at)
            at += samplesPerPacket
            try ears.send(frame)
            while case .got = try ears.receive(into: packet) {
                packet.streamIndex = sound
                try muxer.write(packet)
            }
        }
        for i in 0..<seconds {
            let frame = try Frame(videoWidth: 64, height: 48, format: .yuv420p)
            for plane in 0..<3 {
                _ = frame.withMutablePlane(plane) { bytes, _ in
                    bytes.initializeMemory(as: UInt8.self, repeating: UInt8(40 + i))
                }
            }
            frame.pts = Int64(i)
            try eyes.send(frame)
            while case .got = try eyes.receive(into: packet) {
                packet.streamIndex = picture
                try muxer.write(packet)
            }
        }
        try muxer.finish()
        return path
    }

    @Test func `sound that stands before the first picture in the file is kept`() throws {
        let clip = try soundFirst(channels: 1, rate: 8000, seconds: 100, samplesPerPacket: 160)
        let made = try run(clip, "out.mov", Cuts.preset("mov-prores"))
        let samples = try Cuts.samples(made.outputs[0].path)
        #expect(samples.count == 100 * 48000)
        #expect(samples.suffix(48000).contains { abs(Int($0)) > 1000 })
    }

    @Test func `sound that is too much to wait with is left out, and that is said`() throws {
        let clip = try soundFirst(channels: 8, rate: 48000, seconds: 40, samplesPerPacket: 4800)
        let made = try run(clip, "out.mov", Cuts.preset("mov-prores"))
        #expect(made.findings.contains { $0.contains("sound") }, "\(made.findings)")
    }

    @Test func `light that changes its curve within a clip is mapped from there on`() throws {
        func part(_ name: String, _ tags: String) throws {
            try Oracle.ffmpeg([
                "-f", "lavfi", "-i", "color=gray:size=128x128:rate=24:duration=0.5", "-vf",
                "format=yuv420p10le," + tags, "-c:v", "libx264", "-x264-params", "repeat-headers=1",
                folder.file(name),
            ])
        }
        try part("a.h264", "setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709")
        try part("b.h264", "setparams=color_primaries=bt2020:color_trc=smpte2084:colorspace=bt2020nc")
        try folder.write("both.h264", try folder.read("a.h264") + folder.read("b.h264"))
        func lastGrey(_ name: String) throws -> Int {
            let made = try run(
                folder.file(name), name + ".mov", Cuts.preset("mov-prores"))
            let bytes = try Oracle.ffmpeg([
                "-i", made.outputs[0].path, "-f", "rawvideo", "-pix_fmt", "gray", "-",
            ]).output
            return Int(bytes[bytes.count - 8000])
        }
        let (plain, alone, both) = try (lastGrey("a.h264"), lastGrey("b.h264"), lastGrey("both.h264"))
        #expect(abs(alone - plain) > 5)
        #expect(abs(both - alone) <= 1, "\(both) is not \(alone)")
    }

    @Test func `a poster is of the kind that its ending says`() throws {
        let clip = try Cuts.clip(folder, "in.mp4", seconds: 0.5)
        for (name, head) in [("p.png", [0x89, 0x50]), ("p.jpg", [0xFF, 0xD8]), ("p.JPEG", [0xFF, 0xD8])] {
            _ = try Transcode.run(
                input: clip, outputs: [], poster: folder.file(name), interrupt: Interrupt())
            #expect(try folder.read(name).prefix(2).map(Int.init) == head, "\(name)")
        }
        let fault = #expect(throws: MontageError.self) {
            try Transcode.run(
                input: clip, outputs: [], poster: self.folder.file("p.webp"), interrupt: Interrupt())
        }
        #expect(fault?.code == .invalidArgument)
        #expect(fault?.hint?.contains("png") == true)
    }
}
