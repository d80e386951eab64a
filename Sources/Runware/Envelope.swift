package import Foundation

/// One answer of the service, read leniently: unknown fields ignored, both lists optional.
package struct Envelope: Sendable {
    package var data: [TaskItem] = []
    package var errors: [ServiceFault] = []

    /// Nil where the body is no JSON object.
    package init?(_ body: Data) {
        guard !body.isEmpty, let json = try? JSONValue(parsing: body), let object = json.object else {
            return nil
        }
        guard object["data"] != nil || object["errors"] != nil || object["error"] != nil else { return nil }
        data = (object["data"]?.array ?? object["data"].map { [$0] } ?? []).compactMap(TaskItem.init)
        errors = (object["errors"]?.array ?? []).compactMap(ServiceFault.init)
        // Never documented, seen in the wild: a single error in the place of the list.
        if let single = object["error"].flatMap(ServiceFault.init) { errors.append(single) }
    }
}

/// One item of `data`: an acknowledgement, a running task, or a result.
package struct TaskItem: Sendable {
    package var taskType: String?
    package var taskUUID: String?
    package var status: String?
    package var percent: Int?
    package var videoUUID: String?
    package var videoURL: String?
    package var videoBase64Data: String?
    package var videoDataURI: String?
    package var seed: Int64?
    package var cost: Decimal?
    package var nsfw: Bool?
    package var imageUUID: String?
    package var imageURL: String?
    package var fault: ServiceFault?
    /// The whole item, as it came.
    package var raw: JSONValue
    /// The archived answer inside a `getTaskDetails` item.
    package var archived: JSONValue?
    /// A `getTaskDetails` item that shows a request: the service has seen the task.
    package var wasRequested = false

    init?(_ json: JSONValue) {
        guard let object = json.object else { return nil }
        taskType = object["taskType"]?.string
        taskUUID = object["taskUUID"]?.string
        status = object["status"]?.string
        percent = object["progress"]?.double.map { Int(max(0, min(100, $0))) }
        videoUUID = object["videoUUID"]?.string
        videoURL = object["videoURL"]?.string
        videoBase64Data = object["videoBase64Data"]?.string
        videoDataURI = object["videoDataURI"]?.string
        raw = json
        seed = object["seed"]?.int64
        cost = object["cost"]?.decimal
        nsfw = object["NSFWContent"]?.bool
        imageUUID = object["imageUUID"]?.string
        imageURL = object["imageURL"]?.string
        archived = object["response"]
        wasRequested =
            object["request"].map { !($0.array ?? []).isEmpty || $0.object?.isEmpty == false } ?? false
        if status == "error" {
            fault =
                (object["error"]?.object).flatMap { _ in object["error"] }.flatMap(ServiceFault.init)
                ?? ServiceFault(json)
            fault?.taskUUID = taskUUID
            fault?.status = "error"
        }
    }

    /// Finished with something to fetch, or declared finished.
    package var isResult: Bool {
        fault == nil
            && (status == "success" || videoURL != nil || videoBase64Data != nil || videoDataURI != nil)
    }
}

/// One entry of `errors`.
package struct ServiceFault: Sendable {
    package var code: String
    package var message: String
    package var parameter: [String]
    package var taskUUID: String?
    package var status: String?
    package var allowed: String?
    package var cost: Decimal?

    init?(_ json: JSONValue) {
        guard let object = json.object else {
            guard let text = json.string else { return nil }
            self = ServiceFault(code: "unknown", message: text, parameter: [])
            return
        }
        code = object["code"]?.string ?? object["errorCode"]?.string ?? "unknown"
        message = object["message"]?.string ?? object["errorMessage"]?.string ?? ""
        if let names = object["parameter"]?.array {
            parameter = names.compactMap(\.string)
        } else {
            parameter = object["parameter"]?.string.map { [$0] } ?? []
        }
        taskUUID = object["taskUUID"]?.string
        status = object["status"]?.string
        cost = object["cost"]?.decimal
        if let values = object["allowedValues"]?.array {
            allowed = values.prefix(24).map { $0.string ?? $0.brief }.joined(separator: ", ")
        } else if let low = object["min"]?.brief, let high = object["max"]?.brief {
            allowed = "\(low) to \(high)"
        }
    }

    init(code: String, message: String, parameter: [String]) {
        self.code = code
        self.message = message
        self.parameter = parameter
    }

    /// Said about a task that ran, for good; not about the exchange.
    package var isFinal: Bool { status == "error" && taskUUID != nil }

    /// As an error for people.
    package func error(status httpStatus: Int, task: String?, charged: RunwareError.Charged) -> RunwareError {
        let category = RunwareError.Category(code: code, httpStatus: httpStatus)
        let paid = cost.map { $0 > 0 } ?? false
        return RunwareError(
            code: code, category: category,
            message: message.isEmpty ? "the service answered \(code)" : message,
            parameter: parameter, httpStatus: httpStatus, taskUUID: taskUUID ?? task,
            charged: paid ? .yes : charged, hint: allowed.map { "use one of: \($0)" })
    }
}

extension JSONValue {
    /// Money: the shortest form of the number, read as a decimal, so that 0.4715 stays 0.4715.
    var decimal: Decimal? {
        switch self {
        case .integer(let i): Decimal(i)
        case .number(let d): Decimal(string: "\(d)")
        case .string(let s): Decimal(string: s)
        default: nil
        }
    }
}
