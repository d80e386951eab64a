import ArgumentParser
import Film
import Foundation
import Media

struct RepairCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "repair",
        abstract: "Buy one new clip for a shot that others go on from, so that they stay as they are.",
        discussion: """
            The clip is asked for between the frame that the shot began on and the frame that the next shot was started \
            with. The next `reel film` uses it; `reel take STORYBOARD SHOT --undo` goes back. Each call buys another.
            """)

    @OptionGroup var film: FilmOptions

    @Argument(help: "The shot's id.")
    var shot: String

    @Flag(help: "Only say what it would cost, and what it saves.")
    var plan = false

    @OptionGroup var consent: Consent
    @OptionGroup var telling: ProgressOptions
    @OptionGroup var common: CommonOptions

    func run() async throws {
        let logger = common.logger()
        let progress = Progress(telling.progress)
        try InputPath.check(film.storyboard, what: "storyboard")
        let preview = try film.settings(service: film.provider.notStarted(), logger: logger)
        let shot = shot
        let estimate = try await Lanes.shared.run { _ in try Film.planRepair(preview, shot: shot) }
        if plan {
            if common.json { return try Streams.result(json: estimate) }
            Streams.result(
                "repair of \(shot): \(Self.price(estimate.estimate)), one clip; no other shot moves")
            let shots = estimate.cascade.joined(separator: ", ")
            Streams.result("another seed instead: \(Self.price(estimate.cascadeEstimate)), buys \(shots)")
            return
        }
        try consent.ask(
            clips: 1, estimate: estimate.estimate ?? 0, unpriced: estimate.estimate == nil ? 1 : 0,
            of: film.provider.notStarted().provider)
        let service = try await film.provider.start(in: film.folder, logger: logger, say: progress.say)
        let report: RepairReport
        do {
            let settings = try film.settings(
                service: service, logger: logger, generator: film.generator(service: service, logger: logger))
            Interruption.whenUrgent(settings.haste.hurry)
            let events = FilmProgress(progress: progress)
            report = try await Film.repair(settings, shot: shot) { events($0) }
        } catch {
            await service.stop()
            progress.clear()
            throw error
        }
        await service.stop()
        progress.clear()
        if common.json { return try Streams.result(json: report) }
        let cost = report.cost.map { " for $\($0)" } ?? ""
        Streams.result("\(shot) is repaired\(cost), task \(report.taskUUID)")
        Streams.note("`reel film` renders it into the film; `reel take --undo` goes back")
    }

    private static func price(_ price: Decimal?) -> String { price.map { "about $\($0)" } ?? "price unknown" }
}
