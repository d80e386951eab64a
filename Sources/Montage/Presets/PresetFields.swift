import Yams

/// One mapping of a preset file while it is read: every key is asked for once, what is left over is an
/// error, and every error names file, line and key.
struct PresetFields {
    let file: String
    /// The way to this mapping: `video.options.`, or empty at the top.
    let prefix: String
    private let mapping: Node.Mapping

    init(_ node: Node, file: String, prefix: String = "") throws(MontageError) {
        guard case .mapping(let mapping) = node else {
            throw Self.fault(
                file, node.mark, prefix.isEmpty ? "the file" : String(prefix.dropLast()),
                "must be a mapping of keys to values")
        }
        (self.file, self.prefix, self.mapping) = (file, prefix, mapping)
    }

    static func fault(_ file: String, _ mark: Mark?, _ key: String, _ what: String, hint: String? = nil)
        -> MontageError
    {
        MontageError(
            .presetInvalid, operation: "\(key) \(what)",
            subject: mark.map { "\(file):\($0.line)" } ?? file,
            hint: hint ?? "Correct the preset file; docs/PRESETS.md lists what may stand in it.")
    }

    func fault(_ key: String, _ what: String, hint: String? = nil) -> MontageError {
        Self.fault(file, line(of: key) ?? mapping.mark, prefix + key, what, hint: hint)
    }

    func line(of key: String) -> Mark? { mapping.first { $0.key.string == key }?.key.mark }

    /// Refuses keys outside `known`, with the nearest known one as the hint.
    func allow(only known: [String]) throws(MontageError) {
        for (key, _) in mapping {
            guard let name = key.string else {
                throw Self.fault(file, key.mark, prefix + "key", "must be a word")
            }
            guard !known.contains(name) else { continue }
            let near = known.min { distance($0, name) < distance($1, name) }
            let hint =
                if let near, distance(near, name) <= 2 { "Did you mean '\(prefix)\(near)'?" } else {
                    "Known here: \(known.joined(separator: ", "))."
                }
            throw Self.fault(file, key.mark, prefix + name, "is an unknown key", hint: hint)
        }
    }

    func optionalString(_ key: String) throws(MontageError) -> String? {
        guard let node = mapping[key] else { return nil }
        guard let text = node.scalar?.string, !text.isEmpty else { throw fault(key, "must be a text") }
        return text
    }

    func string(_ key: String) throws(MontageError) -> String {
        guard let text = try optionalString(key) else { throw fault(key, "is missing") }
        return text
    }

    func optionalInt(_ key: String) throws(MontageError) -> Int? {
        guard let text = try optionalString(key) else { return nil }
        guard let number = Int(text), number > 0 else { throw fault(key, "must be a whole number above 0") }
        return number
    }

    func optionalSeconds(_ key: String) throws(MontageError) -> Double? {
        guard let text = try optionalString(key) else { return nil }
        guard let number = Double(text), number.isFinite, number > 0 else {
            throw fault(key, "must be a number of seconds above 0")
        }
        return number
    }

    func optionalFields(_ key: String) throws(MontageError) -> PresetFields? {
        guard let node = mapping[key] else { return nil }
        return try PresetFields(node, file: file, prefix: prefix + key + ".")
    }

    /// A flat mapping of texts; numbers and booleans stay as they are written.
    func texts(_ key: String) throws(MontageError) -> [String: String] {
        guard let inner = try optionalFields(key) else { return [:] }
        var found: [String: String] = [:]
        for (name, value) in inner.mapping {
            guard let name = name.string else { throw fault(key, "has a key that is no word") }
            guard let text = value.scalar?.string else {
                throw inner.fault(name, "must be a text or a number")
            }
            found[name] = text
        }
        return found
    }
}

/// Letters to change, add or drop to get from one word to the other (Levenshtein).
private func distance(_ a: String, _ b: String) -> Int {
    let b = Array(b)
    var row = Array(0...b.count)
    for (i, x) in a.enumerated() {
        var diagonal = row[0]
        row[0] = i + 1
        for (j, y) in b.enumerated() {
            let above = row[j + 1]
            row[j + 1] = min(above + 1, row[j] + 1, diagonal + (x == y ? 0 : 1))
            diagonal = above
        }
    }
    return row[b.count]
}
