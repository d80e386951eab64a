import Foundation

extension ModelCard {
    /// Reads a card from a file.
    public static func load(path: String) throws(RunwareError) -> ModelCard {
        let bytes: Data
        do {
            bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        } catch {
            throw RunwareError(
                code: "cardUnreadable", category: .validation, message: "cannot read the model card \(path)",
                hint: "check the path; cards are YAML files in presets/models")
        }
        return try load(yaml: String(decoding: bytes, as: UTF8.self), name: path)
    }

    /// Reads a card from text; `name` stands for it in errors. An unknown key is an error naming file, line
    /// and key.
    public static func load(yaml: String, name: String) throws(RunwareError) -> ModelCard {
        try load(yaml: yaml, name: name, asked: KeyLog())
    }

    /// The same, noting every key that was looked for, so that a test can hold the schema to it.
    package static func load(yaml: String, name: String, asked: KeyLog) throws(RunwareError) -> ModelCard {
        var card = ModelCard()
        var top = try CardReader(yaml: yaml, file: name, asked: asked)
        card.id = try top.string("id")
        card.name = try top.string("name")
        card.note = try top.optionalString("note") ?? ""
        card.source = try top.optionalString("source") ?? ""
        card.read = try top.optionalString("read") ?? ""
        var fps = try top.mapping("fps")
        card.fps = try Int(fps.number("value"))
        card.fpsIsAssumed = try fps.optionalBool("assumed") ?? false
        try fps.finish()
        try card.readParameters(&top)
        card.defaultResolution = try top.string("defaultResolution")
        card.durations = try top.numbers("durations")
        card.defaultDuration = try top.optionalNumber("defaultDuration")
        if let usual = card.defaultDuration, !card.durations.contains(usual) {
            throw top.failure("defaultDuration", "is none of the durations")
        }
        for var row in try top.mappings("sizes") {
            card.sizes.append(
                Size(
                    width: try Int(row.number("width")), height: try Int(row.number("height")),
                    resolution: try row.string("resolution"), aspect: try row.string("aspect")))
            try row.finish()
        }
        guard !card.sizes.isEmpty else { throw top.failure("sizes", "needs at least one size") }
        guard card.resolutions.contains(card.defaultResolution) else {
            throw top.failure("defaultResolution", "is the resolution of no size")
        }
        try card.readRules(&top)
        try card.readPrices(&top)
        try top.finish()
        return card
    }

    private mutating func readParameters(_ top: inout CardReader) throws(RunwareError) {
        for (path, rule) in try top.entries("text") {
            var rule = rule
            try add(
                .text(
                    min: Int(rule.number("min")), max: Int(rule.number("max")),
                    required: rule.optionalBool("required") ?? false), at: path, &top)
            try rule.finish()
        }
        for (path, rule) in try top.entries("integers") {
            var rule = rule
            try add(
                .integer(
                    min: rule.optionalNumber("min").map { Int64($0) },
                    max: rule.optionalNumber("max").map { Int64($0) }), at: path, &top)
            try rule.finish()
        }
        for (path, words) in try top.lists("choices") { try add(.choice(words), at: path, &top) }
        for path in try top.optionalStrings("flags") ?? [] { try add(.flag, at: path, &top) }
        for path in try top.optionalStrings("uris") ?? [] { try add(.uri, at: path, &top) }
        if var frames = try top.optionalMapping("frameImages") {
            mostFrameImages = try Int(frames.number("most"))
            try frames.finish()
        }
    }

    private mutating func add(
        _ parameter: CardParameter, at path: String, _ top: inout CardReader
    ) throws(RunwareError) {
        if parameters.updateValue(parameter, forKey: path) != nil {
            throw top.failure(path, "stands in two lists")
        }
    }

    private mutating func readRules(_ top: inout CardReader) throws(RunwareError) {
        let known = knownPaths.union(["size", "sizeClass"])
        for rule in try top.optionalMappings("rules") ?? [] {
            var rule = rule
            var kinds: [CardRule.Kind] = []
            if let places = try rule.optionalStrings("together") { kinds.append(.together(places)) }
            if let places = try rule.optionalStrings("notTogether") { kinds.append(.notTogether(places)) }
            if let places = try rule.optionalStrings("exactlyOne") { kinds.append(.exactlyOne(places)) }
            let conditions = try rule.lists("if")
            let field = try rule.optionalString("field")
            let limit = CardRule.Limit(
                allowed: try rule.optionalStrings("allowed")?.map(Self.spelling),
                min: try rule.optionalNumber("min"), max: try rule.optionalNumber("max"))
            if !conditions.isEmpty || field != nil || limit != CardRule.Limit() {
                guard !conditions.isEmpty, let field, limit != CardRule.Limit() else {
                    throw rule.failure("if", "needs conditions, a field, and allowed, min or max")
                }
                let spelled = conditions.map { ($0, $1.map(Self.spelling)) }
                kinds.append(.when(Dictionary(spelled) { first, _ in first }, field: field, limit))
            }
            guard kinds.count == 1, let kind = kinds.first else {
                throw rule.failure(
                    "together", "or notTogether, exactlyOne, if: a rule is exactly one of them")
            }
            let made = CardRule(
                kind: kind, text: try rule.string("text"),
                isContradicted: try rule.optionalBool("contradicted") ?? false)
            if let stranger = made.paths.first(where: { !known.contains($0) }) {
                throw rule.failure(
                    "text", "stands by a rule about \"\(stranger)\", a path the card does not list")
            }
            rules.append(made)
            try rule.finish()
        }
    }

    /// A scalar of the card as `RequestFacts.text` spells values: `8.0` and `8` are one number.
    private static func spelling(_ text: String) -> String {
        Double(text).map { JSONValue.number($0).canonical } ?? text
    }

    private mutating func readPrices(_ top: inout CardReader) throws(RunwareError) {
        var block = try top.mapping("prices")
        guard try block.string("currency") == "USD" else { throw block.failure("currency", "must be USD") }
        pricesRead = try block.string("read")
        for var row in try block.mappings("table") {
            guard let usd = Decimal(string: try row.string("usd")) else {
                throw row.failure("usd", "is not an amount")
            }
            prices.append(
                PriceRow(
                    resolution: try row.string("resolution"), seconds: try row.number("seconds"), usd: usd,
                    isEstimate: try row.optionalBool("estimated") ?? false,
                    size: try row.optionalString("size"), audio: try row.optionalBool("audio"),
                    multiClip: try row.optionalBool("multiClip")))
            try row.finish()
        }
        try block.finish()
    }

    /// Finds the card of a model among the YAML files of some directories, in order; a missing directory is
    /// passed over, an unreadable card is an error.
    public static func find(model: String, in directories: [String]) throws(RunwareError) -> ModelCard {
        var known: [String] = []
        for directory in directories {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
            for name in names.sorted() where name.hasSuffix(".yaml") || name.hasSuffix(".yml") {
                let card = try load(path: directory + "/" + name)
                if card.id == model || card.name == model { return card }
                known.append(card.id)
            }
        }
        throw RunwareError(
            code: "modelUnknown", category: .validation, message: "no model card for \(model)",
            parameter: ["model"],
            hint: known.isEmpty
                ? "no model card was found in \(directories.joined(separator: ", "))"
                : "known models: \(known.joined(separator: ", "))")
    }
}
