import ArgumentParser
import Film
import Foundation
import Logging
import Media
import Webhooks

struct FilmCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "film",
        abstract: "Make the film of a storyboard.",
        discussion: """
            Steps that were done before are found in .reel beside the storyboard and not done again. An \
            interrupted run is picked up by running the same command: outstanding tasks are asked for, none is \
            bought twice.
            """)

    @OptionGroup var film: FilmOptions

    @Option(
        help: ArgumentHelp(
            "Publish nothing if a chained seam scores higher; 0 to 1, see docs/SEAMS.md.", valueName: "score")
    )
    var maxSeam: Double?

    @Flag(
        help:
            "Make the film of slates instead of clips, with real lengths, joins and music; costs nothing. Without --out it is left in out/NAME-animatic."
    )
    var animatic = false

    @OptionGroup var consent: Consent
    @OptionGroup var engine: EngineOptions
    @OptionGroup var webhook: WebhookOptions
    @OptionGroup var telling: ProgressOptions
    @OptionGroup var common: CommonOptions

    func validate() throws {
        if let maxSeam, !(0...1).contains(maxSeam) {
            throw ValidationError("--max-seam takes a score from 0 to 1, not \(maxSeam)")
        }
    }

    func run() async throws {
        let logger = common.logger()
        let progress = Progress(telling.progress)
        try InputPath.check(film.storyboard, what: "storyboard")
        let engine = try engine.configuration(beside: film.storyboard)
        guard !animatic else { return try await sketch(progress, logger: logger) }
        // All that can be wrong with storyboard, presets and pictures is found before anything is started.
        let preview = try film.settings(service: film.provider.notStarted(), logger: logger)
        let plan = try await Lanes.shared.run { _ in try Film.plan(preview) }
        try Film.checkBudget(plan, preview)
        try consent.ask(plan, of: film.provider.notStarted().provider)
        try OutputPath.prepare(folder: film.outputFolder)
        let service =
            plan.isUpToDate
            ? try film.provider.notStarted()
            : try await film.provider.start(in: film.folder, logger: logger, say: progress.say)
        let hook = plan.isUpToDate ? nil : try webhook.prepare()
        do {
            let generator = film.generator(service: service, logger: logger, webhookURL: hook?.address)
            var settings = try film.settings(service: service, logger: logger, generator: generator)
            settings.maxSeam = maxSeam
            engine.apply(to: &settings)
            Interruption.whenUrgent(settings.haste.hurry)
            try await hook?.listener.start { body in Task { await generator.hear(body) } }
            let events = FilmProgress(progress: progress)
            let report = try await Film.make(settings) { events($0) }
            await hook?.listener.stop()
            await service.stop()
            progress.clear()
            try tell(report, in: film.outputFolder)
        } catch {
            await hook?.listener.stop()
            await service.stop()
            progress.clear()
            throw error
        }
    }

    /// The film of slates.
    private func sketch(_ progress: Progress, logger: Logger) async throws {
        let folder = film.out ?? film.outputFolder + "-animatic"
        try OutputPath.prepare(folder: folder)
        var settings = try film.settings(service: film.provider.notStarted(), logger: logger)
        settings.outputDirectory = folder
        let events = FilmProgress(progress: progress)
        let report = try await Film.animatic(settings) { events($0) }
        progress.clear()
        try tell(report, in: folder)
    }

    private func tell(_ report: FilmReport, in folder: String) throws {
        if common.json {
            try Streams.result(json: report)
            return
        }
        for delivery in report.deliveries {
            Streams.result((folder as NSString).appendingPathComponent(delivery.file))
        }
        guard let run = report.run else { return }
        Streams.note(
            "\(run.generated) generated, \(run.resumed) picked up, \(run.steps) steps run, \(run.reused) from the store; "
                + "spent $\(run.spent), the film cost $\(report.totalCost)")
    }
}
