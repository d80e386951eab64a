import Media
import TestSupport
import Testing

@Suite(.blocking) struct CodingTests {
    @Test(arguments: [
        ("mp4", "libx264", ["qp": "0", "preset": "ultrafast", "bf": "2"]),
        ("mov", "libx264", ["qp": "0", "preset": "medium", "bf": "3"]),
        ("matroska", "ffv1", [:]),
        ("webm", "libvpx-vp9", ["lossless": "1", "cpu-used": "8", "deadline": "realtime"]),
    ])
    func `a lossless film comes back to the bit and in order`(
        container: String, codec: String, options: [String: String]
    ) throws {
        let folder = try TempDirectory("coding")
        let path = folder.file("film.\(container)")
        try Making.film(path, frames: 30, container: container, codec: codec, options: options)
        let pictures = try Making.pictures(of: path)
        try #require(pictures.count == 30)
        for i in 0..<30 { #expect(pictures[i].bytes == (try Making.picture(i).packedBytes()), "frame \(i)") }
        #expect(pictures.map(\.pts) == pictures.map(\.pts).sorted())
    }

    @Test func `libvpx writes the same bytes whatever the number of its threads`() throws {
        // Wide enough for tiles, so that there is something to do side by side.
        let format = Making.format(width: 512, height: 192)
        func noise(_ i: Int) throws -> Frame {
            let picture = try Making.picture(i, width: 512, height: 192)
            var seed = UInt32(i)
            picture.withMutablePlane(0) { plane, _ in
                for at in plane.indices {
                    seed = seed &* 1_664_525 &+ 1_013_904_223
                    plane[at] = plane[at] &+ UInt8(seed >> 28)
                }
            }
            return picture
        }
        func packets(threads: Int) throws -> [[UInt8]] {
            let options = [
                "crf": "32", "b": "0", "cpu-used": "4", "row-mt": "1", "tile-columns": "1",
                "deadline": "good",
            ]
            let encoder = try Encoder(
                video: format,
                settings: EncoderSettings(codec: "libvpx-vp9", options: options, threads: threads))
            let packet = try Packet()
            var all: [[UInt8]] = []
            for i in 0...12 {
                if i == 12 {
                    try encoder.sendEnd()
                } else {
                    try encoder.send(noise(i))
                }
                while case .got = try encoder.receive(into: packet) {
                    all.append(packet.withBytes { Array($0) })
                }
            }
            return all
        }
        let two = try packets(threads: 2)
        #expect(two.count == 12)
        for threads in [3, 8] { #expect(try packets(threads: threads) == two, "\(threads) threads") }
        #expect([1, 2, 4, 12].allSatisfy { EncoderThreads.number(for: "libvpx-vp9", cores: $0) > 1 })
    }

    @Test func `sound and picture of a muxed film have the same length`() throws {
        let folder = try TempDirectory("coding")
        let path = folder.file("film.mp4")
        try Making.film(path, frames: 48, sound: true)
        let streams = try Oracle.ffprobe(path)["streams"] as? [[String: Any]] ?? []
        #expect(streams.map { $0["duration"] as? String } == ["2.000000", "2.000000"])
        #expect(streams.map { $0["start_time"] as? String } == ["0.000000", "0.000000"])
        #expect(streams.first?["color_space"] as? String == "smpte170m")
    }

    @Test func `an option that the encoder does not know is an error that names it`() throws {
        let error = #expect(throws: MediaError.self) {
            _ = try Encoder(
                video: Making.format(),
                settings: EncoderSettings(codec: "libx264", options: ["preset": "fast", "cfr": "20"]))
        }
        #expect(error?.code == .unknownOption)
        #expect(error?.message.contains("'cfr'") == true)
    }

    @Test func `a value that the encoder refuses comes with its own words`() throws {
        let error = #expect(throws: MediaError.self) {
            _ = try Encoder(
                video: Making.format(),
                settings: EncoderSettings(codec: "libx264", options: ["preset": "warp"]))
        }
        #expect(error?.code == .invalidArgument)
        #expect(error?.message.contains("warp") == true, "\(error?.message ?? "")")
    }

    @Test(arguments: [("preset", "quick"), ("tune", "film,zerolatncy"), ("profile", "tall")])
    func `a word that libx264 would complain of on stderr never reaches it`(key: String, value: String) throws
    {
        let error = #expect(throws: MediaError.self) {
            _ = try Encoder(
                video: Making.format(), settings: EncoderSettings(codec: "libx264", options: [key: value]))
        }
        #expect(error?.code == .invalidArgument)
        #expect(error?.ffmpegCode == nil)
        #expect(error?.hint?.contains("its \(key) is one of") == true, "\(error?.description ?? "")")
    }

    @Test(.timeLimit(.minutes(10))) func `SVT-AV1 is closed before its first picture without waiting`() throws
    {
        let settings = EncoderSettings(codec: "libsvtav1", options: ["preset": "12"])
        _ = try Encoder(video: Making.format(), settings: settings)
    }

    @Test(.timeLimit(.minutes(10))) func `an option that SVT-AV1 does not know is refused without waiting`()
        throws
    {
        let error = #expect(throws: MediaError.self) {
            _ = try Encoder(
                video: Making.format(), settings: EncoderSettings(codec: "libsvtav1", options: ["cfr": "20"]))
        }
        #expect(error?.code == .unknownOption)
    }

    @Test func `a missing encoder is said to be missing`() throws {
        let error = #expect(throws: MediaError.self) {
            _ = try Encoder(video: Making.format(), settings: EncoderSettings(codec: "libx999"))
        }
        #expect(error?.code == .encoderMissing)
    }

    @Test func `an unknown muxer option is an error`() throws {
        let folder = try TempDirectory("coding")
        let encoder = try Encoder(video: Making.format(), settings: EncoderSettings(codec: "libx264"))
        let muxer = try Muxer(path: folder.file("a.mp4"), format: "mp4", interrupt: Interrupt())
        _ = try muxer.addStream(encoder.parameters, timeBase: encoder.timeBase)
        let error = #expect(throws: MediaError.self) { try muxer.start(options: ["movflag": "+faststart"]) }
        #expect(error?.code == .unknownOption)
    }

    @Test func `a filter chain changes size and a wrong one is refused with reason`() throws {
        let graph = try FilterGraph(video: Making.format(), "scale=48:32,format=gray")
        try graph.push(try Making.picture(0))
        try graph.pushEnd()
        let frame = try Frame()
        let pull = try graph.pull(into: frame)
        #expect(pull == .got)
        #expect(frame.width == 48 && frame.height == 32 && frame.pixelFormat == .gray8)
        #expect(try graph.pull(into: frame) == .ended)
        let error = #expect(throws: MediaError.self) {
            _ = try FilterGraph(video: Making.format(), "scael=48:32")
        }
        #expect(error?.message.contains("scael") == true)
    }

    @Test func `resampling gives as many samples as the rates say`() throws {
        let from = AudioFormat(sampleRate: 44100, sampleFormat: .s16, layout: .mono)
        let to = AudioFormat(sampleRate: 48000, sampleFormat: .fltp, layout: .stereo)
        let resampler = try Resampler(from: from, to: to)
        let queue = try SampleQueue(to)
        for _ in 0..<10 {
            let frame = try Frame(audioSamples: 4410, sampleRate: 44100, layout: .mono, format: .s16)
            frame.withSamples(as: Int16.self) { samples in for i in samples.indices { samples[i] = 8000 } }
            try queue.append(try resampler.convert(frame))
        }
        try queue.append(try resampler.finish())
        #expect(abs(queue.count - 48000) <= 1)
        try queue.drop(20000)
        let middle = try queue.take(100)
        #expect(middle.sampleCount == 100 && middle.channelCount == 2)
        middle.withSamples(1, as: Float.self) { samples in
            for s in samples {
                #expect(abs(s - 8000.0 / 32768 * 0.7071) < 0.01 || abs(s - 8000.0 / 32768) < 0.01)
            }
        }
    }

    @Test func `five trips through RGB keep the picture`() throws {
        let yuv = Making.format()
        let rgb = VideoFormat(
            width: 96, height: 64, pixelFormat: .rgb24, colour: .sRGB, timeBase: Rational(1, 24))
        let there = try Scaler(from: yuv, to: rgb)
        let back = try Scaler(from: rgb, to: yuv)
        let original = try Making.picture(7).packedBytes()
        var frame = try Making.picture(7)
        for _ in 0..<5 { frame = try back.scale(try there.scale(frame)) }
        let luma = zip(original, try frame.packedBytes()).prefix(96 * 64)
        let worst = luma.map { abs(Int($0) - Int($1)) }.max() ?? 255
        let mean = Double(luma.map { abs(Int($0) - Int($1)) }.reduce(0, +)) / Double(96 * 64)
        #expect(mean < 3, "mean \(mean), worst \(worst)")
    }
}
