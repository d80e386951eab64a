import Film
import Foundation

/// The events of a film as lines of progress.
struct FilmProgress: Sendable {
    let progress: Progress

    func callAsFunction(_ event: FilmEvent) {
        switch event {
        case .planned(let plan): if !plan.isUpToDate { progress.say(PlanText.summary(plan)) }
        case .warning(let text): progress.say("warning: \(text)")
        case .shotQueued(let shot, _): progress.show("shot \(shot)", "\(shot): queued")
        case .shotSent(let shot, let task): progress.say("\(shot): ordered, task \(task)")
        case .shotResumed(let shot, let task):
            progress.say("\(shot): asking for task \(task) of an earlier run; nothing is bought")
        case .shotAccepted(let shot, let usually):
            let words = usually.map { ", usually \(Int($0.rounded(.up))) s" } ?? ""
            progress.show("shot \(shot)", "\(shot): generating\(words)")
        case .shotWaiting(let shot, let why): progress.show("shot \(shot)", "\(shot): waiting: \(why)")
        case .shotProgress(let shot, let fraction):
            guard let fraction else { return }
            progress.show("shot \(shot)", "\(shot): generating", fraction: fraction)
        case .shotDownloading(let shot, let bytes):
            progress.show("shot \(shot)", "\(shot): downloading", detail: Numbers.bytes(bytes))
        case .shotStored(let shot, let frames, let cost):
            let price = cost.map { ", $\($0)" } ?? ""
            progress.end("shot \(shot)", "\(shot): \(frames) frames\(price)")
        case .shotReused(let shot): progress.end("shot \(shot)", "\(shot): found in the store")
        case .shotFailed(let shot, let message): progress.end("shot \(shot)", "\(shot): failed: \(message)")
        case .segmentProgress(let shot, let fraction):
            progress.show("segment \(shot)", "\(shot): rendering", fraction: fraction)
        case .segmentsRendered(let shot, let deliveries):
            progress.end("segment \(shot)", "\(shot): rendered for \(deliveries.joined(separator: ", "))")
        case .jobs(let waiting, let running):
            progress.show("jobs", "cluster: \(running) running, \(waiting) waiting")
        case .deliveryProgress(let delivery, let fraction):
            progress.show("delivery \(delivery)", "\(delivery): joining", fraction: fraction)
        case .deliveryProved(let delivery, let file, let frames):
            progress.end("delivery \(delivery)", "\(delivery): \(file), \(frames) frames, proved")
        case .deliveryReused(let delivery, let file):
            progress.end("delivery \(delivery)", "\(delivery): \(file) found in the store")
        case .thumbnailsMade: progress.say("poster and sprites made")
        case .seamsMeasured(let count, let worst):
            let score = worst.map { ", the worst scores \($0)" } ?? ""
            progress.say("\(count) \(count == 1 ? "seam" : "seams") measured\(score)")
        case .upToDate(let restored):
            progress.say("up to date: nothing generated, nothing encoded")
            if restored > 0 { progress.say("\(restored) missing files put back from the store") }
        case .finished: progress.clear()
        }
    }
}

/// A plan as people read it.
enum PlanText {
    static func summary(_ plan: Plan) -> String {
        let totals = plan.totals
        var parts: [String] = []
        if totals.willCost > 0 {
            let unpriced = totals.unpriced > 0 ? ", \(totals.unpriced) of unknown price" : ""
            let range =
                totals.least < totals.estimate
                ? "$\(totals.least) to $\(totals.estimate)" : "about $\(totals.estimate)"
            parts.append("\(totals.willCost) to generate (\(range)\(unpriced))")
        }
        if totals.willRun > 0 { parts.append("\(totals.willRun) to run here") }
        if totals.cached > 0 { parts.append("\(totals.cached) in the store") }
        return "plan: " + parts.joined(separator: ", ")
    }

    /// What would be done, without what is there, and the sums.
    static func work(_ plan: Plan) -> [String] {
        lines(plan.steps.filter { $0.status != .cached }) + [
            plan.isUpToDate ? "nothing moves" : summary(plan)
        ]
    }

    private static func lines(_ steps: [PlanStep]) -> [String] {
        let width = steps.map(\.id.count).max() ?? 0
        return steps.map { step in
            let mark =
                switch step.status {
                case .cached: "in store"
                case .willRun: "run     "
                case .willCost: "buy     "
                }
            let price = step.estimate.map { "  $\($0)" } ?? ""
            return
                "\(mark)  \(step.id.padding(toLength: width, withPad: " ", startingAt: 0))  \(step.reason)\(price)"
        }
    }

    static func table(_ plan: Plan) -> String {
        var lines = lines(plan.steps)
        lines.append(plan.isUpToDate ? "up to date: nothing to generate, nothing to encode" : summary(plan))
        if let budget = plan.budget {
            lines.append("budget: $\(budget.limit) for the film, $\(budget.used) used, $\(budget.left) left")
        }
        return lines.joined(separator: "\n")
    }
}
