import Foundation

extension ModelCard {
    /// Everything wrong with a request, at once, errors first. Empty: it may be sent as it is.
    ///
    /// Judges by the card and by nothing else; no network, no file. What the reader of the request file could
    /// not use is included. A finding is an error, except where the model's own published examples break the
    /// rule: that is a warning.
    ///
    /// - Parameter strict: makes errors of warnings: the rules as the page words them, examples or not.
    public func validate(_ request: VideoRequest, strict: Bool = false) -> [Problem] {
        let facts = RequestFacts(request, sizeClass: resolution(of: request))
        var found = request.readProblems
        found += checkNames(request, facts)
        found += parameters.keys.sorted().compactMap { path in
            parameters[path].flatMap { $0.judge(path, facts) }
        }
        found += checkFrames(request)
        found += checkSize(request)
        found += checkDuration(request, facts)
        found += rules.compactMap { $0.judge(facts, of: self) }
        found += checkUnknown(request, facts)
        if strict { for place in found.indices { found[place].severity = .error } }
        return found.filter { $0.severity == .error } + found.filter { $0.severity == .warning }
    }

    /// Every path a request for this model may hold.
    var knownPaths: Set<String> {
        var paths: Set = ["taskType", "taskUUID", "model", "width", "height", "resolution", "duration"]
        if mostFrameImages > 0 { paths.insert("inputs.frameImages") }
        return paths.union(parameters.keys)
    }

    private func checkNames(_ request: VideoRequest, _ facts: RequestFacts) -> [Problem] {
        var found: [Problem] = []
        if request.model != id, !facts.unread.contains("model") {
            found.append(
                Problem(
                    path: "model", value: facts.brief("model"), allowed: id, suggestion: "write \"\(id)\"",
                    message: request.model == nil ? "is missing" : "is not the model of this card"))
        }
        if let uuid = request.taskUUID, UUID(uuidString: uuid) == nil {
            found.append(
                Problem(
                    path: "taskUUID", value: facts.brief("taskUUID"), allowed: "a UUID v4",
                    message: "is not a UUID"))
        }
        return found
    }

    private func checkSize(_ request: VideoRequest) -> [Problem] {
        var found: [Problem] = []
        if let resolution = request.resolution, !resolutions.contains(resolution) {
            found.append(
                Problem(
                    path: "resolution", value: JSONValue.string(resolution).brief,
                    allowed: resolutions.joined(separator: ", "),
                    suggestion: nearest(to: resolution, among: resolutions).map { "write \"\($0)\"" },
                    message: "is not a resolution the model makes"))
        }
        if let width = request.width, let height = request.height, size(width: width, height: height) == nil {
            let best = nearestSize(width: width, height: height)
            found.append(
                Problem(
                    path: "width", value: "\(width)x\(height)",
                    allowed: sizes.map(\.description).joined(separator: ", "),
                    suggestion: "nearest size: \(best) (\(best.resolution) \(best.aspect))",
                    message: "is not a size the model makes"))
        }
        return found
    }

    private func checkDuration(_ request: VideoRequest, _ facts: RequestFacts) -> [Problem] {
        guard let duration = request.duration, !durations.contains(duration) else { return [] }
        let allowed = durations(for: facts.sizeClass)
        let nearest = allowed.min { abs($0 - duration) < abs($1 - duration) }
        return [
            Problem(
                path: "duration", value: facts.brief("duration"),
                allowed: allowed.map { JSONValue.number($0).canonical }.joined(separator: ", ") + " seconds",
                suggestion: nearest.map { "write \(JSONValue.number($0).canonical)" },
                message: "is not a length the model makes")
        ]
    }

    /// A value for a missing side or size, such as `add "height": 720`.
    func completion(of path: String, _ facts: RequestFacts) -> String? {
        func side(_ name: String) -> Int? { facts.values[name]?.int64.flatMap { Int(exactly: $0) } }
        switch (path, side("width"), side("height")) {
        case ("height", let width?, nil):
            return sizes.filter { $0.width == width }.map(\.height).max().map { "add \"height\": \($0)" }
        case ("width", nil, let height?):
            return sizes.filter { $0.height == height }.map(\.width).max().map { "add \"width\": \($0)" }
        case ("width", nil, nil):
            let usual = size(resolution: facts.sizeClass, aspect: "16:9") ?? nearestSize(width: 16, height: 9)
            return "add \"width\": \(usual.width), \"height\": \(usual.height)"
        default: return nil
        }
    }

    /// Fields that the card does not list. The service refuses them, so they are refused before money.
    private func checkUnknown(_ request: VideoRequest, _ facts: RequestFacts) -> [Problem] {
        let known = knownPaths
        func leads(_ path: String) -> Bool { known.contains { $0.hasPrefix(path + ".") } }
        var told: Set<String> = []
        return facts.values.keys.sorted().compactMap { path in
            if known.contains(path) || (facts.values[path] == .object([:]) && leads(path)) { return nil }
            // The outermost key that leads nowhere is the unknown one, not each leaf below it.
            var unknown = ""
            for key in path.split(separator: ".") {
                unknown += (unknown.isEmpty ? "" : ".") + key
                if !leads(unknown) { break }
            }
            guard told.insert(unknown).inserted else { return nil }
            let parent = unknown.split(separator: ".").dropLast().joined(separator: ".")
            let beside = Set(
                known.compactMap { path -> String? in
                    guard parent.isEmpty || path.hasPrefix(parent + ".") else { return nil }
                    return path.dropFirst(parent.isEmpty ? 0 : parent.count + 1).split(separator: ".").first
                        .map(String.init)
                })
            return Problem(
                path: unknown, value: unknown == path ? facts.brief(path) : nil,
                allowed: beside.sorted().joined(separator: ", "),
                suggestion: meant(by: unknown, among: known).map { "write \"\($0)\"" },
                message: "is not a parameter of \(name)")
        }
    }

    /// The known path that an unknown one most likely means: the same key elsewhere, or a slip of the finger.
    private func meant(by path: String, among known: Set<String>) -> String? {
        func last(_ path: String) -> String { path.split(separator: ".").last.map(String.init) ?? path }
        let key = last(path).lowercased()
        let moved = known.filter { last($0).lowercased() == key }.sorted()
        if let moved = moved.first { return moved }
        let word = nearest(to: last(path), among: known.map(last))
        let candidates = known.filter { last($0) == word }.sorted()
        let parent = path.dropLast(last(path).count)
        return candidates.first { $0.hasPrefix(parent) } ?? candidates.first
    }
}
