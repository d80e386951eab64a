import Foundation

/// One rule of a card about several fields. The kinds are few and closed, so that a card stays data.
///
/// A place in a rule is a dotted path, or several joined by `/` as in `width/height`, of which any one counts.
struct CardRule: Sendable, Equatable {
    enum Kind: Sendable, Equatable {
        /// All of them, or none.
        case together([String])
        /// At most one of them; the last one listed is the one to leave out.
        case notTogether([String])
        /// One of them and no other; the last one listed is the one to add or to leave out.
        case exactlyOne([String])
        /// Where every condition holds, the field keeps to the limit.
        case when([String: [String]], field: String, Limit)
    }

    struct Limit: Sendable, Equatable {
        /// In the spelling of `RequestFacts.text`; nil where only the range counts.
        var allowed: [String]?
        var min: Double?
        var max: Double?

        func holds(_ text: String) -> Bool {
            if let allowed, !allowed.contains(text) { return false }
            guard min != nil || max != nil else { return true }
            guard let number = Double(text) else { return false }
            return number >= min ?? -.infinity && number <= max ?? .infinity
        }

        var words: String {
            if let allowed { return allowed.joined(separator: ", ") }
            let low = min.map { JSONValue.number($0).canonical }
            let high = max.map { JSONValue.number($0).canonical }
            switch (low, high) {
            case (let low?, let high?): return "\(low) to \(high)"
            case (let low?, nil): return "\(low) or more"
            case (nil, let high?): return "\(high) or less"
            case (nil, nil): return "anything"
            }
        }

        func nearest(to text: String) -> String? {
            guard let number = Double(text) else {
                return allowed.flatMap { Runware.nearest(to: text, among: $0) }.map { "\"\($0)\"" }
            }
            if let allowed {
                return allowed.compactMap { word in Double(word).map { (word, abs($0 - number)) } }
                    .min { $0.1 < $1.1 }?.0
            }
            return JSONValue.number(Swift.min(Swift.max(number, min ?? number), max ?? number)).canonical
        }
    }

    var kind: Kind
    /// What the model's page says, for people.
    var text: String
    /// True where the page's own examples break the rule: it then warns only. For `exactlyOne` this excuses
    /// several, never none.
    var isContradicted = false

    /// The paths behind a place.
    static func paths(_ place: String) -> [String] { place.split(separator: "/").map(String.init) }

    /// Every path the rule speaks of.
    var paths: [String] {
        switch kind {
        case .together(let places), .notTogether(let places), .exactlyOne(let places):
            places.flatMap(Self.paths)
        case .when(let conditions, let field, _): conditions.keys + [field]
        }
    }
}

extension CardRule {
    /// What the rule has against a request. `sized` finds a value for a missing width or height.
    func judge(_ facts: RequestFacts, of card: ModelCard) -> Problem? {
        func given(_ places: [String]) -> [String] {
            places.filter { Self.paths($0).contains(where: facts.isGiven) }
        }
        switch kind {
        case .together(let places):
            let here = given(places)
            guard !here.isEmpty, let missing = places.first(where: { !here.contains($0) }) else { return nil }
            return problem(
                missing, facts, allowed: words(places, "and") + " together",
                suggestion: card.completion(of: Self.paths(missing)[0], facts))
        case .notTogether(let places):
            let here = given(places)
            guard here.count > 1, let last = here.last else { return nil }
            return problem(
                last, facts, allowed: "one of " + words(places, "or"),
                suggestion: "leave out " + words([last], "and"))
        case .exactlyOne(let places):
            let here = given(places)
            guard here.count != 1, let last = here.last ?? places.last else { return nil }
            if here.isEmpty {
                return problem(
                    last, facts, allowed: "one of " + words(places, "or"),
                    suggestion: card.completion(of: Self.paths(last)[0], facts), isExcused: false)
            }
            return problem(
                last, facts, allowed: "one of " + words(places, "or"),
                suggestion: "leave out " + words([last], "and"))
        case .when(let conditions, let field, let limit):
            guard let value = facts.text(field),
                conditions.allSatisfy({ path, values in facts.text(path).map(values.contains) ?? false }),
                !limit.holds(value)
            else { return nil }
            let cause = conditions.keys.sorted().compactMap { facts.text($0) }.joined(separator: ", ")
            return Problem(
                path: field, value: facts.brief(field), allowed: limit.words + " at \(cause)",
                suggestion: limit.nearest(to: value).map { "write \($0)" },
                severity: isContradicted ? .warning : .error, message: text)
        }
    }

    private func problem(
        _ place: String, _ facts: RequestFacts, allowed: String, suggestion: String?, isExcused: Bool = true
    ) -> Problem {
        let paths = Self.paths(place)
        let path = paths.first(where: facts.isGiven) ?? paths[0]
        return Problem(
            path: path, value: facts.brief(path), allowed: allowed, suggestion: suggestion,
            severity: isContradicted && isExcused ? .warning : .error, message: text)
    }

    private func words(_ places: [String], _ joint: String) -> String {
        places.map { $0.replacingOccurrences(of: "/", with: " and ") }.joined(separator: " \(joint) ")
    }
}
