import Foundation
import Media

/// Small files to begin with, one of each kind that Reel's encoders and muxers can make, and damaged ones.
enum Seeds {
    private struct Kind {
        var name: String
        var format: String
        var codec: String
        var options: [String: String] = [:]
        var pixelFormat = PixelFormat.yuv420p
        var muxing: [String: String] = [:]
        var sound: String?
        var tag: String?
    }

    private static let x264 = ["preset": "ultrafast", "g": "6", "x264-params": "bframes=2:b-adapt=0"]

    private static let kinds = [
        Kind(name: "h264.mp4", format: "mp4", codec: "libx264", options: x264, sound: "aac"),
        Kind(
            name: "front.mp4", format: "mp4", codec: "libx264", options: x264,
            muxing: ["movflags": "+faststart"]),
        Kind(
            name: "pieces.mp4", format: "mp4", codec: "libx264", options: x264,
            muxing: ["movflags": "+frag_keyframe+empty_moov"], sound: "aac"),
        Kind(
            name: "intra.mov", format: "mov", codec: "prores_ks", pixelFormat: .yuv422p10le,
            sound: "pcm_s16le"),
        Kind(
            name: "vp9.webm", format: "webm", codec: "libvpx-vp9", options: ["cpu-used": "8"],
            sound: "libopus"),
        Kind(name: "vp8.webm", format: "webm", codec: "libvpx", options: ["cpu-used": "8"]),
        Kind(name: "ffv1.mkv", format: "matroska", codec: "ffv1", sound: "flac"),
        Kind(name: "h264.ts", format: "mpegts", codec: "libx264", options: x264, sound: "aac"),
        Kind(name: "mpeg2.ts", format: "mpegts", codec: "mpeg2video"),
        Kind(name: "mpeg4.avi", format: "avi", codec: "mpeg4", options: ["bf": "2"], sound: "pcm_s16le"),
        Kind(name: "mjpeg.avi", format: "avi", codec: "mjpeg", options: ["strict": "-1"]),
        Kind(name: "still.png", format: "image2pipe", codec: "png", pixelFormat: .rgb24),
    ]

    /// Writes what this FFmpeg can make; what it lacks an encoder for is left out.
    static func write(into folder: String) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for kind in kinds {
            let path = "\(folder)/\(kind.name)"
            do {
                try make(kind, path)
            } catch let error as MediaError where error.code == .encoderMissing {
                continue
            }
            let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
            for (number, share) in [0.5, 0.9].enumerated() {
                let part = bytes.prefix(Int(Double(bytes.count) * share))
                try part.write(to: URL(fileURLWithPath: "\(folder)/cut\(number)-\(kind.name)"))
            }
        }
    }

    private static func make(_ kind: Kind, _ path: String) throws {
        let (width, height, rate) = (64, 48, Rational(24, 1))
        let muxer = try Muxer(path: path, format: kind.format, interrupt: Interrupt())
        let encoder = try Encoder(
            video: VideoFormat(
                width: width, height: height, pixelFormat: kind.pixelFormat, colour: .bt709,
                timeBase: rate.inverse, rate: rate),
            settings: EncoderSettings(
                codec: kind.codec, options: kind.options, threads: 1,
                globalHeader: kind.format != "mpegts" && kind.format != "avi"))
        let stream = try muxer.addStream(encoder.parameters, timeBase: rate.inverse, rate: rate)
        let sound = try kind.sound.map { try Tone($0, muxer) }
        try muxer.start(options: kind.muxing)
        let packet = try Packet()
        for n in 0..<(kind.name == "still.png" ? 1 : 12) {
            let frame = try Frame(videoWidth: width, height: height, format: kind.pixelFormat)
            for plane in 0..<(kind.pixelFormat == .rgb24 ? 1 : 3) {
                frame.withMutablePlane(plane) { bytes, stride in
                    for i in 0..<bytes.count where i % max(1, stride) < width {
                        bytes[i] =
                            UInt8(truncatingIfNeeded: i / max(1, stride) * 3 + i * (plane + 1) + n * 7) & 0x3F
                    }
                }
            }
            frame.pts = Int64(n)
            frame.duration = 1
            while try !encoder.send(frame) { try drain(encoder, packet, stream, muxer) }
            try drain(encoder, packet, stream, muxer)
        }
        try encoder.sendEnd()
        try drain(encoder, packet, stream, muxer)
        try sound?.write(to: muxer)
        try muxer.finish()
    }

    static func drain(
        _ encoder: borrowing Encoder, _ packet: borrowing Packet, _ stream: Int, _ muxer: borrowing Muxer
    ) throws(MediaError) {
        while try encoder.receive(into: packet) == .got {
            packet.streamIndex = stream
            try muxer.write(packet)
        }
    }
}

/// Half a second of silence.
private final class Tone {
    private let encoder: Encoder
    private let stream: Int
    private let format: AudioFormat

    init(_ codec: String, _ muxer: borrowing Muxer) throws {
        let samples: SampleFormat = ["aac": .fltp, "libopus": .flt][codec] ?? .s16
        format = AudioFormat(sampleRate: 48000, sampleFormat: samples, layout: .stereo)
        encoder = try Encoder(audio: format, settings: EncoderSettings(codec: codec))
        stream = try muxer.addStream(encoder.parameters, timeBase: encoder.timeBase)
    }

    func write(to muxer: borrowing Muxer) throws {
        let packet = try Packet()
        let count = encoder.frameSize > 0 ? encoder.frameSize : 1024
        for n in 0..<(24000 / count) {
            let frame = try Frame(
                audioSamples: count, sampleRate: 48000, layout: .stereo, format: format.sampleFormat)
            frame.silence()
            frame.pts = Int64(n * count)
            while try !encoder.send(frame) { try Seeds.drain(encoder, packet, stream, muxer) }
            try Seeds.drain(encoder, packet, stream, muxer)
        }
        try encoder.sendEnd()
        try Seeds.drain(encoder, packet, stream, muxer)
    }
}
