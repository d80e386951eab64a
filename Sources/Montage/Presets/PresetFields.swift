/// One mapping of a preset while it is read: every key is asked for once, what is left over is an error,
/// and every error names the place and the key.
struct PresetFields {
    /// The way to this mapping: `video.options.`, or empty at the top.
    let prefix: String
    let tree: PresetTree

    init(_ tree: PresetTree, prefix: String = "") {
        self.tree = tree
        self.prefix = prefix
    }

    static func fault(_ origin: PresetTree.Origin, _ key: String, _ what: String, hint: String? = nil)
        -> MontageError
    {
        MontageError(
            .presetInvalid, operation: "\(key) \(what)", subject: origin.text,
            hint: hint
                ?? "Correct the file; docs/PRESETS.md says what may stand in a preset, docs/LINT.md in a platform."
        )
    }

    func fault(_ key: String, _ what: String, hint: String? = nil) -> MontageError {
        Self.fault(tree[key]?.origin ?? tree.origin, prefix + key, what, hint: hint)
    }

    /// Refuses keys outside `known`, with the nearest known one as the hint.
    func allow(only known: [String]) throws(MontageError) {
        for entry in tree.entries where !known.contains(entry.key) {
            let hint =
                if let near = entry.key.nearest(of: known) { "Did you mean '\(prefix)\(near)'?" } else {
                    "Known here: \(known.joined(separator: ", "))."
                }
            throw Self.fault(entry.origin, prefix + entry.key, "is an unknown key", hint: hint)
        }
    }

    func optionalString(_ key: String) throws(MontageError) -> String? {
        guard let entry = tree[key] else { return nil }
        if case .nothing = entry.value { return nil }
        guard case .text(let text) = entry.value, !text.isEmpty else { throw fault(key, "must be a text") }
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

    func optionalBool(_ key: String) throws(MontageError) -> Bool? {
        guard let text = try optionalString(key) else { return nil }
        switch text.lowercased() {
        case "true", "yes", "on": return true
        case "false", "no", "off": return false
        default: throw fault(key, "must be true or false")
        }
    }

    /// A finite number within bounds.
    func optionalNumber(_ key: String, _ bounds: ClosedRange<Double>, _ what: String) throws(MontageError)
        -> Double?
    {
        guard let text = try optionalString(key) else { return nil }
        guard let number = Double(text), number.isFinite, bounds.contains(number) else {
            throw fault(key, "must be \(what)")
        }
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
        guard let entry = tree[key] else { return nil }
        switch entry.value {
        case .mapping(let inner): return PresetFields(inner, prefix: prefix + key + ".")
        case .nothing: return nil
        default: throw fault(key, "must be a mapping of keys to values")
        }
    }

    /// A flat mapping of texts; numbers and booleans stay as they are written.
    func texts(_ key: String) throws(MontageError) -> [String: String] {
        guard let inner = try optionalFields(key) else { return [:] }
        var found: [String: String] = [:]
        for entry in inner.tree.entries {
            switch entry.value {
            case .text(let text): found[entry.key] = text
            case .nothing: continue
            default: throw inner.fault(entry.key, "must be a text or a number")
            }
        }
        return found
    }
}

extension String {
    /// The word of a list that differs by two letters at most, if there is one.
    func nearest(of words: some Sequence<String>) -> String? {
        words.map { (word: $0, distance: Self.distance($0, self)) }.filter { $0.distance <= 2 }
            .min { $0.distance < $1.distance }?.word
    }

    /// Letters to change, add or drop to get from one word to the other (Levenshtein).
    private static func distance(_ a: String, _ b: String) -> Int {
        let b = Array(b)
        var row = Array(0...b.count)
        for (i, x) in a.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, y) in b.enumerated() {
                let above = row[j + 1]
                row[j + 1] = Swift.min(above + 1, row[j] + 1, diagonal + (x == y ? 0 : 1))
                diagonal = above
            }
        }
        return row[b.count]
    }
}
