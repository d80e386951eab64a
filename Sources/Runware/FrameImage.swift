/// Which frame of the clip a picture stands for.
public enum FrameRole: String, Sendable, Codable, CaseIterable {
    case first, last
}

/// A picture that a clip must start from or end on.
public struct FrameImage: Sendable, Equatable {
    /// The picture: UUID of an uploaded image, http(s) URL, data URI, or bare Base64.
    public var image: String
    /// Its place; nil lets the order decide (one picture: first; two: first, then last).
    public var frame: FrameRole?

    /// Makes a frame image.
    public init(image: String, frame: FrameRole?) {
        self.image = image
        self.frame = frame
    }
}

extension FrameImage {
    /// Reads one entry: a bare string, or an object with `image` (documented) or `inputImage` (the model's own
    /// published examples, hence a warning).
    static func read(_ entry: JSONValue, path: String) -> (FrameImage?, [Problem]) {
        if let image = entry.string { return (FrameImage(image: image, frame: nil), []) }
        guard let object = entry.object else {
            let allowed = "an image string, or {image, frame}"
            return (
                nil,
                [Problem(path: path, value: entry.brief, allowed: allowed, message: "has the wrong type")]
            )
        }
        var reader = FieldReader(object, path: path)
        let documented = reader.string("image")
        let older = reader.string("inputImage")
        var frame: FrameRole?
        if let place = reader.value("frame") {
            switch place {
            case .string("first"), .string("0"), .integer(0): frame = .first
            case .string("last"), .string("-1"), .integer(-1): frame = .last
            default: break
            }
            if frame == nil {
                reader.note(
                    Problem(
                        path: reader.path("frame"), value: place.brief, allowed: "first, last, 0, -1",
                        message: "is not a place for a frame image"))
            }
        }
        if older != nil {
            reader.note(
                documented == nil
                    ? Problem(
                        path: reader.path("inputImage"), suggestion: "write \"image\"", severity: .warning,
                        message: "is how the page's examples spell \"image\"; \"image\" is sent")
                    : Problem(path: reader.path("inputImage"), message: "stands beside \"image\"; keep one"))
        }
        guard let image = documented ?? older else {
            if object["image"] == nil, object["inputImage"] == nil {
                reader.note(
                    Problem(
                        path: reader.path("image"), allowed: "UUID, URL, data URI or Base64",
                        message: "is missing"))
            }
            reader.finishStrictly()
            return (nil, reader.problems)
        }
        reader.finishStrictly()
        return (FrameImage(image: image, frame: frame), reader.problems)
    }

    /// The same pictures with every place spelled out, as the service's rules would give them.
    static func placed(_ images: [FrameImage]) -> [FrameImage] {
        guard images.count <= 2 else { return images }
        var placed = images
        let taken = Set(images.compactMap(\.frame))
        var free = FrameRole.allCases.filter { !taken.contains($0) }
        for index in placed.indices where placed[index].frame == nil && !free.isEmpty {
            placed[index].frame = free.removeFirst()
        }
        return placed
    }

    var json: JSONValue {
        var members: [String: JSONValue] = ["image": .string(image)]
        if let frame { members["frame"] = .string(frame.rawValue) }
        return .object(members)
    }
}
