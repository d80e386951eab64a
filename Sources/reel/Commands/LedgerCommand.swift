public import ArgumentParser
public import Film
import Foundation
import Media

struct LedgerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ledger",
        abstract: "Say what was spent on a film, reserved, and in doubt.",
        discussion: """
            Without --by every attempt is a line. Money of the sandbox is play money and is summed by itself.
            """)

    @OptionGroup var folder: StateFolder

    @Option(help: ArgumentHelp("Sums by film, shot or day (UTC).", valueName: "what"))
    var by: Ledger.Grouping?

    @Flag(help: "Every attempt as comma-separated values.")
    var csv = false

    @OptionGroup var common: CommonOptions

    func validate() throws {
        if csv, common.json { throw ValidationError("--csv and --json are two ways to say it: give one") }
        if csv, by != nil { throw ValidationError("--csv lists every attempt: leave out --by") }
    }

    func run() async throws {
        _ = common.logger()
        let folder = try folder.path()
        let ledger = try await Lanes.shared.run { _ in try Film.ledger(stateDirectory: folder) }
        if csv { return Streams.write(ledger.csv, to: STDOUT_FILENO) }
        if common.json {
            if let by { return try Streams.result(json: ledger.grouped(by: by)) }
            return try Streams.result(json: ledger)
        }
        for line in by.map({ Self.table(ledger.grouped(by: $0)) }) ?? Self.table(ledger.entries) {
            Streams.result(line)
        }
        for (provider, sums) in ledger.totals.sorted(by: { $0.key < $1.key }) {
            Streams.result("\(provider): \(Self.words(sums))")
        }
        if ledger.entries.isEmpty { Streams.result("nothing was bought") }
    }

    private static func words(_ sums: Ledger.Sums) -> String {
        let unpriced = sums.unpriced > 0 ? " and \(sums.unpriced) of unknown price" : ""
        return "$\(sums.spent) spent, $\(sums.reserved) reserved, $\(sums.inDoubt) in doubt\(unpriced), "
            + "\(sums.takes) \(sums.takes == 1 ? "take" : "takes")"
    }

    private static func table(_ entries: [Ledger.Entry]) -> [String] {
        aligned(
            entries.map { entry in
                [
                    String(entry.date.prefix(19)).replacingOccurrences(of: "T", with: " "),
                    "\(entry.film)/\(entry.shot)", "take \(entry.take)", entry.state.rawValue,
                    entry.cost.map { "$\($0)" } ?? entry.estimate.map { "about $\($0)" } ?? "?",
                    entry.taskUUID, entry.error ?? "",
                ]
            })
    }

    private static func table(_ groups: [Ledger.Group]) -> [String] {
        aligned(groups.map { [$0.name, $0.provider, words($0.sums)] })
    }

    private static func aligned(_ rows: [[String]]) -> [String] {
        guard let first = rows.first else { return [] }
        let widths = first.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            let cells = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
            var line = cells.joined(separator: "  ")
            while line.last == " " { line.removeLast() }
            return line
        }
    }
}

extension Ledger.Grouping: ExpressibleByArgument {}
