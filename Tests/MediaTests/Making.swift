import Media
import TestSupport

/// Small films made by the encoder under test: a ramp that moves one pixel a frame, with or without sound.
enum Making {
    static let rate = Rational(24, 1)

    static func picture(_ i: Int, width: Int = 96, height: Int = 64) throws -> Frame {
        let frame = try Frame(videoWidth: width, height: height, format: .yuv420p)
        frame.withMutablePlane(0) { plane, stride in
            for y in 0..<height {
                for x in 0..<width { plane[y * stride + x] = UInt8((x * 2 + y + i * 3) & 0xff) }
            }
        }
        for chroma in 1...2 {
            frame.withMutablePlane(chroma) { plane, stride in
                for y in 0..<(height / 2) {
                    for x in 0..<(width / 2) {
                        plane[y * stride + x] = UInt8(100 + chroma * 20 + (x + y) / 4)
                    }
                }
            }
        }
        frame.pts = Int64(i)
        frame.colour = .bt601
        return frame
    }

    static func format(width: Int = 96, height: Int = 64) -> VideoFormat {
        VideoFormat(
            width: width, height: height, pixelFormat: .yuv420p, colour: .bt601, timeBase: rate.inverse,
            rate: rate)
    }

    /// Writes `frames` pictures, and sound of the same length if asked.
    static func film(
        _ path: String, frames: Int, container: String = "mp4", codec: String = "libx264",
        options: [String: String] = ["preset": "ultrafast", "crf": "20", "bf": "2"], sound: Bool = false
    ) throws {
        let interrupt = Interrupt()
        let encoder = try Encoder(video: format(), settings: EncoderSettings(codec: codec, options: options))
        let muxer = try Muxer(path: path, format: container, interrupt: interrupt)
        let video = try muxer.addStream(encoder.parameters, timeBase: encoder.timeBase, rate: rate)
        let stereo = AudioFormat(sampleRate: 48000, sampleFormat: .fltp, layout: .stereo)
        let voice = sound ? Voice(try Encoder(audio: stereo, settings: EncoderSettings(codec: "aac"))) : nil
        let audio = try voice.map {
            try muxer.addStream($0.encoder.parameters, timeBase: $0.encoder.timeBase)
        }
        try muxer.start()

        for i in 0..<frames {
            try encoder.send(try picture(i))
            try drain(encoder, into: muxer, video)
        }
        try encoder.sendEnd()
        try drain(encoder, into: muxer, video)
        if let voice, let audio {
            let total = frames * 2000
            var done = 0
            while done < total {
                let count = min(voice.encoder.frameSize, total - done)
                let frame = try Frame(audioSamples: count, sampleRate: 48000, layout: .stereo, format: .fltp)
                frame.silence()
                frame.pts = Int64(done)
                try voice.encoder.send(frame)
                try drain(voice.encoder, into: muxer, audio)
                done += count
            }
            try voice.encoder.sendEnd()
            try drain(voice.encoder, into: muxer, audio)
        }
        try muxer.finish()
    }

    static func drain(_ encoder: borrowing Encoder, into muxer: borrowing Muxer, _ stream: Int) throws {
        let packet = try Packet()
        while case .got = try encoder.receive(into: packet) {
            packet.streamIndex = stream
            try muxer.write(packet)
        }
    }

    /// An encoder in a box, to be optional.
    private final class Voice {
        let encoder: Encoder
        init(_ encoder: consuming Encoder) { self.encoder = encoder }
    }

    /// Every decoded picture of the file: its PTS in ticks and its packed bytes.
    static func pictures(of path: String) throws -> [(pts: Int64, bytes: [UInt8])] {
        let demuxer = try Demuxer(path: path, interrupt: Interrupt())
        let stream = demuxer.bestStream(.video) ?? 0
        let decoder = try Decoder(demuxer.streams[stream])
        let packet = try Packet()
        let frame = try Frame()
        var result: [(Int64, [UInt8])] = []
        func drain() throws {
            while case .got = try decoder.receive(into: frame) {
                result.append((frame.pts ?? -1, try frame.packedBytes()))
            }
        }
        while try demuxer.read(into: packet) {
            guard packet.streamIndex == stream else { continue }
            while try !decoder.send(packet) { try drain() }
            try drain()
        }
        try decoder.sendEnd()
        try drain()
        return result
    }
}
