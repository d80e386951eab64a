import Film
import Foundation
import Media
import Montage
import Synchronization
import TestSupport
import Testing

/// What a film does at a seam is decided by the pictures on both sides of it.
@Suite struct `A film's seams` {
    private static let pattern = "testsrc2=size=160x96:rate=24"
    /// Two pixels a frame to the left.
    private static let pan =
        pattern + ",trim=end_frame=1,loop=loop=-1:size=1,setpts=N/24/TB,scroll=horizontal=0.0125"

    /// A chain of two shots of 26 frames, the second one made of the frames from `from` on.
    private struct Chained {
        let scratch: Scratch
        let clips: PreparedClips

        init(_ scene: String, from: Int, drift: String = "null") throws {
            scratch = try Scratch()
            let pale = "eq=contrast=0.6:saturation=0.5"
            for (id, start, filter) in [("a", 0, "null"), ("b", from, drift)] {
                try Oracle.ffmpeg([
                    "-f", "lavfi", "-i", scene, "-vf",
                    "trim=start_frame=\(start):end_frame=\(start + 26),setpts=N/24/TB,\(pale),\(filter)",
                    "-c:v", "libx264", "-preset", "veryfast", "-crf", "16", "-pix_fmt", "yuv420p",
                    scratch.path + "/\(id).mp4",
                ])
            }
            clips = PreparedClips(folder: scratch.path)
        }

        func settings(_ film: String = "deliver: [mp4-copy, quick-mov]") throws -> FilmSettings {
            let path = try scratch.write(
                """
                title: T
                model: m
                shots:
                  - {id: a, prompt: One}
                  - {id: b, prompt: Two, start: previous}
                film: {\(film), thumbnails: false}
                """, to: "film.yaml")
            return FilmSettings(
                storyboardPath: path, outputDirectory: scratch.path + "/out", generator: clips,
                presets: try scratch.quickPresets())
        }

        /// The mean light of each picture of a file of the output folder.
        func light(_ name: String) throws -> [Double] {
            let bytes = try Oracle.ffmpeg([
                "-i", scratch.path + "/" + name, "-map", "0:v", "-f", "rawvideo", "-pix_fmt", "gray", "-",
            ]).output
            let area = 160 * 96
            return (0..<bytes.count / area).map { frame in
                bytes[frame * area..<(frame + 1) * area].reduce(0.0) { $0 + Double($1) } / Double(area)
            }
        }
    }

    @Test(arguments: [(24, 2), (25, 1), (26, 0)])
    func `as many frames are left out as stand twice`(from: Int, twins: Int) async throws {
        let chained = try Chained(Self.pan, from: from)
        let rendered = Mutex<[String]>([])
        let report = try await Film.make(chained.settings()) {
            if case .segmentsRendered(let shot, _) = $0 { rendered.withLock { $0.append(shot) } }
        }
        #expect(report.seams[0].seam.droppedFrames == twins)
        for delivery in report.deliveries {
            #expect(delivery.frames == 52 - twins)
            #expect(delivery.proof.passed)
        }
        #expect(report.shots[0].framesShown == 26 - twins)
        // One twin is what is expected; other numbers cost a second rendering of the shot before.
        #expect(rendered.withLock { $0.sorted() } == (twins == 1 ? ["a", "b"] : ["a", "a", "b"]))
        let again = try await Film.make(chained.settings()) { _ in }
        #expect(again.run?.isUpToDate == true)
        #expect(try Film.plan(chained.settings()).isUpToDate)
    }

    @Test func `colours are matched where the storyboard asks for it, and let go again`() async throws {
        let chained = try Chained(Self.pattern, from: 25, drift: "eq=brightness=0.05")
        let deliver = "deliver: [mp4-copy, quick-mov]"
        let plain = try await Film.make(chained.settings()) { _ in }
        #expect(plain.seams[0].seam.match == nil)
        let step = { (light: [Double]) in light[25] - light[24] }
        #expect(step(try chained.light("out/film.mp4")) > 6)

        let asked = try chained.settings(deliver + ", seams: {match-colour: 12}")
        let planned = try Film.plan(asked).steps.first { $0.id == "segment:b:mp4-copy" }
        #expect(planned?.reason == "waits for the seam before it, whose colours are matched")
        let rendered = Mutex<[String]>([])
        let matched = try await Film.make(asked) {
            if case .segmentsRendered(let shot, _) = $0 { rendered.withLock { $0.append(shot) } }
        }
        #expect(matched.seams[0].seam.match?.frames == 12)
        #expect(rendered.withLock { $0 } == ["b"], "only the corrected shot is rendered anew")
        for name in matched.deliveries.map(\.file) {
            let light = try chained.light("out/" + name)
            let drifted = try chained.light("b.mp4")
            #expect(abs(step(light)) < 1, "\(name): \(step(light))")
            #expect(abs(light[25 + 12] - drifted[12]) < 0.5 && abs(light[25 + 20] - drifted[20]) < 0.5)
        }
        #expect(matched.deliveries.allSatisfy { $0.proof.passed && $0.frames == 51 })
        #expect(try await Film.make(asked) { _ in }.run?.isUpToDate == true)
        #expect(try Film.plan(asked).isUpToDate)
    }
}

/// A clip that is on its way when the run is cancelled.
@Suite struct `A cancelled run` {
    @Test(arguments: [false, true])
    func `lets a clip arrive that was paid for, unless there is haste`(isUrgent: Bool) async throws {
        let scratch = try Scratch()
        try Oracle.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=size=160x96:rate=24:duration=1", "-c:v", "libx264", "-pix_fmt",
            "yuv420p", scratch.path + "/a.mp4",
        ])
        let gate = Gate()
        let path = try scratch.write(
            "title: T\nmodel: m\nshots: [{id: a, prompt: One}]\nfilm: {deliver: [mp4-copy], thumbnails: false}\n",
            to: "film.yaml")
        func settings(_ gate: Gate?) throws -> FilmSettings {
            FilmSettings(
                storyboardPath: path, outputDirectory: scratch.path + "/out",
                generator: PreparedClips(folder: scratch.path, gate: gate),
                presets: try scratch.quickPresets())
        }
        let first = try settings(gate)
        let run = Task { try await Film.make(first) { _ in } }
        await gate.reached()
        if isUrgent { first.haste.hurry() }
        run.cancel()
        await gate.open()
        await #expect(throws: CancellationError.self) { try await run.value }
        let ledger = try Film.ledger(stateDirectory: first.stateDirectory)
        #expect(ledger.entries.map(\.state) == [isUrgent ? .finished : .stored])
        let again = try await Film.make(settings(nil)) { _ in }
        #expect(again.run?.generated == 0)
        #expect(again.run?.resumed == (isUrgent ? 1 : 0))
        #expect(again.deliveries[0].proof.passed)
    }
}

/// A place at which one waits until it is opened.
private actor Gate {
    private var isReached = false
    private var isOpen = false
    private var comers: [CheckedContinuation<Void, Never>] = []
    private var waiting: [CheckedContinuation<Void, Never>] = []

    /// Waits until somebody stands before the gate.
    func reached() async {
        if !isReached { await withCheckedContinuation { comers.append($0) } }
    }

    func open() {
        isOpen = true
        for one in waiting { one.resume() }
        waiting = []
    }

    func pass() async {
        isReached = true
        for one in comers { one.resume() }
        comers = []
        if !isOpen { await withCheckedContinuation { waiting.append($0) } }
    }
}

/// Hands out clips that lie in a folder, by their shots' ids, and charges nothing.
private struct PreparedClips: ShotGenerator {
    let folder: String
    var gate: Gate?
    let name = "prepared"

    func modelSize(of storyboard: Storyboard) -> ModelSize {
        ModelSize(width: 160, height: 96, resolution: "96p", rate: Rational(24, 1))
    }

    func compose(_ order: ShotOrder) -> ComposedShot {
        ComposedShot(
            request: #"{"duration":1,"first":"\#(order.first?.text ?? "")","shot":"\#(order.shot.id)"}"#,
            estimate: 0, problems: [])
    }

    func generate(
        _ order: ShotOrder, pictures: [PictureReference: String], taskUUID: String, alreadySent: Bool,
        willSend: @escaping @Sendable () async throws -> Void,
        progress: @escaping @Sendable (GenerationStage) -> Void
    ) async throws(GenerationFailure) -> GeneratedShot {
        do { try await willSend() } catch {
            throw GenerationFailure(.refused, code: "test", message: "\(error)", hint: nil)
        }
        return GeneratedShot(
            url: order.shot.id, videoUUID: nil, seed: order.seed, cost: 0, isUnsafe: false)
    }

    func lookUp(_ taskUUID: String) -> TaskFate {
        .made(GeneratedShot(url: "a", videoUUID: nil, seed: nil, cost: 0, isUnsafe: false))
    }

    func fetch(
        _ made: GeneratedShot, of taskUUID: String, to path: String,
        progress: @escaping @Sendable (Int64) -> Void
    ) async throws(GenerationFailure) {
        await gate?.pass()
        do {
            try Task.checkCancellation()
            try FileManager.default.copyItem(atPath: "\(folder)/\(made.url).mp4", toPath: path)
        } catch {
            let outcome: GenerationFailure.Outcome = error is CancellationError ? .cancelled : .failed
            throw GenerationFailure(outcome, code: "test", message: "\(error)", hint: nil)
        }
    }

    func isModeration(code: String) -> Bool { false }
}
