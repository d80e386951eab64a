public import Media

/// Joins finished segments and the film's sound into a delivery, and proves it.
public enum Join {
    /// Writes the film, opens it again, proves it, and only then gives it its name. Blocks.
    ///
    /// Pictures are moved, not encoded: each packet gets the film's time, counted in frames, so that nothing
    /// depends on what the segments' containers rounded. The sound bed is encoded once for the whole film.
    /// Memory does not depend on the film's length.
    ///
    /// - Throws: `MontageError`: `incompatible` for segments that do not fit together or sound that is not
    ///   as long as the pictures, `proofFailed`; `MediaError`. No file is left.
    public static func run(
        _ job: JoinJob, interrupt: Interrupt, progress: (@Sendable (Double) -> Void)? = nil
    ) throws -> Proof {
        try run(job, scan: nil, interrupt: interrupt, progress: progress)
    }

    /// - Parameters:
    ///   - known: What a walk through the parts would tell, where it is known already.
    ///   - copied: Sound that is moved; nil encodes a bed.
    static func run(
        _ job: JoinJob, scan known: SegmentScan?, sound copied: CopiedSound? = nil, interrupt: Interrupt,
        progress: (@Sendable (Double) -> Void)?
    ) throws -> Proof {
        let pending = try Pending([job.output])
        let scan = try known ?? SegmentScan(job.parts, rate: job.format.rate, interrupt: interrupt)
        let total = scan.frameCount
        let pieces =
            job.sound.isEmpty ? [SoundPiece(source: nil, frames: 0..<total)] : job.sound
        let heard = pieces.reduce(0) { $0 + $1.frames.count }
        guard heard == total else {
            throw MontageError(
                .incompatible, operation: "the pictures are \(total) frames long, the sound \(heard)",
                subject: job.output, hint: "Give each segment's sound the segment's frames.")
        }

        var format = job.format
        if let audio = job.preset.audio {
            format.sampleRate = audio.sampleRate
            format.layout = audio.layout
        }
        if let copied { format.sampleRate = copied.stream.parameters.sampleRate }
        let sound =
            copied != nil
            ? nil : try job.preset.audio.map { try SoundEncoder(AudioEncoding(preset: $0)) }
        let bed = try Mixdown(
            pieces, format: format,
            sound: FilmSound(
                loudness: sound == nil ? nil : job.mix?.loudness ?? job.preset.audio?.loudness,
                music: sound == nil ? nil : job.mix?.music), interrupt: interrupt)
        let stream =
            copied?.stream
            ?? sound.map {
                DeliveryMuxer.Audio(
                    parameters: $0.encoder.parameters, timeBase: $0.encoder.timeBase,
                    initialPadding: $0.encoder.initialPadding)
            }
        var tags = job.title.map { ["title": $0] } ?? [:]
        if let manifest = job.manifest, let tag = EmbeddedManifest.tag(in: job.preset.container) {
            tags[tag] = manifest
        }
        let muxer = try DeliveryMuxer(
            path: pending.path(0), container: job.preset.container, options: job.preset.muxerOptions,
            editLists: job.preset.editLists ?? true, video: scan.parameters, timeBase: format.rate.inverse,
            rate: format.rate, tag: job.preset.video.tag, audio: stream,
            tags: CarriedTags(
                file: tags, chapters: job.chapters ?? []),
            interrupt: interrupt)

        let grid = SampleGrid(rate: format.rate, sampleRate: format.sampleRate)
        var position: Int64 = 0
        var base = 0
        let packet = try Packet()
        var moved: [Prover.MovedRun] = []
        for (i, part) in job.parts.enumerated() {
            let segment = try SegmentPackets(part, rate: format.rate, interrupt: interrupt)
            var order = 0
            var digest = PayloadDigest()
            while let place = try segment.read(into: packet) {
                packet.withBytes { digest.add($0) }
                packet.pts = Int64(base + place)
                packet.dts = Int64(base + order - scan.delay)
                packet.duration = 1
                try muxer.writeVideo(packet)
                order += 1
                try copied?.advance(to: grid.samples(upTo: base + order)) { try muxer.writeAudio($0) }
                if let sound {
                    let end = grid.samples(upTo: base + order)
                    while position < end, let samples = try bed.take(Int(min(4096, end - position))) {
                        position += Int64(samples.first?.count ?? 0)
                        try sound.encode(samples) { try muxer.writeAudio($0) }
                    }
                }
                if order % 24 == 0 { progress?(0.95 * Double(base + order) / Double(total)) }
            }
            guard order == scan.frames[i] else {
                throw SegmentScan.fault(part.path, "it changed while it was read")
            }
            moved.append(.init(count: order, digest: digest, isSource: part.isSource, part: part))
            base += order
        }
        try sound?.finish { try muxer.writeAudio($0) }
        try copied?.advance(to: .max) { try muxer.writeAudio($0) }
        try muxer.finish()
        if let manifest = job.manifest, EmbeddedManifest.isBox(in: job.preset.container) {
            try EmbeddedManifest.append(manifest, to: pending.path(0))
        }

        var proof = try Prover.prove(
            pending.path(0), as: job.output,
            .init(
                container: job.preset.container, rate: format.rate, frames: total,
                videoCodec: scan.parameters.codecName, audioCodec: stream?.parameters.codecName,
                samples: copied?.sampleCount ?? (sound == nil ? nil : bed.sampleCount),
                sampleRate: format.sampleRate,
                bitExactFrames: job.bitExactFrames ?? 0, moved: moved, delay: scan.delay,
                colour: scan.parameters.colour,
                editLists: job.preset.editLists ?? true,
                indexFirst: job.preset.isIndexFirst,
                manifest: EmbeddedManifest.isCarried(in: job.preset.container) ? job.manifest : nil),
            interrupt: interrupt)
        proof.loudness = bed.loudness
        try interrupt.check()
        try pending.publish()
        progress?(1)
        return proof
    }
}

extension Preset {
    /// Whether its muxer options promise the index before the data.
    var isIndexFirst: Bool { muxerOptions["movflags"]?.contains("faststart") == true }
}
