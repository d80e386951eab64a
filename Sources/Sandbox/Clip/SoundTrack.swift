import Media

/// The clip's own sound, synthesised, encoded and handed to the muxer beside the pictures.
final class SoundTrack {
    private let encoder: Encoder
    private let stream: Int
    private let left: [Float]
    private let right: [Float]
    private var position = 0
    private let block: Int

    /// Synthesises the sound and adds its stream.
    init(_ order: ClipOrder, muxer: borrowing Muxer) throws {
        let rate = Ambience.sampleRate
        let isWebM = order.format == .webm
        let encoder = try Encoder(
            audio: AudioFormat(
                sampleRate: rate, sampleFormat: isWebM ? .flt : .fltp, layout: .stereo),
            settings: EncoderSettings(codec: isWebM ? "libopus" : "aac", options: ["b": "128000"], threads: 1)
        )
        block = encoder.frameSize > 0 ? encoder.frameSize : 1024
        stream = try muxer.addStream(encoder.parameters, timeBase: encoder.timeBase)
        self.encoder = encoder
        // The sound of generated clips seldom ends with the picture: up to one block more or less.
        let exact = order.frames * rate / VideoRules.framesPerSecond
        let blocks = (exact + block / 2) / block + Int(order.seed % 3) - 1
        (left, right) = Ambience(prompt: order.prompt, style: order.style, seed: order.seed)
            .samples(count: max(1, blocks) * block)
    }

    /// Writes the sound up to a time in seconds.
    func write(until seconds: Double, muxer: borrowing Muxer) throws {
        let end = min(left.count, Int(seconds * Double(Ambience.sampleRate)))
        let packet = try Packet()
        while position + block <= end {
            try encoder.send(try frame())
            try ClipMaker.drain(encoder, packet, stream, muxer)
        }
    }

    /// Writes what is left.
    func finish(muxer: borrowing Muxer) throws {
        let packet = try Packet()
        while position + block <= left.count {
            try encoder.send(try frame())
            try ClipMaker.drain(encoder, packet, stream, muxer)
        }
        try encoder.sendEnd()
        try ClipMaker.drain(encoder, packet, stream, muxer)
    }

    private func frame() throws(MediaError) -> Frame {
        let isPlanar = encoder.parameters.codecName == "aac"
        let frame = try Frame(
            audioSamples: block, sampleRate: Ambience.sampleRate, layout: .stereo,
            format: isPlanar ? .fltp : .flt)
        if isPlanar {
            for (channel, samples) in [left, right].enumerated() {
                frame.withSamples(channel, as: Float.self) { out in
                    for i in 0..<block { out[i] = samples[position + i] }
                }
            }
        } else {
            frame.withSamples(0, as: Float.self) { out in
                for i in 0..<block {
                    out[2 * i] = left[position + i]
                    out[2 * i + 1] = right[position + i]
                }
            }
        }
        frame.pts = Int64(position)
        position += block
        return frame
    }
}
