/// Takes known fields out of one JSON object and notes what it could not use.
///
/// Nothing is thrown: a request with three mistakes should be told all three.
struct FieldReader {
    private var rest: [String: JSONValue]
    private var known: [String] = []
    private let prefix: String
    private(set) var problems: [Problem] = []

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

    /// Everything nobody asked for is a mistake; call it last.
    mutating func finish() -> [Problem] {
        for key in rest.keys.sorted() {
            problems.append(
                Problem(
                    path: path(key), value: rest[key]?.brief, allowed: known.sorted().joined(separator: ", "),
                    suggestion: nearest(to: key, among: known).map { "\"\($0)\"" },
                    message: "unknown key"))
        }
        return problems
    }
}
