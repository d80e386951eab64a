import Foundation

/// Runs steps by an engine: hands them over, looks after all of them with one question, tries lost ones again.
///
/// What `result.json` says is the truth; where a job stands only says when to look, and what to do where there is none.
/// An engine that is away fails nothing: it is asked again, more and more seldom.
final class StepDesk: Sendable {
    private let engine: any StepEngine
    private let limit: Int
    private let pause: Duration
    private let desk: Desk
    private let say: @Sendable (String) -> Void

    /// - Parameters:
    ///   - most: How many jobs may be with the engine at the same time.
    ///   - pause: How long it waits between two questions.
    ///   - say: Told of what is in the way, for people.
    init(
        _ engine: any StepEngine, most limit: Int, pause: Duration, say: @escaping @Sendable (String) -> Void
    ) {
        self.engine = engine
        self.limit = max(1, limit)
        self.pause = pause
        self.say = say
        desk = Desk(engine, pause: pause, say: say)
    }

    /// Runs a step to its end.
    ///
    /// A job of an earlier run that is still there under its name is waited for; a result that is there is taken.
    /// Cancelling the task ends the job.
    func run(_ spec: StepSpec, in state: String, scratch: String) async throws -> StepOutcome {
        let folder = try StepFolder(spec, in: state, scratch: scratch)
        await desk.enter(limit)
        do {
            let outcome = try await follow(folder)
            await desk.leave()
            return outcome
        } catch {
            await desk.leave()
            if error is CancellationError || Task.isCancelled {
                let engine = self.engine
                // In a task of its own, since this one is cancelled.
                await Task { try? await engine.cancel(folder.name) }.value
                throw CancellationError()
            }
            throw error
        }
    }

    private func follow(_ folder: StepFolder) async throws -> StepOutcome {
        try Task.checkCancellation()
        if let outcome = folder.result()?.outcome, outcome.isThere { return outcome }
        var attempt = StepAttempt()
        // Who came before may have left it running.
        let earlier = try await desk.states()[folder.name]
        switch earlier {
        case .waiting, .running: break
        default:
            folder.forgetResult()
            try folder.write()
            try await hand(over: folder, attempt)
        }
        var seen = ContinuousClock.now
        while true {
            try await Task.sleep(for: pause)
            if let result = folder.result() {
                if let outcome = result.outcome, outcome.isThere { return outcome }
                if let failure = result.failure {
                    guard !failure.isFinal, attempt.number < StepAttempt.most else { throw failure }
                    attempt.number += 1
                    folder.forgetResult()
                    try await hand(over: folder, attempt)
                    seen = .now
                    continue
                }
            }
            let state = try await desk.states(since: seen)[folder.name]
            if state == .waiting || state == .running { seen = .now }
            let silence = (ContinuousClock.now - seen) / .seconds(1)
            switch attempt.judge(state, silence: silence) {
            case .wait: continue
            case .giveUp(let reason):
                throw StepFolder.Failure(message: reason, hint: "its log is \(folder.logPath)", isFinal: true)
            case .again:
                try? await engine.cancel(folder.name)
                try await hand(over: folder, attempt)
                seen = .now
            }
        }
    }

    /// Submits until the engine takes it, or says that it never will.
    private func hand(over folder: StepFolder, _ attempt: StepAttempt) async throws {
        var wait = Duration.seconds(1)
        while true {
            do {
                try await engine.submit(folder.spec.job(in: folder, attempt: attempt))
                return
            } catch let refusal as StepFolder.Failure {
                throw refusal
            } catch {
                try Task.checkCancellation()
                if wait == .seconds(1) {
                    say("\(FilmError.message(of: error)); tried again until it answers")
                }
                try await Task.sleep(for: wait)
                wait = min(wait * 2, .seconds(30))
            }
        }
    }

    /// How many are under way, and where they stood when the engine was last asked.
    private actor Desk {
        private let engine: any StepEngine
        private let pause: Duration
        private var known: [String: StepJobState] = [:]
        private var asked: ContinuousClock.Instant?
        private var asking: (begun: ContinuousClock.Instant, task: Task<[String: StepJobState], any Error>)?
        private let say: @Sendable (String) -> Void
        private var busy = 0
        private var waiting: [CheckedContinuation<Void, Never>] = []

        init(_ engine: any StepEngine, pause: Duration, say: @escaping @Sendable (String) -> Void) {
            self.engine = engine
            self.pause = pause
            self.say = say
        }

        func enter(_ limit: Int) async {
            if busy < limit {
                busy += 1
                return
            }
            await withCheckedContinuation { waiting.append($0) }
        }

        func leave() {
            if waiting.isEmpty { busy -= 1 } else { waiting.removeFirst().resume() }
        }

        /// The states, no older than a pause and asked for after `instant`. Waits while the engine is away.
        func states(since instant: ContinuousClock.Instant? = nil) async throws -> [String: StepJobState] {
            var wait = pause
            while true {
                if let asked, ContinuousClock.now - asked < pause, instant.map({ asked >= $0 }) ?? true {
                    return known
                }
                try Task.checkCancellation()
                let question = asking ?? (.now, Task { [engine] in try await engine.poll() })
                asking = question
                do {
                    let answer = try await question.task.value
                    (known, asked) = (answer, question.begun)
                    if asking?.begun == question.begun { asking = nil }
                    // One that was asked before a job was handed over knows nothing of it.
                    if instant.map({ question.begun >= $0 }) ?? true { return answer }
                } catch {
                    if asking?.begun == question.begun { asking = nil }
                    if wait == pause { say("\(FilmError.message(of: error)); asked again until it answers") }
                    try await Task.sleep(for: wait)
                    wait = min(wait * 2, .seconds(30))
                }
            }
        }
    }
}

extension StepOutcome {
    /// Whether its files are there: a shared folder may show a new name late.
    fileprivate var isThere: Bool {
        outputs.allSatisfy { FileManager.default.fileExists(atPath: $0.path) }
    }
}
