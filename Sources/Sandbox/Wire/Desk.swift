import Foundation

/// Reads a posted array of tasks and answers it: keys, submissions, polls, uploads, the archive, pings.
///
/// Tasks of one array are independent: each gives a result or an error, and none stops its neighbours.
struct Desk: Sendable {
    let configuration: SandboxConfiguration
    let world: World
    let workshop: Workshop
    let stills: Stills

    /// What comes beside the body.
    struct Ask: Sendable {
        var authorization: String?
        /// The header `X-Sandbox-Faults`.
        var faults: String?
        /// Whether to check and price only.
        var isDryRun = false
        /// Whether the connection is authenticated already, as a WebSocket is.
        var isKnown = false
    }

    /// An answer's status and body, and what is to be done to it.
    struct Answer: Sendable {
        var status: Int
        var body: JSON
        var fault: Fault?
    }

    /// The results and errors collected for one array.
    struct Tray: Sendable {
        var data: [JSON] = []
        var errors: [JSON] = []
        /// The status where nothing succeeded.
        var status = 200
        /// The status whatever else is in the answer.
        var forced: Int?
    }

    /// Answers one array of tasks.
    func answer(body: Data, _ ask: Ask) async -> Answer {
        guard let document = try? JSON(parsing: body) else {
            return refuse(Refusal(code: "invalidJSON", message: "The body is not valid JSON."))
        }
        guard var tasks = document.array else {
            return refuse(Refusal(code: "invalidJSON", message: "The body must be an array of tasks."))
        }
        do {
            if !ask.isKnown { try authenticate(&tasks, ask.authorization) }
        } catch let refusal as Refusal {
            return refuse(refusal, taskType: "authentication")
        } catch {
            return broken(error)
        }
        guard !tasks.isEmpty else {
            return refuse(Refusal(code: "invalidJSON", message: "The array holds no task."))
        }
        do {
            let named = try Fault.list(ask.faults ?? "")
            return try await answer(tasks, ask, named)
        } catch let complaint as FaultComplaint {
            return refuse(
                Refusal(
                    code: "invalidFault", message: "X-Sandbox-Faults: \(complaint).",
                    parameter: ["X-Sandbox-Faults"]))
        } catch {
            return broken(error)
        }
    }

    private func answer(_ tasks: [JSON], _ ask: Ask, _ named: [Fault]) async throws -> Answer {
        var tray = Tray()
        var strikes: [Int: Fault] = [:]
        if !ask.isDryRun {
            for (i, task) in tasks.enumerated() {
                do {
                    strikes[i] = try await strike(task, named)
                } catch let complaint as FaultComplaint {
                    return refuse(
                        Refusal(
                            code: "invalidFault", message: "positivePrompt: \(complaint).",
                            parameter: ["positivePrompt"]))
                }
            }
        }
        // What strikes an answer as a whole strikes the whole array.
        let whole = strikes.sorted { $0.key < $1.key }.map(\.value).first { $0.kind.treatment != nil }
        if let whole, whole.kind.treatment?.when == .before {
            return Answer(status: 500, body: [:], fault: whole)
        }
        for (i, task) in tasks.enumerated() {
            let uuid = task["taskUUID"]?.string
            let type = task["taskType"]?.string
            do {
                try await perform(task, ask, strikes[i], &tray)
            } catch let refusal as Refusal {
                tray.errors.append(refusal.json(taskUUID: uuid, taskType: type))
                tray.status = max(tray.status, refusal.status)
            } catch {
                tray.errors.append(broken(error).body["errors"]?.array?.first ?? .null)
                tray.status = 500
            }
        }
        var envelope: [String: JSON] = [:]
        if !tray.data.isEmpty || tray.errors.isEmpty { envelope["data"] = .array(tray.data) }
        if !tray.errors.isEmpty { envelope["errors"] = .array(tray.errors) }
        let status = tray.forced ?? (tray.data.isEmpty ? tray.status : 200)
        return Answer(status: status, body: .object(envelope), fault: whole)
    }

    /// The fault that strikes a task's submission or poll, if one does.
    private func strike(_ task: JSON, _ named: [Fault]) async throws -> Fault? {
        guard let uuid = task["taskUUID"]?.string, VideoReading.isUUID4(uuid) else { return nil }
        switch task["taskType"]?.string {
        case "videoInference":
            try await world.sight(uuid, prompt: task["positivePrompt"]?.string ?? "", header: named)
            return try await world.strike(uuid, .submit)
        case "getResponse":
            await world.countPoll(uuid)
            try await world.add(named, to: uuid)
            return try await world.strike(uuid, .poll)
        case "imageUpload":
            try await world.sight(picture: uuid, header: named)
            return try await world.strike(uuid, .image)
        default: return nil
        }
    }

    /// Takes the key from the header or from a first task, which is then no task any more.
    func authenticate(_ tasks: inout [JSON], _ authorization: String?) throws {
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

    private func perform(_ task: JSON, _ ask: Ask, _ fault: Fault?, _ tray: inout Tray) async throws {
        guard let object = task.object else {
            throw Refusal(code: "invalidJSON", message: "Each task must be an object.")
        }
        switch object["taskType"]?.string {
        case "videoInference": tray.data.append(try await submit(object, ask, fault))
        case "getResponse": try await poll(object, fault, &tray)
        case "getTaskDetails": tray.data.append(try await details(object))
        case "imageUpload": tray.data.append(try await upload(object))
        case "ping": tray.data.append(["taskType": "ping", "pong": true])
        case nil: throw Refusal.missing("taskType", type: "string")
        default:
            throw Refusal(
                code: "unknownTaskType", message: "This task type is not known here.",
                parameter: ["taskType"], type: "string",
                allowedValues: ["videoInference", "getResponse", "getTaskDetails", "imageUpload", "ping"])
        }
    }

    private func submit(_ object: [String: JSON], _ ask: Ask, _ fault: Fault?) async throws -> JSON {
        // Asked for first, so that a repeated submission is a conflict whatever else it holds.
        if !ask.isDryRun, let uuid = object["taskUUID"]?.string { try await world.refuseIfKnown(uuid) }
        var reading = VideoReading(task: object, strict: configuration.strict) { image, parameter in
            try await stills.look(at: image, parameter: parameter)
        }
        reading.allowsInline = configuration.world.results.inline
        let read = try await reading.read()
        let task = read.task
        if ask.isDryRun {
            return [
                "taskType": "videoInference", "taskUUID": .string(task.taskUUID),
                "cost": Prices.dollars(Prices.charge(task)),
            ]
        }
        if fault?.kind == .moderationBefore {
            throw Refusal(
                code: "promptBlocked", message: "The prompt was refused by moderation.",
                parameter: ["positivePrompt"], type: "string")
        }
        // The pictures first, for the workshop begins at once; a task refused after all leaves none behind.
        for picture in read.pictures { try world.keepImage(picture.bytes, id: picture.id) }
        do {
            let record = try await world.submit(task, request: Self.shortened(.object(object)))
            workshop.take(record)
        } catch {
            for picture in read.pictures {
                try? FileManager.default.removeItem(atPath: world.imagePath(picture.id))
            }
            throw error
        }
        return ["taskType": "videoInference", "taskUUID": .string(task.taskUUID)]
    }

    private func poll(_ object: [String: JSON], _ fault: Fault?, _ tray: inout Tray) async throws {
        guard let uuid = object["taskUUID"]?.string else { throw Refusal.missing("taskUUID", type: "string") }
        let record = await world.record(uuid)
        if fault?.kind == .pollEmpty { return }
        if fault?.kind == .pollNotFound || record == nil && configuration.unknownTask == .notFound {
            throw Refusal(
                code: "taskNotFound", message: "No task has this taskUUID.", parameter: ["taskUUID"],
                type: "string", status: 404)
        }
        guard let record else { return }
        let mischief = await world.mischief(of: uuid)
        let told = telling(record, mischief).tell()
        tray.data += told.data
        tray.errors += told.errors
        if record.failure != nil, mischief?.has(.final504) == true { tray.forced = 504 }
    }

    private func details(_ object: [String: JSON]) async throws -> JSON {
        guard let uuid = object["taskUUID"]?.string else { throw Refusal.missing("taskUUID", type: "string") }
        guard let record = await world.record(uuid) else {
            throw Refusal(
                code: "taskNotFound", message: "No task has this taskUUID.", parameter: ["taskUUID"],
                type: "string", status: 404)
        }
        var response = JSON.null
        if let refusal = record.lastRefusal {
            response = ["errors": [refusal]]
        } else if record.state != .processing {
            let told = telling(record, await world.mischief(of: uuid)).tell()
            var envelope: [String: JSON] = [:]
            if !told.data.isEmpty { envelope["data"] = .array(told.data) }
            if !told.errors.isEmpty { envelope["errors"] = .array(told.errors) }
            response = .object(envelope)
        }
        return [
            "taskType": "getTaskDetails", "taskUUID": .string(record.task.taskUUID),
            "request": [record.request], "response": response,
        ]
    }

    private func telling(_ record: TaskRecord, _ mischief: Mischief?) -> Telling {
        Telling(
            record: record, forms: configuration.world.results, origin: stills.origin,
            generation: mischief?.generation ?? 1, progress: workshop.progress(of: record), world: world)
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
