import Foundation
import Media
import Synchronization

/// Runs steps by an engine: writes them down, hands them over, tries lost ones again, takes what they made.
///
/// What `result.json` says is the truth; `StepWatch` says when there is something to do. An engine that is away fails
/// nothing: it is asked again, more and more seldom.
final class StepDesk: StepExecutor {
    private let engine: any StepEngine
    private let steps: URL
    private let scratch: String
    private let clock: StepClock
    private let places: Places
    private let watch: StepWatch
    private let say: @Sendable (FilmEvent) -> Void
    /// Whether the last submission found nobody: of a hundred one says so.
    private let isAway = Mutex(false)
    /// Steps are written to a folder that may be slow, and flushed.
    private let lanes = Lanes(width: 8)

    /// - Parameters:
    ///   - state: The folder that all machines share.
    ///   - scratch: The folder in which the steps' outputs are wanted; of the same file system.
    ///   - most: How many jobs may be with the engine at the same time.
    ///   - pause: Seconds between two questions.
    ///   - say: Told of what is in the way, and how many jobs there are.
    init(
        _ engine: any StepEngine, in state: String, scratch: String, most: Int, pause: Double,
        clock: StepClock = .running(), say: @escaping @Sendable (FilmEvent) -> Void
    ) {
        (self.engine, self.scratch, self.clock, self.say) = (engine, scratch, clock, say)
        steps = URL(fileURLWithPath: state).appendingPathComponent("steps", isDirectory: true)
        places = Places(most)
        watch = StepWatch(engine, pause: pause, clock: clock, say: say)
    }

    /// Runs a step to its end, as soon as there is a place for it.
    ///
    /// A job of an earlier run that is still there under its name is waited for; a result that is there is taken.
    /// Cancelling the task ends the job.
    func run(_ spec: StepSpec, progress: (@Sendable (Double) -> Void)?) async throws -> StepOutcome {
        await places.enter()
        do {
            let outcome = try await runNow(spec)
            await places.leave()
            return outcome
        } catch {
            await places.leave()
            throw error
        }
    }

    private func runNow(_ spec: StepSpec) async throws -> StepOutcome {
        try Task.checkCancellation()
        let folder = try StepFolder(spec, in: steps, scratch: scratch)
        do {
            let made = try await follow(folder)
            return try await lanes.run { _ in try folder.take(made) }
        } catch {
            guard error is CancellationError || Task.isCancelled else { throw error }
            let engine = self.engine
            // In a task of its own, since this one is cancelled.
            await Task { try? await engine.cancel(folder.name) }.value
            throw CancellationError()
        }
    }

    private func follow(_ folder: StepFolder) async throws -> [StepFile.Output] {
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
                isAway.withLock { $0 = false }
                return
            } catch let refusal as StepFailure {
                throw refusal
            } catch {
                try Task.checkCancellation()
                let isNews = isAway.withLock { isAway in
                    defer { isAway = true }
                    return !isAway
                }
                if isNews {
                    say(.warning("\(FilmError.message(of: error)); tried again until it answers"))
                }
                try await clock.sleep(wait)
                wait = min(wait * 2, 30)
            }
        }
    }
}
