import Foundation
public import Media
import Synchronization

/// Makes delivery files of one clip: decoded once, encoded for each output at the same time.
public enum Transcode {
    /// Makes all `outputs` of `input`; all of them appear, or none. Blocks.
    ///
    /// One thread reads and decodes and puts the pictures on a constant rate; each encode has a thread of
    /// its own, which conforms, encodes and muxes. Between them stand short queues, so the slowest output
    /// sets the pace and memory stays small. Outputs whose pictures are alike share one encode, and the
    /// same for sound. The bytes do not depend on how many cores there are.
    ///
    /// Every output that is encoded starts at zero, has square pixels, an even size and a constant rate,
    /// stands upright, and its sound is as long as its picture to the sample; a source without sound gives
    /// silence. Colour tags are kept, gaps filled; high dynamic range is mapped to BT.709 unless the preset
    /// demands it. A picture that already is what the encoder takes goes in untouched. Where the preset
    /// allows and nothing has to change, streams are moved as they are, and the report says so.
    ///
    /// - Parameters:
    ///   - input: The clip.
    ///   - outputs: At least one, unless a poster or thumbnails are wanted.
    ///   - format: Size, rate and colour to conform to; nil takes the source's own.
    ///   - settings: Which part, which size, loudness, fades.
    ///   - poster: Where an early, not dark picture shall stand, as JPEG or PNG by its ending.
    ///   - thumbnails: Small pictures that are made beside the outputs, from the same decode.
    ///   - sync: Whether the files are flushed to the disk before they get their names, so that they are whole
    ///     also after the power fails. For who will take a file that is there for a finished one.
    ///   - interrupt: Stops the work; nothing is left then.
    ///   - progress: Called from the reading thread with 0…1, some times a second.
    /// - Throws: `MontageError`, `MediaError`. No output and no partial file is left.
    public static func run(
        input: String, outputs: [TranscodeOutput], format: FilmFormat? = nil,
        settings: TranscodeSettings = TranscodeSettings(), poster: String? = nil,
        thumbnails: ThumbnailOrder = ThumbnailOrder(), sync: Bool = true, interrupt: Interrupt,
        progress: (@Sendable (Double) -> Void)? = nil
    ) throws -> TranscodeReport {
        guard !outputs.isEmpty || poster != nil || !thumbnails.isEmpty else {
            throw MontageError(
                .invalidArgument, operation: "there is nothing to make", subject: input,
                hint: "Name at least one output.")
        }
        try settings.check(input)
        let kind = try poster.map { path throws(MontageError) in try PosterSeeker.Kind(forFile: path) }
        let fades = settings.fadeIn > 0 || settings.fadeOut > 0
        for output in outputs
        where fades && PixelFormat(named: output.preset.video.pixelFormat)?.isPalette == true {
            throw MontageError(
                .incompatible, operation: "pictures with a palette cannot fade", subject: output.path,
                hint: "Leave the fades out, or fade into another format first.")
        }
        try thumbnails.prepare()
        let names = outputs.map(\.path) + [poster].compactMap(\.self) + thumbnails.files
        let pending = try Pending(names, input: input)
        let paths = Dictionary(uniqueKeysWithValues: names.indices.map { (names[$0], pending.path($0)) })
        defer { pending.discard() }
        var work = TranscodeWork(
            input: input, outputs: outputs, paths: outputs.indices.map { pending.path($0) }, format: format,
            settings: settings, interrupt: interrupt)
        let report = try work.run(
            poster: kind.map { (pending.path(outputs.count), $0) }, posterName: poster,
            thumbnails: thumbnails.isEmpty ? nil : (thumbnails, pending, paths), progress: progress)
        try interrupt.check()
        try pending.publish(sync: sync)
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
