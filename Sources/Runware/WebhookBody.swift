public import Foundation

/// What a webhook's call says: which tasks have news, and nothing more.
///
/// The calls are unsigned, so their results are not believed; each task named is asked for.
public enum WebhookBody {
    /// The tasks named in a body, each once, in the order named: in a bare object, in an array, under `data`
    /// or under `errors`. Empty for anything else.
    public static func tasks(in body: Data) -> [String] {
        guard let value = try? JSONValue(parsing: body) else { return [] }
        var found: [String] = []
        collect(value, depth: 0, into: &found)
        return found
    }

    /// More than a service makes in one call.
    private static let most = 100

    private static func collect(_ value: JSONValue, depth: Int, into found: inout [String]) {
        guard depth < 4, found.count < most else { return }
        if let list = value.array {
            for item in list { collect(item, depth: depth + 1, into: &found) }
        }
        guard let object = value.object else { return }
        if let name = object["taskUUID"]?.string, let uuid = UUID(uuidString: name) {
            let plain = uuid.uuidString.lowercased()
            if !found.contains(plain) { found.append(plain) }
        }
        for key in ["data", "errors"] {
            if let inner = object[key] { collect(inner, depth: depth + 1, into: &found) }
        }
    }
}
