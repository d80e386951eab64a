import Media
import Synchronization

/// Opens a finished file again and looks at everything that a film must be.
struct Prover {
    /// What the file must be.
    struct Expectation {
        var container: String
        var rate: Rational
        var frames: Int
        /// FFmpeg's name of the codec, not of the encoder.
        var videoCodec: String
        /// Nil for a film without sound.
        var audioCodec: String?
        var samples: Int64?
        var sampleRate = 48000
        /// Pictures of source clips in segments that were told to be such.
        var bitExactFrames = 0
        /// What was moved, in the film's order; empty where pictures were encoded into the film.
        var moved: [MovedRun] = []
        /// Frames that decoding runs ahead of presentation.
        var delay = 0
        /// The colour that must be declared; what is unknown here may be anything.
        var colour: ColourTags?
        /// Whether MP4 and MOV may have edit lists.
        var editLists = true
        /// Whether the index must stand before the data.
        var indexFirst = false
        /// The text that must be in the file.
        var manifest: String?
    }

    /// Packets that were moved one after the other.
    struct MovedRun {
        var count: Int
        var digest: PayloadDigest
        /// Whether they are a source clip's own.
        var isSource: Bool
        /// Where they came from.
        var part: JoinPart
    }

    let expected: Expectation
    let interrupt: Interrupt
    private var checks: [Proof.Check] = []

    /// Proves the file at `path`, which will be published as `name`. Blocks.
    ///
    /// - Throws: `MontageError` with code `proofFailed` if a check fails.
    static func prove(
        _ path: String, as name: String, _ expected: Expectation, interrupt: Interrupt
    ) throws -> Proof {
        // The digest of a large file takes as long as all else.
        let digest = Mutex("")
        let looked = Mutex<Proof?>(nil)
        try runSideBySide(
            interrupt,
            [
                {
                    let hex = try SHA256.hex(ofFile: path, interrupt: interrupt)
                    digest.withLock { $0 = hex }
                },
                {
                    var prover = Prover(expected: expected, interrupt: interrupt)
                    let proof = try prover.look(at: path, as: name)
                    looked.withLock { $0 = proof }
                },
            ])
        guard var proof = looked.withLock({ $0 }) else {
            throw MontageError(.proofFailed, operation: "the finished film was not looked at", subject: name)
        }
        proof.sha256 = digest.withLock { $0 }
        guard proof.passed else {
            let failed = proof.checks.filter { !$0.passed }.map { "\($0.name): \($0.detail)" }
            throw MontageError(
                .proofFailed,
                operation: "the finished film is not what it must be: "
                    + failed.joined(separator: "; "),
                subject: name,
                hint: "Nothing was published. This is a fault of Reel or of this FFmpeg; please report it.")
        }
        return proof
    }

    private init(expected: Expectation, interrupt: Interrupt) {
        self.expected = expected
        self.interrupt = interrupt
    }

    private mutating func check(_ name: String, _ passed: Bool, _ detail: String) {
        checks.append(.init(name: name, passed: passed, detail: detail))
    }

    private mutating func look(at path: String, as name: String) throws -> Proof {
        let demuxer = try Demuxer(path: path, accept: .clips, analyse: .full, interrupt: interrupt)
        guard let picture = demuxer.bestStream(.video).map({ demuxer.streams[$0] }) else {
            throw MontageError(.proofFailed, operation: "the finished film has no picture", subject: name)
        }
        let sound = demuxer.bestStream(.audio).map { demuxer.streams[$0] }
        let found = try walk(demuxer, picture: picture, sound: sound)

        check("frames", found.frames == expected.frames, "\(found.frames) of \(expected.frames)")
        check("start", found.firstTicks == 0, "first picture at \(found.firstTicks ?? -1)")
        check(
            "interval", found.strays == 0,
            found.strays == 0 ? "constant at \(expected.rate)" : "\(found.strays) pictures off the grid")
        if !expected.moved.isEmpty {
            let lost = zip(expected.moved, found.runs + Array(repeating: nil, count: expected.moved.count))
                .filter { $0.digest != $1 }
            check(
                "packets", lost.isEmpty,
                lost.isEmpty
                    ? "\(found.frames) as they were" : "\(lost.count) of \(expected.moved.count) runs changed"
            )
        }
        check(
            "picture codec", picture.parameters.codecName == expected.videoCodec,
            picture.parameters.codecName)
        check(
            "sound codec", sound?.parameters.codecName == expected.audioCodec,
            sound?.parameters.codecName ?? "none")
        var samples: Int64?
        if let sound {
            samples = declaredSamples(demuxer, sound) ?? found.samples
            check(
                "sound length", samples == expected.samples,
                "\(samples ?? -1) of \(expected.samples ?? -1) samples")
            // A container's clock may be coarser than a sample: half a tick of it is still zero.
            let off = found.soundStart.map { abs($0) } ?? .infinity
            check("sound start", off <= sound.timeBase.value / 2 + 1e-9, "\(found.soundStart ?? .nan) s")
        }
        if let faults = try SeamCheck.run(
            path, picture: picture, runs: expected.moved, delay: expected.delay, interrupt: interrupt)
        {
            check("seams decode", faults.isEmpty, faults.isEmpty ? "all" : faults.joined(separator: ", "))
        }
        let ends = try EndCheck.run(path, picture: picture, frames: expected.frames, interrupt: interrupt)
        check("first and last picture decode", ends == nil, ends ?? "both")
        if let colour = expected.colour {
            let declared = picture.parameters.colour
            let pairs = [
                (colour.matrix, declared.matrix), (colour.primaries, declared.primaries),
                (colour.transfer, declared.transfer), (colour.range, declared.range),
            ]
            let lost = pairs.filter { $0.0 != "unknown" && $0.0 != $0.1 }
            check(
                "colour", lost.isEmpty,
                lost.isEmpty ? "as declared" : lost.map { "\($0.1) for \($0.0)" }.joined(separator: ", "))
        }
        if !expected.editLists, demuxer.container.isMP4 {
            let edits = MovieBoxes.edits(path: path).count
            check("edit lists", edits == 0, edits == 0 ? "none" : "\(edits) tracks have one")
        }
        if expected.indexFirst {
            let layout = BoxLayout(path: path)
            check("index first", layout.moov == "first", layout.names.joined(separator: " "))
        }
        if let manifest = expected.manifest {
            let isThere = try EmbeddedManifest.read(path, interrupt: interrupt) == manifest
            check(
                "manifest", isThere, isThere ? "\(manifest.utf8.count) bytes" : "not the one that was given")
        }
        let copied = expected.moved.reduce(0) { $0 + ($1.isSource ? $1.count : 0) }
        return Proof(
            path: name, container: expected.container, byteCount: demuxer.container.byteCount,
            sha256: "",
            videoCodec: picture.parameters.codecName, audioCodec: sound?.parameters.codecName,
            width: picture.parameters.width, height: picture.parameters.height, frames: found.frames,
            expectedFrames: expected.frames, firstVideoTicks: found.firstTicks,
            constantInterval: found.strays == 0, audioSamples: samples, expectedSamples: expected.samples,
            duration: Double(found.frames) / expected.rate.value,
            bitExactFrames: expected.bitExactFrames + copied,
            passed: checks.allSatisfy(\.passed), checks: checks)
    }

    private struct Walk {
        var frames = 0
        var firstTicks: Int64?
        /// The digests of the runs of packets that the film was made of.
        var runs: [PayloadDigest?] = []
        /// Pictures that are on no grid place, or on one that is taken.
        var strays = 0
        /// Samples that a decoder presents; counted where the container does not declare them.
        var samples: Int64 = 0
        /// Seconds of the first presented sample.
        var soundStart: Double?
    }

    /// Reads all packets. Grid places are ticked off in a window that slides, so that memory stays small.
    private func walk(_ demuxer: borrowing Demuxer, picture: StreamInfo, sound: StreamInfo?) throws -> Walk {
        demuxer.keepOnly(Set([picture.index] + (sound.map { [$0.index] } ?? [])))
        var found = Walk()
        var ahead: Set<Int> = []
        var next = 0
        var digest = PayloadDigest()
        var left = expected.moved.first?.count ?? 0
        let packet = try Packet()
        let ear = try sound.map { try Ear($0, countsAll: declaredSamples(demuxer, $0) == nil) }
        while try demuxer.read(into: packet) {
            try interrupt.check()
            if packet.streamIndex == picture.index {
                found.frames += 1
                if left > 0 {
                    packet.withBytes { digest.add($0) }
                    left -= 1
                    if left == 0 {
                        found.runs.append(digest)
                        digest = PayloadDigest()
                        left =
                            found.runs.count < expected.moved.count
                            ? expected.moved[found.runs.count].count : 0
                    }
                }
                guard let pts = packet.pts else {
                    found.strays += 1
                    continue
                }
                found.firstTicks = min(found.firstTicks ?? pts, pts)
                let place = Int(rescale(pts, from: picture.timeBase, to: expected.rate.inverse))
                let back = rescale(Int64(place), from: expected.rate.inverse, to: picture.timeBase)
                if back != pts || place < next || !ahead.insert(place).inserted { found.strays += 1 }
                while ahead.remove(next) != nil { next += 1 }
            } else if packet.streamIndex == sound?.index {
                try ear?.hear(packet)
            }
            packet.clear()
        }
        found.strays += ahead.count
        try ear?.finish()
        found.samples = ear?.samples ?? 0
        found.soundStart = ear?.start
        return found
    }

    /// MP4 and MOV declare the presented length in samples. Matroska does not; there it is counted.
    private func declaredSamples(_ demuxer: borrowing Demuxer, _ sound: StreamInfo) -> Int64? {
        guard demuxer.container.isMP4, let ticks = sound.durationTicks else { return nil }
        return rescale(ticks, from: sound.timeBase, to: Rational(1, expected.sampleRate))
    }
}

/// Decodes sound to find where it starts and, if asked, how long it is.
private final class Ear {
    private(set) var samples: Int64 = 0
    private(set) var start: Double?
    private let decoder: Decoder
    private let frame: Frame
    private let timeBase: Rational
    private let countsAll: Bool

    init(_ stream: StreamInfo, countsAll: Bool) throws {
        let decoder = try Decoder(stream, threads: 1)
        let frame = try Frame()
        self.decoder = decoder
        self.frame = frame
        self.countsAll = countsAll
        timeBase = stream.timeBase
    }

    func hear(_ packet: borrowing Packet) throws {
        guard countsAll || start == nil else { return }
        try decoder.send(packet)
        try drain()
    }

    func finish() throws {
        guard countsAll || start == nil else { return }
        try decoder.sendEnd()
        try drain()
    }

    private func drain() throws {
        while case .got = try decoder.receive(into: frame) {
            if start == nil, let pts = frame.pts { start = Double(pts) * timeBase.value }
            samples += Int64(frame.sampleCount)
        }
    }
}
