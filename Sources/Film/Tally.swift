import Foundation
import Synchronization

/// Counts what a run does, from all its tasks.
final class Tally: Sendable {
    struct Counts: Sendable {
        var run = FilmReport.RunReport(generated: 0, resumed: 0, steps: 0, reused: 0, restored: 0, spent: 0)
        /// Tasks this run has dealt with.
        var touched: Set<String> = []
        /// What this run has bought or ordered, by task: the real cost where it is known, else the estimate.
        var orders: [String: Decimal] = [:]
        /// Tasks that the service is known to have taken.
        var accepted: Set<String> = []
        /// Key, credit or quota: asking on is pointless.
        var isBarred = false
    }

    private let counts = Mutex(Counts())

    func note(_ change: @Sendable (inout Counts) -> Void) { counts.withLock { change(&$0) } }

    /// Whether it was not known before that the service has taken a task.
    func isNews(_ task: String) -> Bool { counts.withLock { $0.accepted.insert(task).inserted } }

    /// Writes down an order, unless it would go over the budget.
    func order(_ task: String, estimate: Decimal?, budget: Decimal?) -> Bool {
        counts.withLock { counts in
            let sum = counts.orders.values.reduce(estimate ?? 0, +)
            if let budget, sum > budget { return false }
            counts.orders[task] = estimate ?? 0
            return true
        }
    }

    var now: Counts { counts.withLock { $0 } }
}
