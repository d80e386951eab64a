extension VideoRequest: Codable {
    /// Reads any of the known spellings; throws only where the document is not an object.
    public init(from decoder: any Decoder) throws {
        guard let object = try JSONValue(from: decoder).object else {
            throw DecodingError.typeMismatch(
                VideoRequest.self,
                .init(codingPath: decoder.codingPath, debugDescription: "not a task object"))
        }
        self.init(json: object)
    }

    /// Writes the documented form.
    public func encode(to encoder: any Encoder) throws { try JSONValue.object(json).encode(to: encoder) }

    package init(json object: [String: JSONValue]) {
        self.init()
        var reader = FieldReader(object)
        taskType = reader.string("taskType")
        taskUUID = reader.string("taskUUID")
        model = reader.string("model")
        positivePrompt = reader.string("positivePrompt")
        negativePrompt = reader.string("negativePrompt")
        width = reader.int("width")
        height = reader.int("height")
        resolution = reader.string("resolution")
        duration = reader.double("duration")
        seed = reader.int64("seed")
        outputType = reader.string("outputType")
        outputFormat = reader.string("outputFormat")
        outputQuality = reader.int("outputQuality")
        webhookURL = reader.string("webhookURL")
        deliveryMethod = reader.string("deliveryMethod")
        uploadEndpoint = reader.string("uploadEndpoint")
        ttl = reader.int("ttl")
        includeCost = reader.bool("includeCost")
        numberResults = reader.int("numberResults")
        readSafety(&reader)
        readProvider(&reader)
        readFrames(&reader)
        reader.finish()
        (extra, readProblems) = (reader.extra, reader.problems)
    }

    private mutating func readSafety(_ reader: inout FieldReader) {
        guard let object = reader.object("safety") else { return }
        var inner = FieldReader(object, path: "safety")
        safety = Safety(checkContent: inner.bool("checkContent"), mode: inner.string("mode"))
        inner.finish()
        reader.take(inner)
    }

    private mutating func readProvider(_ reader: inout FieldReader) {
        guard let object = reader.object("providerSettings") else { return }
        var vendors = FieldReader(object, path: "providerSettings")
        if let settings = vendors.object("pixverse") {
            var inner = FieldReader(settings, path: "providerSettings.pixverse")
            pixverse = PixverseSettings(
                style: inner.string("style"), audio: inner.bool("audio"),
                multiClip: inner.bool("multiClip"), thinking: inner.string("thinking"))
            inner.finish()
            vendors.take(inner)
        }
        vendors.finish()
        reader.take(vendors)
    }

    private mutating func readFrames(_ reader: inout FieldReader) {
        let older = reader.value("frameImages")
        if let inputs = reader.object("inputs") {
            var inner = FieldReader(inputs, path: "inputs")
            if let entries = inner.value("frameImages") { readFrames(entries, "inputs.frameImages", &inner) }
            inner.finish()
            reader.take(inner)
        }
        guard let older else { return }
        reader.note(
            Problem(
                path: "frameImages", suggestion: "write \"inputs\": {\"frameImages\": ...}",
                message: frameImages.isEmpty
                    ? "belongs into \"inputs\"" : "stands beside inputs.frameImages; keep one"))
        if frameImages.isEmpty { readFrames(older, "frameImages", &reader) }
    }

    private mutating func readFrames(_ value: JSONValue, _ path: String, _ reader: inout FieldReader) {
        guard let entries = value.array else {
            reader.note(
                Problem(path: path, value: value.brief, allowed: "an array", message: "has the wrong type"))
            return
        }
        for (index, entry) in entries.enumerated() {
            let (image, problems) = FrameImage.read(entry, path: "\(path)[\(index)]")
            if let image { frameImages.append(image) }
            reader.note(problems)
        }
    }

    package var json: [String: JSONValue] {
        var members: [String: JSONValue] = [:]
        members.set("taskType", taskType)
        members.set("taskUUID", taskUUID)
        members.set("model", model)
        members.set("positivePrompt", positivePrompt)
        members.set("negativePrompt", negativePrompt)
        members.set("width", width)
        members.set("height", height)
        members.set("resolution", resolution)
        members.set("duration", duration)
        members.set("seed", seed)
        members.set("outputType", outputType)
        members.set("outputFormat", outputFormat)
        members.set("outputQuality", outputQuality)
        members.set("webhookURL", webhookURL)
        members.set("deliveryMethod", deliveryMethod)
        members.set("uploadEndpoint", uploadEndpoint)
        members.set("ttl", ttl)
        members.set("includeCost", includeCost)
        members.set("numberResults", numberResults)
        if let safety {
            var inner: [String: JSONValue] = [:]
            inner.set("checkContent", safety.checkContent)
            inner.set("mode", safety.mode)
            members["safety"] = .object(inner)
        }
        if let pixverse {
            var inner: [String: JSONValue] = [:]
            inner.set("style", pixverse.style)
            inner.set("audio", pixverse.audio)
            inner.set("multiClip", pixverse.multiClip)
            inner.set("thinking", pixverse.thinking)
            members["providerSettings"] = .object(["pixverse": .object(inner)])
        }
        if !frameImages.isEmpty {
            members["inputs"] = .object(["frameImages": .array(FrameImage.placed(frameImages).map(\.json))])
        }
        for path in extra.keys.sorted() {
            guard let value = extra[path] else { continue }
            members.place(value, at: path.split(separator: ".", omittingEmptySubsequences: false)[...])
        }
        return members
    }
}

extension [String: JSONValue] {
    /// Puts an extra where it was read. What a typed field wrote is not replaced.
    fileprivate mutating func place(_ value: JSONValue, at path: ArraySlice<Substring>) {
        guard let key = path.first.map(String.init) else { return }
        if path.count == 1 {
            if self[key] == nil { self[key] = value }
            return
        }
        guard var inner = self[key, default: .object([:])].object else { return }
        inner.place(value, at: path.dropFirst())
        self[key] = .object(inner)
    }

    fileprivate mutating func set(_ key: String, _ value: String?) { self[key] = value.map { .string($0) } }
    fileprivate mutating func set(_ key: String, _ value: Bool?) { self[key] = value.map { .bool($0) } }
    fileprivate mutating func set(_ key: String, _ value: Int?) {
        self[key] = value.map { .integer(Int64($0)) }
    }
    fileprivate mutating func set(_ key: String, _ value: Int64?) { self[key] = value.map { .integer($0) } }
    fileprivate mutating func set(_ key: String, _ value: Double?) {
        self[key] = value.map { number in Int64(exactly: number).map { .integer($0) } ?? .number(number) }
    }
}
