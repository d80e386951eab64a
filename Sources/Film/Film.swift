// Film: a storyboard becomes a film, and only what changed is done again.
//
// The idea. A film is a build. A storyboard compiles to steps: have a shot generated, take its last frame,
// render it for a delivery, join the delivery, make thumbnails. Every step has a work key, the digest of
// all that decides its output. The journal maps work keys to the digests of what was made; the store
// keeps the bytes under those digests. A step whose key is known and whose bytes are there is not run
// again. Shots that start on the frame before get that frame's digest into their key, so a change moves down
// the chain exactly as far as it changes pictures.
//
// Money. Before a request leaves, its task UUID, which is ours, is on the disk. After any crash the first
// act is to ask for that UUID. A fresh one is minted only when none is pending for the same work key.
//
// Three types to know:
// - `Storyboard`: what the author wrote, as values.
// - `WorkKey`: what enters a key and what does not, with the reasons.
// - `Builder`: the order of things while a film is made. `Planner` answers the same questions without
//   doing anything.
//
// Around them: `Journal` and `ArtifactStore` (together a `Workspace`, one run at a time), `StepSpec` (a media
// step as a value, to be run anywhere), `ShotGenerator` (who makes clips; `RunwareGenerator` is the one file
// that knows the service's client).
//
// What this room does not do: it speaks no HTTP, decodes no picture itself, and prints nothing. It never
// deletes from the store.

import Foundation
import Media
import Montage

/// The things that can be done with a storyboard.
public enum Film {
    /// What a run would do, why, and what it will cost by estimate. Buys nothing, writes nothing, takes no
    /// lock. Blocks while it reads the storyboard's pictures.
    ///
    /// - Throws: ``FilmError``; exit code 5 for anything wrong with storyboard, preset or request.
    public static func plan(_ settings: FilmSettings) throws -> Plan {
        try plan(choosing(settings), settings).plan
    }

    static func plan(
        _ production: Production, _ settings: FilmSettings
    ) throws -> (plan: Plan, seams: [Int: Montage.SeamReport]) {
        let folder = settings.stateDirectory
        let journal = try Journal.snapshot(path: Workspace.journalPath(in: folder)) ?? JournalSnapshot()
        let store = ArtifactStore(folder: folder)
        var listing = store.listing()
        var damaged: Set<String> = []
        while true {
            var planner = Planner(production, journal: journal, store: listing, damaged: damaged)
            var plan = try planner.plan()
            // What was paid for, and what the next request carries, is believed by its bytes, not by its size.
            let bad = try planner.trusted.filter { try !store.isSound($0, interrupt: Interrupt()) }.map(
                \.name)
            if bad.isEmpty {
                plan.budget = production.storyboard.budget.map { limit in
                    PlanBudget(
                        limit: limit, takes: journal.takesInOrder, storyboard: production.storyboard.name,
                        generator: production.generator.name,
                        asked: Set(plan.steps.filter { $0.status == .willCost }.compactMap(\.workKey)))
                }
                return (plan, planner.seams)
            }
            for name in bad { listing[name] = nil }
            damaged.formUnion(bad)
        }
    }

    /// Everything the model's card has against a storyboard's shots, all at once, in their order. Buys nothing,
    /// writes nothing, takes no lock. Blocks while it reads the storyboard's pictures.
    ///
    /// - Throws: ``FilmError`` for what is wrong before a request can be composed: the storyboard's own words,
    ///   its size, presets, pictures.
    public static func check(_ settings: FilmSettings) throws -> [ShotProblem] {
        try Production(settings, tellsAll: true).problems
    }

    /// Whether the settings' budget, which is for a run, and the storyboard's, which is for the film over all runs, allow
    /// what a plan would buy.
    ///
    /// - Throws: ``FilmError`` (exit code 4) if it costs more, or if it has no price to hold to the budget.
    public static func checkBudget(_ plan: Plan, _ settings: FilmSettings) throws(FilmError) {
        let limits = [settings.budget, plan.budget?.left].compactMap(\.self)
        guard let budget = limits.min(), plan.totals.willCost > 0 else { return }
        if plan.totals.unpriced > 0 {
            throw FilmError(
                .budgetExceeded,
                "the model's card has no price for \(plan.totals.unpriced) of the shots to buy, "
                    + "so they cannot be held to the budget of $\(budget)",
                subject: settings.storyboardPath, hint: "add prices to the card, or run without a budget")
        }
        if plan.totals.estimate > budget {
            if let film = plan.budget, film.left == budget, settings.budget.map({ $0 > budget }) ?? true {
                throw FilmError(
                    .budgetExceeded,
                    "the shots to buy cost about $\(plan.totals.estimate), and $\(film.left) is left of the film's "
                        + "budget of $\(film.limit)",
                    subject: settings.storyboardPath,
                    hint:
                        "raise `budget` in the storyboard, or take shots out; `reel ledger` shows what was spent"
                )
            }
            throw FilmError(
                .budgetExceeded,
                "the shots to buy cost about $\(plan.totals.estimate), the budget is $\(budget)",
                subject: settings.storyboardPath,
                hint: "raise the budget, or take shots out; `reel plan` shows what costs")
        }
    }

    /// Makes the film, or what of it is missing.
    ///
    /// Cancelling the calling task stops it and leaves everything resumable; clips that are on their way here arrive
    /// first, unless ``FilmSettings/haste`` says otherwise. It then throws `CancellationError` (exit code 130).
    ///
    /// - Parameter events: called from many tasks, never concurrently ordered across shots; must be quick.
    /// - Returns: the report that is also in `film.json`.
    /// - Throws: ``FilmError``: 3 film incomplete and the rest kept, 4 over budget, 5 invalid input,
    ///   6 refused by the service, 10 in use, 1 anything else.
    public static func make(
        _ settings: FilmSettings, events: @escaping @Sendable (FilmEvent) -> Void
    ) async throws -> FilmReport {
        let written = try await settings.lanes.run { _ in try Production(settings) }
        for problem in written.problems { events(.warning("\(problem)")) }
        let workspace = try Workspace(folder: settings.stateDirectory)
        let known = try workspace.journal.snapshot()
        let production = written.choosing(known.choices).pricing(by: known.takesInOrder)
        let (plan, seams) = try await settings.lanes.run { _ in try Self.plan(production, settings) }
        events(.planned(plan))
        try checkBudget(plan, settings)
        if !plan.isUpToDate { try await check(settings.engine) }
        var settings = settings
        settings.budget = [settings.budget, plan.budget?.left].compactMap(\.self).min()
        do {
            return try await Builder(
                production, settings: settings, workspace: workspace, known: seams, events: events
            ).run()
        } catch let missing as MissingShots {
            guard !missing.slates.isEmpty else { throw missing.error }
            throw await showing(missing, of: production, settings, workspace, events)
        } catch {
            if FilmError.isCancellation(error) || Task.isCancelled { throw CancellationError() }
            throw error
        }
    }

    /// Whether other machines would take what is to be done, before anything is bought for them.
    private static func check(_ engine: (any StepEngine)?) async throws {
        do {
            try await engine?.check()
        } catch let refusal as StepFailure {
            throw FilmError(.stepFailed, refusal.message, subject: "--executor", hint: refusal.hint)
        }
    }

    /// Makes the film with slates where shots are missing, and says so in the error that the run ends with.
    private static func showing(
        _ missing: MissingShots, of production: Production, _ settings: FilmSettings, _ workspace: Workspace,
        _ events: @escaping @Sendable (FilmEvent) -> Void
    ) async -> any Error {
        var error = missing.error
        let builder = Builder(
            production.standingIn(missing.slates), settings: settings, workspace: workspace, known: [:]
        ) { event in
            switch event {
            // Told by the first attempt.
            case .shotReused, .upToDate, .finished: break
            default: events(event)
            }
        }
        do {
            _ = try await builder.run()
            error.message += "; the film has slates in their place"
        } catch {
            if FilmError.isCancellation(error) || Task.isCancelled { return CancellationError() }
            events(.warning("there is no film with slates: \(FilmError.message(of: error))"))
        }
        return error
    }

    /// Makes the film of slates instead of clips: each shot's words, over its first picture where it has one, as long as
    /// the clip would be, with joins, music and thumbnails. Asks nobody and costs nothing.
    ///
    /// - Returns: the report that is also in `film.json`.
    /// - Throws: as ``make(_:events:)``.
    public static func animatic(
        _ settings: FilmSettings, events: @escaping @Sendable (FilmEvent) -> Void
    ) async throws -> FilmReport {
        let production = try await settings.lanes.run { _ in try Production(settings) }
        let workspace = try Workspace(folder: settings.stateDirectory)
        do {
            return try await Builder(
                production.animatic(), settings: settings, workspace: workspace, known: [:], events: events
            ).run()
        } catch let missing as MissingShots {
            throw missing.error
        } catch {
            if FilmError.isCancellation(error) || Task.isCancelled { throw CancellationError() }
            throw error
        }
    }
}
