import Foundation
import Yams

/// Takes known keys out of one YAML mapping; whatever is left over is an error with file, line and key.
struct CardReader {
    private let file: String
    private let path: String
    private let line: Int?
    private var rest: [String: Node] = [:]
    private var lines: [String: Int] = [:]
    private var known: [String] = []
    private(set) var keys: [String] = []

    init(yaml: String, file: String) throws(RunwareError) {
        let root: Node?
        do {
            root = try Yams.compose(yaml: yaml)
        } catch {
            throw Self.error(file, nil, "is not YAML: \(error)")
        }
        guard let root, let mapping = root.mapping else { throw Self.error(file, nil, "is not a mapping") }
        try self.init(mapping, file: file, path: "", line: nil)
    }

    private init(_ mapping: Node.Mapping, file: String, path: String, line: Int?) throws(RunwareError) {
        self.file = file
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

    mutating func strings(_ key: String) throws(RunwareError) -> [String] {
        guard let items = try need(key).sequence else { throw failure(key, "must be a list of words") }
        var values: [String] = []
        for item in items {
            guard let text = item.scalar?.string else { throw failure(key, "must be a list of words") }
            values.append(text)
        }
        return values
    }

    mutating func mapping(_ key: String) throws(RunwareError) -> CardReader {
        guard let inner = try need(key).mapping else { throw failure(key, "must be a mapping") }
        return try CardReader(inner, file: file, path: path + key + ".", line: lines[key])
    }

    mutating func mappings(_ key: String) throws(RunwareError) -> [CardReader] {
        guard let items = try need(key).sequence else { throw failure(key, "must be a list of mappings") }
        var readers: [CardReader] = []
        for (index, item) in items.enumerated() {
            guard let inner = item.mapping else { throw failure(key, "must be a list of mappings") }
            readers.append(
                try CardReader(inner, file: file, path: "\(path)\(key)[\(index)].", line: item.mark?.line))
        }
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
