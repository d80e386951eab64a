import Media

/// Looks after all jobs of a head with one question to the engine a round.
///
/// Where a job stands says when to look for its result; only what there is to do is told to who waits for it. So ten
/// thousand jobs cost one listing a round, and a look at each that ended.
actor StepWatch {
    /// What is to be told of a job.
    enum Sighting: Sendable {
        /// There is a result.
        case result(StepFile.Result)
        /// There is none, and this follows.
        case verdict(StepAttempt.Verdict)
    }

    private struct Watched {
        var folder: StepFolder
        var attempt: StepAttempt
        /// When it was last known to be on its way.
        var seen: Double
        let handedOver: Double
        let waiter: CheckedContinuation<(Sighting, StepAttempt), any Error>
    }

    private let engine: any StepEngine
    private let pause: Double
    private let clock: StepClock
    private let say: @Sendable (FilmEvent) -> Void
    /// Reading results may block on a slow folder.
    private let lanes = Lanes(width: 2)
    private var watched: [String: Watched] = [:]
    private var isLooking = false
    private var isAway = false
    /// Where jobs stood when this run began.
    private var left: Task<[String: StepJobState]?, Never>?

    /// How many jobs that are said to run are looked at in a round all the same: their result may be there before
    /// the engine knows that they have ended, or be a lost copy's.
    private static let looksAtRunning = 200

    init(
        _ engine: any StepEngine, pause: Double, clock: StepClock,
        say: @escaping @Sendable (FilmEvent) -> Void
    ) {
        (self.engine, self.pause, self.clock, self.say) = (engine, pause, clock, say)
    }

    /// Whether an earlier run left the job waiting or at work. One question for all who ask at the same time, until it is
    /// answered once.
    func isLeft(_ name: String) async throws -> Bool {
        var wait = pause
        while true {
            try Task.checkCancellation()
            let question = left ?? Task { await ask() }
            left = question
            if let states = await question.value {
                return states[name] == .waiting || states[name] == .running
            }
            if left == question { left = nil }
            wait = Self.longer(wait)
            try await clock.sleep(wait)
        }
    }

    /// Waits until there is something to do about a job that was handed over.
    ///
    /// - Returns: What, and the attempt as it then stands.
    func next(of folder: StepFolder, _ attempt: StepAttempt) async throws -> (Sighting, StepAttempt) {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { waiter in
                guard !Task.isCancelled else { return waiter.resume(throwing: CancellationError()) }
                guard watched[folder.name] == nil else {
                    return waiter.resume(
                        throwing: FilmError(
                            .stepFailed, "is run twice at the same time", subject: folder.spec.id))
                }
                let now = clock.now()
                watched[folder.name] = Watched(
                    folder: folder, attempt: attempt, seen: now, handedOver: now, waiter: waiter)
                if !isLooking {
                    isLooking = true
                    Task { await self.look() }
                }
            }
        } onCancel: {
            Task { await self.forget(folder.name) }
        }
    }

    private func forget(_ name: String) {
        watched.removeValue(forKey: name)?.waiter.resume(throwing: CancellationError())
    }

    /// Rounds, as long as there is anything to look at; while the engine is away more and more seldom.
    private func look() async {
        var wait = pause
        while !watched.isEmpty {
            try? await clock.sleep(wait)
            let asked = clock.now()
            let states = await ask()
            wait = states == nil ? Self.longer(wait) : pause
            await round(states, asked: asked)
        }
        isLooking = false
    }

    private static func longer(_ wait: Double) -> Double { min(max(wait, 0.5) * 2, 30) }

    /// Where all jobs stand; nil while the engine is away.
    private func ask() async -> [String: StepJobState]? {
        do {
            let states = try await engine.poll()
            isAway = false
            return states
        } catch {
            if !isAway { say(.warning("\(FilmError.message(of: error)); asked again until it answers")) }
            isAway = true
            return nil
        }
    }

    /// Judges every job by an answer; without one only by whether there is a result.
    private func round(_ states: [String: StepJobState]?, asked: Double) async {
        var (waits, runs) = (0, 0)
        var candidates: [StepFolder] = []
        for (name, job) in watched {
            switch states?[name] {
            case .waiting:
                watched[name]?.seen = asked
                waits += 1
            case .running:
                watched[name]?.seen = asked
                runs += 1
                // The first ones of whatever order; as they end, others come forward.
                if runs <= Self.looksAtRunning { candidates.append(job.folder) }
            default: candidates.append(job.folder)
            }
        }
        if states != nil { say(.jobs(waiting: waits, running: runs)) }
        let folders = candidates
        let results = try? await lanes.run { _ in
            Dictionary(folders.compactMap { folder in folder.result().map { (folder.name, $0) } }) { $1 }
        }
        for (name, result) in results ?? [:] {
            guard let job = watched.removeValue(forKey: name) else { continue }
            job.waiter.resume(returning: (.result(result), job.attempt))
        }
        guard let states else { return }
        for folder in folders {
            // An answer to a question that was asked before a job was handed over knows nothing of it.
            guard var job = watched[folder.name], job.handedOver <= asked else { continue }
            let verdict = job.attempt.judge(states[folder.name], silence: clock.now() - job.seen)
            if verdict == .wait { continue }
            watched[folder.name] = nil
            job.waiter.resume(returning: (.verdict(verdict), job.attempt))
        }
    }
}
