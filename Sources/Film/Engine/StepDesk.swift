import Foundation
import Media

/// Runs steps by an engine: writes them down, hands them over, tries lost ones again, takes what they made.
///
/// What `result.json` says is the truth; `StepWatch` says when there is something to do. An engine that is away fails
/// nothing: it is asked again, more and more seldom.
final class StepDesk: StepExecutor {
    private let engine: any StepEngine
    private let steps: URL
    private let scratch: String
    private let clock: StepClock
    private let turns: StepTurns
    private let watch: StepWatch
    private let say: @Sendable (String) -> Void
    /// Steps are written to a folder that may be slow, and flushed.
    private let lanes = Lanes(width: 8)

    /// - Parameters:
    ///   - state: The folder that all machines share.
    ///   - scratch: The folder in which the steps' outputs are wanted; of the same file system.
    ///   - most: How many jobs may be with the engine at the same time.
    ///   - pause: Seconds between two questions.
    ///   - say: Told of what is in the way, for people.
    init(
        _ engine: any StepEngine, in state: String, scratch: String, most: Int, pause: Double,
        clock: StepClock = .running(), say: @escaping @Sendable (String) -> Void
    ) {
        (self.engine, self.scratch, self.clock, self.say) = (engine, scratch, clock, say)
        steps = URL(fileURLWithPath: state).appendingPathComponent("steps", isDirectory: true)
        turns = StepTurns(most: most)
        watch = StepWatch(engine, pause: pause, clock: clock, say: say)
    }

    /// Runs a step to its end, as soon as there is a place for it.
    ///
    /// A job of an earlier run that is still there under its name is waited for; a result that is there is taken.
    /// Cancelling the task ends the job.
    func run(_ spec: StepSpec, progress: (@Sendable (Double) -> Void)?) async throws -> StepOutcome {
        let folder = try StepFolder(spec, in: steps, scratch: scratch)
        await turns.enter()
        do {
            let made = try await follow(folder)
            await turns.leave()
            return try await lanes.run { _ in try folder.take(made) }
        } catch {
            await turns.leave()
            if error is CancellationError || Task.isCancelled {
                let engine = self.engine
                // In a task of its own, since this one is cancelled.
                await Task { try? await engine.cancel(folder.name) }.value
                throw CancellationError()
            }
            throw error
        }
    }

    private func follow(_ folder: StepFolder) async throws -> [StepFile.Output] {
        try Task.checkCancellation()
        if let made = try await lanes.run({ _ in folder.result() })?.outputs { return made }
        var attempt = StepAttempt()
        // Who came before may have left it running.
        var isHandedOver = try await watch.isLeft(folder.name)
        while true {
            if !isHandedOver {
                try await lanes.run { _ in
                    folder.forgetResult()
                    try folder.write()
                }
                try await hand(over: folder, attempt)
            }
            isHandedOver = false
            let sighting: StepWatch.Sighting
            (sighting, attempt) = try await watch.next(of: folder, attempt)
            var failure: StepFailure?
            let verdict: StepAttempt.Verdict
            switch sighting {
            case .result(let result):
                if let made = result.outputs { return made }
                failure = result.failure
                verdict = attempt.judge(failed: failure)
            case .verdict(let found):
                verdict = found
                // What is held, or lost from sight, must not start after all.
                if found == .again { try? await engine.cancel(folder.name) }
            }
            if case .giveUp(let reason) = verdict {
                throw failure
                    ?? StepFailure(message: reason, hint: "its log is \(folder.logPath)", isFinal: true)
            }
        }
    }

    /// Submits until the engine takes it, or says that it never will.
    private func hand(over folder: StepFolder, _ attempt: StepAttempt) async throws {
        var wait = 1.0
        while true {
            do {
                try await engine.submit(folder.job(attempt))
                return
            } catch let refusal as StepFailure {
                throw refusal
            } catch {
                try Task.checkCancellation()
                if wait == 1 { say("\(FilmError.message(of: error)); tried again until it answers") }
                try await clock.sleep(wait)
                wait = min(wait * 2, 30)
            }
        }
    }
}

/// Lets so many in at a time, in the order of their coming.
private actor StepTurns {
    private let most: Int
    private var busy = 0
    private var waiting: [CheckedContinuation<Void, Never>] = []
    private var first = 0

    init(most: Int) { self.most = max(1, most) }

    func enter() async {
        if busy < most {
            busy += 1
        } else {
            await withCheckedContinuation { waiting.append($0) }
        }
    }

    func leave() {
        guard first < waiting.count else { return busy -= 1 }
        waiting[first].resume()
        first += 1
        // Thousands wait: taking the first out of an array moves all others.
        if first == waiting.count || first > 1000 {
            waiting.removeFirst(first)
            first = 0
        }
    }
}
