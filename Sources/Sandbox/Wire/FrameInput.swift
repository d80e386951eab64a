/// One frame image of a request, in any of the four shapes that clients send.
struct FrameInput: Sendable {
    enum Role: Sendable { case first, last }

    var image: String
    var role: Role
    var path: String

    /// Reads the list. Shapes: a string, `{image, frame}`, and, unless strict, `{inputImage, frame}`.
    /// Images without a position fill what is free: first, then last.
    static func read(_ value: JSON, path: String, strict: Bool) throws -> [FrameInput] {
        guard let list = value.array else { throw Refusal.wrongType(path, "array") }
        guard list.count <= 2 else {
            throw Refusal(
                code: "invalidParameter", message: "'\(path)' takes at most two images.", parameter: [path],
                type: "array", max: 2)
        }
        var read: [(image: String, role: Role?, path: String)] = []
        for (i, item) in list.enumerated() {
            let here = "\(path)[\(i)]"
            if let text = item.string {
                read.append((text, nil, here))
                continue
            }
            guard let object = item.object else { throw Refusal.wrongType(here, "string or object") }
            let isNested = path.hasPrefix("inputs.")
            let keys: Set<String> =
                strict && isNested ? ["image", "frame"] : ["image", "inputImage", "frame"]
            if let odd = object.keys.filter({ !keys.contains($0) }).min() {
                throw Refusal(
                    code: "unsupportedParameter", message: "The parameter '\(here).\(odd)' is not supported.",
                    parameter: ["\(here).\(odd)"], allowedValues: keys.sorted().map(JSON.string))
            }
            guard let image = object["image"] ?? object["inputImage"] else {
                throw Refusal.missing("\(here).image", type: "string")
            }
            guard let text = image.string else { throw Refusal.wrongType("\(here).image", "string") }
            read.append((text, try role(object["frame"], path: here, strict: strict), here))
        }
        return try placed(read, path: path)
    }

    private static func role(_ value: JSON?, path: String, strict: Bool) throws -> Role? {
        guard let value else { return nil }
        switch value {
        case .string("first"), .int(0): return .first
        case .string("last"), .int(-1): return .last
        case .string("0") where !strict: return .first
        case .string("-1") where !strict: return .last
        default:
            throw Refusal.notAllowed("\(path).frame", "string", ["first", "last", 0, -1])
        }
    }

    private static func placed(
        _ read: [(image: String, role: Role?, path: String)], path: String
    ) throws -> [FrameInput] {
        var free: [Role] = [.first, .last]
        for role in read.compactMap(\.role) {
            guard let place = free.firstIndex(of: role) else {
                throw Refusal(
                    code: "invalidParameter", message: "'\(path)' names the same position twice.",
                    parameter: [path])
            }
            free.remove(at: place)
        }
        return read.map { item in
            FrameInput(image: item.image, role: item.role ?? free.removeFirst(), path: item.path)
        }
    }
}
