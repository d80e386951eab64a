public import Foundation

/// One video task as the service documents it. A field that is nil is not sent.
///
/// Reading is lenient and remembers. A known key with a wrong type is noted in `readProblems`, and a request
/// with such an error is never sent. A key that this type does not know is kept in `extra` and sent as it is:
/// which fields exist beside the common ones is the model's matter, so `ModelCard.validate` judges them, and
/// a caller who buys asks the card first. Writing always uses the documented form.
public struct VideoRequest: Sendable {
    /// Settings of the PixVerse family, sent as `providerSettings.pixverse`.
    public struct PixverseSettings: Sendable, Equatable {
        /// Look: anime, 3d_animation, clay, comic, cyberpunk.
        public var style: String?
        /// Native sound.
        public var audio: Bool?
        /// Several camera angles in one clip.
        public var multiClip: Bool?
        /// Prompt reasoning: enabled, disabled, auto.
        public var thinking: String?
        /// Makes the settings.
        public init(style: String? = nil, audio: Bool? = nil, multiClip: Bool? = nil, thinking: String? = nil)
        {
            self.style = style
            self.audio = audio
            self.multiClip = multiClip
            self.thinking = thinking
        }
    }

    /// Content checking. Not every model takes it although every page lists it.
    public struct Safety: Sendable, Equatable {
        /// On or off.
        public var checkContent: Bool?
        /// none, fast, full.
        public var mode: String?
        /// Makes the setting.
        public init(checkContent: Bool? = nil, mode: String? = nil) {
            self.checkContent = checkContent
            self.mode = mode
        }
    }

    /// Always `videoInference`.
    public var taskType: String?
    /// UUID v4 of the task. `Client.run` sends the one it is given, not this one.
    public var taskUUID: String?
    /// The model, as in `pixverse:1@6`.
    public var model: String?
    /// What to show; 2 to 2048 characters.
    public var positivePrompt: String?
    /// What to keep out; 2 to 2048 characters.
    public var negativePrompt: String?
    /// Pixels; with `height`, and not with `resolution`.
    public var width: Int?
    /// Pixels; with `width`, and not with `resolution`.
    public var height: Int?
    /// 360p, 540p, 720p or 1080p; with frame images the aspect ratio comes from them.
    public var resolution: String?
    /// Seconds.
    public var duration: Double?
    /// 0 to 2147483647.
    public var seed: Int64?
    /// Pictures the clip must start from or end on; sent as `inputs.frameImages`.
    public var frameImages: [FrameImage] = []
    /// Settings of the PixVerse family.
    public var pixverse: PixverseSettings?
    /// Only `URL`.
    public var outputType: String?
    /// MP4, WEBM or MOV.
    public var outputFormat: String?
    /// 20 to 99.
    public var outputQuality: Int?
    /// Where the service posts finished results.
    public var webhookURL: String?
    /// Only `async`.
    public var deliveryMethod: String?
    /// Where the service puts the finished file.
    public var uploadEndpoint: String?
    /// Content checking.
    public var safety: Safety?
    /// Seconds the result's URL shall live, at least 60.
    public var ttl: Int?
    /// Whether results tell their price; `body` asks for it unless this says no.
    public var includeCost: Bool?
    /// 1 to 4 variations.
    public var numberResults: Int?
    /// Fields beyond these, by dotted path as in `providerSettings.pixverse.effect`; written where they stood,
    /// and part of what makes two requests equal. A path never leads through a list.
    package var extra: [String: JSONValue] = [:]
    /// What could not be read, as found; not part of equality, not written.
    public var readProblems: [Problem] = []

    /// An empty request.
    public init() {}

    /// Reads a request file: one task object, or an array holding one.
    public static func parse(_ data: Data, name: String = "request") throws(RunwareError) -> VideoRequest {
        try parse(data, name: name, changes: [])
    }

    /// The same, with fields changed before they are read.
    package static func parse(
        _ data: Data, name: String, changes: [Assignment]
    ) throws(RunwareError) -> VideoRequest {
        let document: JSONValue
        do {
            document = try JSONValue(parsing: data)
        } catch {
            throw RunwareError(
                code: "requestNotJSON", category: .validation, message: "\(name) is not JSON",
                hint: "the file must hold one task object as in the service's documentation")
        }
        let task = document.array.flatMap { $0.count == 1 ? $0[0] : nil } ?? document
        guard task.object != nil, let object = try task.assigning(changes).object else {
            throw RunwareError(
                code: "requestNotTask", category: .validation,
                message: "\(name) does not hold one task object",
                hint: "the file must hold one task object, or an array of exactly one")
        }
        return VideoRequest(json: object)
    }

    /// The canonical form that decides whether two requests ask for the same: sorted keys, shortest numbers,
    /// frame images in the documented shape, no task UUID. Stable from run to run and machine to machine.
    public func canonicalJSON() -> String {
        var members = json
        members["taskUUID"] = nil
        return JSONValue.object(members).canonical
    }

    /// The task object that is sent, as JSON: this request, the given UUID, asynchronous delivery as a URL,
    /// and the price asked for. Sorted keys; the caller puts it into an array.
    public func body(taskUUID: String) -> String {
        JSONValue.object(task(taskUUID: taskUUID)).canonical
    }

    func task(taskUUID: String) -> [String: JSONValue] {
        var sent = self
        sent.taskType = "videoInference"
        sent.taskUUID = taskUUID
        sent.deliveryMethod = "async"
        sent.outputType = outputType ?? "URL"
        sent.includeCost = includeCost ?? true
        return sent.json
    }
}

extension VideoRequest: Equatable {
    /// Two requests are equal when they would be written alike.
    public static func == (a: VideoRequest, b: VideoRequest) -> Bool { a.json == b.json }
}
