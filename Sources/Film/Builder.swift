import Foundation
import Media
import Montage

/// Makes a film: walks each chain of shots, renders what arrives, joins when all is there.
///
/// Chains run side by side, the shots of a chain one after the other, because each needs the last frame of
/// the one before. As soon as a clip's last frame is known the next request goes off; the clip's segments are
/// rendered meanwhile. Every step asks journal and store first, so a second run does nothing.
///
/// This file has the order of things; the steps are in `Builder+Shots`, `Builder+Take`,
/// `Builder+Deliveries` and `Builder+Outputs`.
final class Builder: Sendable {
    let production: Production
    let settings: FilmSettings
    let workspace: Workspace
    let emit: @Sendable (FilmEvent) -> Void
    let tally = Tally()
    let turns = Turns()
    /// For the chains whose shots are being bought. Those whose segments are still rendered need none.
    let shooting: Places
    let leftovers = Leftovers()
    /// Who runs what encodes and joins: this machine's lanes, or others by an engine.
    private let executor: any StepExecutor
    let format = Promise<FilmFormat>()
    /// The clip of each shot that the film uses.
    let clips: [Promise<Clip>]
    /// What is made of each shot and the next one.
    let meetings: [Promise<Meeting>]
    /// The seams as earlier runs measured them, by the shot before; a guess until they are measured again.
    let known: [Int: Montage.SeamReport]
    /// Short work that the next purchase waits for must not queue behind encoders.
    let express = Lanes(width: 2)

    var film: Storyboard { production.storyboard }
    var journal: Journal { workspace.journal }
    var store: ArtifactStore { workspace.store }

    init(
        _ production: Production, settings: FilmSettings, workspace: Workspace,
        known: [Int: Montage.SeamReport], events: @escaping @Sendable (FilmEvent) -> Void
    ) {
        self.known = known
        shooting = Places(settings.chainsAtOnce)
        clips = production.storyboard.shots.map { _ in Promise() }
        meetings = production.storyboard.shots.dropFirst().map { _ in Promise() }
        self.production = production
        self.settings = settings
        self.workspace = workspace
        executor =
            settings.engine.map {
                StepDesk(
                    $0, in: workspace.folder, scratch: workspace.store.scratch, most: settings.mostJobs,
                    pause: settings.enginePause / .seconds(1), say: events)
            } ?? settings.lanes
        emit = events
    }

    /// A take whose clip is in the store.
    struct Clip: Sendable {
        var number: Int
        var request: JSONDocument
        var artifact: Artifact
        var facts: ClipFacts
        var take: Take?
    }

    /// A shot whose takes have arrived.
    struct ArrivedShot: Sendable {
        var takes: [Clip]
        /// The take the film uses.
        var clip: Clip
        var frame: Artifact
    }

    /// A shot with all its parts.
    struct FinishedShot: Sendable {
        var takes: [Clip]
        /// The take the film uses.
        var clip: Clip
        var frame: Artifact
        /// What the film shows of it.
        var part: CutPart
        /// What is done to the colours of its first frames.
        var match: ColourMatch?
        var segments: [String: Artifact]
    }

    /// Makes everything there is to make, and the report.
    func run() async throws -> FilmReport {
        try FileSync.makeFolder(settings.outputDirectory + "/shots")
        let outcomes = try await walkAndMeet()
        let shots = try complete(outcomes)
        // A film of slates alone asks nobody.
        if production.slates.count < film.shots.count { await settleStrays() }
        let report = try await deliver(shots)
        let run = tally.now.run
        if run.isUpToDate { emit(.upToDate(restored: run.restored)) }
        emit(.finished(report))
        return report
    }

    /// Walks the chains, and makes what belongs to two neighbours meanwhile.
    private func walkAndMeet() async throws -> [Result<FinishedShot, any Error>?] {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in meetings.indices { group.addTask { await self.meet(index) } }
            do {
                let outcomes = try await chains()
                try await group.waitForAll()
                return outcomes
            } catch {
                await giveUp(clips.indices, error)
                throw error
            }
        }
    }

    /// Walks the chains, each as soon as there is a place for its shots. Failures are collected; only cancellation is
    /// thrown.
    private func chains() async throws -> [Result<FinishedShot, any Error>?] {
        try await withThrowingTaskGroup(of: [(Int, Result<FinishedShot, any Error>)].self) { group in
            var outcomes = [Result<FinishedShot, any Error>?](repeating: nil, count: film.shots.count)
            // One after the other: the first chain says what format the film has.
            for chain in production.chains {
                await shooting.enter()
                group.addTask { try await self.walk(chain) }
            }
            while let done = try await group.next() {
                for (index, outcome) in done { outcomes[index] = outcome }
            }
            return outcomes
        }
    }

    /// All shots, or an error that says what is missing and that the rest was kept.
    ///
    /// - Throws: `MissingShots`; ``FilmError`` where an encoder failed, which is our own trouble and no missing shot.
    private func complete(_ outcomes: [Result<FinishedShot, any Error>?]) throws -> [FinishedShot] {
        var shots: [FinishedShot] = []
        var failures: [(shot: Shot, error: any Error)] = []
        for (shot, outcome) in zip(film.shots, outcomes) {
            switch outcome {
            case .success(let finished): shots.append(finished)
            case .failure(let error): failures.append((shot, error))
            case nil: break
            }
        }
        guard let first = failures.first else { return shots }
        if let own = failures.map(\.error).compactMap({ $0 as? FilmError }).first(where: { $0.exitCode == 1 })
        {
            throw own
        }
        let isAllRefused =
            (shots.isEmpty || tally.now.isBarred)
            && failures.allSatisfy { ($0.error as? FilmError)?.code == .serviceRefused }
        let isOverBudget = failures.contains { ($0.error as? FilmError)?.code == .budgetExceeded }
        let missing = film.shots.count - shots.count
        let kept = shots.isEmpty ? "" : "; the rest is kept"
        let more = " (missing: \(missing) of \(film.shots.count) shots\(kept))"
        let error = FilmError(
            isOverBudget ? .budgetExceeded : isAllRefused ? .serviceRefused : .incomplete,
            "shot \(first.shot.id): \(FilmError.message(of: first.error))\(more)",
            subject: film.path, hint: FilmError.hint(of: first.error) ?? "run again to go on from here",
            underlying: first.error)
        guard error.code == .incomplete, !shots.isEmpty else { throw MissingShots(error: error, slates: [:]) }
        var slates: [Int: Slate] = [:]
        var reason = ""
        for (index, outcome) in outcomes.enumerated() {
            switch outcome {
            case .success: continue
            case .failure(let error):
                reason = "waits for \(film.shots[index].id)"
                slates[index] = Slate(text: FilmError.message(of: error))
            case nil: slates[index] = Slate(text: reason)
            }
        }
        throw MissingShots(error: error, slates: slates)
    }

    /// Runs a media step in a lane; what it throws names the step.
    func perform(
        _ spec: StepSpec, in lanes: Lanes, progress: (@Sendable (Double) -> Void)? = nil
    ) async throws -> StepOutcome {
        do {
            let executor = spec.isCoarse ? self.executor : lanes
            let outcome = try await executor.run(spec, progress: progress)
            tally.note { $0.run.steps += 1 }
            return outcome
        } catch {
            if FilmError.isCancellation(error) { throw CancellationError() }
            throw FilmError(
                .stepFailed, "\(spec.id): \(FilmError.message(of: error))", subject: "",
                hint: FilmError.hint(of: error), underlying: error)
        }
    }

    /// Moves the outputs of a step into the store and writes down what they are.
    func keep(
        _ outcome: StepOutcome, of key: WorkKey, as step: String, in lanes: Lanes
    ) async throws -> [String: Artifact] {
        var kept: [Artifact] = []
        for output in outcome.outputs {
            let ext = (output.path as NSString).pathExtension
            let store = self.store
            // Of what other machines made, films are read again where they are handed to people; what goes into another
            // step is read there.
            let known = output.name == "film" ? nil : output.digest
            let item = try await lanes.run {
                try store.adopt(output.path, ext: ext, digest: known, interrupt: $0)
            }
            if let digest = output.digest, digest != item.digest {
                throw FilmError(
                    .stepFailed, "what came from another machine is not what was made there", subject: step,
                    hint: "check the shared folder's disk, then run again: it is made anew")
            }
            kept.append(Artifact(workKey: key.digest, name: output.name, item: item, facts: output.facts))
        }
        try journal.record(kept, as: entry(step, key))
        return Dictionary(kept.map { ($0.name, $0) }) { first, _ in first }
    }

    func entry(_ step: String, _ key: WorkKey) -> StepEntry {
        StepEntry(storyboard: production.name, step: step, document: key.document)
    }

    /// A step's output whose file is in the store, byte for byte. A damaged file is set aside and said.
    func sound(_ key: WorkKey, _ name: String) async throws -> Artifact? {
        guard let known = try workspace.artifact(key, name) else { return nil }
        return try await isSound(known) ? known : nil
    }

    func isSound(_ artifact: Artifact) async throws -> Bool {
        let store = self.store
        if try await express.run({ try store.isSound(artifact.item, interrupt: $0) }) { return true }
        if store.contains(artifact.item) {
            store.setAside(artifact.item)
            emit(.warning("\(store.path(of: artifact.item)): was damaged and is made again"))
        }
        return false
    }

    /// A step's output was in the store.
    func reuse(_ step: String, _ key: WorkKey) throws {
        tally.note { $0.run.reused += 1 }
        try journal.note(entry(step, key))
    }
}
