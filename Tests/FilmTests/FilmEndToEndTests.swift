import Film
import Foundation
import Media
import Montage
import Sandbox
import Synchronization
import Testing

/// A sandbox on loopback with its own world, and a storyboard beside it.
private struct Stage {
    let scratch: Scratch
    let server: SandboxServer
    let api: URL

    init(delay: Duration = .zero, apiKey: String? = nil) async throws {
        scratch = try Scratch()
        server = try SandboxServer(
            SandboxConfiguration(folder: scratch.path + "/world", delay: delay, apiKey: apiKey))
        api = try await server.start()
    }

    func settings(_ shots: String, deliver: String = "mp4-social", budget: Decimal? = nil) throws
        -> FilmSettings
    {
        let path = try scratch.write(
            """
            title: T
            model: "pixverse:1@6"
            defaults: {size: 360x360, duration: 5, audio: true}
            shots:
            \(shots)
            film: {deliver: [\(deliver)]}
            """, to: "film.yaml")
        return try .forTest(path, in: scratch, api: api, budget: budget)
    }

    struct World: Decodable {
        struct Task: Decodable {
            var taskUUID: String
            var timesSubmitted: Int
        }
        var tasks: [Task]
        var totalCharge: Decimal
    }

    func world() async throws -> World { try JSONDecoder().decode(World.self, from: await server.report()) }

    var out: String { scratch.path + "/out" }

    func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: out + "/" + name) }

    func digest(_ name: String) throws -> String {
        try SHA256.hex(ofFile: out + "/" + name, interrupt: Interrupt())
    }
}

/// Collects events from all tasks of a run.
private final class Heard: Sendable {
    private let list = Mutex<[FilmEvent]>([])
    var all: [FilmEvent] { list.withLock { $0 } }
    func note(_ event: FilmEvent) { list.withLock { $0.append(event) } }
}

private let chain = """
      - {id: a, prompt: A quiet hill at dawn, seed: 1}
      - {id: b, prompt: A lake in the wind, seed: 2}
      - {id: c, prompt: A sea at night, seed: 3}
    """

@Suite struct `A film` {
    @Test func `is made once, and a changed shot redoes only what depends on it`() async throws {
        let stage = try await Stage()
        let settings = try stage.settings(chain, deliver: "mp4-social, quick-mov")
        let report = try await Film.make(settings) { _ in }

        // The film: three clips of 120 frames, less one for each chained seam, sound as long as picture.
        #expect(report.deliveries.map(\.frames) == [358, 358])
        for delivery in report.deliveries {
            #expect(delivery.proof.passed)
            #expect(abs(delivery.duration - 358.0 / 24) < 0.05)
            #expect(try stage.digest(delivery.file) == delivery.digest)
            // The clips' own colour, which for pictures as small as these is not the usual one.
            let made = try Probe.report(path: stage.out + "/" + delivery.file, interrupt: Interrupt())
            #expect(made.video?.colour == .bt709)
        }
        #expect(report.shots.map(\.framesShown) == [119, 119, 120])
        for name in [
            "film.mp4", "film.mov", "film.json", "poster.jpg", "sprites.jpg", "sprites.vtt", "shots/01-a.mp4",
            "shots/01-a.last.png", "shots/02-b.mp4", "shots/03-c.last.png",
        ] { #expect(stage.exists(name), "\(name)") }

        // Requests: the first by size, the others by the frame before.
        #expect(report.shots[0].request["width"] == .int(360))
        #expect(report.shots[1].request["width"] == nil)
        #expect(report.shots[1].request["resolution"] == .string("360p"))
        #expect(report.shots[1].request.canonical.contains("sha256:\(report.shots[0].lastFrameDigest)"))
        #expect(!report.shots[1].request.canonical.contains("base64"))
        let last = try Picture.load(path: stage.out + "/shots/01-a.last.png")
        #expect(last.width == 360 && last.height == 360)

        // Money: one submission and one charge a take.
        var world = try await stage.world()
        #expect(world.tasks.count == 3)
        #expect(world.tasks.allSatisfy { $0.timesSubmitted == 1 })
        #expect(report.totalCost == world.totalCharge)
        #expect(Set(report.shots.map(\.taskUUID)) == Set(world.tasks.map(\.taskUUID)))

        // The seams: the sandbox paints on from the frame it was sent, so one frame stands twice.
        #expect(report.seams.map { "\($0.before)>\($0.after)" } == ["a>b", "b>c"])
        for seam in report.seams.map(\.seam) {
            #expect(seam.isChained && seam.droppedFrames == 1 && seam.measure.twinFrames == 1)
            #expect((0...1).contains(seam.score) && seam.sound != nil)
        }
        #expect(try stage.digest("seams.jpg") == report.seamSheet)

        // A limit that no seam keeps: nothing is published but the sheet, and nothing is made again.
        var strict = settings
        strict.maxSeam = -1
        strict.outputDirectory = stage.scratch.path + "/strict"
        let refusal = await #expect(throws: FilmError.self) { try await Film.make(strict) { _ in } }
        #expect(refusal?.code == .seamTooHard && refusal?.exitCode == 3)
        #expect(refusal?.message.contains("the seam of ") == true)
        let left = try FileManager.default.contentsOfDirectory(atPath: strict.outputDirectory)
        #expect(Set(left) == ["shots", "seams.jpg"])
        strict.maxSeam = 1
        let allowed = try await Film.make(strict) { _ in }
        #expect(allowed.run?.isUpToDate == true && allowed.seams.count == 2)

        // Again: nothing.
        let heard = Heard()
        let json = try stage.digest("film.json")
        let again = try await Film.make(settings) { heard.note($0) }
        #expect(again.run?.isUpToDate == true)
        #expect(again.run?.restored == 0)
        #expect(try stage.digest("film.json") == json)
        #expect(try await stage.world().tasks.count == 3)
        #expect(heard.all.contains { if case .upToDate(restored: 0) = $0 { true } else { false } })

        // A lost output comes back from the store.
        try FileManager.default.removeItem(atPath: stage.out + "/film.mp4")
        try Data("junk".utf8).write(to: URL(fileURLWithPath: stage.out + "/shots/02-b.mp4"))
        let restored = try await Film.make(settings) { _ in }
        #expect(restored.run?.isUpToDate == true)
        #expect(restored.run?.restored == 2)
        #expect(try stage.digest("film.mp4") == report.deliveries[0].digest)
        #expect(try stage.digest("shots/02-b.mp4") == report.shots[1].clipDigest)

        // The middle prompt: that shot and the one that starts on it, nothing before.
        let changed = try stage.settings(
            chain.replacingOccurrences(of: "lake in the wind", with: "lake in the rain"),
            deliver: "mp4-social, quick-mov")
        let plan = try Film.plan(changed)
        #expect(plan.steps.filter { $0.status == .willCost }.map(\.id) == ["shot:b", "shot:c"])
        let second = try await Film.make(changed) { _ in }
        world = try await stage.world()
        #expect(world.tasks.count == 5)
        #expect(world.tasks.allSatisfy { $0.timesSubmitted == 1 })
        #expect(second.shots[0].taskUUID == report.shots[0].taskUUID)
        #expect(second.shots[1].taskUUID != report.shots[1].taskUUID)
        #expect(second.run?.generated == 2)

        // And back: everything is still there.
        let back = try await Film.make(stage.settings(chain, deliver: "mp4-social, quick-mov")) { _ in }
        #expect(back.run?.isUpToDate == true)
        #expect(try stage.digest("film.mp4") == report.deliveries[0].digest)
        await stage.server.stop()
    }

    @Test func `that was interrupted asks for the tasks it sent and buys none of them again`() async throws {
        let stage = try await Stage(delay: .seconds(3600))
        let settings = try stage.settings(
            """
              - {id: a, prompt: A quiet hill at dawn, seed: 1}
              - {id: b, prompt: A lake in the wind, seed: 2, start: fresh}
            """)
        let sent = Heard()
        let (arrivals, arrival) = AsyncStream.makeStream(of: Void.self)
        let run = Task {
            try await Film.make(settings) { event in
                if case .shotProgress = event { arrival.yield() }
                if case .shotSent = event { sent.note(event) }
            }
        }
        // Both tasks are at the service; the service needs an hour, so it is still at work.
        var waiting = arrivals.makeAsyncIterator()
        while try await stage.world().tasks.count < 2 { await waiting.next() }
        run.cancel()
        await #expect(throws: CancellationError.self) { try await run.value }
        await stage.server.stop()

        // The service comes back with its world and without delay.
        let server = try SandboxServer(
            SandboxConfiguration(folder: stage.scratch.path + "/world", delay: .zero))
        let resumed = try FilmSettings.forTest(
            settings.storyboardPath, in: stage.scratch, api: try await server.start())
        let heard = Heard()
        let report = try await Film.make(resumed) { heard.note($0) }
        #expect(report.run?.generated == 0)
        #expect(report.run?.resumed == 2)
        #expect(heard.all.filter { if case .shotResumed = $0 { true } else { false } }.count == 2)
        let world = try JSONDecoder().decode(Stage.World.self, from: await server.report())
        #expect(world.tasks.count == 2)
        #expect(world.tasks.allSatisfy { $0.timesSubmitted == 1 })
        #expect(report.totalCost == world.totalCharge)
        #expect(report.deliveries[0].frames == 240, "an unchained seam keeps both frames")
        await server.stop()
    }

    @Test func `whose intent was written and never sent sends it under the same UUID`() async throws {
        let stage = try await Stage()
        let settings = try stage.settings("  - {id: a, prompt: A quiet hill at dawn, seed: 1}")
        let uuid = UUID().uuidString.lowercased()
        do {
            let workspace = try Workspace(folder: settings.stateDirectory)
            var planner = Planner(try Production(settings), journal: JournalSnapshot(), store: [:])
            _ = try planner.plan()
            let key = try #require(planner.keys["shot:a"])
            try workspace.journal.intend(
                Take(
                    taskUUID: uuid, workKey: key.digest, generator: "sandbox", storyboard: "film", shot: "a",
                    number: 1, request: "{}", reserved: nil))
        }
        let report = try await Film.make(settings) { _ in }
        #expect(report.shots[0].taskUUID == uuid)
        let world = try await stage.world()
        #expect(world.tasks.map(\.taskUUID) == [uuid])
        #expect(world.tasks.map(\.timesSubmitted) == [1])
        await stage.server.stop()
    }

    @Test func `with a shot that fails keeps the others, names it, and goes on from there`() async throws {
        let stage = try await Stage()
        let shots = """
              - {id: a, prompt: A quiet hill at dawn, seed: 1}
              - {id: bad, prompt: "A lake [refuse]", seed: 2}
              - {id: after, prompt: A sea at night, seed: 3}
              - {id: other, prompt: A wood in snow, seed: 4, start: fresh}
            """
        let settings = try stage.settings(shots)
        let error = try await #require(throws: FilmError.self) { try await Film.make(settings) { _ in } }
        #expect(error.exitCode == 3)
        #expect(error.message.contains("shot bad"))
        #expect(error.message.contains("missing: 2 of 4 shots; the rest is kept"))
        #expect(error.message.contains("the film has slates in their place"))
        let shown = try JSONDecoder().decode(
            FilmReport.self, from: Data(contentsOf: URL(fileURLWithPath: stage.out + "/film.json")))
        // Of the slate before a chained shot the frame is left out that would stand twice.
        #expect(shown.deliveries.map(\.frames) == [120 + 119 + 120 + 120])
        #expect(shown.shots.map { $0.slate == nil } == [true, false, false, true])
        #expect(shown.shots[1].slate?.isEmpty == false && shown.shots[2].slate == "waits for bad")
        #expect(shown.shots[1].taskUUID == nil && shown.shots[1].takes.allSatisfy { $0.cost == nil })
        #expect(stage.exists("shots/01-a.mp4") && stage.exists("shots/04-other.mp4"))
        let again = try await #require(throws: FilmError.self) { try await Film.make(settings) { _ in } }
        #expect(again.exitCode == 3 && stage.exists("film.mp4"))
        // What was refused for its content is not asked again.
        let before = try await stage.world().tasks.count
        #expect(before == 3)

        let mended = try stage.settings(shots.replacingOccurrences(of: " [refuse]", with: ""))
        let report = try await Film.make(mended) { _ in }
        #expect(report.run?.generated == 2)
        #expect(try await stage.world().tasks.count == before + 2)
        #expect(report.deliveries[0].frames == 478)
        #expect(report.shots.allSatisfy { $0.slate == nil })
        await stage.server.stop()
    }

    @Test func `whose first shot is refused keeps the chains that do not depend on it`() async throws {
        let stage = try await Stage()
        let settings = try stage.settings(
            """
              - {id: bad, prompt: "A lake [reject]", seed: 2}
              - {id: other, prompt: A wood in snow, seed: 4, start: fresh}
            """)
        let error = try await #require(throws: FilmError.self) { try await Film.make(settings) { _ in } }
        #expect(error.exitCode == 3)
        #expect(error.message.contains("shot bad"))
        #expect(error.message.contains("missing: 1 of 2 shots; the rest is kept"))
        #expect(stage.exists("shots/02-other.mp4"))
        let plan = try Film.plan(settings)
        #expect(plan.steps.first { $0.id == "segment:other:mp4-social" }?.status == .cached)
        #expect(plan.steps.first { $0.id == "shot:bad" }?.reason.contains("promptBlocked") == true)
        await stage.server.stop()
    }

    @Test func `without a valid key is refused by the service and buys nothing`() async throws {
        let stage = try await Stage(apiKey: "another key")
        let settings = try stage.settings(chain)
        let error = try await #require(throws: FilmError.self) { try await Film.make(settings) { _ in } }
        #expect(error.exitCode == 6)
        #expect(error.message.contains("shot a"))
        #expect(try await stage.world().tasks.isEmpty)
        #expect(!stage.exists("film.mp4"))
        await stage.server.stop()
    }

    @Test func `over budget or already being made is refused before anything is sent`() async throws {
        let stage = try await Stage()
        let dear = try stage.settings(chain, budget: Decimal(string: "0.10"))
        let budget = try await #require(throws: FilmError.self) { try await Film.make(dear) { _ in } }
        #expect(budget.exitCode == 4)
        let workspace = try Workspace(folder: dear.stateDirectory)
        let locked = try await #require(throws: FilmError.self) { try await Film.make(dear) { _ in } }
        #expect(locked.exitCode == 10)
        withExtendedLifetime(workspace) {}
        #expect(try await stage.world().tasks.isEmpty)
        await stage.server.stop()
    }
}
