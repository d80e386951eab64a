import ArgumentParser
import Film
import Foundation

/// Whether a person at a terminal is asked before much money moves.
struct Consent: ParsableArguments {
    @Flag(name: [.short, .long], help: "Buy without asking, also at a terminal.")
    var yes = false

    @Option(
        help: ArgumentHelp(
            "At a terminal, ask before buying for more than this, unless --yes is given.", valueName: "usd"),
        transform: FilmOptions.dollars)
    var askAbove: Decimal = 5

    /// Asks if the plan costs more than the threshold, or what nobody knows, and somebody sits there to answer.
    ///
    /// Play money is never asked for. Where no terminal is on both ends nothing is asked: scripts have `--budget`.
    func ask(_ plan: Plan, of provider: Provider) throws {
        try ask(
            clips: plan.totals.willCost, estimate: plan.totals.estimate, unpriced: plan.totals.unpriced,
            of: provider)
    }

    /// The same of clips that are in no plan.
    func ask(clips count: Int, estimate: Decimal, unpriced: Int, of provider: Provider) throws {
        guard !yes, provider == .runware, estimate > askAbove || unpriced > 0, isatty(STDIN_FILENO) == 1,
            isatty(STDERR_FILENO) == 1
        else { return }
        let unpriced = unpriced > 0 ? ", \(unpriced) of unknown price" : ""
        let clips = count == 1 ? "1 clip" : "\(count) clips"
        Streams.write(
            "This buys \(clips) for about $\(estimate)\(unpriced). Go on? [y/N] ", to: STDERR_FILENO)
        let answer = readLine()?.trimmingCharacters(in: .whitespaces).lowercased() ?? ""
        guard ["y", "yes"].contains(answer) else {
            throw Complaint(
                .budgetRefused, code: "notBought", "nothing was bought: the answer was no", at: nil,
                hint: "`reel plan` shows what costs; --yes buys without asking, --ask-above moves the limit")
        }
    }
}
