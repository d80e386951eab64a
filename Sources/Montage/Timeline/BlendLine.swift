import Media

/// Makes one delivery's frames of two clips that come side by side. Runs on one thread.
///
/// It takes from either clip only what the next frame needs, so the two readers stay together and nothing
/// piles up but what waits in the short queues.
final class BlendLine {
    private final class Side {
        let queue: BoundedQueue<ClipEvent>
        var conformer: PictureConformer?
        var ready: [FrameBox] = []
        var isOver = false
        init(_ queue: BoundedQueue<ClipEvent>) { self.queue = queue }
    }

    private let job: BlendJob
    private let order: DeliveryOrder
    private let interrupt: Interrupt
    private let before: Side
    private let after: Side
    private var writer: DeliveryWriter?
    private var findings: [String] = []

    init(
        _ job: BlendJob, order: DeliveryOrder, before: BoundedQueue<ClipEvent>,
        after: BoundedQueue<ClipEvent>, interrupt: Interrupt
    ) {
        self.job = job
        self.order = order
        self.interrupt = interrupt
        self.before = Side(before)
        self.after = Side(after)
    }

    /// Makes and writes all frames, and closes the file. Nil where a reader has failed: its error tells more
    /// than ours would.
    func run(progress: (Double) -> Void) throws -> (frames: Int, codec: String, findings: [String])? {
        let (tail, head) = (job.before.frames.count, job.after.frames.count)
        let isWhite = job.blend == .throughWhite
        for i in 0..<job.frameCount {
            try interrupt.check()
            let made: Frame
            switch job.blend {
            case .dissolve:
                guard let one = try next(before), let other = try next(after) else { return nil }
                made = try PictureBlend.mix(
                    one.frame, other.frame, weight: PictureBlend.weight(i, of: tail))
            case .throughBlack, .throughWhite:
                guard let one = try next(i < tail ? before : after) else { return nil }
                // The frames on both sides of the cut are the colour alone.
                let weight = i < tail ? 65536 * (i + 1) / tail : 65536 * (head - (i - tail)) / head
                made = try PictureBlend.mix(
                    one.frame, white: isWhite, isFullRange: writer?.pictureFormat.colour.range == "pc",
                    weight: weight)
            }
            made.pts = Int64(i)
            made.duration = 1
            try writer?.write(made)
            progress(Double(i + 1) / Double(job.frameCount))
        }
        while try next(before) != nil || next(after) != nil {}
        guard before.isOver || tail == 0, after.isOver || head == 0, let writer else { return nil }
        try writer.finish()
        return (writer.frames, writer.videoCodec, findings)
    }

    /// The next frame of a side, in the delivery's format; nil at its end.
    private func next(_ side: Side) throws -> FrameBox? {
        while side.ready.isEmpty, let event = try side.queue.receive() {
            func keep(_ frame: borrowing Frame) throws { side.ready.append(FrameBox(try frame.reference())) }
            switch event {
            case .begin(let clip):
                let writer = try writer ?? DeliveryWriter([order], firstClip: clip, interrupt: interrupt)
                self.writer = writer
                side.conformer = try PictureConformer(
                    clip.picture, target: writer.pictureFormat, rate: order.pictureRate)
            case .picture(let box, let slots):
                for slot in slots { try side.conformer?.conform(box.frame, pts: Int64(slot), emit: keep) }
            case .sound: break
            case .end(let clip):
                findings += clip.findings
                try side.conformer?.finish(emit: keep)
                side.isOver = true
            }
        }
        return side.ready.isEmpty ? nil : side.ready.removeFirst()
    }
}
