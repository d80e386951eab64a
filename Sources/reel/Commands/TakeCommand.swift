import ArgumentParser
import Film
import Foundation
import Media

struct TakeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "take",
        abstract: "List a shot's takes, or choose the one that the film uses.",
        discussion: """
            Choosing buys nothing: the plan that is printed says what moves with it. A `use` in the storyboard counts \
            more.
            """)

    @OptionGroup var film: FilmOptions

    @Argument(help: "The shot's id.")
    var shot: String

    @Argument(help: "The take that the film shall use, from 1. Without it the takes are listed.")
    var number: Int?

    @Flag(help: "Forget what was chosen, and a repair.")
    var undo = false

    @OptionGroup var common: CommonOptions

    func validate() throws {
        if undo, number != nil { throw ValidationError("--undo forgets a choice: give no number beside it") }
    }

    func run() async throws {
        let logger = common.logger()
        try InputPath.check(film.storyboard, what: "storyboard")
        let settings = try film.settings(service: film.provider.notStarted(), logger: logger)
        let (shot, number) = (shot, number)
        if undo { try await Lanes.shared.run { _ in try Film.undoChoice(settings, shot: shot) } }
        if undo || number != nil {
            let plan = try await Lanes.shared.run { _ in
                try number.map { try Film.choose(settings, shot: shot, take: $0) } ?? Film.plan(settings)
            }
            if common.json { return try Streams.result(json: plan) }
            for line in PlanText.work(plan) { Streams.result(line) }
            return
        }
        let list = try await Lanes.shared.run { _ in try Film.takes(settings, shot: shot) }
        if common.json { return try Streams.result(json: list) }
        if list.isRepaired { Streams.result("\(shot): the clip of `reel repair` is used; --undo goes back") }
        for take in list.takes {
            let words = [
                "take \(take.number)", take.isUsed ? "used" : "", take.isThere ? "" : "not there",
                take.cost.map { "$\($0)" } ?? "", take.seed.map { "seed \($0)" } ?? "", take.file ?? "",
            ]
            Streams.result(words.filter { !$0.isEmpty }.joined(separator: "  "))
        }
    }
}
