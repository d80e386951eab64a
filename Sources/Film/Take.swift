public import Foundation

/// Where a take stands. The order is the order of its life.
public enum TakeState: String, Sendable, Codable, CaseIterable {
    /// Committed to the journal; perhaps not sent.
    case intended
    /// The request was about to leave, or has left.
    case sent
    /// The service has taken the task and is at work.
    case accepted
    /// Whether the service works on it, and charges for it, is not known.
    case outstanding
    /// The service made the clip and named its cost; it is not here yet.
    case finished
    /// The clip is in the store.
    case stored
    /// The service did not take the request. Nothing was charged.
    case refused
    /// The service took the request and failed, or made something that is no clip.
    case failed

    /// Whether the service must be asked before anything else is done for the same work key.
    public var isPending: Bool {
        switch self {
        case .intended, .sent, .accepted, .outstanding, .finished: true
        case .stored, .refused, .failed: false
        }
    }

    /// Whether a take may go from this state to `next`.
    package func mayBecome(_ next: TakeState) -> Bool {
        switch self {
        case .intended, .sent, .accepted, .outstanding:
            next != .intended && next != .stored
        case .finished: next == .stored || next == .failed || next == .finished
        case .stored, .refused, .failed: false
        }
    }
}

/// One paid attempt at a shot, as the journal knows it.
public struct Take: Sendable, Hashable, Codable {
    /// The task's UUID. Ours: it is minted before anything is sent.
    public var taskUUID: String
    /// The work key it was meant for.
    public var workKey: String
    /// Who was asked; only the same one is asked about it again.
    public var generator: String
    /// Name of the storyboard that asked for it.
    public var storyboard: String
    /// The shot's id at that time.
    public var shot: String
    /// Which take of the shot, from 1.
    public var number: Int
    /// The request, canonical, pictures replaced by their digests.
    public var request: String
    /// Where it stands.
    public var state: TakeState
    /// What it was expected to cost, in USD, when it was meant.
    public var reserved: Decimal?
    /// What it cost, in USD, as the service said.
    public var cost: Decimal?
    /// The seed the service used.
    public var seed: Int64?
    /// The service's name of the clip.
    public var videoUUID: String?
    /// Where the clip can be fetched from, while that lasts.
    public var url: String?
    /// The clip's digest, once it is stored.
    public var digest: String?
    /// The service's code of the refusal or failure.
    public var errorCode: String?
    /// The service's words for it.
    public var errorMessage: String?
    /// When it was meant, in UTC, by the journal's clock: `2026-11-27T12:34:56.789Z`; nil before it is in the journal.
    public var createdAt: String?
    /// When the service was known to have taken it; nil if it never was.
    public var acceptedAt: String?
    /// When the clip was known to be made.
    public var finishedAt: String?
    /// When its clip was given up on purpose, by `reel clean --paid`; nil while it is kept.
    public var droppedAt: String?

    /// A take that was not sent yet.
    package init(
        taskUUID: String, workKey: String, generator: String, storyboard: String, shot: String, number: Int,
        request: String,
        reserved: Decimal?
    ) {
        self.taskUUID = taskUUID
        self.workKey = workKey
        self.generator = generator
        self.storyboard = storyboard
        self.shot = shot
        self.number = number
        self.request = request
        self.state = .intended
        self.reserved = reserved
    }
}
