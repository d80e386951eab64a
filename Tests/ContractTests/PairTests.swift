import Foundation
import Runware
import Sandbox
import Testing

/// A request and its answer, from `Tests/Fixtures/runware/pairs.json`.
struct Pair: CustomTestStringConvertible, Sendable {
    var name: String
    /// The tasks that are posted.
    var request: JSONValue
    /// What is posted before, each task for itself.
    var first: [JSONValue]
    /// Whether the tasks before are waited for.
    var waits: Bool
    /// The fixture that the answer looks like.
    var response: String
    /// The HTTP status, where the sources agree about it.
    var status: Int?
    /// What the client is to understand.
    var means: String
    /// The world file that the sandbox runs with.
    var world: JSONValue?
    var key: String

    var testDescription: String { name }

    static let task = "8c9f3b7e-1d24-4b6a-9c55-0f2a7d3e6b10"

    static let all: [Pair] = {
        guard let data = try? Service.fixture("pairs"), let list = try? JSONValue(parsing: data) else {
            return []
        }
        return (list.array ?? []).map { pair in
            Pair(
                name: pair["name"]?.string ?? "", request: pair["request"] ?? .null,
                first: pair["first"]?.array ?? [], waits: pair["until"]?.string == "end",
                response: pair["response"]?.string ?? "", status: pair["status"]?.int64.map(Int.init),
                means: pair["means"]?.string ?? "", world: pair["world"], key: pair["key"]?.string ?? "test")
        }
    }()
}

/// Client and sandbox share no code. What ties them is in these pairs: the sandbox must answer the request in the
/// shape of the fixture, and the client must understand fixture and live answer alike.
@Suite struct `A pair of request and answer` {
    @Test func `is there in number`() { #expect(Pair.all.count == 17) }

    @Test(arguments: Pair.all) func `is given by the sandbox and understood by the client`(_ pair: Pair)
        async throws
    {
        let service = try await Service.sandbox(world: pair.world)
        for task in pair.first { _ = try await service.post([task], key: "test") }
        if pair.waits { try await service.end(of: Pair.task) }
        let live = try await service.post(pair.request.array ?? [], key: pair.key)
        let fixture = HTTPReply(status: pair.status ?? live.status, body: try Service.fixture(pair.response))
        if let status = pair.status { #expect(live.status == status) }
        #expect(Shape(live.body) == Shape(fixture.body))
        let isQuestion = pair.request.array?.first?["taskType"]?.string
        #expect(Meaning.of(live, isQuestion) == pair.means)
        #expect(Meaning.of(fixture, isQuestion) == pair.means)
        await service.close()
    }
}

/// What the client understands, in a word or two.
enum Meaning {
    static func of(_ reply: HTTPReply, _ kind: String?) -> String {
        switch kind {
        case "getResponse": question(reply)
        case "getTaskDetails": archive(reply)
        default: submission(reply)
        }
    }

    private static func submission(_ reply: HTTPReply) -> String {
        switch Reading.submit(.success(reply), task: Pair.task) {
        case .accepted: "accepted"
        case .conflict: "conflict"
        case .refused(let error): "refused \(error.code)"
        case .busy: "busy"
        case .unclear: "unclear"
        case .notSent: "not sent"
        case .cancelled: "cancelled"
        }
    }

    private static func question(_ reply: HTTPReply) -> String {
        guard case .answer(let answer)? = Reading.ask(.success(reply), tasks: [Pair.task])[Pair.task] else {
            return "unclear"
        }
        return words(answer)
    }

    private static func archive(_ reply: HTTPReply) -> String {
        switch Reading.archive(.success(reply), task: Pair.task) {
        case .found(let answer): "archived " + (answer.results.isEmpty ? "failed" : "done")
        case .known: "archived"
        default: "not archived"
        }
    }

    private static func words(_ answer: TaskAnswer) -> String {
        if answer.isDenied { return "denied" }
        if answer.isSilent { return "silent" }
        if answer.running > 0 { return "running" }
        guard !answer.results.isEmpty else { return "failed" }
        let failed = answer.failures.first.map { ", failed \($0.code)" } ?? ""
        return "done \(answer.results.count)\(failed)"
    }
}

/// The names and kinds of what is in an answer, and those values that are part of the protocol; no others.
struct Shape: Equatable, CustomStringConvertible {
    private let text: String
    var description: String { text }

    init(_ body: Data) {
        text = (try? JSONValue(parsing: body)).map { Self.shape($0, "") } ?? "not JSON"
    }

    /// Said by some sources and left out by others; the client needs none of them.
    private static let optional: Set<String> = [
        "progress", "documentation", "NSFWContent", "imageURL", "status", "taskType", "type", "request",
        "allowedValues",
    ]
    private static let constant: Set<String> = ["code", "parameter"]

    private static func shape(_ value: JSONValue, _ name: String) -> String {
        switch value {
        case .object(let members):
            let inner = members.filter { !optional.contains($0.key) }
                .filter { $0.value.array?.isEmpty != true || $0.key == "data" && members.count == 1 }
                .sorted { $0.key < $1.key }.map { "\($0.key): \(shape($0.value, $0.key))" }
            return "{" + inner.joined(separator: ", ") + "}"
        case .array(let items):
            if constant.contains(name) { return value.canonical }
            return "[" + items.map { shape($0, "") }.joined(separator: ", ") + "]"
        case .string(let text): return constant.contains(name) ? "\"\(text)\"" : "text"
        case .integer, .number: return "number"
        case .bool: return "yes or no"
        case .null: return "null"
        }
    }
}
