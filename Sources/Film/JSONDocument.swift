import Foundation

/// A JSON document as a value, with one canonical text: keys sorted, no white space, whole numbers without a
/// fraction. Work keys are digests of this text, so it may never change without a new key version.
public enum JSONDocument: Sendable, Hashable {
    /// `null`
    case null
    /// `true` or `false`
    case bool(Bool)
    /// A whole number.
    case int(Int64)
    /// Any other number.
    case number(Double)
    /// Text.
    case string(String)
    /// A list.
    case array([JSONDocument])
    /// Members by name.
    case object([String: JSONDocument])

    /// The canonical text.
    public var canonical: String {
        switch self {
        case .null: return "null"
        case .bool(let value): return value ? "true" : "false"
        case .int(let value): return String(value)
        case .number(let value):
            return Int64(exactly: value).map { String($0) } ?? "\(value)"
        case .string(let value): return Self.quoted(value)
        case .array(let items): return "[" + items.map(\.canonical).joined(separator: ",") + "]"
        case .object(let members):
            let parts = members.sorted { Array($0.key.utf8).lexicographicallyPrecedes(Array($1.key.utf8)) }
            return "{" + parts.map { "\(Self.quoted($0.key)):\($0.value.canonical)" }.joined(separator: ",")
                + "}"
        }
    }

    private static func quoted(_ text: String) -> String {
        var out = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            case "\n": out += "\\n"
            case "\r": out += "\\r"
            case "\t": out += "\\t"
            default:
                if scalar.value < 0x20 {
                    let hex = String(scalar.value, radix: 16)
                    out += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
                } else {
                    out.unicodeScalars.append(scalar)
                }
            }
        }
        return out + "\""
    }
}

extension JSONDocument: Codable {
    /// Reads any JSON value.
    public init(from decoder: any Decoder) throws {
        let box = try decoder.singleValueContainer()
        if box.decodeNil() {
            self = .null
        } else if let value = try? box.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? box.decode(Int64.self) {
            self = .int(value)
        } else if let value = try? box.decode(Double.self) {
            self = .number(value)
        } else if let value = try? box.decode(String.self) {
            self = .string(value)
        } else if let value = try? box.decode([JSONDocument].self) {
            self = .array(value)
        } else {
            self = .object(try box.decode([String: JSONDocument].self))
        }
    }

    /// Writes the value.
    public func encode(to encoder: any Encoder) throws {
        var box = encoder.singleValueContainer()
        switch self {
        case .null: try box.encodeNil()
        case .bool(let value): try box.encode(value)
        case .int(let value): try box.encode(value)
        case .number(let value): try box.encode(value)
        case .string(let value): try box.encode(value)
        case .array(let value): try box.encode(value)
        case .object(let value): try box.encode(value)
        }
    }

    /// Reads JSON text.
    package init(parsing text: String) throws {
        self = try JSONDecoder().decode(JSONDocument.self, from: Data(text.utf8))
    }

    /// Any encodable value as a document.
    package init(encoding value: some Encodable) throws {
        self = try JSONDecoder().decode(JSONDocument.self, from: JSONEncoder().encode(value))
    }

    /// A member of an object.
    public subscript(_ key: String) -> JSONDocument? {
        if case .object(let members) = self { return members[key] }
        return nil
    }
}

extension JSONDocument {
    /// The paths of the leaves that differ between two documents, in order: `request.positivePrompt`.
    /// Lists are compared as a whole.
    static func changes(from old: JSONDocument, to new: JSONDocument, at path: String = "") -> [String] {
        guard case .object(let before) = old, case .object(let after) = new else {
            return old == new ? [] : [path]
        }
        return Set(before.keys).union(after.keys).sorted().flatMap { key -> [String] in
            let inner = path.isEmpty ? key : "\(path).\(key)"
            switch (before[key], after[key]) {
            case (let left?, let right?): return changes(from: left, to: right, at: inner)
            // A member that came or went whole is told by its leaves.
            case (nil, .object(let members)?) where !members.isEmpty:
                return changes(from: .object([:]), to: .object(members), at: inner)
            case (.object(let members)?, nil) where !members.isEmpty:
                return changes(from: .object(members), to: .object([:]), at: inner)
            default: return [inner]
            }
        }
    }
}
