import Foundation

/// What requests of one kind were really charged, by the journal. A card's prices are a table that somebody read one day,
/// and partly guesses; what the service said beside earlier clips is what it takes.
struct PriceBook: Sendable {
    /// How many of the last charges of one kind count.
    private static let most = 20

    private var charges: [String: [Decimal]] = [:]

    /// Knows nothing: the card's prices stand.
    init() {}

    /// - Parameters:
    ///   - takes: Oldest first.
    ///   - generator: Who is asked; play money says nothing about real money.
    init(_ takes: [Take], generator: String) {
        for take in takes where take.generator == generator {
            // A failure that cost nothing is no price.
            guard let cost = take.cost, cost > 0, let kind = Self.kind(of: take.request) else { continue }
            charges[kind, default: []].append(cost)
        }
    }

    /// The least and the most that the last requests of this kind were charged; nil where there were none.
    func range(of request: String) -> ClosedRange<Decimal>? {
        guard !charges.isEmpty, let kind = Self.kind(of: request),
            let last = charges[kind]?.suffix(Self.most),
            let least = last.min(), let most = last.max()
        else { return nil }
        return least...most
    }

    /// The canonical request without what no price depends on: words, seed, which pictures. How many pictures stays.
    private static func kind(of request: String) -> String? {
        guard let document = try? JSONDocument(parsing: request), case .object(var members) = document else {
            return nil
        }
        for name in ["positivePrompt", "negativePrompt", "seed"] { members[name] = nil }
        if case .object(let inputs)? = members["inputs"], case .array(let pictures)? = inputs["frameImages"] {
            members["inputs"] = .int(Int64(pictures.count))
        }
        return JSONDocument.object(members).canonical
    }
}
