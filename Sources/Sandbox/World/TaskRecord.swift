import Foundation

/// What the service knows about one task; one file in the world's folder.
struct TaskRecord: Codable, Sendable {
    enum State: String, Codable, Sendable { case processing, success, error }

    /// One clip of the task.
    struct Clip: Codable, Sendable {
        var videoUUID: String
        var seed: Int64
        var state: State
        /// Why this clip failed while its siblings did not.
        var failure: Failure?
        var finished: Date?
        /// Whether moderation objected to the finished clip.
        var isUnsafe: Bool?
        /// Whether the webhook and the upload have been seen to.
        var isAnnounced: Bool?
    }

    /// Why it failed.
    struct Failure: Codable, Sendable {
        var code: String
        var message: String
    }

    /// What was counted besides.
    struct Traffic: Codable, Sendable {
        var polls = 0
        var uploads = 0
        /// Webhooks that were taken with a 2xx.
        var webhooks = 0
        var webhookTries = 0
        /// What was not sent because it would have left this machine.
        var blocked = 0
    }

    var task: VideoTask
    /// The request as it came, long image data cut out.
    var request: JSON
    var timesSubmitted: Int
    /// In ten-thousandths of a US dollar; booked once, when the task was accepted.
    var charge: Int
    var created: Date
    var finished: Date?
    var clips: [Clip]
    var failure: Failure?
    var traffic: Traffic?
    /// The refusal of a later submission: the archive keeps the last answer only.
    var lastRefusal: JSON?

    /// The state of the whole: failed only where nothing came of it.
    var state: State {
        if failure != nil { return .error }
        if clips.contains(where: { $0.state == .processing }) { return .processing }
        return clips.contains { $0.state == .success } ? .success : .error
    }

    /// The task's line in `GET /world`.
    func summary(_ mischief: Mischief?) -> JSON {
        let traffic = traffic ?? Traffic()
        return [
            "taskUUID": .string(task.taskUUID), "state": .string(state.rawValue),
            "timesSubmitted": .int(Int64(timesSubmitted)), "charge": Prices.dollars(charge),
            "videos": .array(clips.map { .string($0.videoUUID) }),
            "failed": .int(Int64(clips.count { $0.state == .error })),
            "faults": mischief?.report ?? [:], "polls": .int(Int64(traffic.polls)),
            "uploads": .int(Int64(traffic.uploads)), "webhooks": .int(Int64(traffic.webhooks)),
            "webhookTries": .int(Int64(traffic.webhookTries)), "blocked": .int(Int64(traffic.blocked)),
        ]
    }
}
