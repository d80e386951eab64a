import Foundation

/// A request as a card looks at it: every value under its dotted path, whoever wrote the field's Swift name.
///
/// That is what lets a card speak of fields that no Swift type knows.
struct RequestFacts {
    /// Leaves by path: scalars, lists as a whole, and objects that hold nothing.
    let values: [String: JSONValue]
    /// Paths that stand in the request and could not be read; they count as given, so that one mistake is
    /// told once.
    let unread: Set<String>
    /// `1280x720`, where both sides are given.
    let size: String?
    /// The resolution the clip comes out at.
    let sizeClass: String

    init(_ request: VideoRequest, sizeClass: String) {
        var values: [String: JSONValue] = [:]
        Self.flatten(.object(request.json), at: "", into: &values)
        values[""] = nil
        self.values = values
        unread = Set(request.readProblems.map { String($0.path.prefix { $0 != "[" }) })
        size = request.width.flatMap { width in request.height.map { "\(width)x\($0)" } }
        self.sizeClass = sizeClass
    }

    private static func flatten(_ value: JSONValue, at path: String, into values: inout [String: JSONValue]) {
        guard let members = value.object, !members.isEmpty else {
            values[path] = value
            return
        }
        for (key, inner) in members {
            flatten(inner, at: path.isEmpty ? key : "\(path).\(key)", into: &values)
        }
    }

    /// Whether the path, or something below it, stands in the request.
    func isGiven(_ path: String) -> Bool {
        if values[path] != nil || unread.contains(path) { return true }
        let below = path + "."
        return values.keys.contains { $0.hasPrefix(below) } || unread.contains { $0.hasPrefix(below) }
    }

    /// A scalar in the spelling that cards use; `size` and `sizeClass` are known beside the fields.
    func text(_ path: String) -> String? {
        switch path {
        case "size": size
        case "sizeClass": sizeClass
        default: values[path].flatMap { $0.string ?? ($0.array == nil ? $0.canonical : nil) }
        }
    }

    /// What a finding shows of a value: itself, shortened, or how long a long text is.
    func brief(_ path: String) -> String? { values[path]?.brief }
}
