import Media

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
    private let interrupt: Interrupt
    private var checks: [Proof.Check] = []

    /// Proves the file at `path`, which will be published as `name`. Blocks.
    ///
    /// - Throws: `MontageError` with code `proofFailed` if a check fails.
    static func prove(
        _ path: String, as name: String, _ expected: Expectation, interrupt: Interrupt
    ) throws -> Proof {
        let looks = try Looks(path, as: name, expected, interrupt: interrupt)
        var prover = Prover(expected: expected, interrupt: interrupt)
        let proof = try prover.judge(looks, at: path, as: name)
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

    private mutating func judge(_ looks: Looks, at path: String, as name: String) throws -> Proof {
        let (picture, sound, found) = (looks.picture, looks.sound, looks.walk)
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
            samples = looks.declaredSamples ?? found.samples
            check(
                "sound length", samples == expected.samples,
                "\(samples ?? -1) of \(expected.samples ?? -1) samples")
            // A container's clock may be coarser than a sample: half a tick of it is still zero.
            let off = found.soundStart.map { abs($0) } ?? .infinity
            check("sound start", off <= sound.timeBase.value / 2 + 1e-9, "\(found.soundStart ?? .nan) s")
        }
        if let faults = looks.seams {
            check("seams decode", faults.isEmpty, faults.isEmpty ? "all" : faults.joined(separator: ", "))
        }
        check("first and last picture decode", looks.ends == nil, looks.ends ?? "both")
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
        if !expected.editLists, looks.container.isMP4 {
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
            path: name, container: expected.container, byteCount: looks.container.byteCount,
            sha256: looks.digest,
            videoCodec: picture.parameters.codecName, audioCodec: sound?.parameters.codecName,
            width: picture.parameters.width, height: picture.parameters.height, frames: found.frames,
            expectedFrames: expected.frames, firstVideoTicks: found.firstTicks,
            constantInterval: found.strays == 0, audioSamples: samples, expectedSamples: expected.samples,
            duration: Double(found.frames) / expected.rate.value,
            bitExactFrames: expected.bitExactFrames + copied,
            passed: checks.allSatisfy(\.passed), checks: checks)
    }
}
