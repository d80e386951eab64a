public import Foundation
import Media

/// A shot's takes, as a person chooses from them.
public struct TakeList: Sendable, Codable, Equatable {
    /// One take.
    public struct Entry: Sendable, Codable, Equatable {
        /// Which, from 1.
        public var number: Int
        /// Whether the film uses it.
        public var isUsed: Bool
        /// Whether its clip is in the store.
        public var isThere: Bool
        /// What it cost, in USD.
        public var cost: Decimal?
        /// The seed that the service used.
        public var seed: Int64?
        /// The clip's file.
        public var file: String?
    }

    /// The shot.
    public var shot: String
    /// Its takes.
    public var takes: [Entry]
    /// Whether the clip of `reel repair` is used in their place.
    public var isRepaired: Bool
}

extension Film {
    /// The takes of a shot. Writes nothing. Blocks.
    public static func takes(_ settings: FilmSettings, shot id: String) throws -> TakeList {
        let production = try choosing(settings)
        let film = production.storyboard
        let shot = film.shots[try film.index(of: id)]
        let journal =
            try Journal.snapshot(path: Workspace.journalPath(in: settings.stateDirectory))
            ?? JournalSnapshot()
        let store = ArtifactStore(folder: settings.stateDirectory)
        var planner = Planner(production, journal: journal, store: store.listing())
        let plan = try planner.plan()
        let isRepaired = plan.steps.contains { $0.shot == id && $0.workKey == production.repairs[id]?.clip }
        let entries = (1...shot.takes).map { number in
            let step = Production.stepID(shot: shot, take: number)
            let key = isRepaired ? nil : planner.keys[step]?.digest
            let clip = key.flatMap { journal.artifacts[$0]?["clip"] }
            let take = key.flatMap { journal.takes[$0] }?.last { $0.digest == clip?.item.digest }
            let isThere = clip.map { store.contains($0.item) } ?? false
            return TakeList.Entry(
                number: number, isUsed: !isRepaired && number == shot.usedTake, isThere: isThere,
                cost: take?.cost,
                seed: take?.seed, file: isThere ? clip.map { store.path(of: $0.item) } : nil)
        }
        return TakeList(shot: id, takes: entries, isRepaired: isRepaired)
    }

    /// Has the film use that take of a shot, from the next run on; buys nothing by itself. Takes the folder's lock.
    ///
    /// - Returns: The plan of that film: what moves with the choice, and what it costs.
    /// - Throws: ``FilmError``: 5 where there is no such shot or take, or the storyboard itself says which; 10 in use.
    public static func choose(_ settings: FilmSettings, shot id: String, take number: Int) throws -> Plan {
        let storyboard = try Storyboard.load(
            path: settings.storyboardPath, allowOutside: settings.allowOutsideImages)
        let shot = storyboard.shots[try storyboard.index(of: id)]
        guard (1...shot.takes).contains(number) else {
            throw FilmError(
                .requestInvalid, "shot \(id) has \(shot.takes == 1 ? "one take" : "\(shot.takes) takes")",
                subject: "\(storyboard.path):\(shot.line)",
                hint: "raise `takes` to buy more, or choose one of them",
                exitCode: 5)
        }
        if let use = shot.use {
            throw FilmError(
                .requestInvalid, "the storyboard says `use: \(use)` for shot \(id)",
                subject: "\(storyboard.path):\(shot.line)", hint: "change it there, or take it out",
                exitCode: 5)
        }
        do {
            let workspace = try Workspace(folder: settings.stateDirectory)
            try workspace.journal.choose(Choice(storyboard: storyboard.name, shot: id, number: number))
        }
        return try plan(settings)
    }
}
