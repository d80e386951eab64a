import Media

/// Paints, encodes and muxes one clip.
enum ClipMaker {
    /// Makes the clip of an order as a file. Blocks; meant for a lane.
    ///
    /// - Parameters:
    ///   - path: Where the file will stand; nothing stands there before it is complete.
    ///   - progress: Told the share that is painted, 0 to 1, now and then.
    static func make(
        _ order: ClipOrder, path: String, interrupt: Interrupt, progress: (Double) -> Void
    ) throws {
        let pending = try PendingFile(for: path)
        let muxer = try Muxer(
            path: pending.path, format: order.format.rawValue.lowercased(), interrupt: interrupt)
        let rate = Rational(VideoRules.framesPerSecond, 1)
        let video = VideoFormat(
            width: order.width, height: order.height, pixelFormat: .yuv420p, colour: .bt709,
            timeBase: rate.inverse, rate: rate)
        let encoder = try Encoder(video: video, settings: settings(order))
        let stream = try muxer.addStream(encoder.parameters, timeBase: rate.inverse, rate: rate)
        let sound = order.audio ? try SoundTrack(order, muxer: muxer) : nil
        try muxer.start(options: order.format == .webm ? [:] : ["movflags": "+faststart"])

        let painter = try ClipPainter(order)
        let painted = PlanarFrame(width: order.width, height: order.height)
        let packet = try Packet()
        for n in 0..<order.frames {
            try interrupt.check()
            painter.paint(n, into: painted)
            let frame = try Frame(videoWidth: order.width, height: order.height, format: .yuv420p)
            copy(painted, into: frame)
            frame.pts = Int64(n)
            frame.duration = 1
            frame.colour = .bt709
            while try !encoder.send(frame) { try drain(encoder, packet, stream, muxer) }
            try drain(encoder, packet, stream, muxer)
            try sound?.write(until: Double(n + 1) / rate.value, muxer: muxer)
            if n % 12 == 0 { progress(Double(n) / Double(order.frames)) }
        }
        try encoder.sendEnd()
        try drain(encoder, packet, stream, muxer)
        try sound?.finish(muxer: muxer)
        try muxer.finish()
        // The books survive a crash without a flush, and so may the clip: it can be painted again.
        try pending.publish(sync: false)
        progress(1)
    }

    private static func settings(_ order: ClipOrder) -> EncoderSettings {
        // Quality 95, the default, is CRF 18; 20 is CRF 38.
        let crf = 18 + (95 - order.quality) * 4 / 15
        if order.format == .webm {
            // Real time, speed 8: a sandbox should not keep anybody waiting.
            return EncoderSettings(
                codec: "libvpx-vp9",
                options: [
                    "crf": "\(crf + 12)", "b": "0", "deadline": "realtime", "cpu-used": "8", "g": "240",
                ],
                threads: 2)
        }
        return EncoderSettings(
            codec: "libx264",
            options: ["crf": "\(crf)", "preset": "veryfast", "g": "250", "bf": "3", "profile": "high"],
            threads: 2)
    }

    static func drain(
        _ encoder: borrowing Encoder, _ packet: borrowing Packet, _ stream: Int, _ muxer: borrowing Muxer
    ) throws(MediaError) {
        while try encoder.receive(into: packet) == .got {
            packet.streamIndex = stream
            try muxer.write(packet)
        }
    }

    private static func copy(_ painted: PlanarFrame, into frame: borrowing Frame) {
        let parts = [
            (painted.y, painted.width, painted.height), (painted.u, painted.width / 2, painted.height / 2),
            (painted.v, painted.width / 2, painted.height / 2),
        ]
        for (i, part) in parts.enumerated() {
            frame.withMutablePlane(i) { bytes, stride in
                guard let base = bytes.baseAddress else { return }
                for row in 0..<part.2 {
                    (base + row * stride).copyMemory(from: part.0 + row * part.1, byteCount: part.1)
                }
            }
        }
    }
}
