public import Foundation
public import Media
import Montage

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
        /// What is technically wrong with it, in words; empty for nothing, nil where it was not looked at.
        public var faults: [String]?
        /// The score of the seam before it, 0 to 1, the lower the better; nil where it was not measured, or there is
        /// none that should not be seen.
        public var seam: Double?

        package init(
            number: Int, isUsed: Bool, isThere: Bool, cost: Decimal? = nil, seed: Int64? = nil,
            file: String? = nil, faults: [String]? = nil, seam: Double? = nil
        ) {
            (self.number, self.isUsed, self.isThere) = (number, isUsed, isThere)
            (self.cost, self.seed, self.file) = (cost, seed, file)
            (self.faults, self.seam) = (faults, seam)
        }
    }

    /// The shot.
    public var shot: String
    /// Its takes.
    public var takes: [Entry]
    /// Whether the clip of `reel repair` is used in their place.
    public var isRepaired: Bool

    package init(shot: String, takes: [Entry], isRepaired: Bool) {
        (self.shot, self.takes, self.isRepaired) = (shot, takes, isRepaired)
    }

    /// The take with the fewest faults, then with the least visible seam, then the first; nil where none was looked at.
    public var best: Int? {
        takes.filter { $0.isThere && $0.faults != nil }.min { one, other in
            (one.faults?.count ?? 0, one.seam ?? 0, one.number)
                < (other.faults?.count ?? 0, other.seam ?? 0, other.number)
        }?.number
    }
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

    /// The takes of a shot, each looked at: whether it is black, frozen, too short or of another size than was asked for,
    /// and how its beginning meets the end of the shot before, where it goes on from that. Writes nothing. Blocks while
    /// the clips are decoded.
    public static func checkedTakes(
        _ settings: FilmSettings, shot id: String, interrupt: Interrupt
    ) throws -> TakeList {
        var list = try takes(settings, shot: id)
        let production = try choosing(settings)
        let film = production.storyboard
        let index = try film.index(of: id)
        let shot = film.shots[index]
        let wanted = try production.seconds(of: shot)
        var before: String?
        if shot.isChained {
            let store = ArtifactStore(folder: settings.stateDirectory)
            let journal =
                try Journal.snapshot(path: Workspace.journalPath(in: settings.stateDirectory))
                ?? JournalSnapshot()
            var planner = Planner(production, journal: journal, store: store.listing())
            _ = try planner.plan()
            before = planner.clips[film.shots[index - 1].id].map { store.path(digest: $0.digest, ext: "mp4") }
        }
        for place in list.takes.indices {
            guard let file = list.takes[place].file else { continue }
            let report = try Probe.report(path: file, accept: .clips, interrupt: interrupt)
            let check = try ClipCheck.run(file, interrupt: interrupt)
            list.takes[place].faults = faults(report, check, size: production.size, seconds: wanted)
            if let before {
                list.takes[place].seam = try Seams.report(
                    after: before, before: file, chained: true, interrupt: interrupt
                ).report.score
            }
        }
        return list
    }

    private static func faults(
        _ report: ClipReport, _ check: ClipCheck, size: ModelSize, seconds: Double?
    ) -> [String] {
        var faults: [String] = []
        if check.isBlack { faults.append("black for \(check.blackFrames) of \(check.frames) frames") }
        if check.isFrozen, !check.isBlack {
            faults.append("stands still for \(check.stillFrames) of \(check.frames) frames")
        }
        if let video = report.video {
            if video.displayWidth != size.width || video.displayHeight != size.height {
                faults.append(
                    "\(video.displayWidth)x\(video.displayHeight), not \(size.width)x\(size.height)")
            }
            // A clip of five seconds may lack a frame or two.
            if let seconds, let rate = video.averageRate ?? video.nominalRate,
                Double(check.frames) < (seconds - 0.25) * rate.value
            {
                let length = (Double(check.frames) / rate.value * 100).rounded() / 100
                faults.append("\(length) s long, not \(seconds)")
            }
        }
        return faults
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
