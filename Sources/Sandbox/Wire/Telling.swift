import Foundation

/// Puts what is known about a task into the form that polls, the archive and webhooks tell it in.
struct Telling: Sendable {
    let record: TaskRecord
    let forms: SandboxWorld.Results
    let origin: String
    /// Which round of media URLs is valid.
    let generation: Int
    let progress: Int
    let world: World

    /// All results of the task and all failures. A failure does not hide what is finished.
    func tell() -> (data: [JSON], errors: [JSON]) {
        var data: [JSON] = []
        var errors: [JSON] = []
        let isHeldBack = forms.together && record.state == .processing
        for clip in record.clips {
            if isHeldBack || clip.state == .processing && record.failure == nil {
                data.append(running(clip))
            } else if clip.state == .success {
                data.append(finished(clip))
            } else if let failure = clip.failure {
                put(failure, &data, &errors)
            }
        }
        if let failure = record.failure { put(failure, &data, &errors) }
        return (data, errors)
    }

    /// One clip's result or failure, as a webhook brings it; nil where there is nothing to say yet.
    func announce(_ number: Int) -> (isFailure: Bool, entry: JSON)? {
        let clip = record.clips[number]
        if clip.state == .success { return (false, finished(clip)) }
        guard let failure = clip.failure ?? record.failure else { return nil }
        return (true, entry(failure))
    }

    private func running(_ clip: TaskRecord.Clip) -> JSON {
        var item = common
        item["status"] = "processing"
        item["progress"] = .int(Int64(progress))
        if forms.videoUUID { item["videoUUID"] = .string(clip.videoUUID) }
        return .object(item)
    }

    private func finished(_ clip: TaskRecord.Clip) -> JSON {
        let task = record.task
        var item = common
        if forms.status { item["status"] = "success" }
        item["videoUUID"] = .string(clip.videoUUID)
        item["seed"] = .int(clip.seed)
        switch task.output ?? .url {
        case .url:
            let file = "\(clip.videoUUID).\(task.format.fileExtension)"
            item["videoURL"] = .string("\(origin)/media/\(file)?t=\(generation)")
        case .base64Data: item["videoBase64Data"] = .string(base64(clip))
        case .dataURI:
            item["videoDataURI"] = .string("data:\(task.format.contentType);base64,\(base64(clip))")
        }
        if task.includeCost { item["cost"] = Prices.dollars(record.charge / task.results) }
        if task.checksSafety { item["NSFWContent"] = .bool(clip.isUnsafe ?? false) }
        return .object(item)
    }

    private var common: [String: JSON] {
        ["taskType": "videoInference", "taskUUID": .string(record.task.taskUUID)]
    }

    private func base64(_ clip: TaskRecord.Clip) -> String {
        let path = world.mediaPath(clip.videoUUID, record.task.format)
        return (try? Data(contentsOf: URL(fileURLWithPath: path)))?.base64EncodedString() ?? ""
    }

    private func entry(_ failure: TaskRecord.Failure) -> JSON {
        Refusal(code: failure.code, message: failure.message, status: 200, state: "error")
            .json(taskUUID: record.task.taskUUID, taskType: "videoInference")
    }

    private func put(_ failure: TaskRecord.Failure, _ data: inout [JSON], _ errors: inout [JSON]) {
        guard forms.failuresInData else { return errors.append(entry(failure)) }
        var item = common
        item["status"] = "error"
        item["error"] = ["code": .string(failure.code), "message": .string(failure.message)]
        data.append(.object(item))
    }
}
