public import Foundation

/// One finished video of a task.
public struct VideoResult: Sendable, Codable, Equatable {
    /// The task it belongs to.
    public var taskUUID: String
    /// Its own identity; a task may have several results.
    public var videoUUID: String
    /// Where to fetch it, for a limited time, without the API key.
    public var videoURL: String?
    /// The seed used; may exceed the largest seed that can be asked for.
    public var seed: Int64?
    /// US dollars charged for this result.
    public var cost: Decimal?
    /// True where content checking ran and objected.
    public var nsfw: Bool?

    /// Makes a result.
    public init(
        taskUUID: String, videoUUID: String, videoURL: String? = nil, seed: Int64? = nil,
        cost: Decimal? = nil,
        nsfw: Bool? = nil
    ) {
        self.taskUUID = taskUUID
        self.videoUUID = videoUUID
        self.videoURL = videoURL
        self.seed = seed
        self.cost = cost
        self.nsfw = nsfw
    }
}

/// What the service says about one task at one moment.
public struct TaskAnswer: Sendable, Equatable {
    /// Finished results, each once.
    public var results: [VideoResult] = []
    /// Generations that failed for good.
    public var failures: [RunwareError] = []
    /// Generations still running.
    public var running = 0
    /// How far, 0 to 100, where the service tells.
    public var percent: Int?
    /// True where the service said outright that it does not know the task.
    public var isDenied = false

    /// Nothing was said: the task may be unknown or may be running.
    public var isSilent: Bool { results.isEmpty && failures.isEmpty && running == 0 }

    /// Makes an empty answer.
    public init() {}
}

/// News while a task is under way.
public struct TaskProgress: Sendable {
    /// Where the task stands.
    public enum State: Sendable, Equatable {
        /// The request is being sent.
        case sending
        /// The service has the task.
        case accepted
        /// The service works on it.
        case running
        /// The exchange failed or the service is busy; for people, why we wait.
        case waiting(String)
    }

    /// Where it stands.
    public var state: State
    /// How far, 0 to 100, where the service tells.
    public var percent: Int?
    /// Results so far; these are kept when a sibling fails.
    public var results: [VideoResult]
    /// Siblings that failed so far.
    public var failures: [RunwareError]
}
