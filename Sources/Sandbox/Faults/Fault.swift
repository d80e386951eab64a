import Foundation

/// Something that goes wrong on purpose with one task.
struct Fault: Codable, Sendable, Equatable {
    var kind: Kind
    /// The first occurrence of its step that it may strike, counted from 1.
    var from: Int
    /// How often it strikes; nil for ever.
    var times: Int?
    /// Milliseconds, bytes, seconds or a count, as the kind takes it; nil for the kind's own.
    var amount: Int?

    init(_ kind: Kind, from: Int = 1, times: Int? = 1, amount: Int? = nil) {
        self.kind = kind
        self.from = from
        self.times = times
        self.amount = amount
    }

    /// Reads `kind`, `kind*times`, `kind*` (for ever), `kind@from`, `kind=amount`, and these together in
    /// this order: `kind@from*times=amount`.
    init(parsing text: String) throws(FaultComplaint) {
        let form = #/([a-z0-9-]+)(?:@([0-9]+))?(?:(\*)([0-9]+)?)?(?:=([0-9]+))?/#
        let trimmed = text.trimmingCharacters(in: .whitespaces)
        guard let match = trimmed.wholeMatch(of: form) else {
            throw FaultComplaint(text: trimmed, isKnown: false)
        }
        guard let kind = Kind(rawValue: String(match.1)) else {
            throw FaultComplaint(text: String(match.1), isKnown: false)
        }
        let from = match.2.map { Int($0) ?? 0 } ?? 1
        let times: Int? = match.3 == nil ? kind.usualTimes : match.4.map { Int($0) ?? 0 }
        guard from >= 1, times ?? 1 >= 1 else { throw FaultComplaint(text: trimmed, isKnown: true) }
        self.init(kind, from: from, times: times, amount: match.5.flatMap { Int($0) })
    }

    /// Reads a list with commas.
    static func list(_ text: String) throws(FaultComplaint) -> [Fault] {
        var faults: [Fault] = []
        for part in text.split(separator: ",") where !part.allSatisfy({ $0 == " " }) {
            faults.append(try Fault(parsing: String(part)))
        }
        return faults
    }

    /// The faults that a prompt names in `[fault: …]`.
    static func inPrompt(_ prompt: String) throws(FaultComplaint) -> [Fault] {
        var faults: [Fault] = []
        for match in prompt.matches(of: #/\[fault:([^\]]*)\]/#) { faults += try list(String(match.1)) }
        return faults
    }
}

/// A fault that nobody knows, or one with a count that makes no sense.
struct FaultComplaint: Error, CustomStringConvertible {
    var text: String
    var isKnown: Bool

    var description: String {
        if isKnown { return "the fault '\(text)' has a count below 1" }
        let nearest = Fault.Kind.allCases.map(\.rawValue).filter { name in
            let words = Set(name.split(separator: "-"))
            return !words.isDisjoint(with: text.split(separator: "-"))
        }
        let known = nearest.isEmpty ? Fault.Kind.allCases.map(\.rawValue) : nearest
        return "there is no fault '\(text)'; it is written kind@from*times=amount, kinds: "
            + known.joined(separator: ", ")
    }
}
