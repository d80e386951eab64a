import Foundation
import Media
import Montage
import TestSupport
import Testing

/// The published description of the report holds for reports, and says no more than there is.
@Suite(.blocking) struct `The schema of reports` {
    private static var schema: [String: Any] {
        let path = Cuts.presetFolder + "/../docs/probe.schema.json"
        let data = (try? Data(contentsOf: URL(fileURLWithPath: path))) ?? Data()
        return ((try? JSONSerialization.jsonObject(with: data)) as? [String: Any]) ?? [:]
    }

    private func judge(_ report: ClipReport) throws -> [String] {
        let value = try JSONSerialization.jsonObject(with: JSONEncoder().encode(report))
        let kinds = try #require(Self.schema["$defs"] as? [String: Any])
        return SchemaJudge(kinds).faults(value, ["$ref": "#/$defs/clip"], at: "")
    }

    @Test(arguments: Recipe.awkward)
    func `holds for every awkward clip`(_ recipe: Recipe) throws {
        let folder = try TempDirectory("schema")
        let path = try recipe.make(in: folder)
        for packets in [false, true] {
            #expect(try judge(Probe.report(path: path, packets: packets, interrupt: Interrupt())) == [])
        }
    }

    @Test func `is broken by a key it does not know and by a wrong type`() throws {
        let kinds = try #require(Self.schema["$defs"] as? [String: Any])
        let judge = SchemaJudge(kinds)
        let edit: [String: Any] = ["seconds": "two", "rate": 1, "speed": 1]
        let faults = judge.faults(edit, ["$ref": "#/$defs/edit"], at: "edit")
        #expect(faults.count == 2)
        #expect(judge.faults(["rate": 1.5], ["$ref": "#/$defs/edit"], at: "edit") == ["edit: no seconds"])
    }
}

/// As much of JSON Schema as the file uses.
struct SchemaJudge {
    private let kinds: [String: Any]

    init(_ kinds: [String: Any]) { self.kinds = kinds }

    func faults(_ value: Any, _ rule: [String: Any], at place: String) -> [String] {
        if let name = (rule["$ref"] as? String)?.split(separator: "/").last {
            guard let kind = kinds[String(name)] as? [String: Any] else {
                return ["\(place): no kind \(name)"]
            }
            return faults(value, kind, at: place)
        }
        if let allowed = rule["enum"] as? [Any] {
            let words = allowed.map { "\($0)" }
            return words.contains("\(value)") ? [] : ["\(place): \(value) is none of \(words)"]
        }
        switch rule["type"] as? String {
        case "object": return object(value, rule, at: place)
        case "array":
            guard let list = value as? [Any] else { return ["\(place): no list"] }
            let items = rule["items"] as? [String: Any] ?? [:]
            return list.enumerated().flatMap { faults($1, items, at: "\(place)[\($0)]") }
        case "string": return value is String ? [] : ["\(place): no string"]
        case "boolean":
            return (value as? NSNumber).map { truths.contains("\($0)") } ?? false
                ? [] : ["\(place): no truth value"]
        case "integer":
            guard let number = value as? NSNumber, !(value is String) else { return ["\(place): no number"] }
            return number.doubleValue == number.doubleValue.rounded() ? [] : ["\(place): not whole"]
        case "number": return value is NSNumber ? [] : ["\(place): no number"]
        default: return ["\(place): the schema says nothing"]
        }
    }

    private let truths: Set<String> = ["0", "1", "true", "false"]

    private func object(_ value: Any, _ rule: [String: Any], at place: String) -> [String] {
        guard let members = value as? [String: Any] else { return ["\(place): no object"] }
        let known = rule["properties"] as? [String: Any] ?? [:]
        let others = rule["additionalProperties"] as? [String: Any]
        var found = (rule["required"] as? [String] ?? []).filter { members[$0] == nil }.map {
            "\(place): no \($0)"
        }
        for (name, member) in members.sorted(by: { $0.key < $1.key }) {
            if let own = known[name] as? [String: Any] ?? others {
                found += faults(member, own, at: "\(place).\(name)")
            } else {
                found.append("\(place): unknown key \(name)")
            }
        }
        return found
    }
}
