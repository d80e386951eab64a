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
        var card = ModelCard()
        var top = try CardReader(yaml: yaml, file: name)
        card.id = try top.string("id")
        card.name = try top.string("name")
        card.note = try top.optionalString("note") ?? ""
        card.source = try top.optionalString("source") ?? ""
        card.read = try top.optionalString("read") ?? ""
        card.vendor = try top.optionalString("vendor") ?? ""
        var fps = try top.mapping("fps")
        card.fps = try Int(fps.number("value"))
        card.fpsIsAssumed = try fps.optionalBool("assumed") ?? false
        try fps.finish()
        try card.readRules(&top)
        card.defaultResolution = try top.string("defaultResolution")
        card.durations = try top.numbers("durations")
        var limits = try top.mapping("durationLimits")
        for key in limits.keys { card.durationLimits[key] = try limits.numbers(key) }
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
        try card.readPrices(&top)
        try top.finish()
        return card
    }

    private mutating func readRules(_ top: inout CardReader) throws(RunwareError) {
        var texts = try top.mapping("text")
        for path in texts.keys {
            var rule = try texts.mapping(path)
            text[path] = TextRule(
                required: try rule.optionalBool("required") ?? false, min: try Int(rule.number("min")),
                max: try Int(rule.number("max")))
            try rule.finish()
        }
        var ranges = try top.mapping("integers")
        for path in ranges.keys {
            var rule = try ranges.mapping(path)
            integers[path] = IntegerRule(
                min: try rule.optionalNumber("min").map { Int64($0) },
                max: try rule.optionalNumber("max").map { Int64($0) })
            try rule.finish()
        }
        var enumerations = try top.mapping("choices")
        for path in enumerations.keys { choices[path] = try enumerations.strings(path) }
        var frames = try top.mapping("frameImages")
        mostFrameImages = try Int(frames.number("most"))
        try frames.finish()
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
