import Foundation
import Yams

/// Notes which keys a reader looked for, as patterns: `sizes[].width`, `text.*.min`.
package final class KeyLog {
    /// The patterns.
    package fileprivate(set) var patterns: Set<String> = []

    /// An empty log.
    package init() {}
}

/// Takes known keys out of one YAML mapping; whatever is left over is an error with file, line and key.
struct CardReader {
    private let file: String
    private let path: String
    private let line: Int?
    private let pattern: String
    private let asked: KeyLog
    private var rest: [String: Node] = [:]
    private var lines: [String: Int] = [:]
    private var known: [String] = []
    private(set) var keys: [String] = []

    init(yaml: String, file: String, asked: KeyLog) throws(RunwareError) {
        let root: Node?
        do {
            root = try Yams.compose(yaml: yaml)
        } catch {
            throw Self.error(file, nil, "is not YAML: \(error)")
        }
        guard let root, let mapping = root.mapping else { throw Self.error(file, nil, "is not a mapping") }
        try self.init(mapping, file: file, path: "", line: nil, pattern: "", asked: asked)
    }

    private init(
        _ mapping: Node.Mapping, file: String, path: String, line: Int?, pattern: String, asked: KeyLog
    ) throws(RunwareError) {
        self.file = file
        self.pattern = pattern
        self.asked = asked
        self.path = path
        self.line = line
        for (key, value) in mapping {
            guard let name = key.string else { throw Self.error(file, key.mark?.line, "a key is not text") }
            if rest[name] != nil { throw Self.error(file, key.mark?.line, "\"\(path)\(name)\" stands twice") }
            rest[name] = value
            lines[name] = key.mark?.line
            keys.append(name)
        }
    }

    private mutating func take(_ key: String) -> Node? {
        known.append(key)
        asked.patterns.insert(pattern + key)
        return rest.removeValue(forKey: key)
    }

    private mutating func need(_ key: String) throws(RunwareError) -> Node {
        guard let node = take(key) else { throw failure(key, "is missing") }
        return node
    }

    mutating func optionalString(_ key: String) throws(RunwareError) -> String? {
        guard let node = take(key) else { return nil }
        guard let text = node.scalar?.string else { throw failure(key, "must be text") }
        return text
    }

    mutating func string(_ key: String) throws(RunwareError) -> String {
        guard let text = try optionalString(key), !text.isEmpty else { throw failure(key, "is missing") }
        return text
    }

    mutating func optionalBool(_ key: String) throws(RunwareError) -> Bool? {
        guard let node = take(key) else { return nil }
        guard let value = node.bool else { throw failure(key, "must be true or false") }
        return value
    }

    mutating func optionalNumber(_ key: String) throws(RunwareError) -> Double? {
        guard let node = take(key) else { return nil }
        return try number(node, key)
    }

    mutating func number(_ key: String) throws(RunwareError) -> Double { try number(try need(key), key) }

    private func number(_ node: Node, _ key: String) throws(RunwareError) -> Double {
        guard let value = node.float, value.isFinite, abs(value) < 9e15 else {
            throw failure(key, "must be a number")
        }
        return value
    }

    mutating func numbers(_ key: String) throws(RunwareError) -> [Double] {
        guard let items = try need(key).sequence else { throw failure(key, "must be a list of numbers") }
        var values: [Double] = []
        for item in items { values.append(try number(item, key)) }
        return values
    }

    mutating func optionalStrings(_ key: String) throws(RunwareError) -> [String]? {
        guard let node = take(key) else { return nil }
        return try words(node, key)
    }

    private func words(_ node: Node, _ key: String) throws(RunwareError) -> [String] {
        guard let items = node.sequence else { throw failure(key, "must be a list of words") }
        var values: [String] = []
        for item in items {
            guard let text = item.scalar?.string else { throw failure(key, "must be a list of words") }
            values.append(text)
        }
        return values
    }

    mutating func optionalMapping(_ key: String) throws(RunwareError) -> CardReader? {
        guard let node = take(key) else { return nil }
        guard let inner = node.mapping else { throw failure(key, "must be a mapping") }
        return try CardReader(
            inner, file: file, path: path + key + ".", line: lines[key], pattern: pattern + key + ".",
            asked: asked)
    }

    mutating func mapping(_ key: String) throws(RunwareError) -> CardReader {
        guard let inner = try optionalMapping(key) else { throw failure(key, "is missing") }
        return inner
    }

    /// A mapping whose keys are the author's own, each leading to a mapping; empty where it is missing.
    mutating func entries(_ key: String) throws(RunwareError) -> [(name: String, reader: CardReader)] {
        guard var outer = try optionalMapping(key) else { return [] }
        asked.patterns.insert(pattern + key + ".*")
        var entries: [(name: String, reader: CardReader)] = []
        for name in outer.keys {
            guard let inner = outer.rest[name]?.mapping else {
                throw outer.failure(name, "must be a mapping")
            }
            entries.append(
                (
                    name,
                    try CardReader(
                        inner, file: file, path: "\(outer.path)\(name).", line: outer.lines[name],
                        pattern: "\(outer.pattern)*.", asked: asked)
                ))
        }
        outer.rest = [:]
        return entries
    }

    /// A mapping whose keys are the author's own, each leading to a list of words; empty where it is missing.
    mutating func lists(_ key: String) throws(RunwareError) -> [(name: String, words: [String])] {
        guard let outer = try optionalMapping(key) else { return [] }
        asked.patterns.insert(pattern + key + ".*")
        var lists: [(name: String, words: [String])] = []
        for name in outer.keys {
            guard let node = outer.rest[name] else { continue }
            lists.append((name, try outer.words(node, name)))
        }
        return lists
    }

    mutating func optionalMappings(_ key: String) throws(RunwareError) -> [CardReader]? {
        guard let node = take(key) else { return nil }
        guard let items = node.sequence else { throw failure(key, "must be a list of mappings") }
        var readers: [CardReader] = []
        for (index, item) in items.enumerated() {
            guard let inner = item.mapping else { throw failure(key, "must be a list of mappings") }
            readers.append(
                try CardReader(
                    inner, file: file, path: "\(path)\(key)[\(index)].", line: item.mark?.line,
                    pattern: "\(pattern)\(key)[].", asked: asked))
        }
        return readers
    }

    mutating func mappings(_ key: String) throws(RunwareError) -> [CardReader] {
        guard let readers = try optionalMappings(key) else { throw failure(key, "is missing") }
        return readers
    }

    func finish() throws(RunwareError) {
        guard let key = rest.keys.min() else { return }
        let meant =
            nearest(to: key, among: known.filter { !keys.contains($0) }).map { " (is \"\($0)\" meant?)" }
            ?? ""
        throw failure(key, "is an unknown key" + meant)
    }

    func failure(_ key: String, _ what: String) -> RunwareError {
        Self.error(file, lines[key] ?? line, "\"\(path)\(key)\" \(what)")
    }

    private static func error(_ file: String, _ line: Int?, _ what: String) -> RunwareError {
        RunwareError(
            code: "cardInvalid", category: .validation,
            message: "model card \(file)\(line.map { ":\($0)" } ?? ""): \(what)",
            hint: "correct the card; presets/models/pixverse-v5.5.yaml shows every key")
    }
}
