import Foundation
import Media
import Montage

extension Builder {
    /// One take of a shot: found in the store, picked up from an earlier run, or bought.
    func take(
        _ number: Int, of shot: Shot, upstream: PictureReference?, upstreamPath: String?
    ) async throws -> Clip {
        let order = production.order(shot, take: number, upstream: upstream)
        let composed = try production.compose(order)
        let key = try production.key(of: composed, shot: shot, take: number)
        await turns.enter(key.digest)
        do {
            let clip = try await takeAlone(order, composed, key, upstreamPath: upstreamPath)
            await turns.leave(key.digest)
            return clip
        } catch {
            await turns.leave(key.digest)
            throw error
        }
    }

    private func takeAlone(
        _ order: ShotOrder, _ composed: ComposedShot, _ key: WorkKey, upstreamPath: String?
    ) async throws -> Clip {
        let shot = order.shot
        let step = Production.stepID(shot: shot, take: order.take)
        let request = try JSONDocument(parsing: composed.request)
        func clip(_ artifact: Artifact) throws -> Clip {
            guard let facts = artifact.fact(ClipFacts.self) else {
                throw FilmError(
                    .journalUnreadable, "does not know the clip of shot \(shot.id)", subject: film.path)
            }
            let take = try journal.takes(workKey: key.digest).last { $0.digest == artifact.item.digest }
            return Clip(number: order.take, request: request, artifact: artifact, facts: facts, take: take)
        }
        if let known = try await sound(key, "clip") {
            try reuse(step, key)
            emit(.shotReused(shot: shot.id))
            return try clip(known)
        }
        emit(.shotQueued(shot: shot.id, estimate: composed.estimate))
        let earlier = try journal.takes(workKey: key.digest)
        if let known = try await recover(earlier, shot: shot, key: key, step: step) { return try clip(known) }
        var left = shot.retry?.attempts ?? 0
        while true {
            do {
                return try clip(try await buy(order, composed, key, step: step, upstreamPath: upstreamPath))
            } catch let error as FilmError where left > 0 && Self.mayBuyAnew(after: error, shot.retry) {
                left -= 1
                emit(
                    .warning(
                        "shot \(shot.id): \(error.message); another take is bought, as the storyboard's "
                            + "`retry` allows (\(left) more after it)"))
            }
        }
    }

    /// Whether the storyboard pays for another take after this failure. What was charged is never paid twice.
    private static func mayBuyAnew(after error: FilmError, _ rule: RetryRule?) -> Bool {
        guard let rule, let failure = error.underlying as? GenerationFailure, let facts = failure.facts,
            failure.outcome == .failed || failure.outcome == .refused, facts.charged != "yes"
        else { return false }
        return rule.causes.contains { $0.rawValue == facts.category }
    }

    /// One task: an open one of an earlier run, or a new one, up to the clip in the store.
    func buy(
        _ order: ShotOrder, _ composed: ComposedShot, _ key: WorkKey, step: String, upstreamPath: String?
    ) async throws -> Artifact {
        let shot = order.shot
        let task: Take
        let isResumed: Bool
        if let pending = try journal.takes(workKey: key.digest).last(where: \.state.isPending) {
            (task, isResumed) = (pending, true)
            emit(.shotResumed(shot: shot.id, taskUUID: pending.taskUUID))
        } else {
            if let code = production.moderation(of: try journal.takes(workKey: key.digest)) {
                throw FilmError(
                    .serviceRefused, "not asked again: this request was refused for its content (\(code))",
                    subject: "",
                    hint: "change the prompt or the picture; another seed makes it another request, too")
            }
            guard !tally.now.isBarred else {
                throw FilmError(
                    .serviceRefused, "not asked, because the service refused another shot", subject: shot.id)
            }
            let fresh = Take(
                taskUUID: UUID().uuidString.lowercased(), workKey: key.digest,
                generator: production.generator.name, storyboard: film.name, shot: shot.id,
                number: order.take,
                request: composed.request, reserved: composed.estimate)
            (task, isResumed) = (fresh, false)
        }
        guard tally.order(task.taskUUID, estimate: composed.estimate, budget: settings.budget) else {
            throw FilmError(
                .budgetExceeded, "not bought, because it would go over the budget", subject: shot.id,
                hint: "raise the budget and run again; what was bought is kept")
        }
        let pictures = try await pictures(for: order, upstreamPath: upstreamPath)
        try Task.checkCancellation()
        // From here on money may move: the intent is on the disk before anything is sent.
        if !isResumed { try journal.intend(task) }
        tally.note { $0.touched.insert(task.taskUUID) }
        let made = try await generate(order, pictures: pictures, task: task, isResumed: isResumed)
        return try await bring(made, of: task, as: entry(step, key))
    }

    /// Has the service make the clip (or say what became of it) and writes every turn of it down.
    private func generate(
        _ order: ShotOrder, pictures: [PictureReference: String], task: Take, isResumed: Bool
    ) async throws -> GeneratedShot {
        let (journal, emit, shot) = (self.journal, self.emit, order.shot.id)
        let uuid = task.taskUUID
        do throws(GenerationFailure) {
            let made = try await production.generator.generate(
                order, pictures: pictures, taskUUID: uuid, alreadySent: isResumed,
                willSend: {
                    try journal.advance(uuid, to: .sent)
                    emit(.shotSent(shot: shot, taskUUID: uuid))
                },
                progress: { self.follow($0, of: task) })
            try note(made, of: task)
            tally.note { counts in
                if isResumed { counts.run.resumed += 1 } else { counts.run.generated += 1 }
                if let cost = made.cost { counts.orders[uuid] = cost }
                counts.run.spent += made.cost ?? 0
            }
            if made.isUnsafe {
                emit(.warning("shot \(shot): the service marked the clip as unsafe for work"))
            }
            return made
        } catch {
            throw try settle(error, of: task)
        }
    }

    /// News of a task on its way. That it was taken is worth knowing and not worth failing for: whether it was is asked
    /// again in any case.
    private func follow(_ stage: GenerationStage, of task: Take) {
        switch stage {
        case .sending: break
        case .waiting(let why): emit(.shotWaiting(shot: task.shot, why: why))
        case .accepted, .running:
            if tally.isNews(task.taskUUID) {
                _ = try? journal.advance(task.taskUUID, to: .accepted)
                let usually = try? journal.usualSeconds(generator: task.generator)
                emit(.shotAccepted(shot: task.shot, usually: usually ?? nil))
            }
            if case .running(let fraction) = stage {
                emit(.shotProgress(shot: task.shot, fraction: fraction))
            }
        }
    }

    private func note(_ made: GeneratedShot, of task: Take) throws(GenerationFailure) {
        do throws(FilmError) {
            try journal.advance(task.taskUUID, to: .finished) {
                $0.cost = made.cost
                $0.seed = made.seed
                $0.videoUUID = made.videoUUID
                $0.url = made.url.isEmpty ? nil : made.url
            }
        } catch {
            throw GenerationFailure(
                .unknown, code: "journal", message: error.description, hint: error.hint)
        }
    }

    /// Writes a failure down and turns it into what the caller is told.
    private func settle(_ failure: GenerationFailure, of task: Take) throws -> any Error {
        func change(_ take: inout Take) {
            take.errorCode = failure.code
            take.errorMessage = failure.message
        }
        if failure.stopsEverything { tally.note { $0.isBarred = true } }
        switch failure.outcome {
        case .cancelled:
            return CancellationError()
        case .unknown:
            if let now = try journal.takes(workKey: task.workKey).last(where: { $0.taskUUID == task.taskUUID }
            ),
                now.state != .finished
            {
                try journal.advance(task.taskUUID, to: .outstanding, change)
            }
            return FilmError(
                failure.stopsEverything ? .serviceRefused : .shotFailed, failure.description, subject: "",
                hint: failure.hint ?? "run again: the same task is asked for, nothing is bought twice",
                underlying: failure)
        case .refused:
            try journal.advance(task.taskUUID, to: .refused, change)
            return FilmError(
                failure.isUnreachable ? .shotFailed : .serviceRefused, failure.description, subject: "",
                hint: failure.hint, underlying: failure)
        case .failed:
            try journal.advance(task.taskUUID, to: .failed, change)
            return FilmError(
                .shotFailed, failure.description, subject: "",
                hint: failure.hint ?? "run again to buy another take", underlying: failure)
        }
    }

    // MARK: Earlier takes

    /// A clip that was paid for and is not in the store: found, or fetched again if the service still has it.
    ///
    /// Nil only when it is certain that it cannot be had any more; then another take may be bought.
    private func recover(_ earlier: [Take], shot: Shot, key: WorkKey, step: String) async throws -> Artifact?
    {
        guard let take = earlier.last(where: { $0.state == .finished || $0.state == .stored }) else {
            return nil
        }
        tally.note { $0.touched.insert(take.taskUUID) }
        if let kept = try await keptUnnoted(take, as: entry(step, key)) { return kept }
        let fate: TaskFate
        do {
            fate = try await production.generator.lookUp(take.taskUUID)
        } catch {
            if error.outcome == .cancelled { throw CancellationError() }
            throw FilmError(
                error.stopsEverything ? .serviceRefused : .shotFailed, error.description, subject: "",
                hint: error.hint
                    ?? "run again: the clip was paid for, nothing is bought until the service answers",
                underlying: error)
        }
        switch fate {
        case .made(let made):
            emit(.shotResumed(shot: shot.id, taskUUID: take.taskUUID))
            let artifact = try await bring(made, of: take, as: entry(step, key))
            tally.note { $0.run.resumed += 1 }
            return artifact
        case .running:
            throw FilmError(
                .shotFailed,
                "task \(take.taskUUID) was finished and paid for, and runs again, says the service",
                subject: "", hint: "run again later; nothing is bought meanwhile")
        case .failed, .unknown: break
        }
        if let url = take.url {
            // The service forgets a task sooner than its clip.
            let old = GeneratedShot(
                url: url, videoUUID: take.videoUUID, seed: take.seed, cost: take.cost, isUnsafe: false)
            do {
                let artifact = try await bring(old, of: take, as: entry(step, key))
                tally.note { $0.run.resumed += 1 }
                return artifact
            } catch let error as FilmError where Self.isGone(error) {
                // Only "there is nothing" ends the search: a host in trouble may still have it.
            }
        }
        if take.state == .finished {
            try journal.advance(take.taskUUID, to: .failed) { $0.errorCode = "clipLost" }
        }
        emit(
            .warning(
                "shot \(shot.id): the clip of task \(take.taskUUID) is gone here and at the service; "
                    + "another take is bought"))
        return nil
    }

    private static func isGone(_ error: FilmError) -> Bool {
        (error.underlying as? GenerationFailure)?.facts?.category == "notFound"
    }

    /// A clip that came into the store just before the run died, unknown to the journal.
    private func keptUnnoted(_ take: Take, as entry: StepEntry) async throws -> Artifact? {
        guard take.state == .finished, let digest = take.digest,
            let item = store.item(digest: digest, ext: "mp4")
        else { return nil }
        let store = self.store
        guard try await express.run({ try store.isSound(item, interrupt: $0) }) else { return nil }
        let measured: (ClipFacts, JSONDocument)
        do {
            measured = try await measure(store.path(of: item), of: take.shot)
        } catch is UselessClip {
            return nil
        } catch {
            throw Self.ownFault(error)
        }
        emit(.shotResumed(shot: take.shot, taskUUID: take.taskUUID))
        tally.note { $0.run.resumed += 1 }
        return try enter(item, measured, of: take, as: entry, cost: take.cost)
    }

    /// Takes of earlier runs that nothing asks for any more were paid for all the same: what has become of
    /// them is written down, and their clips are kept.
    func settleStrays() async {
        let touched = tally.now.touched
        let strays = ((try? journal.pendingTakes()) ?? []).filter {
            $0.generator == production.generator.name && !touched.contains($0.taskUUID)
        }
        for take in strays {
            do {
                switch try await production.generator.lookUp(take.taskUUID) {
                case .running, .unknown: continue
                case .failed(let failure): _ = try? settle(failure, of: take)
                case .made(let made):
                    try note(made, of: take)
                    let entry = StepEntry(
                        storyboard: take.storyboard, step: "shot:\(take.shot)", document: nil)
                    _ = try await bring(made, of: take, as: entry)
                    emit(.warning("shot \(take.shot): a take of an earlier request has arrived and is kept"))
                }
            } catch {
                emit(
                    .warning(
                        "task \(take.taskUUID) of an earlier run is still open: \(FilmError.message(of: error))"
                    ))
            }
        }
    }
}
