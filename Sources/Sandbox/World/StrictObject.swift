/// An object of a world file: each key is taken once, and one that nobody took is an error.
struct StrictObject {
    private var members: [String: JSON]
    private var asked: [String] = []
    private let file: String
    private let path: String

    init(_ members: [String: JSON], file: String, path: String = "") {
        self.members = members
        self.file = file
        self.path = path
    }

    /// The keys not taken yet, in order.
    var keys: [String] { members.keys.sorted() }

    mutating func flag(_ key: String) throws -> Bool? {
        guard let value = take(key) else { return nil }
        guard let flag = value.bool else { throw wrong(key, "it takes true or false") }
        return flag
    }

    mutating func text(_ key: String) throws -> String? {
        guard let value = take(key) else { return nil }
        guard let text = value.string, !text.isEmpty else { throw wrong(key, "it takes a text") }
        return text
    }

    mutating func texts(_ key: String) throws -> [String]? {
        guard let value = take(key) else { return nil }
        guard let items = value.array, items.allSatisfy({ $0.string != nil }) else {
            throw wrong(key, "it takes a list of texts")
        }
        return items.compactMap(\.string)
    }

    mutating func number(_ key: String, _ range: ClosedRange<Double>) throws -> Double? {
        guard let value = take(key) else { return nil }
        guard let number = value.double, range.contains(number) else {
            throw wrong(key, "it takes a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    mutating func whole(_ key: String, _ least: Int) throws -> Int? {
        guard let value = take(key) else { return nil }
        guard let number = value.int, number >= least else {
            throw wrong(key, "it takes a whole number from \(least)")
        }
        return Int(number)
    }

    mutating func choice(_ key: String, _ allowed: [String]) throws -> String? {
        guard let value = take(key) else { return nil }
        guard let text = value.string, allowed.contains(text) else {
            throw wrong(key, "it takes " + allowed.map { "\"\($0)\"" }.joined(separator: " or "))
        }
        return text
    }

    mutating func object(_ key: String) throws -> StrictObject? {
        guard let value = take(key) else { return nil }
        guard let members = value.object else { throw wrong(key, "it takes an object") }
        return StrictObject(members, file: file, path: path + key + ".")
    }

    mutating func list(_ key: String) throws -> [StrictObject]? {
        guard let value = take(key) else { return nil }
        guard let items = value.array else { throw wrong(key, "it takes a list of objects") }
        return try items.enumerated().map { i, item in
            guard let members = item.object else { throw wrong("\(key)[\(i)]", "it takes an object") }
            return StrictObject(members, file: file, path: "\(path)\(key)[\(i)].")
        }
    }

    /// Complains about a key that was not asked for.
    func finish() throws {
        guard let odd = keys.first else { return }
        throw SandboxError(
            message: "\(file): '\(path)\(odd)' is not a key of a world file",
            hint: "keys here: " + asked.sorted().joined(separator: ", "))
    }

    /// What is wrong with the value of a key.
    func wrong(_ key: String, _ what: String) -> SandboxError {
        SandboxError(message: "\(file): '\(path)\(key)' is not as it should be", hint: what)
    }

    private mutating func take(_ key: String) -> JSON? {
        asked.append(key)
        return members.removeValue(forKey: key)
    }
}
