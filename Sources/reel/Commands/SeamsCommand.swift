import ArgumentParser
import Foundation
import Media
import Montage

struct SeamsCommand: AsyncParsableCommand, StopsSoon {
    static let configuration = CommandConfiguration(
        commandName: "seams",
        abstract: "Measure what one sees and hears where one clip goes over into the next.",
        discussion: """
            For each pair of neighbours: how many frames stand twice, how alike the frames are that meet, colour, \
            motion and sound, and one score from 0 (not to be seen) to 1. docs/SEAMS.md tells what each number is.
            """)

    @Argument(help: ArgumentHelp("The clips, in order; two or more.", valueName: "file"))
    var files: [String]

    @Flag(
        help:
            "The clips were made one from the last frame of the other: where nothing tells, one frame is a twin."
    )
    var chained = false

    @Option(
        help: ArgumentHelp("A JPEG with the frames on both sides of each seam.", valueName: "file"))
    var sheet: String?

    @OptionGroup var common: CommonOptions

    /// One seam, as `--json` prints it.
    private struct Told: Encodable {
        var after: String
        var before: String
        var seam: SeamReport
    }

    func validate() throws {
        guard files.count >= 2 else { throw ValidationError("a seam needs two clips; one was named") }
        if let sheet, !["jpg", "jpeg"].contains((sheet as NSString).pathExtension.lowercased()) {
            throw ValidationError("--sheet writes a JPEG: end its name with .jpg")
        }
    }

    func run() async throws {
        _ = common.logger()
        for file in files { try InputPath.check(file) }
        if let sheet { try OutputPath.check(file: sheet, inputs: files) }
        let (files, chained, sheet) = (files, chained, sheet)
        var told: [Told] = []
        var rows: [SeamSheet.Row] = []
        let pairs = Array(zip(files, files.dropFirst()))
        try await withThrowingTaskGroup(of: (Int, SeamReport, Picture?).self) { group in
            for (place, pair) in pairs.enumerated() {
                group.addTask {
                    try await Lanes.shared.run { interrupt in
                        let found = try Seams.report(
                            after: pair.0, before: pair.1, chained: chained, interrupt: interrupt)
                        return (place, found.report, sheet == nil ? nil : try found.strip.picture())
                    }
                }
            }
            var found: [Int: (report: SeamReport, strip: Picture?)] = [:]
            while let (place, report, strip) = try await group.next() { found[place] = (report, strip) }
            for (place, pair) in pairs.enumerated() {
                guard let seam = found[place] else { continue }
                told.append(Told(after: pair.0, before: pair.1, seam: seam.report))
                if let strip = seam.strip {
                    let name = "\(place + 1) > \(place + 2)"
                    rows.append(.init(label: SeamSheet.label(name, seam.report), strip: strip))
                }
            }
        }
        if let sheet {
            let ready = rows
            try await Lanes.shared.run { _ in
                if let page = try SeamSheet.picture(ready) {
                    try PendingFile.write(page.jpeg(quality: 88), to: sheet)
                }
            }
        }
        if common.json {
            try Streams.result(json: told)
        } else {
            for line in table(told) { Streams.result(line) }
            if let sheet { Streams.note("the frames on both sides: \(sheet)") }
        }
    }

    private func table(_ told: [Told]) -> [String] {
        var rows = [
            [
                "seam", "twins", "held", "SSIM", "beside", "ΔE", "luma", "motion", "sound", "score",
                "what is seen",
            ]
        ]
        for (place, seam) in told.enumerated() {
            let report = seam.seam
            let beside = [report.structure.before, report.structure.after].compactMap(\.self).min()
            rows.append([
                "\(place + 1)>\(place + 2)",
                "\(report.measure.twinFrames)\(report.measure.isAssumed ? "?" : "")",
                "\(report.measure.heldFrames)",
                String(format: "%.3f", report.structure.across),
                beside.map { String(format: "%.3f", $0) } ?? "-",
                String(format: "%.2f", report.colourDifference),
                String(format: "%+.1f", report.lumaStep),
                report.motion.breaks.map { String(format: "%.2f", $0) } ?? "-",
                report.sound.map { String(format: "%+.1f dB", $0.step) } ?? "-",
                String(format: "%.2f", report.score), report.decision,
            ])
        }
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            row.enumerated().map { column, cell in
                let pad = String(repeating: " ", count: widths[column] - cell.count)
                return column == row.count - 1 ? cell : column == 0 ? cell + pad : pad + cell
            }.joined(separator: "  ")
        }
    }
}
