import Foundation
import Runware
import Testing

/// The schema is what an editor believes and the reader is what counts; this holds the two together.
@Suite struct `The schema of model cards` {
    private static func schema() throws -> JSONValue {
        try JSONValue(
            parsing: Data(
                contentsOf: Fixture.root.appendingPathComponent("docs/model-card.schema.json")))
    }

    /// Keys as the reader's log writes them: `sizes[].width`, `text.*.min`.
    private func patterns(of node: JSONValue, at path: String, in schema: JSONValue) -> Set<String> {
        if let name = node["$ref"]?.string?.split(separator: "/").last,
            let target = schema["$defs"]?[String(name)]
        {
            return patterns(of: target, at: path, in: schema)
        }
        var found: Set<String> = []
        let prefix = path.isEmpty ? "" : path + "."
        for (key, inner) in node["properties"]?.object ?? [:] {
            found.insert(prefix + key)
            found.formUnion(patterns(of: inner, at: prefix + key, in: schema))
        }
        if let inner = node["additionalProperties"], inner.object != nil {
            found.insert(prefix + "*")
            found.formUnion(patterns(of: inner, at: prefix + "*", in: schema))
        }
        if let inner = node["items"] { found.formUnion(patterns(of: inner, at: path + "[]", in: schema)) }
        return found
    }

    @Test func `knows the keys that the reader knows, and no others`() throws {
        let text = try String(contentsOfFile: Fixture.cardPath(), encoding: .utf8)
        let asked = KeyLog()
        _ = try ModelCard.load(yaml: text, name: "card.yaml", asked: asked)
        let schema = try Self.schema()
        #expect(patterns(of: schema, at: "", in: schema) == asked.patterns)
    }

    @Test func `closes every mapping whose keys are not the author's`() throws {
        func check(_ node: JSONValue, _ path: String) {
            if node["properties"] != nil, node["type"]?.string == "object" {
                #expect(node["additionalProperties"] == .bool(false), "\(path)")
            }
            for (key, inner) in node.object ?? [:] { check(inner, path + "/" + key) }
            for inner in node.array ?? [] { check(inner, path) }
        }
        check(try Self.schema(), "")
    }

    @Test(arguments: ["pixverse-v5", "pixverse-v5.5"])
    func `is named in the first line of every card`(name: String) throws {
        let path = Fixture.cardPath(name)
        let line = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")[0]
        let place = try #require(line.split(separator: "=").last)
        #expect(line.hasPrefix("# yaml-language-server: $schema="))
        let schema = URL(fileURLWithPath: String(place), relativeTo: URL(fileURLWithPath: path))
        #expect(FileManager.default.fileExists(atPath: schema.path))
    }
}
