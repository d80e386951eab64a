import Film
import Foundation
import Media
import Montage
import Sandbox
import TestSupport
import Testing

/// Clips that a person chooses: a repair between pinned frames, and one of several takes.
@Suite struct `A shot that is not liked` {
    private func storyboard(_ middle: String = "A lake in the wind") -> String {
        """
        title: T
        model: "pixverse:1@6"
        defaults: {size: 360x360, duration: 5, audio: false}
        shots:
          - {id: a, prompt: A quiet hill at dawn, seed: 1}
          - {id: b, prompt: \(middle), seed: 2}
          - {id: c, prompt: A sea at night, seed: 3}
          - {id: d, prompt: A wood in snow, start: fresh, takes: 2, seed: 4}
        film: {deliver: [mp4-social], thumbnails: false}
        """
    }

    private struct World: Decodable {
        struct Task: Decodable { var taskUUID: String }
        var tasks: [Task]
        var totalCharge: Decimal
    }

    @Test func `is repaired between the frames before and after it, and nothing after it moves`() async throws
    {
        let scratch = try Scratch()
        let server = try SandboxServer(SandboxConfiguration(folder: scratch.path + "/world", delay: .zero))
        let api = try await server.start()
        func world() async throws -> World {
            try JSONDecoder().decode(World.self, from: await server.report())
        }
        let settings = try FilmSettings.forTest(
            try scratch.write(storyboard(), to: "film.yaml"), in: scratch, api: api)
        let early = #expect(throws: FilmError.self) { try Film.planRepair(settings, shot: "b") }
        #expect(early?.exitCode == 5 && early?.message.contains("not there yet") == true)
        let before = try await Film.make(settings) { _ in }
        let paid = try await world()

        let price = try Film.planRepair(settings, shot: "b")
        #expect(
            price.cascade == ["b", "c"] && price.estimate != nil, "\(price)")
        // What both were really charged.
        #expect(price.cascadeEstimate == before.shots[1...2].reduce(0) { $0 + ($1.cost ?? 0) })
        #expect(
            try #require(throws: FilmError.self) { try Film.planRepair(settings, shot: "c") }.exitCode == 5)
        let typo = #expect(throws: FilmError.self) { try Film.planRepair(settings, shot: "bb") }
        #expect(typo?.hint?.contains("'b'") == true)

        let made = try await Film.repair(settings, shot: "b") { _ in }
        #expect(try await world().tasks.count == paid.tasks.count + 1)
        let take = try #require(
            try Journal(path: settings.stateDirectory + "/journal.sqlite").snapshot().takesInOrder.last)
        #expect(take.taskUUID == made.taskUUID && take.cost == made.cost)
        let request = take.request
        #expect(request.contains("sha256:\(before.shots[0].lastFrameDigest)"))
        #expect(request.contains("sha256:\(before.shots[1].lastFrameDigest)"))
        #expect(!request.contains("seed"))

        // One segment, two seams, the sheet, the film; nothing is bought, and c is as it was.
        let plan = try Film.plan(settings)
        #expect(plan.totals.willCost == 0)
        #expect(plan.steps.first { $0.id == "shot:c" }?.status == .cached)
        let after = try await Film.make(settings) { _ in }
        #expect(after.run?.generated == 0 && after.run?.resumed == 0)
        #expect(after.shots[1].clipDigest == made.clipDigest && made.clipDigest != before.shots[1].clipDigest)
        #expect(after.shots[1].lastFrameDigest == before.shots[1].lastFrameDigest)
        for other in [0, 2, 3] { #expect(after.shots[other].clipDigest == before.shots[other].clipDigest) }
        #expect(after.deliveries[0].proof.passed)
        // The frame that meets c looks like the one that c was started with.
        #expect(after.seams[1].seam.structure.across > 0.8, "\(after.seams[1].seam.structure)")
        #expect(try await Film.make(settings) { _ in }.run?.isUpToDate == true)
        #expect(try Film.verify(stateDirectory: settings.stateDirectory, interrupt: Interrupt()).passed)
        #expect(try Film.clean(stateDirectory: settings.stateDirectory).paid.files == 0)
        #expect(try Film.takes(settings, shot: "b").isRepaired)

        // A shot that began on no picture begins on the first frame of the storyboard's own clip, each time.
        for _ in 1...2 { _ = try await Film.repair(settings, shot: "a") { _ in } }
        let starts = try Journal(path: settings.stateDirectory + "/journal.sqlite").snapshot().takesInOrder
            .suffix(2)
        #expect(Set(starts.map(\.request)).count == 1 && Set(starts.map(\.workKey)).count == 2)
        try Film.undoChoice(settings, shot: "a")

        // One that fails leaves the one before in the film.
        var poor = settings
        poor.budget = Decimal(string: "0.01")
        let broke = await #expect(throws: FilmError.self) { try await Film.repair(poor, shot: "b") { _ in } }
        #expect(broke?.exitCode == 4)
        #expect(try Film.takes(settings, shot: "b").isRepaired)

        // A second one is another clip. With another prompt the storyboard's own shot counts again.
        let second = try await Film.repair(settings, shot: "b") { _ in }
        #expect(second.taskUUID != made.taskUUID)
        try scratch.write(storyboard("A lake in the rain"), to: "film.yaml")
        #expect(try Film.plan(settings).steps.first { $0.id == "shot:b" }?.reason == "prompt changed")
        try scratch.write(storyboard(), to: "film.yaml")
        try Film.undoChoice(settings, shot: "b")
        let back = try await Film.make(settings) { _ in }
        #expect(back.deliveries.map(\.digest) == before.deliveries.map(\.digest))
        #expect(try await world().tasks.count == paid.tasks.count + 4)
        await server.stop()
    }

    @Test func `has another of its takes chosen, which buys nothing where nothing follows`() async throws {
        let scratch = try Scratch()
        let server = try SandboxServer(SandboxConfiguration(folder: scratch.path + "/world", delay: .zero))
        let api = try await server.start()
        let settings = try FilmSettings.forTest(
            try scratch.write(storyboard(), to: "film.yaml"), in: scratch, api: api)
        let before = try await Film.make(settings) { _ in }
        let list = try Film.takes(settings, shot: "d")
        #expect(list.takes.map(\.isUsed) == [false, true] && list.takes.map(\.isThere) == [true, true])
        #expect(list.takes.map(\.seed) == [4, 5])
        let plan = try Film.choose(settings, shot: "d", take: 1)
        #expect(plan.totals.willCost == 0 && plan.totals.willRun > 0)
        let after = try await Film.make(settings) { _ in }
        #expect(after.run?.generated == 0)
        #expect(after.shots[3].clipDigest == before.shots[3].takes[0].clipDigest)
        #expect(
            try #require(throws: FilmError.self) { try Film.choose(settings, shot: "d", take: 3) }.exitCode
                == 5)
        // What the storyboard itself says counts more.
        try scratch.write(
            storyboard().replacingOccurrences(of: "takes: 2,", with: "takes: 2, use: 2,"), to: "film.yaml")
        #expect(
            try #require(throws: FilmError.self) { try Film.choose(settings, shot: "d", take: 1) }.exitCode
                == 5)
        #expect(try Film.takes(settings, shot: "d").takes.map(\.isUsed) == [false, true])
        let looked = try Film.checkedTakes(settings, shot: "d", interrupt: Interrupt())
        #expect(looked.takes.map(\.faults) == [[], []] && looked.takes.map(\.seam) == [nil, nil])
        #expect(looked.best == 1)
        let chained = try Film.checkedTakes(settings, shot: "b", interrupt: Interrupt())
        #expect(chained.takes[0].faults == [] && (0...1).contains(chained.takes[0].seam ?? -1))
        await server.stop()
    }

    @Test(arguments: ["color=black", "testsrc2=alpha=255", "color=teal"])
    func `is looked at: black and frozen clips are told from others`(source: String) throws {
        let scratch = try Scratch()
        let path = scratch.path + "/clip.mp4"
        try Oracle.ffmpeg([
            "-f", "lavfi", "-i", "\(source):size=320x180:rate=24:duration=2", "-vf",
            "noise=alls=1:allf=t", "-c:v", "libx264", "-pix_fmt", "yuv420p", path,
        ])
        let check = try ClipCheck.run(path, interrupt: Interrupt())
        #expect(check.frames == 48)
        #expect(check.isBlack == (source == "color=black"), "\(check)")
        #expect(check.isFrozen == (!source.hasPrefix("testsrc2")), "\(check)")
    }

    @Test func `that was not liked for its faults is passed over for the best`() {
        func entry(_ number: Int, faults: [String]?, seam: Double?) -> TakeList.Entry {
            .init(number: number, isUsed: false, isThere: faults != nil, faults: faults, seam: seam)
        }
        let list = TakeList(
            shot: "a",
            takes: [
                entry(1, faults: ["black"], seam: 0), entry(2, faults: [], seam: 0.4),
                entry(3, faults: [], seam: 0.2),
                entry(4, faults: nil, seam: nil),
            ], isRepaired: false)
        #expect(list.best == 3)
        #expect(TakeList(shot: "a", takes: [], isRepaired: false).best == nil)
    }
}
