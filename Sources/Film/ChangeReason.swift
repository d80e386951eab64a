/// Says in a person's words what differs between the key a step had and the key it has.
enum ChangeReason {
    /// For example `prompt changed`, `upstream frame changed`, `prompt and seed changed`.
    static func words(from old: JSONDocument, to new: JSONDocument, isChained: Bool = false) -> String {
        var names: [String] = []
        for path in JSONDocument.changes(from: old, to: new) {
            let name = name(of: path, isChained: isChained)
            if !names.contains(name) { names.append(name) }
        }
        // The manifest changes with everything; it is worth a word only where nothing else is.
        if names.count > 1 { names.removeAll { $0 == Self.manifest } }
        switch names.count {
        case 0: return "unchanged"
        case 1: return "\(names[0]) changed"
        case 2: return "\(names[0]) and \(names[1]) changed"
        default: return names.dropLast().joined(separator: ", ") + " and \(names[names.count - 1]) changed"
        }
    }

    private static let manifest = "list of shots"

    private static func name(of path: String, isChained: Bool) -> String {
        let known: [(prefix: String, name: String)] = [
            ("request.positivePrompt", "prompt"), ("request.negativePrompt", "negative prompt"),
            ("request.inputs", isChained ? "upstream frame" : "picture"),
            ("request.width", "size"), ("request.height", "size"), ("request.resolution", "resolution"),
            ("request.outputQuality", "quality"),
            ("generator", "provider"), ("key", "key version"), ("clip", "clip"), ("frames", "frame range"),
            ("preset", "preset"), ("format", "film format"), ("engine", "encoder version"),
            ("segments", "a segment"), ("sound", "sound"), ("mix.loudness", "loudness"),
            ("mix.music", "music"), ("join", "join"), ("from", "frame range"), ("before", "shot before"),
            ("after", "shot"), ("manifest", manifest), ("film", "film"), ("title", "title"),
            ("take", "take number"), ("match", "correction of colour"), ("matching", "matching of colours"),
            ("dropped", "join"),
        ]
        if let hit = known.first(where: { path == $0.prefix || path.hasPrefix($0.prefix + ".") }) {
            return hit.name
        }
        return path.split(separator: ".").last.map(String.init) ?? path
    }
}
