import Foundation
import Synchronization

/// Counts what a run does, from all its tasks.
final class Tally: Sendable {
    struct Counts: Sendable {
        var run = FilmReport.RunReport(generated: 0, resumed: 0, steps: 0, reused: 0, restored: 0, spent: 0)
        /// Tasks this run has dealt with.
        var touched: Set<String> = []
        /// Key, credit or quota: asking on is pointless.
        var isBarred = false
    }

    private let counts = Mutex(Counts())

    func note(_ change: @Sendable (inout Counts) -> Void) { counts.withLock { change(&$0) } }

    var now: Counts { counts.withLock { $0 } }
}
