public import Foundation
public import Media

/// Whoever makes clips from prompts. ``RunwareGenerator`` is the one there is; tests may bring another.
///
/// The film never sees the service's own types: it hands over a ``ShotOrder`` and keeps the canonical text
/// of the request, which is what a work key is made of.
public protocol ShotGenerator: Sendable {
    /// Enters every shot's work key, so that clips of a sandbox never pass for paid ones.
    var name: String { get }

    /// The exact picture size and expected rate of a storyboard on its model.
    func modelSize(of storyboard: Storyboard) throws(FilmError) -> ModelSize

    /// The request for an order, checked against the model's card. Pure: sends nothing, reads no picture.
    func compose(_ order: ShotOrder) throws(FilmError) -> ComposedShot

    /// Has the clip made, and returns when it can be fetched.
    ///
    /// - Parameters:
    ///   - pictures: a data URI for each ``PictureReference`` of the order.
    ///   - taskUUID: ours, already in the journal.
    ///   - alreadySent: this UUID may have been sent before: ask first, never send blindly.
    ///   - willSend: called before the first byte leaves; when it throws, nothing is sent.
    ///   - progress: how it gets along; called from any thread.
    func generate(
        _ order: ShotOrder, pictures: [PictureReference: String], taskUUID: String, alreadySent: Bool,
        willSend: @escaping @Sendable () async throws -> Void,
        progress: @escaping @Sendable (GenerationStage) -> Void
    ) async throws(GenerationFailure) -> GeneratedShot

    /// What became of a task that was sent in an earlier run. Never causes work. Throws when the service
    /// could not be asked: not to have been answered says nothing about the task.
    func lookUp(_ taskUUID: String) async throws(GenerationFailure) -> TaskFate

    /// Brings a clip to a path of the caller's, durable when it returns. An address that has expired is asked
    /// for anew under the task's name.
    func fetch(
        _ made: GeneratedShot, of taskUUID: String, to path: String,
        progress: @escaping @Sendable (Int64) -> Void
    ) async throws(GenerationFailure)

    /// Whether a code that an earlier attempt ended with was a matter of content policy: the same request
    /// will be refused again.
    func isModeration(code: String) -> Bool
}

/// Where a task stands while a clip is made.
public enum GenerationStage: Sendable, Equatable {
    /// The request is being sent.
    case sending
    /// The service has taken it.
    case accepted
    /// It is at work; 0...1 if it says how far.
    case running(Double?)
    /// Something is in the way, for people: the service is busy, the network is gone.
    case waiting(String)
}

/// A picture in a request, named by its bytes: `sha256:…`, or `sha256:… fitted 640x360` when it is brought to
/// the model's size on the way.
public struct PictureReference: Sendable, Hashable, Codable, CustomStringConvertible {
    /// The text that stands in the canonical request instead of the picture.
    public var text: String
    /// The text itself.
    public var description: String { text }
    /// Names a picture.
    public init(_ text: String) { self.text = text }
    /// Stands for a frame that does not exist yet, while requests are checked before anything is bought.
    public static let placeholder = PictureReference("sha256:not-known-yet")
}

/// What a model makes of a storyboard's size.
public struct ModelSize: Sendable, Hashable {
    /// Pixels across.
    public var width: Int
    /// Pixels down.
    public var height: Int
    /// The model's word for it, sent beside pictures: `720p`.
    public var resolution: String
    /// Frames a second that the model's card promises, if it does.
    public var rate: Rational?
    /// Makes a size.
    public init(width: Int, height: Int, resolution: String, rate: Rational?) {
        self.width = width
        self.height = height
        self.resolution = resolution
        self.rate = rate
    }
}

/// Everything that decides one take of a shot.
public struct ShotOrder: Sendable, Hashable {
    /// The shot, with the storyboard's defaults filled in.
    public var shot: Shot
    /// The model, as the service names it.
    public var model: String
    /// The film's size on that model.
    public var size: ModelSize
    /// Output quality, 20...99.
    public var quality: Int?
    /// Which take, from 1.
    public var take: Int
    /// The picture it begins on.
    public var first: PictureReference?
    /// The picture it ends on.
    public var last: PictureReference?

    package init(
        shot: Shot, model: String, size: ModelSize, quality: Int?, take: Int, first: PictureReference?,
        last: PictureReference?
    ) {
        self.shot = shot
        self.model = model
        self.size = size
        self.quality = quality
        self.take = take
        self.first = first
        self.last = last
    }

    /// The seed of this take: the shot's for the first, the next ones for the others.
    public var seed: Int64? { shot.seed.map { ($0 + Int64(take - 1)) % 2_147_483_648 } }
}

/// A request ready to be judged, priced and named.
public struct ComposedShot: Sendable {
    /// The request as canonical JSON, pictures replaced by their references, without a task UUID.
    public var request: String
    /// What it will cost at most by what is known, in USD; nil where nobody knows a price. The card's price, or the most
    /// that requests of its kind were charged.
    public var estimate: Decimal?
    /// The least that requests of its kind were charged; nil where there were none.
    public var least: Decimal?
    /// What the model's card has against it.
    public var problems: [RequestProblem]
    /// Makes a composed request.
    public init(request: String, estimate: Decimal?, problems: [RequestProblem]) {
        self.request = request
        self.estimate = estimate
        self.problems = problems
    }
}

/// A clip that the service has made.
public struct GeneratedShot: Sendable, Hashable {
    /// Where to fetch it, while that lasts; empty where it came inline.
    public var url: String
    /// The clip itself as a data URI or Base64, where it came within the answer. Not kept in the journal.
    public var inline: String?
    /// The service's name of it.
    public var videoUUID: String?
    /// The seed that was used.
    public var seed: Int64?
    /// What it cost, in USD.
    public var cost: Decimal?
    /// Whether the service found it unsafe for work.
    public var isUnsafe: Bool
    /// Makes a result.
    public init(
        url: String, inline: String? = nil, videoUUID: String?, seed: Int64?, cost: Decimal?, isUnsafe: Bool
    ) {
        self.url = url
        self.inline = inline
        self.videoUUID = videoUUID
        self.seed = seed
        self.cost = cost
        self.isUnsafe = isUnsafe
    }
}

/// What became of a task.
public enum TaskFate: Sendable {
    /// The clip is there.
    case made(GeneratedShot)
    /// It is still being made.
    case running
    /// It ended without a clip.
    case failed(GenerationFailure)
    /// The service was asked more than once and knows nothing of it.
    case unknown
}

/// What a service said of a failure, as plain values for reports and policies.
public struct ServiceFacts: Sendable, Hashable, Codable {
    /// The service's own code, or one of the client's.
    public var code: String
    /// The family of the code: `validation`, `auth`, `quota`, `safety`, `provider`, `timeout`, ...
    public var category: String
    /// The request's fields at fault.
    public var parameter: [String]
    /// HTTP status of the answer, where there was one.
    public var httpStatus: Int?
    /// The task concerned.
    public var taskUUID: String?
    /// Whether it was paid for: `yes`, `no` or `unknown`.
    public var charged: String
    /// What may be done: `retryTransport`, `askAgain`, `changeInput` or `stop`.
    public var recovery: String
    /// Makes the facts.
    public init(
        code: String, category: String, parameter: [String], httpStatus: Int?, taskUUID: String?,
        charged: String, recovery: String
    ) {
        self.code = code
        self.category = category
        self.parameter = parameter
        self.httpStatus = httpStatus
        self.taskUUID = taskUUID
        self.charged = charged
        self.recovery = recovery
    }
}

/// Why there is no clip.
public struct GenerationFailure: Error, Sendable, CustomStringConvertible {
    /// What it means for the take.
    public enum Outcome: Sendable {
        /// Not accepted, not charged.
        case refused
        /// Accepted and failed; the cost, if any, is spent.
        case failed
        /// Nobody knows. The same UUID must be asked for again; a new one is forbidden.
        case unknown
        /// We were told to stop.
        case cancelled
    }
    /// What it means for the take.
    public var outcome: Outcome
    /// The service's code.
    public var code: String
    /// One line, without secrets.
    public var message: String
    /// What to do.
    public var hint: String?
    /// Key, credit or quota: the next request would fare no better.
    public var stopsEverything: Bool
    /// The service was not reached at all, so it is not the service that refused.
    public var isUnreachable: Bool
    /// What the service said, where it was the service.
    public var facts: ServiceFacts?
    /// Makes a failure.
    public init(
        _ outcome: Outcome, code: String, message: String, hint: String?, stopsEverything: Bool = false,
        isUnreachable: Bool = false, facts: ServiceFacts? = nil
    ) {
        self.outcome = outcome
        self.code = code
        self.message = message
        self.hint = hint
        self.stopsEverything = stopsEverything
        self.isUnreachable = isUnreachable
        self.facts = facts
    }
    /// Code and message.
    public var description: String { "\(code): \(message)" }
}
