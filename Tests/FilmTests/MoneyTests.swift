import Film
import Foundation
import Logging
import Media
import Montage
import Runware
import Sandbox
import Synchronization
import Testing

/// A storyboard, and a service whose world can be tampered with between runs.
final class Till: Sendable {
    let scratch: Scratch
    private let running: Mutex<SandboxServer?> = Mutex(nil)
    var world: String { scratch.path + "/world" }
    var store: String { scratch.path + "/.reel/store" }

    init() throws { scratch = try Scratch() }

    /// A service that goes on with what the last one knew.
    func open() async throws -> URL {
        await close()
        let server = try SandboxServer(SandboxConfiguration(folder: world, delay: .zero))
        running.withLock { $0 = server }
        return try await server.start()
    }

    func close() async {
        let server = running.withLock { server in
            defer { server = nil }
            return server
        }
        await server?.stop()
    }

    func settings(
        _ shots: String, provider: FilmSettings.Provider = .sandbox, budget: Decimal? = nil,
        filmBudget: String? = nil
    ) async throws -> FilmSettings {
        let yaml = """
            title: T
            model: "pixverse:1@6"
            \(filmBudget.map { "budget: \($0)" } ?? "")
            defaults: {resolution: 360p, aspect: "1:1", duration: 5, audio: false}
            shots:
            \(shots)
            film: {deliver: [quick-mov], thumbnails: false}
            """
        let path = try scratch.write(yaml, to: "film.yaml")
        var poll = PollPolicy()
        poll.initialDelay = .milliseconds(20)
        poll.firstInterval = .milliseconds(50)
        poll.longestInterval = .milliseconds(300)
        var client = ClientConfiguration(baseURL: try await open(), apiKey: "test", poll: poll)
        // Not one: on a busy machine a connection may break that nobody meant to break.
        client.mostAttempts = 3
        client.retryPause = .milliseconds(20)
        return FilmSettings(
            storyboardPath: path, outputDirectory: scratch.path + "/out", provider: provider, client: client,
            presets: try scratch.quickPresets(), modelCards: [Checkout.modelCards],
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }), budget: budget)
    }

    /// UUIDs of all tasks in the service's books.
    var tasks: [String] {
        get throws {
            try FileManager.default.contentsOfDirectory(atPath: world + "/tasks").filter {
                $0.hasSuffix(".json")
            }.map { String($0.dropLast(5)) }.sorted()
        }
    }

    /// Where a file of the store is.
    func file(_ digest: String, _ ext: String) -> String { "\(store)/\(digest.prefix(2))/\(digest).\(ext)" }

    /// Turns one bit in the middle of a file; its size stays.
    func damage(_ path: String) throws {
        chmod(path, 0o644)
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
        defer { try? file.close() }
        let middle = try file.seekToEnd() / 2
        try file.seek(toOffset: middle)
        let byte = try file.read(upToCount: 1)?.first ?? 0
        try file.seek(toOffset: middle)
        try file.write(contentsOf: Data([byte ^ 1]))
    }
}

private let two = """
      - {id: a, prompt: A quiet hill at dawn, seed: 1}
      - {id: b, prompt: A lake in the wind, seed: 2}
    """

@Suite struct `What was paid for` {
    @Test func `and is damaged in the store is noticed, fetched again and not bought again`() async throws {
        let till = try Till()
        let report = try await Film.make(till.settings(two)) { _ in }
        let tasks = try till.tasks
        try till.damage(till.file(report.shots[0].clipDigest, "mp4"))
        try till.damage(till.file(report.shots[0].lastFrameDigest, "png"))

        let settings = try await till.settings(two)
        let plan = try Film.plan(settings)
        let step = try #require(plan.steps.first { $0.id == "shot:a" })
        #expect(step.status == .willCost)
        #expect(step.reason.contains("damaged"))
        let again = try await Film.make(settings) { _ in }
        #expect(again.run?.generated == 0 && again.run?.resumed == 1)
        #expect(try till.tasks == tasks)
        #expect(again.shots.map(\.clipDigest) == report.shots.map(\.clipDigest))
        #expect(again.deliveries[0].digest == report.deliveries[0].digest)
        #expect(try Film.plan(settings).isUpToDate)
        await till.close()
    }

    @Test func `and is gone everywhere is bought again, said beforehand, with all that may follow`()
        async throws
    {
        let till = try Till()
        let report = try await Film.make(till.settings(two)) { _ in }
        let lost = try #require(report.shots[0].taskUUID)
        try FileManager.default.removeItem(atPath: till.file(report.shots[0].clipDigest, "mp4"))
        // The service has forgotten task and clip.
        try FileManager.default.removeItem(atPath: till.world + "/tasks/\(lost).json")
        for name in try FileManager.default.contentsOfDirectory(atPath: till.world + "/media") {
            try FileManager.default.removeItem(atPath: till.world + "/media/" + name)
        }
        let settings = try await till.settings(two)
        let plan = try Film.plan(settings)
        // Another clip may end on another frame, so the estimate holds the shot after it, too.
        #expect(plan.steps.filter { $0.status == .willCost }.map(\.id) == ["shot:a", "shot:b"])
        #expect(plan.steps.first { $0.id == "shot:a" }?.reason.contains("missing") == true)
        let warnings = Mutex<[String]>([])
        let again = try await Film.make(settings) { event in
            if case .warning(let text) = event { warnings.withLock { $0.append(text) } }
        }
        #expect(warnings.withLock { $0 }.contains { $0.contains("gone") && $0.contains(lost) })
        #expect(again.shots[0].taskUUID != lost)
        // The seed made the same clip, so the shot after it stands.
        #expect(again.run?.generated == 1)
        await till.close()
    }

    @Test func `but whose commit was lost is found by its digest, though the service has forgotten it`()
        async throws
    {
        let shot = "  - {id: a, prompt: A quiet hill at dawn, seed: 1}"
        let (first, second) = (try Till(), try Till())
        let report = try await Film.make(first.settings(shot)) { _ in }
        await first.close()
        // As a run leaves it that dies between the store and the journal. The second service knows nothing.
        let settings = try await second.settings(shot)
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
            try workspace.journal.advance(uuid, to: .finished) {
                $0.cost = Decimal(string: "0.139")
                $0.digest = report.shots[0].clipDigest
            }
            let copy = workspace.store.scratchPath(ext: "mp4")
            try FileManager.default.copyItem(
                atPath: first.file(report.shots[0].clipDigest, "mp4"), toPath: copy)
            _ = try workspace.store.adopt(copy, ext: "mp4", interrupt: Interrupt())
        }
        let again = try await Film.make(settings) { _ in }
        #expect(again.shots[0].taskUUID == uuid)
        #expect(again.totalCost == Decimal(string: "0.139"))
        #expect(again.run?.generated == 0 && again.run?.resumed == 1)
        #expect(try second.tasks.isEmpty)
        await second.close()
    }

    @Test func `at a stand-in is not taken for the service's own`() {
        func name(_ provider: String, _ address: String) -> String {
            RunwareGenerator.identity(provider, at: URL(string: address)!)
        }
        #expect(name("runware", ClientConfiguration.hostedURL) == "runware")
        #expect(name("sandbox", "http://127.0.0.1:4711/v1") == "sandbox")
        #expect(name("runware", "http://127.0.0.1:4711/v1") == name("runware", "http://localhost:9/v1"))
        let names: Set<String> = [
            name("runware", ClientConfiguration.hostedURL), name("runware", "http://127.0.0.1:1/v1"),
            name("sandbox", "http://127.0.0.1:1/v1"), name("runware", "https://proxy.example/v1"),
        ]
        #expect(names.count == 4)
    }
}

@Suite struct `A shot that the service made nothing of` {
    @Test func `is alone tried again, as a new take`() async throws {
        let till = try Till()
        let shots = """
              - {id: a, prompt: A quiet hill at dawn, seed: 1}
              - {id: bad, prompt: "A lake [fail]", seed: 2}
            """
        for run in 1...2 {
            let settings = try await till.settings(shots)
            let error = await #expect(throws: FilmError.self) { try await Film.make(settings) { _ in } }
            #expect(error?.exitCode == 3)
            #expect(try till.tasks.count == 1 + run)
            let plan = try Film.plan(settings)
            #expect(plan.steps.first { $0.id == "shot:a" }?.status == .cached)
            #expect(plan.steps.first { $0.id == "shot:bad" }?.reason == "last attempt failed: providerError")
        }
        await till.close()
    }
}

@Suite struct `A clip that was bought` {
    private let shot = "  - {id: a, prompt: A quiet hill at dawn, seed: 1}"

    /// One run in which the clip's file is tampered with as it arrives, the n-th time counted from 1.
    private func run(
        _ till: Till, lost: Bool = false, _ tamper: @escaping @Sendable (Int, String) throws -> Void
    ) async throws -> (report: FilmReport?, error: FilmError?, warnings: [String], fetches: Int) {
        var settings = try await till.settings(shot)
        let count = Mutex(0)
        let warnings = Mutex<[String]>([])
        settings.generator = Meddling(inner: settings.generator, isForgotten: lost) { path in
            let number = count.withLock {
                $0 += 1; return $0
            }
            try tamper(number, path)
        }
        do {
            let report = try await Film.make(settings) { event in
                if case .warning(let text) = event { warnings.withLock { $0.append(text) } }
            }
            return (report, nil, warnings.withLock { $0 }, count.withLock { $0 })
        } catch let error as FilmError {
            return (nil, error, warnings.withLock { $0 }, count.withLock { $0 })
        }
    }

    private func junk(_ byte: UInt8, _ path: String) throws {
        try (Data("....ftypisom".utf8) + Data(repeating: byte, count: 5000)).write(
            to: URL(fileURLWithPath: path))
    }

    @Test func `is not bought again for a fault on this side`() async throws {
        let till = try Till()
        let first = try await run(till) { _, path in try FileManager.default.removeItem(atPath: path) }
        #expect(first.error?.hint?.contains("nothing is bought") == true)
        #expect(first.error?.exitCode == 3)
        let again = try await run(till) { _, _ in }
        #expect(again.report?.run?.resumed == 1 && again.report?.run?.generated == 0)
        #expect(try till.tasks.count == 1)
        await till.close()
    }

    @Test func `and arrives as something else is fetched again`() async throws {
        let till = try Till()
        let made = try await run(till) { number, path in
            if number < 3 { try junk(UInt8(number), path) }
        }
        #expect(made.report != nil && made.fetches == 3)
        #expect(made.warnings.filter { $0.contains("fetched again") }.count == 2)
        #expect(try till.tasks.count == 1)
        await till.close()
    }

    @Test func `and arrives as something else each time is kept for a later run`() async throws {
        let till = try Till()
        let failed = try await run(till) { number, path in try junk(UInt8(number), path) }
        #expect(failed.error?.hint?.contains("not bought again") == true && failed.fetches == 3)
        #expect(try await run(till) { _, _ in }.report?.run?.resumed == 1)
        #expect(try till.tasks.count == 1)
        await till.close()
    }

    @Test func `and is of no use twice alike is over`() async throws {
        let till = try Till()
        let failed = try await run(till) { _, path in try junk(7, path) }
        #expect(failed.error?.message.contains("cannot be used") == true && failed.fetches == 2)
        #expect(try await run(till) { _, _ in }.report?.run?.generated == 1)
        #expect(try till.tasks.count == 2)
        await till.close()
    }

    @Test func `and forgotten by the service is not bought again while its address is in trouble`()
        async throws
    {
        let till = try Till()
        _ = try await run(till) { _, path in try FileManager.default.removeItem(atPath: path) }
        let failed = try await run(till, lost: true) { _, _ in
            throw GenerationFailure(.failed, code: "mediaUnavailable", message: "HTTP 503", hint: nil)
        }
        #expect(failed.error?.message.contains("HTTP 503") == true)
        #expect(try await run(till) { _, _ in }.report?.run?.resumed == 1)
        #expect(try till.tasks.count == 1)
        await till.close()
    }
}

@Suite struct `What an error of the client means for a take` {
    @Test(
        arguments: [
            ("noAvailableServer", .provider, .no, nil, .refused),
            ("somethingNew", .unknown, .no, nil, .refused),
            ("internalServerError", .serverError, .no, nil, .refused),
            ("rateLimitExceeded", .rateLimit, .no, nil, .refused),
            ("taskNotFound", .notFound, .no, nil, .refused),
            ("providerError", .provider, .unknown, .stop, .failed),
            ("contentPolicyViolation", .safety, .unknown, nil, .unknown),
            ("deadline", .timeout, .unknown, nil, .unknown), ("mediaGone", .notFound, .yes, .stop, .failed),
            ("cancelled", .cancelled, .yes, nil, .cancelled),
        ]
            as [(
                String, RunwareError.Category, RunwareError.Charged, RunwareError.Recovery?,
                GenerationFailure.Outcome
            )])
    func `follows from the money`(
        code: String, category: RunwareError.Category, charged: RunwareError.Charged,
        recovery: RunwareError.Recovery?, outcome: GenerationFailure.Outcome
    ) {
        var error = RunwareError(
            code: code, category: category, message: "x", httpStatus: 503, taskUUID: "t", charged: charged,
            recovery: recovery)
        if charged == .unknown, recovery == nil { error.recovery = .askAgain }
        let failure = GenerationFailure(error)
        #expect(failure.outcome == outcome)
        if outcome == .refused { #expect(failure.hint?.contains("paid") != true) }
        #expect(failure.facts?.category == category.rawValue && failure.facts?.charged == charged.rawValue)
        #expect(failure.facts?.taskUUID == "t" && failure.facts?.httpStatus == 503)
    }
}

@Suite struct `The same words twice` {
    private let shots = """
          - {id: a, prompt: A quiet hill, start: fresh}
          - {id: b, prompt: A quiet hill, start: fresh}
        """

    @Test func `are two clips, and with one seed one clip bought once`() async throws {
        let till = try Till()
        let report = try await Film.make(till.settings(shots)) { _ in }
        #expect(try till.tasks.count == 2)
        #expect(report.shots[0].clipDigest != report.shots[1].clipDigest)
        #expect(try Film.plan(await till.settings(shots)).isUpToDate)
        let seeded = shots.replacingOccurrences(of: "hill,", with: "hill, seed: 5,")
        let one = try await Film.make(till.settings(seeded)) { _ in }
        #expect(try till.tasks.count == 3)
        #expect(one.shots[0].taskUUID == one.shots[1].taskUUID)
        #expect(one.totalCost == one.shots[0].cost)
        await till.close()
    }
}

@Suite struct `What was made here` {
    @Test func `and is damaged is made again of sound parts`() async throws {
        let till = try Till()
        let report = try await Film.make(till.settings(two)) { _ in }
        let film = report.deliveries[0].digest
        let tasks = try till.tasks
        let out = till.scratch.path + "/out/film.mov"
        // Every MOV of the store: two segments and the film. The published copy is lost as well.
        for folder in try FileManager.default.contentsOfDirectory(atPath: till.store) {
            for name in try FileManager.default.contentsOfDirectory(atPath: "\(till.store)/\(folder)")
            where name.hasSuffix(".mov") {
                try till.damage("\(till.store)/\(folder)/\(name)")
            }
        }
        try FileManager.default.removeItem(atPath: out)
        let again = try await Film.make(till.settings(two)) { _ in }
        #expect(again.deliveries[0].digest == film)
        #expect(try SHA256.hex(ofFile: out, interrupt: Interrupt()) == film)
        #expect(try SHA256.hex(ofFile: till.file(film, "mov"), interrupt: Interrupt()) == film)
        #expect(try till.tasks == tasks)
        await till.close()
    }
}

@Suite struct `A choice of takes` {
    @Test func `puts a take into the film, buys nothing, and leaves all of them to be looked at`()
        async throws
    {
        let till = try Till()
        func settings(_ use: Int) async throws -> FilmSettings {
            try await till.settings("  - {id: a, prompt: A hill, seed: 1, takes: 2, use: \(use)}")
        }
        let first = try await Film.make(settings(1)) { _ in }
        let takes = first.shots[0].takes
        #expect(takes.count == 2 && takes[0].clipDigest != takes[1].clipDigest)
        #expect(first.shots[0].clipDigest == takes[0].clipDigest)
        let folder = till.scratch.path + "/out/shots/01-a"
        func digest(_ ending: String) throws -> String {
            try SHA256.hex(ofFile: folder + ending, interrupt: Interrupt())
        }
        #expect(try digest(".mp4") == takes[0].clipDigest)
        #expect(try digest(".take-1.mp4") == takes[0].clipDigest)
        #expect(try digest(".take-2.mp4") == takes[1].clipDigest)
        let second = try await Film.make(settings(2)) { _ in }
        #expect(second.run?.generated == 0 && second.totalCost == first.totalCost)
        #expect(second.shots[0].clipDigest == takes[1].clipDigest)
        #expect(try digest(".mp4") == takes[1].clipDigest)
        #expect(second.deliveries[0].digest != first.deliveries[0].digest)
        await till.close()
    }
}

@Suite struct `A budget` {
    @Test func `of the film holds over all its runs, and no option raises it`() async throws {
        let till = try Till()
        func settings(_ words: String, _ film: String) async throws -> FilmSettings {
            try await till.settings(
                "  - {id: a, prompt: \(words), seed: 1}", budget: 1000, filmBudget: film)
        }
        let first = try await Film.make(settings("A hill", "5")) { _ in }
        let price = first.totalCost
        // Enough for one more and not for two.
        let film = "\(price * 2 + price / 2)"
        _ = try await Film.make(settings("A lake", film)) { _ in }
        let third = try await settings("A sea", film)
        let plan = try Film.plan(third)
        #expect(plan.budget?.used == price * 2)
        #expect(plan.budget?.left == price / 2)
        let refusal = try await #require(throws: FilmError.self) { try await Film.make(third) { _ in } }
        #expect(refusal.exitCode == 4)
        #expect(refusal.message.contains("is left of the film's budget of $\(film)"), "\(refusal)")
        #expect(try till.tasks.count == 2)
        // What is there already costs nothing.
        #expect(try await Film.make(settings("A lake", film)) { _ in }.run?.isUpToDate == true)
        await till.close()
    }

    @Test func `counts takes in doubt, once`() {
        func take(_ key: String, _ state: TakeState, cost: Decimal? = nil, film: String = "film") -> Take {
            var take = Take(
                taskUUID: UUID().uuidString, workKey: key, generator: "runware", storyboard: film, shot: "a",
                number: 1, request: "{}", reserved: 0.5)
            (take.state, take.cost) = (state, cost)
            return take
        }
        let budget = PlanBudget(
            limit: 4,
            takes: [
                take("one", .stored, cost: 0.75), take("two", .outstanding), take("again", .sent),
                take("three", .refused), take("four", .stored, cost: 2, film: "another"),
            ], storyboard: "film", generator: "runware", asked: ["again"])
        #expect(budget.used == 1.25 && budget.left == 2.75)
    }

    @Test func `is not held by shots without a price`() async throws {
        let till = try Till()
        var settings = try await till.settings(two, budget: 1000)
        settings.generator = Priceless(inner: settings.generator)
        let error = await #expect(throws: FilmError.self) { try await Film.make(settings) { _ in } }
        #expect(error?.exitCode == 4)
        #expect(try till.tasks.isEmpty)
        await till.close()
    }
}

/// A service whose clips are tampered with on their way, and which may have forgotten its tasks.
private struct Meddling: ShotGenerator {
    let inner: any ShotGenerator
    let isForgotten: Bool
    let tamper: @Sendable (String) throws -> Void
    var name: String { inner.name }
    func modelSize(of storyboard: Storyboard) throws(FilmError) -> ModelSize {
        try inner.modelSize(of: storyboard)
    }
    func compose(_ order: ShotOrder) throws(FilmError) -> ComposedShot { try inner.compose(order) }
    func generate(
        _ order: ShotOrder, pictures: [PictureReference: String], taskUUID: String, alreadySent: Bool,
        willSend: @escaping @Sendable () async throws -> Void,
        progress: @escaping @Sendable (GenerationStage) -> Void
    ) async throws(GenerationFailure) -> GeneratedShot {
        try await inner.generate(
            order, pictures: pictures, taskUUID: taskUUID, alreadySent: alreadySent, willSend: willSend,
            progress: progress)
    }
    func lookUp(_ taskUUID: String) async throws(GenerationFailure) -> TaskFate {
        isForgotten ? .unknown : try await inner.lookUp(taskUUID)
    }
    func fetch(
        _ made: GeneratedShot, of taskUUID: String, to path: String,
        progress: @escaping @Sendable (Int64) -> Void
    ) async throws(GenerationFailure) {
        if !isForgotten { try await inner.fetch(made, of: taskUUID, to: path, progress: progress) }
        do {
            try tamper(path)
        } catch let failure as GenerationFailure {
            throw failure
        } catch {
            throw GenerationFailure(.unknown, code: "test", message: "\(error)", hint: nil)
        }
    }
    func isModeration(code: String) -> Bool { inner.isModeration(code: code) }
}

/// A service whose card names no price.
private struct Priceless: ShotGenerator {
    let inner: any ShotGenerator
    var name: String { inner.name }
    func modelSize(of storyboard: Storyboard) throws(FilmError) -> ModelSize {
        try inner.modelSize(of: storyboard)
    }
    func compose(_ order: ShotOrder) throws(FilmError) -> ComposedShot {
        var composed = try inner.compose(order)
        composed.estimate = nil
        return composed
    }
    func generate(
        _ order: ShotOrder, pictures: [PictureReference: String], taskUUID: String, alreadySent: Bool,
        willSend: @escaping @Sendable () async throws -> Void,
        progress: @escaping @Sendable (GenerationStage) -> Void
    ) async throws(GenerationFailure) -> GeneratedShot {
        try await inner.generate(
            order, pictures: pictures, taskUUID: taskUUID, alreadySent: alreadySent, willSend: willSend,
            progress: progress)
    }
    func lookUp(_ taskUUID: String) async throws(GenerationFailure) -> TaskFate {
        try await inner.lookUp(taskUUID)
    }
    func fetch(
        _ made: GeneratedShot, of taskUUID: String, to path: String,
        progress: @escaping @Sendable (Int64) -> Void
    ) async throws(GenerationFailure) {
        try await inner.fetch(made, of: taskUUID, to: path, progress: progress)
    }
    func isModeration(code: String) -> Bool { inner.isModeration(code: code) }
}
