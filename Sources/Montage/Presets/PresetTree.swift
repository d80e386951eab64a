import Yams

/// A preset file's text as a tree, each key with the place it was written at.
///
/// Presets inherit and are overridden key by key, so a tree is put together from several places; an error
/// must still name the one at which the guilty key stands.
struct PresetTree: Sendable {
    /// Where a key was written.
    struct Origin: Sendable, Equatable {
        /// A file, or the words `--set video.crf=20`.
        var file: String
        /// From 1; nil where there are no lines.
        var line: Int?

        /// As errors and comments name it.
        var text: String { line.map { "\(file):\($0)" } ?? file }
    }

    indirect enum Value: Sendable {
        case text(String)
        case mapping(PresetTree)
        /// `~` or `null`: the key is not there, whatever was inherited.
        case nothing
        /// A list, which no key of a preset takes.
        case list
    }

    struct Entry: Sendable {
        var key: String
        var origin: Origin
        var value: Value
    }

    /// Where the mapping itself begins.
    var origin: Origin
    /// In the order written; inherited ones first.
    var entries: [Entry] = []

    subscript(key: String) -> Entry? { entries.first { $0.key == key } }

    /// Reads YAML.
    ///
    /// - Throws: `MontageError` with code `presetInvalid` for what is no YAML or no mapping.
    init(yaml text: String, file: String) throws(MontageError) {
        let root: Node
        do {
            guard let node = try compose(yaml: text) else {
                throw PresetFields.fault(Origin(file: file), "the file", "is empty")
            }
            root = node
        } catch let error as MontageError {
            throw error
        } catch {
            throw MontageError(
                .presetInvalid, operation: "is not YAML: \("\(error)".replacing("\n", with: " "))",
                subject: file, hint: "Correct the preset file; docs/PRESETS.md shows one.")
        }
        guard case .mapping(let tree) = try Self.value(root, file: file) else {
            throw PresetFields.fault(
                Origin(file: file, line: root.mark?.line), "the file", "must be a mapping of keys to values")
        }
        self = tree
    }

    private init(origin: Origin) { self.origin = origin }

    private static func value(_ node: Node, file: String) throws(MontageError) -> Value {
        switch node {
        case .scalar(let scalar):
            let isPlain = scalar.style == .plain || scalar.style == .any
            return isPlain && ["", "~", "null"].contains(scalar.string) ? .nothing : .text(scalar.string)
        case .sequence: return .list
        case .mapping(let mapping):
            var tree = PresetTree(origin: Origin(file: file, line: mapping.mark?.line))
            for (key, value) in mapping {
                let place = Origin(file: file, line: key.mark?.line)
                guard let name = key.string else {
                    throw PresetFields.fault(place, "a key", "must be a word")
                }
                tree.entries.append(Entry(key: name, origin: place, value: try Self.value(value, file: file)))
            }
            return .mapping(tree)
        case .alias: return .list
        }
    }

    /// This tree with `child` laid over it: mappings are merged key by key, texts replaced, and what is
    /// `null` in the child goes.
    func overlaid(with child: PresetTree) -> PresetTree {
        var result = self
        result.origin = child.origin
        for entry in child.entries {
            let at = result.entries.firstIndex { $0.key == entry.key }
            switch entry.value {
            case .nothing:
                if let at { result.entries.remove(at: at) }
            case .mapping(let inner):
                var entry = entry
                if let at, case .mapping(let below) = result.entries[at].value {
                    entry.value = .mapping(below.overlaid(with: inner))
                }
                if let at { result.entries[at] = entry } else { result.entries.append(entry) }
            case .text, .list:
                if let at { result.entries[at] = entry } else { result.entries.append(entry) }
            }
        }
        return result
    }

    /// A copy without these keys at the top.
    func without(_ keys: Set<String>) -> PresetTree {
        var result = self
        result.entries.removeAll { keys.contains($0.key) }
        return result
    }

    /// Sets one value by its full key, `video.options.crf`; `null` removes it.
    mutating func set(_ path: ArraySlice<String>, to text: String, origin: Origin) {
        guard let key = path.first else { return }
        let at = entries.firstIndex { $0.key == key }
        if path.count == 1 {
            if text == "null" || text == "~" {
                if let at { entries.remove(at: at) }
                return
            }
            let entry = Entry(key: key, origin: origin, value: .text(text))
            if let at { entries[at] = entry } else { entries.append(entry) }
            return
        }
        var inner = PresetTree(origin: origin)
        if let at, case .mapping(let there) = entries[at].value { inner = there }
        inner.set(path.dropFirst(), to: text, origin: origin)
        let entry = Entry(key: key, origin: at.map { entries[$0].origin } ?? origin, value: .mapping(inner))
        if let at { entries[at] = entry } else { entries.append(entry) }
    }

    /// Where each key was written, by full key: `video.options.crf`.
    var origins: [String: Origin] {
        var found: [String: Origin] = [:]
        func walk(_ tree: PresetTree, _ prefix: String) {
            for entry in tree.entries {
                found[prefix + entry.key] = entry.origin
                if case .mapping(let inner) = entry.value { walk(inner, prefix + entry.key + ".") }
            }
        }
        walk(self, "")
        return found
    }
}
