/// Takes known fields out of one JSON object and notes what it could not use.
///
/// Nothing is thrown: a request with three mistakes should be told all three. A key that nobody asked for is
/// either kept as an extra, for the model's card to judge, or a mistake; how the reading ends decides.
struct FieldReader {
    private var rest: [String: JSONValue]
    private var known: [String] = []
    private let prefix: String
    private(set) var problems: [Problem] = []
    /// What nobody asked for, by dotted path, as it stood there.
    private(set) var extra: [String: JSONValue] = [:]

    init(_ object: [String: JSONValue], path: String = "") {
        rest = object
        prefix = path.isEmpty ? "" : path + "."
    }

    func path(_ key: String) -> String { prefix + key }

    /// Takes any value; null counts as absent.
    mutating func value(_ key: String) -> JSONValue? {
        known.append(key)
        guard let found = rest.removeValue(forKey: key), found != .null else { return nil }
        return found
    }

    mutating func string(_ key: String) -> String? { take(key, "a string") { $0.string } }
    mutating func bool(_ key: String) -> Bool? { take(key, "true or false") { $0.bool } }
    mutating func double(_ key: String) -> Double? { take(key, "a number") { $0.double } }
    mutating func int64(_ key: String) -> Int64? { take(key, "a whole number") { $0.int64 } }
    mutating func int(_ key: String) -> Int? {
        take(key, "a whole number") { $0.int64.flatMap { Int(exactly: $0) } }
    }
    mutating func object(_ key: String) -> [String: JSONValue]? { take(key, "an object") { $0.object } }

    private mutating func take<T>(_ key: String, _ kind: String, _ read: (JSONValue) -> T?) -> T? {
        guard let found = value(key) else { return nil }
        if let good = read(found) { return good }
        note(Problem(path: path(key), value: found.brief, allowed: kind, message: "has the wrong type"))
        return nil
    }

    mutating func note(_ problem: Problem) { problems.append(problem) }
    mutating func note(_ more: [Problem]) { problems += more }

    /// Takes over what a reader of an inner object found; call it after that one's `finish`.
    mutating func take(_ inner: FieldReader) {
        problems += inner.problems
        extra.merge(inner.extra) { first, _ in first }
    }

    /// Keeps what nobody asked for as extras; call it last.
    ///
    /// A key that holds a dot could not be told from a path, so it is a mistake.
    mutating func finish() {
        for key in rest.keys.sorted() {
            guard key.contains(".") || key.isEmpty else {
                extra[path(key)] = rest[key]
                continue
            }
            note(
                Problem(
                    path: path(key), value: rest[key]?.brief, allowed: "objects within objects",
                    message: "is a key with a dot in it"))
        }
    }

    /// Everything nobody asked for is a mistake; call it last, where there is no place to keep extras.
    mutating func finishStrictly() {
        for key in rest.keys.sorted() {
            note(
                Problem(
                    path: path(key), value: rest[key]?.brief, allowed: known.sorted().joined(separator: ", "),
                    suggestion: nearest(to: key, among: known).map { "write \"\($0)\"" },
                    message: "unknown key"))
        }
    }
}
