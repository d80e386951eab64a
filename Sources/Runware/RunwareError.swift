/// What went wrong between us and the service, who must act, and whether money was spent.
public struct RunwareError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Families of failure, after the service's own grouping of its codes, and three of ours.
    public enum Category: String, Sendable, Codable, CaseIterable {
        case validation, auth, quota, rateLimit, safety, timeout, provider, serverError, notFound
        /// Ours: the exchange itself failed; no answer that could be read.
        case transport
        /// Ours: an answer came and is not what the protocol promises.
        case `protocol`
        /// Ours: the caller stopped waiting. A task that runs goes on running, and is billed.
        case cancelled
        case unknown
    }

    /// Was this task paid for? `unknown` forbids buying it again blindly.
    public enum Charged: String, Sendable, Codable {
        case yes, no, unknown
    }

    /// What may be done next.
    public enum Recovery: String, Sendable, Codable {
        /// The same request may be sent again, under the same task UUID.
        case retryTransport
        /// Ask for the same task UUID again (a later run does); do not buy anew.
        case askAgain
        /// The request or the account must change first.
        case changeInput
        /// Nothing can be repeated; another attempt is a new, paid task, and a person's decision.
        case stop
    }

    /// The service's own code, or one of ours (`connectionLost`, `deadline`, `requestInvalid`, ...).
    public var code: String
    /// Which family the code belongs to.
    public var category: Category
    /// One sentence for people: what happened.
    public var message: String
    /// Names of the request's fields at fault, dotted for nested ones.
    public var parameter: [String]
    /// HTTP status of the answer, where there was one.
    public var httpStatus: Int?
    /// The task concerned.
    public var taskUUID: String?
    /// Whether the task was paid for.
    public var charged: Charged
    /// What may be done next.
    public var recovery: Recovery
    /// One sentence for people: what to do.
    public var hint: String?

    /// Makes an error; without `recovery` and `hint` those of the category are taken.
    public init(
        code: String, category: Category, message: String, parameter: [String] = [], httpStatus: Int? = nil,
        taskUUID: String? = nil, charged: Charged = .no, recovery: Recovery? = nil, hint: String? = nil
    ) {
        self.code = code
        self.category = category
        self.message = message
        self.parameter = parameter
        self.httpStatus = httpStatus
        self.taskUUID = taskUUID
        self.charged = charged
        self.recovery = recovery ?? category.usualRecovery
        self.hint = hint ?? category.usualHint
    }

    /// One line: what, where. The hint is not in it.
    public var description: String {
        var line = message.isEmpty ? "the service answered \(code)" : message
        var facts = [code]
        if !parameter.isEmpty { facts.append("field " + parameter.joined(separator: ", ")) }
        if let httpStatus { facts.append("HTTP \(httpStatus)") }
        if let taskUUID { facts.append("task \(taskUUID)") }
        if charged != .no { facts.append(charged == .yes ? "charged" : "perhaps charged") }
        line += " (" + facts.joined(separator: ", ") + ")"
        return line
    }

    /// The exit status a command should end with: 130 interrupted, 5 refused before sending, 6 refused by
    /// the service, 1 the rest.
    public var exitCode: Int32 {
        switch category {
        case .cancelled: 130
        case .transport, .protocol, .timeout, .unknown: 1
        case .validation where httpStatus == nil: 5
        default: 6
        }
    }
}

extension RunwareError.Category {
    var usualRecovery: RunwareError.Recovery {
        switch self {
        case .validation, .auth, .quota, .safety: .changeInput
        case .rateLimit, .transport, .serverError: .retryTransport
        case .timeout, .protocol, .cancelled: .askAgain
        case .provider, .notFound, .unknown: .stop
        }
    }

    var usualHint: String {
        switch self {
        case .validation: "correct the named field; the model's card lists what it accepts"
        case .auth: "check that RUNWARE_API_KEY holds a valid key with permission for this model"
        case .quota: "top up the account's balance, then run again"
        case .rateLimit: "wait a little, or run fewer shots at the same time"
        case .safety: "change the prompt or the frame image: the service's content policy refused it"
        case .timeout: "run again later: the task is asked for, not bought again"
        case .provider: "the model's provider failed; another attempt is a new, paid task"
        case .serverError: "the service has trouble; run again later"
        case .notFound: "the service no longer knows this; another attempt is a new, paid task"
        case .transport: "check the network and the base URL, then run again"
        case .protocol: "check that the base URL is a Runware API (it ends in /v1)"
        case .cancelled: "run again to pick the task up; it is asked for, not bought again"
        case .unknown: "look the code up in the service's documentation"
        }
    }
}
