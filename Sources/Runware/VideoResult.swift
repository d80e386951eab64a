public import Foundation

/// One finished video of a task: at an address, or inline.
///
/// Read from and written as the service's own object; what this type has no name for is in `raw`.
public struct VideoResult: Sendable, Equatable {
    /// `videoInference`, where the service says it.
    public var taskType: String?
    /// The task it belongs to.
    public var taskUUID: String
    /// Its own identity; a task may have several results.
    public var videoUUID: String
    /// Where to fetch it, for a limited time, without the API key.
    public var videoURL: String?
    /// The video itself as Base64, where it came so.
    public var videoBase64Data: String?
    /// The video itself as a data URI, where it came so.
    public var videoDataURI: String?
    /// The seed used; may exceed the largest seed that can be asked for.
    public var seed: Int64?
    /// US dollars charged for this result.
    public var cost: Decimal?
    /// True where content checking ran and objected.
    public var nsfw: Bool?
    /// The whole object as received; null for a result that was made here.
    public var raw: JSONValue = .null

    /// Whether there is anything to fetch or to decode.
    public var hasVideo: Bool { videoURL != nil || isInline }
    /// Whether the video came within the answer.
    public var isInline: Bool { videoBase64Data != nil || videoDataURI != nil }

    /// Makes a result.
    public init(
        taskUUID: String, videoUUID: String, videoURL: String? = nil, videoBase64Data: String? = nil,
        videoDataURI: String? = nil, seed: Int64? = nil, cost: Decimal? = nil, nsfw: Bool? = nil
    ) {
        self.taskUUID = taskUUID
        self.videoUUID = videoUUID
        self.videoURL = videoURL
        self.videoBase64Data = videoBase64Data
        self.videoDataURI = videoDataURI
        self.seed = seed
        self.cost = cost
        self.nsfw = nsfw
    }

    init(_ item: TaskItem, task: String, identity: String) {
        self.init(
            taskUUID: task, videoUUID: identity, videoURL: item.videoURL,
            videoBase64Data: item.videoBase64Data, videoDataURI: item.videoDataURI, seed: item.seed,
            cost: item.cost, nsfw: item.nsfw)
        taskType = item.taskType
        raw = item.raw
    }

    /// Takes over what a later answer says of the same video; what it leaves out stays.
    mutating func update(with later: VideoResult) {
        let earlier = self
        self = later
        taskType = later.taskType ?? earlier.taskType
        videoURL = later.videoURL ?? earlier.videoURL
        videoBase64Data = later.videoBase64Data ?? earlier.videoBase64Data
        videoDataURI = later.videoDataURI ?? earlier.videoDataURI
        seed = later.seed ?? earlier.seed
        cost = later.cost ?? earlier.cost
        nsfw = later.nsfw ?? earlier.nsfw
    }
}

extension VideoResult: Codable {
    private enum CodingKeys: String, CodingKey {
        case taskType, taskUUID, videoUUID, videoURL, videoBase64Data, videoDataURI, seed, cost
        case nsfw = "NSFWContent"
    }

    /// Reads the service's object; it must name the task and the video.
    public init(from decoder: any Decoder) throws {
        let json = try JSONValue(from: decoder)
        guard let item = TaskItem(json), let task = item.taskUUID, let video = item.videoUUID else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "not a result with its UUIDs"))
        }
        self.init(item, task: task, identity: video)
    }

    /// Writes the documented fields under the service's names, `raw` left out.
    public func encode(to encoder: any Encoder) throws {
        var box = encoder.container(keyedBy: CodingKeys.self)
        try box.encodeIfPresent(taskType, forKey: .taskType)
        try box.encode(taskUUID, forKey: .taskUUID)
        try box.encode(videoUUID, forKey: .videoUUID)
        try box.encodeIfPresent(videoURL, forKey: .videoURL)
        try box.encodeIfPresent(videoBase64Data, forKey: .videoBase64Data)
        try box.encodeIfPresent(videoDataURI, forKey: .videoDataURI)
        try box.encodeIfPresent(seed, forKey: .seed)
        try box.encodeIfPresent(cost, forKey: .cost)
        try box.encodeIfPresent(nsfw, forKey: .nsfw)
    }
}

/// How a task ended, or how far it got before waiting for it ended.
public struct TaskOutcome: Sendable, Equatable {
    /// The finished videos, each once, in the order of their arrival.
    public var results: [VideoResult]
    /// Generations that failed for good beside them.
    public var failures: [RunwareError]
    /// Results that were asked for and of which there is no word yet. They may run on and be billed: the task
    /// is outstanding, and can be waited for again.
    public var missing: Int
    /// Why nobody waited longer, where `missing` results were given up for now.
    public var interruption: RunwareError?

    /// Makes an outcome.
    public init(
        results: [VideoResult], failures: [RunwareError] = [], missing: Int = 0,
        interruption: RunwareError? = nil
    ) {
        self.results = results
        self.failures = failures
        self.missing = missing
        self.interruption = interruption
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
