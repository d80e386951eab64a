import ArgumentParser
import Film
import Media

struct PlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Say what a film would do, why, and what it would cost; buys nothing.")

    @OptionGroup var film: FilmOptions
    @OptionGroup var common: CommonOptions

    func run() async throws {
        let logger = common.logger()
        try InputPath.check(film.storyboard, what: "storyboard")
        let settings = try film.settings(service: film.provider.notStarted(), logger: logger)
        let plan = try await Lanes.shared.run { _ in try Film.plan(settings) }
        if common.json {
            try Streams.result(json: plan)
        } else {
            Streams.result(PlanText.table(plan))
        }
        try Film.checkBudget(plan, settings)
    }
}
