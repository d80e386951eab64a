import Foundation

extension ModelCard {
    /// Everything wrong with a request, at once, errors first. Empty: it may be sent as it is.
    ///
    /// Judges by the card and by nothing else; no network, no file. What the reader of the request file could
    /// not use is included.
    public func validate(_ request: VideoRequest) -> [Problem] {
        var found = request.readProblems
        found += checkModel(request)
        found += checkTexts(request)
        found += checkChoices(request)
        found += checkIntegers(request)
        found += checkPlaces(request)
        found += checkFrames(request)
        found += checkSize(request)
        found += checkDuration(request)
        return found.filter { $0.severity == .error } + found.filter { $0.severity == .warning }
    }

    private func checkModel(_ request: VideoRequest) -> [Problem] {
        var found: [Problem] = []
        if request.model != id {
            found.append(
                Problem(
                    path: "model", value: request.model.map { "\"\($0)\"" }, allowed: id,
                    suggestion: "\"\(id)\"",
                    message: request.model == nil ? "is missing" : "is not the model of this card"))
        }
        if let uuid = request.taskUUID, UUID(uuidString: uuid) == nil {
            found.append(
                Problem(
                    path: "taskUUID", value: "\"\(uuid)\"", allowed: "a UUID v4", message: "is not a UUID"))
        }
        return found
    }

    private func checkTexts(_ request: VideoRequest) -> [Problem] {
        let texts = ["positivePrompt": request.positivePrompt, "negativePrompt": request.negativePrompt]
        return text.keys.sorted().compactMap { path in
            guard let rule = text[path] else { return nil }
            let allowed = "\(rule.min) to \(rule.max) characters"
            guard let text = texts[path] ?? nil else {
                return rule.required ? Problem(path: path, allowed: allowed, message: "is missing") : nil
            }
            // Whether the service counts characters or bytes is not published: scalars decide, bytes warn.
            let length = text.unicodeScalars.count
            if length < rule.min || length > rule.max {
                let message = "is too \(length < rule.min ? "short" : "long")"
                return Problem(
                    path: path, value: "(\(length) characters)", allowed: allowed, message: message)
            }
            guard text.utf8.count > rule.max else { return nil }
            return Problem(
                path: path, value: "(\(text.utf8.count) bytes)", allowed: allowed, severity: .warning,
                message: "is within the limit in characters and beyond it in bytes")
        }
    }

    private func checkChoices(_ request: VideoRequest) -> [Problem] {
        let values: [String: String?] = [
            "taskType": request.taskType, "outputType": request.outputType,
            "outputFormat": request.outputFormat, "deliveryMethod": request.deliveryMethod,
            "safety.mode": request.safety?.mode,
            "providerSettings.pixverse.style": request.pixverse?.style,
            "providerSettings.pixverse.thinking": request.pixverse?.thinking,
        ]
        return choices.keys.sorted().compactMap { path in
            guard let allowed = choices[path], let value = values[path] ?? nil, !allowed.contains(value)
            else {
                return nil
            }
            return Problem(
                path: path, value: "\"\(value)\"", allowed: allowed.joined(separator: ", "),
                suggestion: (allowed.count == 1 ? allowed[0] : nearest(to: value, among: allowed)).map {
                    "\"\($0)\""
                },
                message: "is not a value the model knows")
        }
    }

    private func checkIntegers(_ request: VideoRequest) -> [Problem] {
        let values: [String: Int64?] = [
            "seed": request.seed, "outputQuality": request.outputQuality.map(Int64.init),
            "numberResults": request.numberResults.map(Int64.init), "ttl": request.ttl.map(Int64.init),
        ]
        return integers.keys.sorted().compactMap { path in
            guard let rule = integers[path], let value = values[path] ?? nil else { return nil }
            let low = rule.min ?? .min
            let high = rule.max ?? .max
            guard value < low || value > high else { return nil }
            return Problem(
                path: path, value: "\(value)",
                allowed: rule.max == nil ? "\(low) or more" : "\(low) to \(high)",
                suggestion: "\(value < low ? low : high)", message: "is out of range")
        }
    }

    private func checkPlaces(_ request: VideoRequest) -> [Problem] {
        [("webhookURL", request.webhookURL), ("uploadEndpoint", request.uploadEndpoint)].compactMap {
            path, text in
            guard let text, !isWebAddress(text) else { return nil }
            return Problem(
                path: path, value: "\"\(text.prefix(60))\"", allowed: "an http or https URL",
                message: "is not an address the service could reach")
        }
    }

    private func checkDuration(_ request: VideoRequest) -> [Problem] {
        let resolution = self.resolution(of: request)
        let allowed = durations(for: resolution)
        let list = allowed.map(JSONValue.number).map(\.canonical).joined(separator: ", ")
        guard let duration = request.duration else {
            let read = request.readProblems.contains { $0.path == "duration" }
            return read
                ? []
                : [
                    Problem(
                        path: "duration", allowed: list, severity: .warning,
                        message: "is missing; the service chooses, and the price is not known beforehand")
                ]
        }
        guard !allowed.contains(duration) else { return [] }
        let nearest = allowed.min { abs($0 - duration) < abs($1 - duration) }
        let limited = durations.contains(duration)
        return [
            Problem(
                path: "duration", value: JSONValue.number(duration).canonical, allowed: list + " seconds",
                suggestion: nearest.map { JSONValue.number($0).canonical },
                message: limited ? "is too long at \(resolution)" : "is not a length the model makes")
        ]
    }
}

func isWebAddress(_ text: String) -> Bool {
    guard let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased() else {
        return false
    }
    return (scheme == "http" || scheme == "https") && !(parts.host ?? "").isEmpty
}
