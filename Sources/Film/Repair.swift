public import Foundation
import Media
import Montage

/// What a repair of a shot costs, held against what it saves.
public struct RepairPlan: Sendable, Codable, Equatable {
    /// The shot.
    public var shot: String
    /// What the one clip costs by estimate, in USD; nil where the card knows no price.
    public var estimate: Decimal?
    /// The shots that would be bought anew if the shot were bought with another seed: itself, and all that go on from it.
    public var cascade: [String]
    /// What those would cost; nil where one has no price.
    public var cascadeEstimate: Decimal?
}

/// A repair that was made.
public struct RepairReport: Sendable, Codable, Equatable {
    /// The shot.
    public var shot: String
    /// The task.
    public var taskUUID: String
    /// What it cost, in USD, as the service said.
    public var cost: Decimal?
    /// SHA-256 of the clip.
    public var clipDigest: String
}

extension Film {
    /// What `repair` would buy, and what it saves. Buys nothing, writes nothing. Blocks.
    ///
    /// - Throws: ``FilmError`` (exit code 5) where the shot cannot be repaired: it is not there, or nothing goes on
    ///   from it, or clips before it are missing.
    public static func planRepair(_ settings: FilmSettings, shot id: String) throws -> RepairPlan {
        let production = try choosing(settings)
        let scene = try RepairScene(id, production, settings)
        let estimate = try production.compose(
            scene.order(production, first: .placeholder)
        ).estimate
        let chain = production.chains.first { $0.contains(scene.index) } ?? scene.index..<scene.index + 1
        var sum: Decimal? = 0
        for shot in production.storyboard.shots[scene.index..<chain.upperBound] {
            for take in 1...shot.takes {
                let price = try production.compose(shot, take: take, upstream: .placeholder).estimate
                sum = sum.flatMap { known in price.map { known + $0 } }
            }
        }
        return RepairPlan(
            shot: id, estimate: estimate,
            cascade: production.storyboard.shots[scene.index..<chain.upperBound].map(\.id),
            cascadeEstimate: sum)
    }

    /// Buys one new clip of a shot, between the frame that it began on and the frame that the next shot was started
    /// with, so that nothing after it moves; the next ``make(_:events:)`` uses it. Each call buys another.
    ///
    /// - Throws: ``FilmError``: as for ``planRepair(_:shot:)``, and as ``make(_:events:)``.
    public static func repair(
        _ settings: FilmSettings, shot id: String, events: @escaping @Sendable (FilmEvent) -> Void
    ) async throws -> RepairReport {
        let workspace = try Workspace(folder: settings.stateDirectory)
        let (production, scene, budget) = try await settings.lanes.run { _ in
            let production = try choosing(settings)
            let budget = try plan(production, settings).plan.budget
            return (production, try RepairScene(id, production, settings), budget)
        }
        var settings = settings
        settings.budget = [settings.budget, budget?.left].compactMap(\.self).min()
        let first = try await settings.lanes.run { try scene.first(production, workspace, interrupt: $0) }
        let builder = Builder(
            production, settings: settings, workspace: workspace, known: [:], events: events)
        let order = RepairOrder(
            order: scene.order(production, first: first.reference, path: first.path), base: scene.base,
            frame: scene.last.workKey)
        do {
            let take = try await builder.repair(order)
            return RepairReport(
                shot: id, taskUUID: take.taskUUID, cost: take.cost, clipDigest: take.digest ?? "")
        } catch {
            if FilmError.isCancellation(error) || Task.isCancelled { throw CancellationError() }
            throw error
        }
    }

    /// Forgets a repair, or what `take` chose; the film is then what the storyboard says.
    public static func undoChoice(_ settings: FilmSettings, shot id: String) throws {
        let storyboard = try Storyboard.load(
            path: settings.storyboardPath, allowOutside: settings.allowOutsideImages)
        _ = try storyboard.index(of: id)
        let workspace = try Workspace(folder: settings.stateDirectory)
        try workspace.journal.unchoose(storyboard: storyboard.name, shot: id)
    }

    static func choosing(_ settings: FilmSettings) throws -> Production {
        let journal = try Journal.snapshot(path: Workspace.journalPath(in: settings.stateDirectory))
        return try Production(settings).choosing(journal?.choices ?? []).pricing(
            by: journal?.takesInOrder ?? [])
    }
}

extension Storyboard {
    /// The place of a shot.
    ///
    /// - Throws: ``FilmError`` naming the nearest id.
    func index(of id: String) throws(FilmError) -> Int {
        if let index = shots.firstIndex(where: { $0.id == id }) { return index }
        let near = Nearest.word(to: id, among: shots.map(\.id))
        throw FilmError(
            .storyboardInvalid, "has no shot '\(id)'", subject: path,
            hint: near.map { "did you mean '\($0)'?" }
                ?? "its shots are: " + shots.prefix(20).map(\.id).joined(separator: ", "))
    }
}

/// A shot between what came before it and what was started with its end.
private struct RepairScene: Sendable {
    let index: Int
    /// The clip on whose first frame a shot begins that began on no picture: the storyboard's own take, whatever was
    /// chosen since, so that a repair that died is asked for in the same words.
    let clip: String
    /// The work key of the shot's first take.
    let base: String
    /// The frame that the shot was started with; nil where it began on none of ours.
    let before: Artifact?
    /// The frame that the next shot was started with.
    let last: Artifact
    let store: ArtifactStore

    init(_ id: String, _ production: Production, _ settings: FilmSettings) throws {
        let film = production.storyboard
        index = try film.index(of: id)
        guard index + 1 < film.shots.count, film.shots[index + 1].isChained else {
            throw FilmError(
                .requestInvalid, "nothing goes on from shot \(id), so nothing has to be pinned",
                subject: film.path,
                hint: "give it another seed or prompt, or more `takes`: no other shot moves", exitCode: 5)
        }
        let journal =
            try Journal.snapshot(path: Workspace.journalPath(in: settings.stateDirectory))
            ?? JournalSnapshot()
        let store = ArtifactStore(folder: settings.stateDirectory)
        self.store = store
        var planner = Planner(production, journal: journal, store: store.listing())
        _ = try planner.plan()
        guard let clip = planner.clips[id], let last = planner.frames[id] else {
            throw FilmError(
                .requestInvalid, "shot \(id) is not there yet", subject: film.path,
                hint: "make the film first: a repair fits a new clip between frames that are there",
                exitCode: 5)
        }
        let shot = film.shots[index]
        before = shot.isChained ? planner.frames[film.shots[index - 1].id] : nil
        let upstream = before.map { PictureReference("sha256:\($0.item.digest)") }
        base = try production.key(
            of: production.compose(shot, take: 1, upstream: upstream), shot: shot, take: 1
        ).digest
        let own = try production.key(
            of: production.compose(shot, take: shot.usedTake, upstream: upstream), shot: shot,
            take: shot.usedTake)
        let first = journal.artifacts[own.digest]?["clip"].flatMap {
            store.contains($0.item) ? $0.item.digest : nil
        }
        (self.clip, self.last) = (first ?? clip.digest, last)
    }

    /// The picture to begin on: the frame before, the storyboard's own, or the first frame of the clip that is there.
    func first(
        _ production: Production, _ workspace: Workspace, interrupt: Interrupt
    ) throws -> (reference: PictureReference, path: String) {
        let size = production.size
        if let before {
            return (Production.reference(digest: before.item.digest, size: size), store.path(of: before.item))
        }
        if let path = production.storyboard.shots[index].firstImage {
            return (
                Production.reference(digest: try SHA256.hex(ofFile: path, interrupt: interrupt), size: size),
                path
            )
        }
        let frame = try FrameExtraction.frame(
            of: store.path(digest: clip, ext: "mp4"), at: .first, accept: .clips, interrupt: interrupt)
        let item = try workspace.store.put(try frame.picture.png(), ext: "png")
        return (Production.reference(digest: item.digest, size: size), store.path(of: item))
    }

    /// The order for the new clip, without a seed: the old one made the clip that is not wanted.
    func order(_ production: Production, first: PictureReference, path: String? = nil) -> ShotOrder {
        var shot = production.storyboard.shots[index]
        (shot.isChained, shot.seed, shot.takes, shot.use) = (false, nil, 1, nil)
        (shot.firstImage, shot.lastImage) = (path, store.path(of: last.item))
        return ShotOrder(
            shot: shot, model: production.storyboard.model, size: production.size,
            quality: production.storyboard.quality, take: 1, first: first,
            last: Production.reference(digest: last.item.digest, size: production.size))
    }
}
