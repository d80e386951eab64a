import Film
import Foundation
import Media
import Montage
import Sandbox
import Synchronization
import Testing

/// Runs jobs in this process, in ways that a cluster may have them run.
private final class Bench: StepEngine {
    enum Way: Sendable {
        /// Two copies of each, at the same time.
        case twice
        /// What goes in shows only when the step waits for it.
        case late
        /// The first job finds other libraries on its machine.
        case foreignOnce
        /// What the film's job made is changed on its way back.
        case damaged
        /// None begins before so many are there.
        case together(Int)
    }

    private let way: Way
    private let scratch: String
    private let states = Mutex<[String: StepJobState]>([:])
    /// The names of the jobs handed over, in order.
    let handedOver = Mutex<[String]>([])
    private let gate = Gate()
    /// The folders of steps, and the files that are hidden from them.
    private let hiding = Mutex<[(own: String, hidden: String, shown: String)]>([])
    /// How many had been handed over when the first one began.
    var met: Int? { get async { await gate.met } }
    private let copies = Mutex<[Task<Void, Never>]>([])

    init(_ way: Way, scratch: String) throws {
        (self.way, self.scratch) = (way, scratch)
        try FileManager.default.createDirectory(atPath: scratch, withIntermediateDirectories: true)
    }

    func submit(_ job: StepJob) async throws {
        let isFirst = handedOver.withLock {
            $0.append(job.name)
            return $0.count == 1
        }
        // What waits is not looked at.
        let state: StepJobState = if case .damaged = way { .waiting } else { .running }
        states.withLock { $0[job.name] = state }
        let copy = Task {
            do {
                switch way {
                case .twice:
                    async let other: Void = run(job)
                    try await run(job)
                    try await other
                case .late: try await runLate(job)
                case .damaged:
                    try await run(job)
                    if !isFirst { try damage(job) }
                case .together:
                    await gate.wait()
                    try await run(job)
                case .foreignOnce:
                    if isFirst {
                        try edit(job) { $0.replacing(/"libavcodec":"[^"]*"/, with: #""libavcodec":"1.2.3""#) }
                    }
                    try await run(job)
                }
                states.withLock { $0[job.name] = .ended }
            } catch {
                states.withLock { $0[job.name] = .failed }
            }
        }
        copies.withLock { $0.append(copy) }
    }

    /// Waits until all copies have ended: the film takes what the first one made.
    func settle() async { for copy in copies.withLock({ $0 }) { await copy.value } }

    func poll() async throws -> [String: StepJobState] {
        if case .together(let count) = way { await gate.look(for: count) }
        try show()
        return states.withLock { $0 }
    }

    func cancel(_ name: String) async throws { states.withLock { $0[name] = nil } }

    private func run(_ job: StepJob) async throws {
        let scratch = scratch
        _ = try await Lanes(width: 1).run {
            try StepSpec.run(file: job.spec, scratch: scratch, interrupt: $0)
        }
    }

    /// Changes a byte of the film, and leaves its length.
    private func damage(_ job: StepJob) throws {
        let folder = (job.spec as NSString).deletingLastPathComponent
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) where name.hasSuffix(".mp4") {
            let path = folder + "/" + name
            var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
            bytes[bytes.count / 2] ^= 1
            try bytes.write(to: URL(fileURLWithPath: path))
        }
    }

    /// Hides a file that goes in until the step has its folder, and so has begun to look for it.
    private func runLate(_ job: StepJob) async throws {
        let text = try String(contentsOfFile: job.spec, encoding: .utf8)
        let path = try #require(text.firstMatch(of: /"uri":"file:\/\/([^"]*)"/)?.1)
        let own = scratch + "/" + job.name
        try FileManager.default.createDirectory(atPath: own, withIntermediateDirectories: true)
        let (shown, hidden) = (String(path), String(path) + ".hidden")
        try FileManager.default.moveItem(atPath: shown, toPath: hidden)
        async let step = Lanes(width: 1).run {
            try StepSpec.run(file: job.spec, scratch: own, interrupt: $0)
        }
        hiding.withLock { $0.append((own, hidden, shown)) }
        _ = try await step
    }

    /// Shows what a step has begun to look for. Called when the queue is asked for.
    private func show() throws {
        try hiding.withLock { hiding in
            try hiding.removeAll { own, hidden, shown in
                if try FileManager.default.contentsOfDirectory(atPath: own).isEmpty { return false }
                try FileManager.default.moveItem(atPath: hidden, toPath: shown)
                return true
            }
        }
    }

    private func edit(_ job: StepJob, _ change: (String) -> String) throws {
        try change(String(contentsOfFile: job.spec, encoding: .utf8)).write(
            toFile: job.spec, atomically: true, encoding: .utf8)
    }
}

/// Lets those who wait go when so many are there; or when nobody has come for many looks, so that a film whose jobs never
/// come together is made all the same.
private actor Gate {
    private(set) var met: Int?
    private var waiting: [CheckedContinuation<Void, Never>] = []
    private var looks = 0

    func wait() async {
        guard met == nil else { return }
        looks = 0
        await withCheckedContinuation { waiting.append($0) }
    }

    /// Called when the queue is asked for: about fifty times a second.
    func look(for count: Int) {
        looks += 1
        guard met == nil, waiting.count >= count || (looks > 1500 && !waiting.isEmpty) else { return }
        met = waiting.count
        for one in waiting { one.resume() }
        waiting = []
    }
}

@Suite struct `A film whose steps run elsewhere` {
    private struct Made {
        var report: FilmReport
        var bench: Bench
        var files: [String: String]
        var charge: Decimal
    }

    /// Makes a film of so many shots that need nothing of each other, in a folder of its own; the same one each time but
    /// for the tasks' names.
    private func film(_ way: Bench.Way?, shots: Int = 1) async throws -> Made {
        let scratch = try Scratch()
        let server = try SandboxServer(SandboxConfiguration(folder: scratch.path + "/world"))
        let path = try scratch.write(
            """
            title: T
            model: "pixverse:1@6"
            defaults: {size: 360x360, duration: 5, audio: true}
            shots: [\((1...shots).map { "{id: s\($0), prompt: Hill \($0), seed: \($0), start: fresh}" }.joined(separator: ", "))]
            film: {deliver: [mp4-social]}
            """, to: "film.yaml")
        var settings = try FilmSettings.forTest(path, in: scratch, api: try await server.start())
        let bench = try Bench(way ?? .twice, scratch: scratch.path + "/node")
        if way != nil {
            settings.engine = bench
            settings.enginePause = .milliseconds(20)
        }
        let report = try await Film.make(settings) { _ in }
        struct World: Decodable { var totalCharge: Decimal }
        let world = try JSONDecoder().decode(World.self, from: await server.report())
        await server.stop()
        // What steps leave on a machine, and in the shared folder: nothing.
        await bench.settle()
        #expect(
            try FileManager.default.subpathsOfDirectory(atPath: scratch.path + "/node").allSatisfy {
                !$0.contains("reel-")
            })
        let steps =
            (try? FileManager.default.subpathsOfDirectory(atPath: scratch.path + "/.reel/steps")) ?? []
        #expect(!steps.contains { $0.hasSuffix("spec.json") })
        var files: [String: String] = [:]
        for name in ["poster.jpg", "sprites.jpg", "sprites.vtt"] {
            files[name] = try SHA256.hex(
                ofFile: settings.outputDirectory + "/" + name, interrupt: Interrupt())
        }
        return Made(report: report, bench: bench, files: files, charge: world.totalCharge)
    }

    @Test func `is the same, though two copies of every step finish at once`() async throws {
        async let local = film(nil)
        let made = try await film(.twice)
        let expected = try await local
        #expect(made.bench.handedOver.withLock { $0.count } == 2)
        #expect(made.report.deliveries[0].proof.passed)
        #expect(made.report.deliveries[0].frames == expected.report.deliveries[0].frames)
        #expect(made.report.shots.map(\.clipDigest) == expected.report.shots.map(\.clipDigest))
        #expect(made.files == expected.files)
        #expect(made.charge == expected.charge)
    }

    @Test func `waits for files that a shared folder shows late`() async throws {
        let made = try await film(.late)
        #expect(made.bench.handedOver.withLock { $0.count } == 2)
        #expect(made.report.deliveries[0].proof.passed)
    }

    @Test func `has all its shots there at once, not only those that are being bought`() async throws {
        let made = try await film(.together(6), shots: 6)
        #expect(await made.bench.met == 6)
        #expect(made.report.deliveries[0].proof.passed)
    }

    @Test func `is not published where it came back with another byte`() async throws {
        await #expect {
            _ = try await film(.damaged)
        } throws: {
            "\($0)".contains("is not what was made there")
        }
    }

    @Test func `tries again where a machine has other libraries`() async throws {
        let made = try await film(.foreignOnce)
        let jobs = made.bench.handedOver.withLock { $0 }
        #expect(jobs.count == 3 && jobs[0] == jobs[1])
        #expect(made.report.deliveries[0].proof.passed)
    }
}
