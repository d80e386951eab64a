import Foundation

/// What a card says about one field on its own.
enum CardParameter: Sendable, Equatable {
    /// Unicode scalars; whether the service counts those or bytes is not published.
    case text(min: Int, max: Int, required: Bool)
    case integer(min: Int64?, max: Int64?)
    case choice([String])
    case flag
    case uri

    /// What the field has against its value.
    func judge(_ path: String, _ facts: RequestFacts) -> Problem? {
        guard let value = facts.values[path] else {
            guard case .text(_, _, required: true) = self, !facts.isGiven(path) else { return nil }
            return Problem(path: path, allowed: allowed, message: "is missing")
        }
        switch self {
        case .text(let min, let max, _):
            guard let text = value.string else { return wrongType(path, value, "a string") }
            let length = text.unicodeScalars.count
            guard length < min || length > max else { return nil }
            return Problem(
                path: path, value: "(\(length) characters)", allowed: allowed,
                suggestion: length > max
                    ? "take out \(length - max)" : "add \(min - length)",
                message: "is too \(length < min ? "short" : "long")")
        case .integer(let min, let max):
            guard let number = value.int64 else { return wrongType(path, value, "a whole number") }
            let low = min ?? .min
            let high = max ?? .max
            guard number < low || number > high else { return nil }
            return Problem(
                path: path, value: "\(number)", allowed: allowed,
                suggestion: "write \(number < low ? low : high)", message: "is out of range")
        case .choice(let words):
            guard let word = value.string else { return wrongType(path, value, "one of \(allowed)") }
            guard !words.contains(word) else { return nil }
            return Problem(
                path: path, value: value.brief, allowed: allowed,
                suggestion: (words.count == 1 ? words[0] : nearest(to: word, among: words)).map {
                    "write \"\($0)\""
                },
                message: "is not a value the model knows")
        case .flag: return value.bool == nil ? wrongType(path, value, allowed) : nil
        case .uri:
            guard let text = value.string else { return wrongType(path, value, "a string") }
            guard !isWebAddress(text) else { return nil }
            return Problem(
                path: path, value: value.brief, allowed: allowed,
                message: "is not an address the service could reach")
        }
    }

    private var allowed: String {
        switch self {
        case .text(let min, let max, _): "\(min) to \(max) characters"
        case .integer(let min?, let max?): "\(min) to \(max)"
        case .integer(let min?, nil): "\(min) or more"
        case .integer(nil, let max?): "\(max) or less"
        case .integer(nil, nil): "a whole number"
        case .choice(let words): words.joined(separator: ", ")
        case .flag: "true or false"
        case .uri: "an http or https URL"
        }
    }

    private func wrongType(_ path: String, _ value: JSONValue, _ kind: String) -> Problem {
        Problem(path: path, value: value.brief, allowed: kind, message: "has the wrong type")
    }
}

func isWebAddress(_ text: String) -> Bool {
    guard let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased() else {
        return false
    }
    return (scheme == "http" || scheme == "https") && !(parts.host ?? "").isEmpty
}
