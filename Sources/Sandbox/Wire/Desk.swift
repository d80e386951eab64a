import Foundation

/// Reads a posted array of tasks and answers it: keys, submissions, polls, uploads, pings.
///
/// Tasks of one array are independent: each gives a result or an error, and none stops its neighbours.
struct Desk: Sendable {
    let configuration: SandboxConfiguration
    let world: World
    let workshop: Workshop
    let stills: Stills

    /// An answer's status and body.
    struct Answer: Sendable {
        var status: Int
        var body: JSON
    }

    /// Answers one POST.
    func answer(body: Data, authorization: String?) async -> Answer {
        guard let document = try? JSON(parsing: body) else {
            return refuse(Refusal(code: "invalidJSON", message: "The body is not valid JSON."))
        }
        guard var tasks = document.array else {
            return refuse(Refusal(code: "invalidJSON", message: "The body must be an array of tasks."))
        }
        do {
            try authenticate(&tasks, authorization)
        } catch let refusal as Refusal {
            return refuse(refusal, taskType: "authentication")
        } catch {
            return broken(error)
        }
        guard !tasks.isEmpty else {
            return refuse(Refusal(code: "invalidJSON", message: "The array holds no task."))
        }
        return await answer(tasks)
    }

    private func answer(_ tasks: [JSON]) async -> Answer {
        var data: [JSON] = []
        var errors: [JSON] = []
        var status = 200
        for task in tasks {
            let uuid = task["taskUUID"]?.string
            let type = task["taskType"]?.string
            do {
                try await perform(task, data: &data, errors: &errors)
            } catch let refusal as Refusal {
                errors.append(refusal.json(taskUUID: uuid, taskType: type))
                status = max(status, refusal.status)
            } catch {
                errors.append(broken(error).body["errors"]?.array?.first ?? .null)
                status = 500
            }
        }
        var envelope: [String: JSON] = [:]
        if !data.isEmpty || errors.isEmpty { envelope["data"] = .array(data) }
        if !errors.isEmpty { envelope["errors"] = .array(errors) }
        return Answer(status: data.isEmpty ? status : 200, body: .object(envelope))
    }

    private func authenticate(_ tasks: inout [JSON], _ authorization: String?) throws {
        var key = authorization.flatMap { header -> String? in
            let parts = header.split(separator: " ", maxSplits: 1)
            return parts.count == 2 && parts[0].lowercased() == "bearer" ? String(parts[1]) : nil
        }
        if let first = tasks.first, first["taskType"] == "authentication" {
            tasks.removeFirst()
            key = key ?? first["apiKey"]?.string
        }
        guard let key = key?.trimmingCharacters(in: .whitespaces), !key.isEmpty else {
            throw Refusal(
                code: "missingApiKey", message: "No API key was given.", parameter: ["apiKey"],
                type: "string",
                status: 401)
        }
        if let wanted = configuration.apiKey, wanted != key {
            throw Refusal(
                code: "invalidApiKey", message: "The API key is not valid.", parameter: ["apiKey"],
                type: "string", status: 401)
        }
    }

    private func perform(_ task: JSON, data: inout [JSON], errors: inout [JSON]) async throws {
        guard let object = task.object else {
            throw Refusal(code: "invalidJSON", message: "Each task must be an object.")
        }
        switch object["taskType"]?.string {
        case "videoInference": data.append(try await submit(object))
        case "getResponse": try await poll(object, data: &data, errors: &errors)
        case "imageUpload": data.append(try await upload(object))
        case "ping": data.append(["taskType": "ping", "pong": true])
        case nil: throw Refusal.missing("taskType", type: "string")
        default:
            throw Refusal(
                code: "unknownTaskType", message: "This task type is not known here.",
                parameter: ["taskType"],
                type: "string", allowedValues: ["videoInference", "getResponse", "imageUpload", "ping"])
        }
    }

    private func submit(_ object: [String: JSON]) async throws -> JSON {
        // Asked for first, so that a repeated submission is a conflict whatever else it holds.
        if let uuid = object["taskUUID"]?.string { try await world.refuseIfKnown(uuid) }
        let reading = VideoReading(task: object, strict: configuration.strict) { image, parameter in
            try await stills.keep(image, parameter: parameter)
        }
        let task = try await reading.read()
        let mark = configuration.faults.reject
        if !mark.isEmpty, task.prompt.contains(mark) {
            throw Refusal(
                code: "promptBlocked", message: "The prompt was refused by moderation.",
                parameter: ["positivePrompt"], type: "string")
        }
        let record = try await world.submit(task, request: Self.shortened(.object(object)))
        workshop.take(record)
        return ["taskType": "videoInference", "taskUUID": .string(task.taskUUID)]
    }

    private func poll(_ object: [String: JSON], data: inout [JSON], errors: inout [JSON]) async throws {
        guard let uuid = object["taskUUID"]?.string else { throw Refusal.missing("taskUUID", type: "string") }
        guard let record = await world.record(uuid) else {
            if configuration.unknownTask == .notFound {
                throw Refusal(
                    code: "taskNotFound", message: "No task has this taskUUID.", parameter: ["taskUUID"],
                    type: "string", status: 404)
            }
            return
        }
        let task = record.task
        if let failure = record.failure {
            let refusal = Refusal(code: failure.code, message: failure.message, status: 200, state: "error")
            errors.append(refusal.json(taskUUID: task.taskUUID, taskType: "videoInference"))
            return
        }
        for clip in record.clips {
            var item: [String: JSON] = [
                "taskType": "videoInference", "taskUUID": .string(task.taskUUID), "status": "processing",
            ]
            if clip.state == .success {
                item["status"] = "success"
                item["videoUUID"] = .string(clip.videoUUID)
                let file = "\(clip.videoUUID).\(task.format.fileExtension)"
                item["videoURL"] = .string("\(stills.origin)/media/\(file)")
                item["seed"] = .int(clip.seed)
                if task.includeCost { item["cost"] = Prices.dollars(record.charge / task.results) }
                if task.checksSafety { item["NSFWContent"] = false }
            } else {
                item["progress"] = .int(Int64(workshop.progress(of: record)))
            }
            data.append(.object(item))
        }
    }

    private func upload(_ object: [String: JSON]) async throws -> JSON {
        guard let uuid = object["taskUUID"]?.string else { throw Refusal.missing("taskUUID", type: "string") }
        guard let image = object["image"] else { throw Refusal.missing("image", type: "string") }
        guard let text = image.string else { throw Refusal.wrongType("image", "string") }
        let id = try await stills.upload(text)
        return [
            "taskType": "imageUpload", "taskUUID": .string(uuid), "imageUUID": .string(id),
            "imageURL": .string("\(stills.origin)/images/\(id)"),
        ]
    }

    private func refuse(_ refusal: Refusal, taskType: String? = nil) -> Answer {
        Answer(status: refusal.status, body: ["errors": .array([refusal.json(taskType: taskType)])])
    }

    private func broken(_ error: any Error) -> Answer {
        let refusal = Refusal(
            code: "internalServerError", message: "The sandbox failed: \(error)", status: 500)
        return refuse(refusal)
    }

    /// A request for the record: pictures in it are cut, they are kept as files.
    static func shortened(_ value: JSON) -> JSON {
        switch value {
        case .string(let text) where text.count > 2048: .string(text.prefix(64) + "…")
        case .array(let items): .array(items.map(shortened))
        case .object(let members): .object(members.mapValues(shortened))
        default: value
        }
    }
}
