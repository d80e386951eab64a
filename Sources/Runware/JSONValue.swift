public import Foundation

/// A JSON document as a value: what is read before it is understood, and what is written byte for byte alike.
///
/// Foundation's encoder neither promises an order of keys nor one spelling of a number, and both decide work
/// keys; so writing is done here.
public enum JSONValue: Sendable, Equatable {
    /// `null`.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// A whole number that fits 64 bits.
    case integer(Int64)
    /// Any other number.
    case number(Double)
    /// A text.
    case string(String)
    /// A list.
    case array([JSONValue])
    /// Members by name.
    case object([String: JSONValue])

    /// Reads one JSON document. Throws Foundation's decoding error.
    public init(parsing data: Data) throws {
        self = try JSONDecoder().decode(JSONValue.self, from: data)
    }

    /// The members, where it is an object.
    public var object: [String: JSONValue]? { if case .object(let o) = self { o } else { nil } }
    /// The items, where it is a list.
    public var array: [JSONValue]? { if case .array(let a) = self { a } else { nil } }
    /// The text, where it is one.
    public var string: String? { if case .string(let s) = self { s } else { nil } }
    /// The truth value, where it is one.
    public var bool: Bool? { if case .bool(let b) = self { b } else { nil } }
    /// The number, where it is one.
    public var double: Double? {
        switch self {
        case .integer(let i): Double(i)
        case .number(let d): d
        default: nil
        }
    }
    /// The number, where it is whole and fits.
    public var int64: Int64? {
        switch self {
        case .integer(let i): i
        case .number(let d): Int64(exactly: d)
        default: nil
        }
    }

    /// Looks a member of an object up.
    public subscript(key: String) -> JSONValue? { object?[key] }

    /// The document on one line: keys sorted, no spaces, each number in its shortest form.
    public var canonical: String {
        var text = ""
        write(into: &text)
        return text
    }

    private func write(into text: inout String) {
        switch self {
        case .null: text += "null"
        case .bool(let b): text += b ? "true" : "false"
        case .integer(let i): text += String(i)
        case .number(let d):
            if let whole = Int64(exactly: d), abs(d) < 9_007_199_254_740_992 {
                text += String(whole)
            } else {
                text += d.isFinite ? "\(d)" : "null"
            }
        case .string(let s): Self.write(s, into: &text)
        case .array(let items):
            text += "["
            for (index, item) in items.enumerated() {
                if index > 0 { text += "," }
                item.write(into: &text)
            }
            text += "]"
        case .object(let members):
            text += "{"
            for (index, key) in members.keys.sorted().enumerated() {
                if index > 0 { text += "," }
                Self.write(key, into: &text)
                text += ":"
                (members[key] ?? .null).write(into: &text)
            }
            text += "}"
        }
    }

    private static func write(_ string: String, into text: inout String) {
        text += "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case _ where scalar.value < 0x20:
                let hex = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }

    /// A short form for messages: long strings are cut.
    package var brief: String {
        let text = canonical
        return text.count <= 60 ? text : text.prefix(57) + "..."
    }
}

extension JSONValue: Codable {
    /// Reads any JSON.
    public init(from decoder: any Decoder) throws {
        let box = try decoder.singleValueContainer()
        if box.decodeNil() {
            self = .null
        } else if let b = try? box.decode(Bool.self) {
            self = .bool(b)
        } else if let i = try? box.decode(Int64.self) {
            self = .integer(i)
        } else if let d = try? box.decode(Double.self) {
            self = .number(d)
        } else if let s = try? box.decode(String.self) {
            self = .string(s)
        } else if let a = try? box.decode([JSONValue].self) {
            self = .array(a)
        } else {
            self = .object(try box.decode([String: JSONValue].self))
        }
    }

    /// Writes it; key order and number forms are the encoder's. `canonical` has its own.
    public func encode(to encoder: any Encoder) throws {
        var box = encoder.singleValueContainer()
        switch self {
        case .null: try box.encodeNil()
        case .bool(let b): try box.encode(b)
        case .integer(let i): try box.encode(i)
        case .number(let d): try box.encode(d)
        case .string(let s): try box.encode(s)
        case .array(let a): try box.encode(a)
        case .object(let o): try box.encode(o)
        }
    }
}
