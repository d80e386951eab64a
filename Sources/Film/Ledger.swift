public import Foundation

/// What was spent, by the journal: every paid attempt, and the sums.
///
/// Money that is not settled stands in two heaps: *reserved* is what takes will cost that were meant and perhaps not
/// sent, *in doubt* is what takes may have cost whose answer was lost. Both are estimates; *spent* is what the service
/// said.
public struct Ledger: Sendable, Codable, Equatable {
    /// One attempt.
    public struct Entry: Sendable, Codable, Equatable {
        /// When it was meant, in UTC: `2026-11-27T12:34:56.789Z`.
        public var date: String
        /// The storyboard's name.
        public var film: String
        /// The shot's id at that time.
        public var shot: String
        /// Which take, from 1.
        public var take: Int
        /// Where it stands.
        public var state: TakeState
        /// Who was asked: `runware`, or `sandbox`, whose money is play money.
        public var provider: String
        /// What it cost, in USD, as the service said; nil where it said nothing.
        public var cost: Decimal?
        /// What it was expected to cost.
        public var estimate: Decimal?
        /// The task.
        public var taskUUID: String
        /// The service's code of the failure.
        public var error: String?
    }

    /// Sums in USD.
    public struct Sums: Sendable, Codable, Equatable {
        /// What the service said that it charged.
        public var spent: Decimal = 0
        /// Estimates of what is meant and perhaps not sent.
        public var reserved: Decimal = 0
        /// Estimates of what may have been charged.
        public var inDoubt: Decimal = 0
        /// Attempts.
        public var takes = 0
        /// Attempts in doubt for which there is no estimate.
        public var unpriced = 0
    }

    /// What a sum may be of.
    public enum Grouping: String, Sendable, Codable, CaseIterable {
        /// A storyboard.
        case film
        /// A shot of a storyboard.
        case shot
        /// A day, in UTC.
        case day
    }

    /// One group's sums.
    public struct Group: Sendable, Codable, Equatable {
        /// `lighthouse`, `lighthouse/storm`, `2026-11-27`.
        public var name: String
        /// Who was asked.
        public var provider: String
        /// Its sums.
        public var sums: Sums
    }

    /// The attempts, oldest first.
    public var entries: [Entry]
    /// The sums of each provider.
    public var totals: [String: Sums]

    /// - Parameter takes: Oldest first.
    package init(_ takes: [Take]) {
        entries = takes.map { take in
            Entry(
                date: take.createdAt ?? "", film: take.storyboard, shot: take.shot, take: take.number,
                state: take.state, provider: take.generator, cost: take.cost, estimate: take.reserved,
                taskUUID: take.taskUUID, error: take.errorCode)
        }
        totals = entries.reduce(into: [:]) { $0[$1.provider, default: Sums()].add($1) }
    }

    /// The sums of each group, in the order in which the groups first appear.
    public func grouped(by grouping: Grouping) -> [Group] {
        var groups: [Group] = []
        for entry in entries {
            let name =
                switch grouping {
                case .film: entry.film
                case .shot: "\(entry.film)/\(entry.shot)"
                case .day: String(entry.date.prefix(10))
                }
            if let place = groups.firstIndex(where: { $0.name == name && $0.provider == entry.provider }) {
                groups[place].sums.add(entry)
            } else {
                groups.append(Group(name: name, provider: entry.provider, sums: Sums()))
                groups[groups.count - 1].sums.add(entry)
            }
        }
        return groups
    }

    /// All attempts as comma-separated values with a line of names, as RFC 4180 has it.
    public var csv: String {
        let names = [
            "date", "film", "shot", "take", "state", "provider", "cost", "estimate", "task", "error",
        ]
        let rows = entries.map { entry -> [String] in
            [
                entry.date, entry.film, entry.shot, "\(entry.take)", entry.state.rawValue, entry.provider,
                entry.cost?.description ?? "", entry.estimate?.description ?? "", entry.taskUUID,
                entry.error ?? "",
            ]
        }
        return ([names] + rows).map { $0.map(Self.field).joined(separator: ",") }.joined(separator: "\r\n")
            + "\r\n"
    }

    private static func field(_ text: String) -> String {
        guard text.contains(where: { ",\"\r\n".contains($0) }) else { return text }
        return "\"" + text.replacingOccurrences(of: "\"", with: "\"\"") + "\""
    }
}

extension Ledger.Sums {
    mutating func add(_ entry: Ledger.Entry) {
        takes += 1
        spent += entry.cost ?? 0
        guard entry.cost == nil else { return }
        switch entry.state {
        case .intended: reserved += entry.estimate ?? 0
        case .sent, .accepted, .outstanding, .finished: inDoubt += entry.estimate ?? 0
        // Nothing was charged, or the service said that it charged nothing.
        case .stored, .refused, .failed: return
        }
        if entry.estimate == nil { unpriced += 1 }
    }
}

extension Film {
    /// What was spent, by the journal of a state folder. Takes no lock. Blocks.
    ///
    /// - Throws: ``FilmError`` where the journal cannot be read, or there is none.
    public static func ledger(stateDirectory: String) throws -> Ledger {
        Ledger(try snapshot(stateDirectory).takesInOrder)
    }

    /// The journal as it is, where there is one.
    static func snapshot(_ folder: String) throws -> JournalSnapshot {
        let path = Workspace.journalPath(in: folder)
        guard let snapshot = try Journal.snapshot(path: path) else {
            throw FilmError(
                .journalUnreadable, "there is no journal here: no film was made in this folder",
                subject: path,
                hint: "name the storyboard of a film, or the folder it lies in", exitCode: 5)
        }
        return snapshot
    }
}
