public import Foundation

/// What a run would do, and why: a value, computed before anything is done.
public struct Plan: Sendable, Codable, Equatable {
    /// The steps in an order that respects what needs what.
    public var steps: [PlanStep]
    /// Their sums.
    public var totals: PlanTotals
    /// The storyboard's budget and what is left of it; nil where it has none.
    public var budget: PlanBudget?

    /// Sums up the steps.
    package init(steps: [PlanStep]) {
        self.steps = steps
        var totals = PlanTotals()
        for step in steps {
            switch step.status {
            case .cached: totals.cached += 1
            case .willRun: totals.willRun += 1
            case .willCost:
                totals.willCost += 1
                if let estimate = step.estimate {
                    totals.estimate += estimate
                    totals.least += step.least ?? estimate
                } else {
                    totals.unpriced += 1
                }
            }
        }
        self.totals = totals
    }

    /// True when nothing would be generated or encoded.
    public var isUpToDate: Bool { totals.willRun == 0 && totals.willCost == 0 }
}

/// One step of a plan.
public struct PlanStep: Sendable, Codable, Equatable {
    /// What kind of work it is.
    public enum Kind: String, Sendable, Codable {
        /// Have a shot generated.
        case generate
        /// Take a clip's last frame.
        case frame
        /// Render one shot for one delivery.
        case segment
        /// Render the frames of a join that are made of two shots, for one delivery.
        case blend
        /// Join a delivery, prove it, publish it.
        case film
        /// Make poster and sprites.
        case thumbnails
        /// Measure a seam between two shots.
        case seam
        /// Put the frames at all seams on one sheet.
        case seamSheet
    }
    /// Whether it will happen.
    public enum Status: String, Sendable, Codable {
        /// Its output is in the store.
        case cached
        /// It will run here and cost time.
        case willRun
        /// It will be asked of the service and cost money.
        case willCost
    }
    /// Names the step within its storyboard: `shot:storm`, `segment:storm:mp4-social`.
    public var id: String
    /// What kind of work it is.
    public var kind: Kind
    /// The shot it belongs to, if it belongs to one.
    public var shot: String?
    /// The delivery it belongs to, if it belongs to one.
    public var delivery: String?
    /// Whether it will happen.
    public var status: Status
    /// Why: `never run`, `prompt changed`, `upstream frame changed`, `artifact missing`.
    public var reason: String
    /// The estimated cost in USD, for steps that cost.
    public var estimate: Decimal?
    /// The least that requests of its kind were charged, where there were some.
    public var least: Decimal?
    /// The work key, where it is known before anything runs.
    public var workKey: String?
}

/// A storyboard's budget, in USD.
public struct PlanBudget: Sendable, Codable, Equatable {
    /// What the film may cost over all runs.
    public var limit: Decimal
    /// What earlier runs spent, by what the service said, and the estimates of takes in doubt that this plan does not
    /// ask for again.
    public var used: Decimal
    /// What the plan's purchases may cost together.
    public var left: Decimal { max(0, limit - used) }

    /// - Parameters:
    ///   - takes: All of the journal.
    ///   - asked: The work keys that the plan buys or asks for again; these are in its estimate.
    package init(
        limit: Decimal, takes: [Take], storyboard: String, generator: String, asked: Set<String>
    ) {
        self.limit = limit
        used = takes.filter { $0.storyboard == storyboard && $0.generator == generator }.reduce(0) {
            sum, take in
            if let cost = take.cost { return sum + cost }
            return sum + (take.state.isPending && !asked.contains(take.workKey) ? take.reserved ?? 0 : 0)
        }
    }
}

/// The sums of a plan.
public struct PlanTotals: Sendable, Codable, Equatable {
    /// Steps found in the store.
    public var cached = 0
    /// Steps that run here.
    public var willRun = 0
    /// Steps that cost money.
    public var willCost = 0
    /// What they cost together at most, in USD: the most that requests of their kinds were charged, else the model
    /// card's prices.
    public var estimate: Decimal = 0
    /// What they cost together at least: the least that requests of their kinds were charged, else the same.
    public var least: Decimal = 0
    /// Steps that cost money for which the card knows no price.
    public var unpriced = 0
}
