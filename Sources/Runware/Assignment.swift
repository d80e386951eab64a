import Foundation

/// One `key=value` of a command line, as in `providerSettings.pixverse.style=anime`.
///
/// The key is a path of object keys. The value is JSON where it can be read as JSON (`8`, `true`, `{"a":1}`),
/// else the text as it stands. `null` takes a field away.
package struct Assignment: Sendable, Equatable {
    /// The keys that lead to the field.
    package var path: [String]
    /// What it shall be.
    package var value: JSONValue

    /// Whether a word of a command line is meant as an assignment; a file's path is not.
    package static func isMeant(by word: String) -> Bool {
        guard let sign = word.firstIndex(of: "="), sign != word.startIndex else { return word.hasPrefix("=") }
        return word[..<sign].unicodeScalars.allSatisfy(isKeyScalar)
    }

    /// Letters, digits, and what people write into paths by mistake, so that the mistake is named as such.
    private static func isKeyScalar(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar))
            || "._-[]".unicodeScalars.contains(scalar)
    }

    /// Reads one word.
    package init(parsing word: String) throws(RunwareError) {
        guard let sign = word.firstIndex(of: "=") else {
            throw Self.error("\(word) is no assignment", "write key=value, as in duration=8")
        }
        let key = word[..<sign]
        let text = String(word[word.index(after: sign)...])
        path = key.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard !path.contains("") else {
            throw Self.error(
                "the key \"\(key)\" has an empty part", "write key=value, as in safety.mode=fast")
        }
        guard !key.contains("["), !key.contains("]") else {
            throw Self.error(
                "the key \"\(key)\" leads into a list", "give the whole list, as in \(path[0])='[…]'")
        }
        value = (try? JSONValue(parsing: Data(text.utf8))) ?? .string(text)
    }

    fileprivate static func error(_ message: String, _ hint: String) -> RunwareError {
        RunwareError(code: "assignmentInvalid", category: .validation, message: message, hint: hint)
    }
}

extension JSONValue {
    /// This document with fields set, in the order of the assignments. Objects on the way are made where they
    /// are missing. A picture given to `inputs.frameImages` becomes a list, and the next one joins it.
    package func assigning(_ assignments: [Assignment]) throws(RunwareError) -> JSONValue {
        var tree = self
        var begun: Set<[String]> = []
        for assignment in assignments {
            var value = assignment.value
            let isList = Self.lists.contains(assignment.path)
            if isList, value != .null, value.array == nil { value = .array([value]) }
            if isList, !begun.insert(assignment.path).inserted, let more = value.array,
                let before = tree.value(at: assignment.path[...])?.array
            {
                value = .array(before + more)
            }
            try tree.set(value, at: assignment.path[...], of: assignment.path)
        }
        return tree
    }

    private static let lists: Set<[String]> = [["inputs", "frameImages"]]

    private func value(at path: ArraySlice<String>) -> JSONValue? {
        guard let key = path.first else { return self }
        return self[key]?.value(at: path.dropFirst())
    }

    private mutating func set(
        _ value: JSONValue, at path: ArraySlice<String>, of whole: [String]
    ) throws(RunwareError) {
        guard let key = path.first else {
            self = value
            return
        }
        guard var members = object else {
            let outer = whole.prefix(whole.count - path.count).joined(separator: ".")
            throw Assignment.error(
                "\(whole.joined(separator: ".")) cannot be set: \(outer.isEmpty ? "the request" : outer) is \(brief)",
                "set \(outer.isEmpty ? "an object" : outer) as a whole, or leave it out of the request")
        }
        if path.count == 1, value == .null {
            members[key] = nil
        } else {
            var inner = members[key] ?? .object([:])
            if inner == .null { inner = .object([:]) }
            try inner.set(value, at: path.dropFirst(), of: whole)
            members[key] = inner
        }
        self = .object(members)
    }
}
