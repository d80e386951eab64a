import Foundation

/// What the service knows about one task; one file in the world's folder.
struct TaskRecord: Codable, Sendable {
    enum State: String, Codable, Sendable { case processing, success, error }

    /// One clip of the task.
    struct Clip: Codable, Sendable {
        var videoUUID: String
        var seed: Int64
        var state: State
    }

    /// Why it failed.
    struct Failure: Codable, Sendable {
        var code: String
        var message: String
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

    /// The state of the whole.
    var state: State {
        if failure != nil { return .error }
        return clips.allSatisfy { $0.state == .success } ? .success : .processing
    }

    /// The task's line in `GET /world`.
    var summary: JSON {
        [
            "taskUUID": .string(task.taskUUID), "state": .string(state.rawValue),
            "timesSubmitted": .int(Int64(timesSubmitted)), "charge": Prices.dollars(charge),
            "videos": .array(clips.map { .string($0.videoUUID) }),
        ]
    }
}
