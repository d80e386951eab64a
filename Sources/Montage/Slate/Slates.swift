public import Media

/// Paints slates and encodes them.
public enum Slates {
    /// Which way slates are painted; in work keys, so that a new way makes them anew.
    public static let version = 1

    /// Writes the clip: H.264 in MP4, without sound. The same job gives the same bytes. Blocks.
    ///
    /// - Throws: `MontageError`, `MediaError`. No file is left.
    public static func render(_ job: SlateJob, interrupt: Interrupt) throws {
        guard job.frames > 1, job.width > 0, job.height > 0, job.width % 2 == 0, job.height % 2 == 0,
            job.rate.isValid
        else {
            throw MontageError(
                .invalidArgument,
                operation: "there is no slate of \(job.frames) frames of \(job.width)x\(job.height)",
                subject: job.heading)
        }
        let picture = try paint(job)
        let pending = try Pending([job.output])
        var format = picture.videoFormat(.yuv420p)
        format.colour = ColourPlan.completed(ColourTags.unknown, height: job.height)
        (format.timeBase, format.rate) = (job.rate.inverse, job.rate)
        let frame = try Scaler(from: picture.videoFormat(), to: format).scale(
            picture.filled(picture.pixelFormat))
        // One thread: its bytes are the same on every machine. Still pictures cost next to nothing.
        let encoder = try Encoder(
            video: format,
            settings: EncoderSettings(
                codec: "libx264", options: ["preset": "veryfast", "crf": "14", "bf": "0"], threads: 1))
        let muxer = try DeliveryMuxer(
            path: pending.path(0), container: "mp4", options: ["movflags": "+faststart"],
            video: encoder.parameters, timeBase: format.timeBase, rate: job.rate, audio: nil,
            interrupt: interrupt)
        let packet = try Packet()
        func write() throws {
            while case .got = try encoder.receive(into: packet) {
                try muxer.writeVideo(packet)
                packet.clear()
            }
        }
        for place in 0..<job.frames {
            try interrupt.check()
            let own = try frame.reference()
            own.pts = Int64(place)
            own.duration = 1
            while try !encoder.send(own) { try write() }
            try write()
        }
        try encoder.sendEnd()
        try write()
        try muxer.finish()
        try pending.publish()
    }

    /// The picture: the heading twice as large as the text, at the left; over a picture in a dark band at the bottom.
    static func paint(_ job: SlateJob) throws -> Picture {
        let scale = max(1, job.height / 180)
        let margin = 8 * scale
        let line = (Letters.height + 4) * scale
        let columns = max(1, (job.width - 2 * margin) / ((Letters.width + 1) * scale))
        let top = 2 * margin + 2 * Letters.height * scale
        let room = max(0, (job.height - top - margin) / line)
        let lines = wrapped(job.text, columns: columns, lines: job.picture == nil ? room : min(room, 3))
        var canvas = Canvas(width: job.width, height: job.height, grey: 40)
        var y = margin
        if let picture = job.picture {
            canvas.put(
                try Picture.load(path: picture).fitted(width: job.width, height: job.height, how: .crop)
                    .inEightBits(), x: 0, y: 0)
            let band = top + lines.count * line
            y = job.height - band + margin / 2
            canvas.fill(x: 0, y: job.height - band, width: job.width, height: band, grey: 24)
        }
        canvas.write(
            String(job.heading.prefix(max(1, columns / 2))), scale: 2 * scale, x: margin, y: y)
        for (place, text) in lines.enumerated() {
            canvas.write(
                text, scale: scale, x: margin, y: y + margin + 2 * Letters.height * scale + place * line)
        }
        return try canvas.picture()
    }

    /// Words in lines of at most so many signs; a longer word is broken.
    static func wrapped(_ text: String, columns: Int, lines limit: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in text.split(whereSeparator: \.isWhitespace) {
            var rest = Substring(word)
            if !line.isEmpty, line.count + 1 + rest.count <= columns {
                line += " " + rest
                continue
            }
            if !line.isEmpty { lines.append(line) }
            while rest.count > columns {
                lines.append(String(rest.prefix(columns)))
                rest = rest.dropFirst(columns)
            }
            line = String(rest)
        }
        if !line.isEmpty { lines.append(line) }
        guard lines.count > limit, limit > 0 else { return Array(lines.prefix(limit)) }
        return lines.prefix(limit - 1) + [String(lines[limit - 1].prefix(max(1, columns - 3))) + "..."]
    }
}
