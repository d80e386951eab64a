import Foundation
public import Media
import Synchronization

/// Makes delivery files of one clip: decoded once, encoded for each output at the same time.
public enum Transcode {
    /// Makes all `outputs` of `input`; all of them appear, or none. Blocks.
    ///
    /// One thread reads and decodes and puts the pictures on a constant rate; each output has a thread of
    /// its own, which conforms, encodes and muxes. Between them stand short queues, so the slowest output
    /// sets the pace and memory stays small.
    ///
    /// Every output starts at zero, has square pixels, an even size and a constant rate, stands upright, and
    /// its sound is as long as its picture to the sample; a source without sound gives silence. Colour tags
    /// are kept, gaps filled; high dynamic range is mapped to BT.709 unless the preset demands it. A picture
    /// that already is what the encoder takes goes in untouched.
    ///
    /// - Parameters:
    ///   - input: The clip.
    ///   - outputs: At least one, unless a poster is wanted.
    ///   - format: Size, rate and colour to conform to; nil takes the source's own.
    ///   - poster: Where a JPEG of an early, not dark picture shall stand.
    ///   - interrupt: Stops the work; nothing is left then.
    ///   - progress: Called from the reading thread with 0…1, some times a second.
    /// - Throws: `MontageError`, `MediaError`. No output and no partial file is left.
    public static func run(
        input: String, outputs: [TranscodeOutput], format: FilmFormat? = nil, poster: String? = nil,
        interrupt: Interrupt, progress: (@Sendable (Double) -> Void)? = nil
    ) throws -> TranscodeReport {
        guard !outputs.isEmpty || poster != nil else {
            throw MontageError(
                .invalidArgument, operation: "there is nothing to make", subject: input,
                hint: "Name at least one output.")
        }
        let pending = try Pending(outputs.map(\.path) + (poster.map { [$0] } ?? []), input: input)
        let wantsSound = outputs.contains { $0.preset.audio != nil }
        let reader = try ClipReader(input, rate: format?.rate, wantsSound: wantsSound, interrupt: interrupt)
        let orders = outputs.enumerated().map { i, output in
            DeliveryLine.Order(
                path: pending.path(i), container: output.preset.container,
                muxerOptions: output.preset.muxerOptions, video: output.preset.video,
                audio: output.preset.audio,
                size: format.map { .init(width: $0.width, height: $0.height) }, rate: reader.rate,
                colour: format.map { $0.completeColour }, threads: 0)
        }
        let posterSeeker = poster.map { _ in
            PosterSeeker(path: pending.path(outputs.count), expectedFrames: reader.expectedFrames)
        }
        let made = try FanOut.run(
            reader, orders: orders, posterSeeker: posterSeeker, interrupt: interrupt, progress: progress)
        var report = TranscodeReport(input: input, outputs: [], poster: poster, findings: [])
        for (i, output) in outputs.enumerated() {
            let one = made[i]
            if i == 0 { report.findings = one.findings }
            report.outputs.append(
                .init(
                    path: output.path, preset: output.preset.name, container: output.preset.container,
                    width: one.width, height: one.height, rate: one.rate, frames: one.frames,
                    samples: one.samples, videoCodec: one.videoCodec, audioCodec: one.audioCodec,
                    colour: one.colour, byteCount: try byteCount(of: pending.path(i))))
        }
        try interrupt.check()
        try pending.publish()
        progress?(1)
        return report
    }

    static func byteCount(of path: String) throws -> Int64 {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return (attributes[.size] as? NSNumber)?.int64Value ?? 0
    }
}

extension FilmFormat {
    /// The colour the film has where a preset demands none.
    var completeColour: ColourTags { ColourPlan.completed(colour ?? .unknown, height: height) }
}
