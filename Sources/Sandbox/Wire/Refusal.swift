/// The service's "no": one entry of an answer's `errors`.
struct Refusal: Error, Sendable {
    var code: String
    var message: String
    var parameter: [String] = []
    var type: String?
    var allowedValues: [JSON]?
    var min: JSON?
    var max: JSON?
    /// The HTTP status where nothing else is in the answer.
    var status = 400
    /// "error" where a poll reports a failed generation.
    var state: String?

    /// The entry, for a task where that is known.
    func json(taskUUID: String? = nil, taskType: String? = nil) -> JSON {
        var entry: [String: JSON] = ["code": .string(code), "message": .string(message)]
        if parameter.count == 1 { entry["parameter"] = .string(parameter[0]) }
        if parameter.count > 1 { entry["parameter"] = .array(parameter.map(JSON.string)) }
        if let type { entry["type"] = .string(type) }
        if let allowedValues { entry["allowedValues"] = .array(allowedValues) }
        if let min { entry["min"] = min }
        if let max { entry["max"] = max }
        if let state { entry["status"] = .string(state) }
        if let taskUUID { entry["taskUUID"] = .string(taskUUID) }
        if let taskType { entry["taskType"] = .string(taskType) }
        return .object(entry)
    }

    static func missing(_ name: String, type: String) -> Refusal {
        Refusal(
            code: "missingParameter", message: "The parameter '\(name)' is required.", parameter: [name],
            type: type)
    }

    static func wrongType(_ name: String, _ type: String) -> Refusal {
        Refusal(
            code: "invalidParameter", message: "The parameter '\(name)' must be of type \(type).",
            parameter: [name], type: type)
    }

    static func notAllowed(
        _ name: String, _ type: String, _ allowed: [JSON], code: String = "invalidParameter"
    )
        -> Refusal
    {
        Refusal(
            code: code, message: "The value of '\(name)' is not supported by this model.", parameter: [name],
            type: type, allowedValues: allowed)
    }

    static func outOfRange(_ name: String, _ type: String, _ low: Int64?, _ high: Int64?) -> Refusal {
        Refusal(
            code: "invalidParameter", message: "The value of '\(name)' is out of range.", parameter: [name],
            type: type, min: low.map(JSON.int), max: high.map(JSON.int))
    }
}
