public import Foundation

extension SandboxConfiguration {
    /// Takes over what a world file sets: a JSON object, described in docs/SANDBOX.md.
    ///
    /// - Throws: `SandboxError` that names the key, if the file cannot be read, holds a key that is not known,
    ///   or a value that is not allowed.
    public mutating func apply(worldFile url: URL) throws {
        let name = url.lastPathComponent
        guard let data = try? Data(contentsOf: url) else {
            throw SandboxError(message: "cannot read the world file \(url.path)", hint: "name a JSON file")
        }
        guard let json = try? JSON(parsing: data), let members = json.object else {
            throw SandboxError(message: "\(name) is not a JSON object", hint: "an empty world is {}")
        }
        var file = StrictObject(members, file: name)
        if let value = try file.flag("strict") { strict = value }
        if let value = try file.text("key") { apiKey = value }
        if let value = try file.number("delay", 0...86_400) {
            delay = .milliseconds(Int64((value * 1000).rounded()))
        }
        if let value = try file.choice("unknownTask", ["empty", "notFound"]) {
            unknownTask = value == "empty" ? .empty : .notFound
        }
        if let value = try file.choice("clips", ["painted", "canned"]) {
            world.clips = value == "canned" ? .canned : .painted
        }
        if let value = try file.text("cannedFolder") { world.cannedFolder = value }
        if let value = try file.number("balance", 0...1_000_000) { world.balance = value }
        if let value = try file.whole("seed", 0) { world.seed = UInt64(value) }
        if let value = try file.choice("outbound", ["loopback", "any"]) {
            world.outbound = value == "any" ? .any : .loopback
        }
        if let chance = try file.object("chance") { world.chances = try Self.chances(chance) }
        if let list = try file.list("tasks") { world.rules = try list.map(Self.rule) }
        if let results = try file.object("results") { try read(results) }
        try file.finish()
    }

    private static func chances(_ object: StrictObject) throws -> [(kind: Fault.Kind, share: Double)] {
        var object = object
        var chances: [(kind: Fault.Kind, share: Double)] = []
        for key in object.keys {
            guard let kind = Fault.Kind(rawValue: key) else {
                throw object.wrong(key, FaultComplaint(text: key, isKnown: false).description)
            }
            chances.append((kind, try object.number(key, 0...1) ?? 0))
        }
        return chances
    }

    private static func rule(_ object: StrictObject) throws -> SandboxWorld.Rule {
        var object = object
        var rule = SandboxWorld.Rule(faults: [])
        guard var match = try object.object("match") else {
            throw object.wrong("match", "it is missing; {} matches every task")
        }
        rule.prompt = try match.text("prompt")
        rule.number = try match.whole("number", 1)
        rule.uuid = try match.text("uuid")
        try match.finish()
        guard let names = try object.texts("faults") else { throw object.wrong("faults", "it is missing") }
        for name in names {
            do {
                rule.faults.append(try Fault(parsing: name))
            } catch {
                throw object.wrong("faults", "\(error)")
            }
        }
        try object.finish()
        return rule
    }

    private mutating func read(_ object: StrictObject) throws {
        var object = object
        if let value = try object.flag("status") { world.results.status = value }
        if let value = try object.choice("failures", ["errors", "data"]) {
            world.results.failuresInData = value == "data"
        }
        if let value = try object.flag("together") { world.results.together = value }
        if let value = try object.number("stagger", 0...3600) { world.results.stagger = value }
        if let value = try object.flag("videoUUID") { world.results.videoUUID = value }
        if let value = try object.flag("inline") { world.results.inline = value }
        if let value = try object.choice("webhook", ["bare", "wrapped"]) {
            world.results.webhookWrapped = value == "wrapped"
        }
        try object.finish()
    }
}
