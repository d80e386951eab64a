import Foundation

/// Reads one `videoInference` task and holds it against the rules, in the order a person would look.
struct VideoReading {
    let task: [String: JSON]
    let strict: Bool
    /// Whether results may be asked for inside the answer, besides by URL.
    var allowsInline = false
    /// Looks at a picture of the task and says where it is and how large; called for each frame image.
    let look: @Sendable (_ image: String, _ parameter: String) async throws -> SeenStill

    /// A frame image that was looked at.
    struct SeenStill: Sendable {
        var source: StillSource
        var width: Int?
        var height: Int?
        /// The picture, where it came with the request: to be kept once the task is accepted.
        var bytes: Data?
    }

    /// A task that passed the rules, and the pictures that came with it, by their UUID.
    struct Outcome: Sendable {
        var task: VideoTask
        var pictures: [(id: String, bytes: Data)]
    }

    /// The task, or the service's refusal.
    func read() async throws -> Outcome {
        let known = strict ? VideoRules.taskKeys : VideoRules.taskKeys.union(VideoRules.observedKeys)
        try knownKeys(task, known, path: "")
        let uuid = try taskUUID()
        guard let name = task["model"] else { throw Refusal.missing("model", type: "string") }
        guard let model = name.string.flatMap(VideoRules.model) else {
            throw Refusal.notAllowed(
                "model", "string", VideoRules.models.map { .string($0.id) }, code: "unsupportedModel")
        }
        guard let prompt = try text("positivePrompt") else {
            throw Refusal.missing("positivePrompt", type: "string")
        }
        let negative = try text("negativePrompt")
        let output = try choice(
            "outputType", allowsInline ? VideoTask.Output.allCases.map(\.rawValue) : ["URL"])
        _ = try choice("deliveryMethod", ["async"])
        let format = try choice("outputFormat", VideoTask.Format.allCases.map(\.rawValue))
        let quality = try whole("outputQuality", 20, 99) ?? 95
        let ttl = try whole("ttl", 60, nil)
        let results = try whole("numberResults", 1, 4) ?? 1
        let seed = try whole("seed", 0, 2_147_483_647)
        let cost = try flag("includeCost", in: task) ?? false
        let safety = try safetyCheck()
        let webhook = try url("webhookURL")
        let endpoint = try url("uploadEndpoint")
        let settings = try providerSettings(model)

        let images = try frameImages()
        let resolution = try choice("resolution", VideoRules.sizes.map(\.preset))
        let explicit = try explicitSize(hasImages: !images.isEmpty, resolution: resolution)
        var seen: [FrameInput.Role: SeenStill] = [:]
        for image in images { seen[image.role] = try await look(image.image, image.path) }
        let lead = seen[.first] ?? seen[.last]
        let preset = resolution ?? "720p"
        let size =
            explicit
            ?? VideoRules.size(preset: preset, likeWidth: lead?.width ?? 16, height: lead?.height ?? 9)
            ?? (1280, 720)
        let seconds = try duration(
            model.durations(preset: VideoRules.preset(width: size.width, height: size.height) ?? preset))

        let read = VideoTask(
            taskUUID: uuid, prompt: prompt, negative: negative, width: size.width, height: size.height,
            seconds: seconds, seed: seed, results: Int(results), includeCost: cost, checksSafety: safety,
            format: format.flatMap(VideoTask.Format.init(rawValue:)) ?? .mp4, quality: Int(quality),
            style: settings["style"]?.string, audio: settings["audio"]?.bool ?? false,
            multiClip: settings["multiClip"]?.bool ?? false, first: seen[.first]?.source,
            last: seen[.last]?.source, model: model.id, ttl: ttl.map { Int($0) }, webhookURL: webhook,
            uploadEndpoint: endpoint, output: output.flatMap(VideoTask.Output.init(rawValue:)))
        let pictures = seen.values.compactMap { still -> (id: String, bytes: Data)? in
            guard case .stored(let id) = still.source, let bytes = still.bytes else { return nil }
            return (id, bytes)
        }
        return Outcome(task: read, pictures: pictures)
    }

    private func taskUUID() throws -> String {
        guard let value = task["taskUUID"] else { throw Refusal.missing("taskUUID", type: "string") }
        guard let text = value.string, Self.isUUID4(text) else {
            throw Refusal(
                code: "invalidTaskUUID", message: "The parameter 'taskUUID' must be a UUID v4.",
                parameter: ["taskUUID"], type: "string")
        }
        return text
    }

    /// Whether a text is a UUID of version 4: a 4 before the third group's digits, and 8, 9, a or b before
    /// the fourth's.
    static func isUUID4(_ text: String) -> Bool {
        guard UUID(uuidString: text) != nil else { return false }
        let digits = Array(text.lowercased().utf8)
        return digits[14] == UInt8(ascii: "4") && "89ab".utf8.contains(digits[19])
    }

    private func knownKeys(_ object: [String: JSON], _ known: Set<String>, path: String) throws {
        guard let odd = object.keys.filter({ !known.contains($0) }).min() else { return }
        throw Refusal(
            code: "unsupportedParameter",
            message: "The parameter '\(path)\(odd)' is not supported by this model.",
            parameter: [path + odd], allowedValues: known.sorted().map(JSON.string))
    }

    private func text(_ key: String) throws -> String? {
        guard let value = task[key] else { return nil }
        guard let text = value.string else { throw Refusal.wrongType(key, "string") }
        // Characters as most languages count them: Unicode scalars, not what a reader sees as one.
        guard (2...2048).contains(text.unicodeScalars.count) else {
            throw Refusal.outOfRange(key, "string", 2, 2048)
        }
        return text
    }

    private func whole(_ key: String, _ low: Int64, _ high: Int64?) throws -> Int64? {
        guard let value = task[key] else { return nil }
        guard let number = value.int else { throw Refusal.wrongType(key, "integer") }
        guard number >= low, number <= high ?? .max else {
            throw Refusal.outOfRange(key, "integer", low, high)
        }
        return number
    }

    private func flag(_ key: String, in object: [String: JSON], path: String = "") throws -> Bool? {
        guard let value = object[key] else { return nil }
        guard let flag = value.bool else { throw Refusal.wrongType(path + key, "boolean") }
        return flag
    }

    private func choice(_ key: String, _ allowed: [String]) throws -> String? {
        guard let value = task[key] else { return nil }
        // Observed: `outputType` may come as a list of one; the case of formats varies in older examples.
        let given = value.string ?? (strict ? nil : value.array?.first?.string)
        guard let given else { throw Refusal.wrongType(key, "string") }
        let match = allowed.first {
            strict ? $0 == given : $0.lowercased() == given.lowercased()
        }
        guard let match else {
            throw Refusal.notAllowed(key, "string", allowed.map(JSON.string))
        }
        return match
    }

    private func url(_ key: String) throws -> String? {
        guard let value = task[key] else { return nil }
        guard let text = value.string, let scheme = URL(string: text)?.scheme,
            ["http", "https"].contains(scheme)
        else { throw Refusal.wrongType(key, "URI") }
        return text
    }

    private func safetyCheck() throws -> Bool {
        guard let value = task["safety"] else { return false }
        guard let safety = value.object else { throw Refusal.wrongType("safety", "object") }
        try knownKeys(safety, ["checkContent", "mode"], path: "safety.")
        if let mode = safety["mode"], !["none", "fast", "full"].contains(mode.string ?? "") {
            throw Refusal.notAllowed("safety.mode", "string", ["none", "fast", "full"])
        }
        // A mode alone asks for the check; the mode "none" calls it off.
        let mode = safety["mode"]?.string
        let isAsked = try flag("checkContent", in: safety, path: "safety.") ?? (mode != nil)
        return isAsked && mode != "none"
    }

    private func providerSettings(_ model: VideoRules.Model) throws -> [String: JSON] {
        guard let value = task["providerSettings"] else { return [:] }
        guard let outer = value.object else { throw Refusal.wrongType("providerSettings", "object") }
        try knownKeys(outer, ["pixverse"], path: "providerSettings.")
        guard let inner = outer["pixverse"] else { return [:] }
        let path = "providerSettings.pixverse."
        guard let settings = inner.object else {
            throw Refusal.wrongType("providerSettings.pixverse", "object")
        }
        try knownKeys(settings, model.settingKeys, path: path)
        for key in model.flags.sorted() { _ = try flag(key, in: settings, path: path) }
        for key in model.texts.sorted() where settings[key] != nil && settings[key]?.string == nil {
            throw Refusal.wrongType(path + key, "string")
        }
        for (key, allowed) in model.choices.sorted(by: { $0.key < $1.key }) {
            guard let value = settings[key] else { continue }
            guard let given = value.string else { throw Refusal.wrongType(path + key, "string") }
            guard allowed.contains(given) else {
                throw Refusal.notAllowed(path + key, "string", allowed.map(JSON.string))
            }
        }
        return settings
    }

    private func frameImages() throws -> [FrameInput] {
        var value = task["frameImages"]
        var path = "frameImages"
        if let inputs = task["inputs"] {
            guard let object = inputs.object else { throw Refusal.wrongType("inputs", "object") }
            try knownKeys(object, ["frameImages"], path: "inputs.")
            if let nested = object["frameImages"] {
                if value != nil {
                    throw Refusal(
                        code: "incompatibleParameters",
                        message: "Give 'inputs.frameImages' or 'frameImages', not both.",
                        parameter: ["inputs.frameImages", "frameImages"])
                }
                value = nested
                path = "inputs.frameImages"
            }
        }
        guard let value else { return [] }
        return try FrameInput.read(value, path: path, strict: strict)
    }

    private func explicitSize(hasImages: Bool, resolution: String?) throws -> (width: Int, height: Int)? {
        let width = try whole("width", 1, 16384)
        let height = try whole("height", 1, 16384)
        if (width == nil) != (height == nil) {
            throw Refusal.missing(width == nil ? "width" : "height", type: "integer")
        }
        guard let width, let height else {
            if !hasImages && (strict || resolution == nil) {
                throw Refusal(
                    code: "missingParameter",
                    message: "Give 'inputs.frameImages', or 'width' and 'height'.",
                    parameter: ["width", "height"], type: "integer")
            }
            return nil
        }
        if resolution != nil {
            throw Refusal(
                code: "incompatibleParameters",
                message: "'resolution' cannot be used with 'width' and 'height'.",
                parameter: ["resolution", "width", "height"])
        }
        if strict && hasImages {
            throw Refusal(
                code: "incompatibleParameters",
                message: "Give exactly one of 'inputs.frameImages' and 'width'/'height'.",
                parameter: ["inputs.frameImages", "width", "height"])
        }
        guard VideoRules.preset(width: Int(width), height: Int(height)) != nil else {
            let all = VideoRules.sizes.flatMap(\.sizes).map { JSON.string("\($0.width)x\($0.height)") }
            var refusal = Refusal.notAllowed("width", "integer", all, code: "unsupportedDimensions")
            refusal.message = "The size \(width)x\(height) is not supported by this model."
            refusal.parameter = ["width", "height"]
            throw refusal
        }
        return (Int(width), Int(height))
    }

    private func duration(_ allowed: [Int]) throws -> Int {
        guard let value = task["duration"] else { return 5 }
        guard let number = value.double else { throw Refusal.wrongType("duration", "float") }
        guard let seconds = Int(exactly: number), allowed.contains(seconds) else {
            throw Refusal.notAllowed(
                "duration", "float", allowed.map { .int(Int64($0)) }, code: "unsupportedDuration")
        }
        return seconds
    }
}
