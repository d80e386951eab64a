public import Media
import Synchronization

extension Segments {
    /// Renders the frames at which two clips meet; all outputs appear, or none. Blocks.
    ///
    /// The segment is like any other: it begins with a keyframe and has the header bytes of its preset and
    /// format, and its bytes do not depend on the machine. Both clips are decoded once, side by side, for all
    /// outputs; memory does not depend on how long the join is.
    ///
    /// - Throws: `MontageError` (`outOfRange` for frames a clip does not have, `invalidArgument` for sides of a
    ///   dissolve that are not alike), `MediaError`.
    public static func render(
        _ job: BlendJob, interrupt: Interrupt, progress: (@Sendable (Double) -> Void)? = nil
    ) throws -> [SegmentReport] {
        let isEven = job.blend != .dissolve || job.before.frames.count == job.after.frames.count
        guard !job.outputs.isEmpty, job.frameCount > 0, isEven else {
            throw MontageError(
                .invalidArgument, operation: "there is nothing to blend", subject: job.after.source,
                hint: "Name at least one output, and as many frames of one clip as of the other.")
        }
        for output in job.outputs { try checkForFilm(output.preset, output.path) }
        let pending = try Pending(job.outputs.map(\.path), input: job.before.source)
        _ = try Pending(job.outputs.map(\.path), input: job.after.source)
        let orders = try job.outputs.enumerated().map { i, output in
            let isCopied = output.preset.video.mode == .copy
            return order(
                isCopied ? try CopiedSegment.besideCopies(output, of: job, interrupt: interrupt) : output,
                path: pending.path(i), format: job.format)
        }
        let made = try blend(job, orders, interrupt: interrupt, progress: progress)
        for (i, output) in job.outputs.enumerated() where output.preset.video.mode == .copy {
            try CopiedSegment.numberBlend(
                pending.path(i), codec: made[i].codec, rate: job.format.rate, interrupt: interrupt)
        }
        let reports = try job.outputs.enumerated().map { i, output in
            SegmentReport(
                path: output.path, preset: output.preset.name, frames: made[i].frames, codec: made[i].codec,
                byteCount: try Transcode.byteCount(of: pending.path(i)),
                sha256: try SHA256.hex(ofFile: pending.path(i), interrupt: interrupt),
                findings: made[i].findings)
        }
        try interrupt.check()
        try pending.publish()
        progress?(1)
        return reports
    }

    private typealias Made = (frames: Int, codec: String, findings: [String])

    /// A thread a clip and a thread an output. It cannot deadlock: the readers hand every frame to the outputs
    /// in the same order, and an output takes as many frames of one clip as of the other, or all of the first
    /// before any of the second; so there is always one that has what it needs.
    private static func blend(
        _ job: BlendJob, _ orders: [DeliveryOrder], interrupt: Interrupt,
        progress: (@Sendable (Double) -> Void)?
    ) throws -> [Made] {
        let sides = try [job.before, job.after].map { side in
            try side.frames.isEmpty
                ? nil
                : ClipReader(
                    side.source, rate: job.format.rate, range: side.frames, wantsSound: false,
                    interrupt: interrupt)
        }
        let queues = orders.map { _ in
            sides.map { _ in FanOut.queue(of: orders.count, interrupt) }
        }
        let results = Mutex<[Made?]>(orders.map { _ in nil })
        var bodies: [@Sendable () throws -> Void] = []
        for (i, reader) in sides.enumerated() {
            bodies.append {
                defer { for pair in queues { pair[i].close() } }
                try reader?.run { event in for pair in queues { try pair[i].send(event) } }
            }
        }
        for (i, order) in orders.enumerated() {
            bodies.append {
                let line = BlendLine(
                    job, order: order, before: queues[i][0], after: queues[i][1], interrupt: interrupt)
                let made = try line.run { if i == 0 { progress?(0.99 * $0) } }
                results.withLock { $0[i] = made }
            }
        }
        try runSideBySide(interrupt, bodies)
        let made = results.withLock { $0.compactMap { $0 } }
        guard made.count == orders.count else {
            throw MontageError(
                .outOfRange, operation: "a clip has fewer frames than its join needs",
                subject: job.after.source, hint: "Make the join shorter.")
        }
        return made
    }
}
