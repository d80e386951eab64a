import Foundation
public import Media
import Synchronization

/// What is done where one clip follows another, as far as the pictures decide it.
public struct SeamChoice: Sendable, Codable, Equatable {
    /// Frames left out at the end of the clip before: those that are the first of the clip after.
    public var twins: Int
    /// What is done to the colours of the clip after; nil for nothing.
    public var match: ColourMatch?

    /// Makes a choice; by itself everything is left as it is.
    public init(twins: Int = 0, match: ColourMatch? = nil) {
        self.twins = twins
        self.match = match
    }

    /// The choice for each seam of a row of clips. Blocks.
    ///
    /// - Parameters:
    ///   - seams: `cut` leaves all as it is; `auto` is what `Seams.measure` finds in the pictures; `match` is the same,
    ///     with one frame where they do not tell.
    ///   - matching: Over how many frames at most colours may be corrected; nil for not at all.
    public static func all(
        _ inputs: [String], seams: Splice.Seams, matching: Int? = nil, interrupt: Interrupt
    ) throws -> [SeamChoice] {
        try all(inputs, seams: seams, matching: matching, tails: nil, interrupt: interrupt)
    }

    /// - Parameter tails: Encodes the ends of clips before twins while their frames are at hand; nil leaves that to
    ///   later.
    static func all(
        _ inputs: [String], seams: Splice.Seams, matching: Int?, tails: EarlyTails?, interrupt: Interrupt
    ) throws -> [SeamChoice] {
        let count = max(0, inputs.count - 1)
        guard seams != .cut else { return Array(repeating: SeamChoice(), count: count) }
        let found = Mutex<[Int: SeamChoice]>([:])
        let workers = min(count, max(1, ProcessInfo.processInfo.activeProcessorCount))
        try eachSideBySide(count, workers: workers, interrupt) { place in
            let choice = try Seams.choice(
                after: inputs[place], before: inputs[place + 1], chained: seams == .match,
                matching: matching, threads: workers > 1 ? 1 : 0, interrupt: interrupt,
                atHand: tails.map { tails in
                    { try tails.encode(place, of: inputs[place], $0, twins: $1, interrupt: interrupt) }
                })
            found.withLock { $0[place] = choice }
        }
        return found.withLock { found in (0..<count).map { found[$0] ?? SeamChoice() } }
    }
}
