public import Media

/// Encodes segments: pictures only, one decode for all deliveries.
public enum Segments {
    /// Renders all outputs of `job`; all appear, or none. Blocks.
    ///
    /// Each output has a thread and a single-threaded encoder, so its bytes do not depend on the machine
    /// and several segments fill the cores side by side. A segment begins with a keyframe, holds closed
    /// groups of pictures, ticks once a frame, and has the same header bytes as every other segment of the
    /// same preset and format: `Join` moves its packets.
    ///
    /// - Throws: `MontageError` (`outOfRange` for frames the clip does not have), `MediaError`.
    public static func render(
        _ job: SegmentJob, interrupt: Interrupt, progress: (@Sendable (Double) -> Void)? = nil
    ) throws -> [SegmentReport] {
        guard !job.outputs.isEmpty, job.frames?.isEmpty != true else {
            throw MontageError(
                .invalidArgument, operation: "there is nothing to render", subject: job.source,
                hint: "Name at least one output and one frame.")
        }
        for output in job.outputs { try checkForFilm(output.preset, output.path) }
        let pending = try Pending(job.outputs.map(\.path), input: job.source)
        let copying = job.outputs.indices.filter { job.outputs[$0].preset.video.mode == .copy }
        let encoding = job.outputs.indices.filter { !copying.contains($0) }
        var reports: [Int: SegmentReport] = [:]
        for i in copying {
            var report = try CopiedSegment.render(
                job, preset: job.outputs[i].preset, to: pending.path(i), interrupt: interrupt)
            report.path = job.outputs[i].path
            reports[i] = report
        }
        if !encoding.isEmpty {
            var part = job
            part.outputs = encoding.map { job.outputs[$0] }
            let made = try encode(
                part, paths: encoding.map(pending.path), interrupt: interrupt, progress: progress)
            for (i, report) in zip(encoding, made) { reports[i] = report }
        }
        try interrupt.check()
        try pending.publish()
        progress?(1)
        return job.outputs.indices.compactMap { reports[$0] }
    }

    /// Encodes the job's outputs, with one decode for all, into files that are not published yet.
    private static func encode(
        _ job: SegmentJob, paths: [String], interrupt: Interrupt, progress: (@Sendable (Double) -> Void)?
    ) throws -> [SegmentReport] {
        let reader = try ClipReader(
            job.source, rate: job.format.rate, range: job.frames, wantsSound: false, match: job.match,
            interrupt: interrupt)
        let orders = job.outputs.enumerated().map { i, output in
            order(output, path: paths[i], format: job.format)
        }
        let made = try FanOut.run(reader, orders: orders, interrupt: interrupt, progress: progress)
        return try job.outputs.enumerated().map { i, output in
            SegmentReport(
                path: output.path, preset: output.preset.name, frames: made[i].frames,
                codec: made[i].videoCodec, byteCount: try Transcode.byteCount(of: paths[i]),
                sha256: try SHA256.hex(ofFile: paths[i], interrupt: interrupt),
                findings: made[i].findings)
        }
    }

    /// What is to be made for one delivery: pictures only, one thread.
    static func order(_ output: SegmentOutput, path: String, format: FilmFormat) -> DeliveryOrder {
        DeliveryOrder(
            path: path, container: container(for: output.preset), muxerOptions: [:],
            video: output.preset.video, audio: nil,
            size: .init(width: format.width, height: format.height), rate: format.rate,
            colour: format.completeColour, threads: 1)
    }

    /// Films are joined of segments: of pictures that were encoded, at the film's own size and rate.
    static func checkForFilm(_ preset: Preset, _ path: String) throws(MontageError) {
        let why: String? =
            if ["gif", "webp"].contains(preset.container) {
                "makes \(preset.container) pictures"
            } else if preset.video.mode == .copy {
                // What is copied is judged clip by clip.
                preset.container == "mp4" ? nil : "moves pictures, which is done into MP4 only"
            } else if preset.video.pixelFormat == "source" {
                "keeps each clip's own pixels"
            } else if preset.video.maxRate != nil || preset.video.maxWidth != nil
                || preset.video.maxHeight != nil
            {
                "has bounds of its own for size or rate"
            } else if PixelFormat(named: preset.video.pixelFormat)?.hasAlpha == true,
                preset.container == "webm"
            {
                "has opacity, which the segments' container cannot hold"
            } else {
                nil
            }
        guard let why else { return }
        throw MontageError(
            .incompatible, operation: "no film can be made by the preset \(preset.name): it \(why)",
            subject: path, hint: "Make the film by another preset, then use `reel transcode` on it.")
    }

    /// WebM's clock ticks in milliseconds, which no usual frame rate hits; MP4 and MOV tick as we say.
    private static func container(for preset: Preset) -> String {
        preset.container == "mov" ? "mov" : "mp4"
    }
}
