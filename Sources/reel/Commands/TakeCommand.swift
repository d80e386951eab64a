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

    @Argument(
        help:
            "The take that the film shall use, from 1, or best: the one with no faults and the least visible seam. Without it the takes are listed."
    )
    var number: Number?

    @Flag(help: "Look at each take: black, frozen, too short, wrong size, and the seam before it.")
    var check = false

    @Flag(help: "Forget what was chosen, and a repair.")
    var undo = false

    @OptionGroup var common: CommonOptions

    /// `2`, or `best`.
    enum Number: ExpressibleByArgument, Equatable {
        case take(Int), best

        init?(argument: String) {
            if argument == "best" {
                self = .best
            } else if let number = Int(argument), number > 0 {
                self = .take(number)
            } else {
                return nil
            }
        }
    }

    func validate() throws {
        if undo, number != nil { throw ValidationError("--undo forgets a choice: give no number beside it") }
    }

    func run() async throws {
        let logger = common.logger()
        try InputPath.check(film.storyboard, what: "storyboard")
        let settings = try film.settings(service: film.provider.notStarted(), logger: logger)
        let (shot, looks) = (shot, check || number == .best)
        if undo {
            let plan = try await Lanes.shared.run { _ in
                try Film.undoChoice(settings, shot: shot)
                return try Film.plan(settings)
            }
            return try tell(plan)
        }
        if case .take(let number) = number {
            return try tell(
                try await Lanes.shared.run { _ in try Film.choose(settings, shot: shot, take: number) })
        }
        let list = try await Lanes.shared.run { interrupt in
            looks
                ? try Film.checkedTakes(settings, shot: shot, interrupt: interrupt)
                : try Film.takes(settings, shot: shot)
        }
        if number == .best {
            guard let best = list.best else {
                throw Complaint(
                    .inputInvalid, code: "noTakes", "no take of \(shot) is there to choose from",
                    at: film.storyboard,
                    hint: "make the film first")
            }
            if !common.json { tell(list) }
            return try tell(
                try await Lanes.shared.run { _ in try Film.choose(settings, shot: shot, take: best) })
        }
        if common.json { return try Streams.result(json: list) }
        tell(list)
    }

    private func tell(_ plan: Plan) throws {
        if common.json { return try Streams.result(json: plan) }
        for line in PlanText.work(plan) { Streams.result(line) }
    }

    private func tell(_ list: TakeList) {
        if list.isRepaired { Streams.result("\(shot): the clip of `reel repair` is used; --undo goes back") }
        for take in list.takes {
            var words = ["take \(take.number)"]
            if take.isUsed { words.append("used") }
            if !take.isThere { words.append("not there") }
            if let cost = take.cost { words.append("$\(cost)") }
            if let seed = take.seed { words.append("seed \(seed)") }
            if let seam = take.seam { words.append("seam \(seam)") }
            if let faults = take.faults {
                words.append(faults.isEmpty ? "sound" : faults.joined(separator: ", "))
            }
            if let file = take.file { words.append(file) }
            Streams.result(words.joined(separator: "  "))
        }
    }
}
