import Film
import Foundation
import Media
import Montage
import TestSupport
import Testing

/// A film of slates: how long it is, what it shows, and that nobody is asked for it.
@Suite(.blocking) struct AnimaticTests {
    private func settings(_ scratch: Scratch) throws -> FilmSettings {
        try scratch.writePicture("start.png", shade: 200, width: 360, height: 360)
        let path = try scratch.write(
            """
            title: Sketch
            model: "pixverse:1@6"
            defaults: {size: 360x360, duration: 5, audio: true}
            shots:
              - {id: a, prompt: A quiet hill at dawn, firstImage: start.png}
              - {id: b, prompt: A lake in the wind, takes: 3, use: 1}
              - {id: c, prompt: A sea at night, duration: 8, start: fresh, join: {dissolve: 12}}
            film: {deliver: [mp4-social], thumbnails: false}
            """, to: "film.yaml")
        // Nobody listens there: whoever asks the service fails.
        return try .forTest(path, in: scratch)
    }

    @Test func `is as long as the film would be, and asks nobody`() async throws {
        let scratch = try Scratch()
        let settings = try settings(scratch)
        let before = try Film.plan(settings).totals
        let report = try await Film.animatic(settings) { _ in }
        #expect(report.deliveries.map(\.frames) == [119 + 120 + 192 - 12])
        for delivery in report.deliveries { #expect(delivery.proof.passed) }
        #expect(report.totalCost == 0 && report.run?.spent == 0)
        #expect(
            report.shots.map(\.slate) == ["A quiet hill at dawn", "A lake in the wind", "A sea at night"])
        // The plan of the film is what it was, to the money and the reason.
        let plan = try Film.plan(settings)
        #expect(plan.totals.estimate == before.estimate && plan.totals.willCost == before.willCost)
        #expect(plan.steps.first { $0.id == "shot:a" }?.reason == "never run")
        let again = try await Film.animatic(settings) { _ in }
        #expect(again.run?.isUpToDate == true)
    }

    @Test func `shows the pictures that are given, with the words in a band`() async throws {
        let scratch = try Scratch()
        let settings = try settings(scratch)
        _ = try await Film.animatic(settings) { _ in }
        let first = try Picture.load(path: settings.outputDirectory + "/shots/01-a.last.png")
        func grey(_ x: Int, _ y: Int) -> Int {
            Int(first.bytes[(y * first.width + x) * first.bytesPerPixel + 1])
        }
        #expect(abs(grey(180, 40) - 200) < 6)
        #expect(grey(180, 355) < 60)
        let second = try Picture.load(path: settings.outputDirectory + "/shots/02-b.last.png")
        let bright = stride(from: 0, to: second.bytes.count, by: 3).count { second.bytes[$0] > 200 }
        // Letters are written on grey.
        #expect(bright > 1000 && bright < 30000)
    }

    @Test func `a slate has the same bytes each time`() throws {
        let scratch = try Scratch()
        let digests = try ["one", "two"].map { name in
            let job = SlateJob(
                width: 320, height: 180, rate: Rational(24, 1), frames: 30, heading: "storm",
                text: "refused: a word that is far too long for any line of this picture, "
                    + String(repeating: "x", count: 200), output: scratch.path + "/\(name).mp4")
            try Slates.render(job, interrupt: Interrupt())
            return try SHA256.hex(ofFile: job.output, interrupt: Interrupt())
        }
        #expect(digests[0] == digests[1])
        #expect(try Oracle.frameCount(scratch.path + "/one.mp4") == 30)
        #expect(throws: MontageError.self) {
            try Slates.render(
                SlateJob(
                    width: 321, height: 180, rate: Rational(24, 1), frames: 30, heading: "odd", text: "",
                    output: scratch.path + "/odd.mp4"), interrupt: Interrupt())
        }
    }
}
