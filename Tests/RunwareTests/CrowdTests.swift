import Foundation
import Runware
import Synchronization
import Testing

/// A service that takes every task on and finishes it after some questions about it.
private final class Crowd: Sendable {
    struct Counts {
        var asked: [String: Int] = [:]
        var submissions = 0
        var questions = 0
    }

    let counts = Mutex(Counts())
    let questionsUntilDone: Int

    init(questionsUntilDone: Int) { self.questionsUntilDone = questionsUntilDone }

    func answer(_ request: LoopbackServer.Request) -> LoopbackServer.Reply {
        let tasks = (try? JSONValue(parsing: request.body))?.array ?? []
        var items: [String] = []
        counts.withLock { counts in
            if tasks.first?["taskType"]?.string == "getResponse" { counts.questions += 1 }
            for task in tasks {
                guard let uuid = task["taskUUID"]?.string else { continue }
                let name = #"{"taskType":"videoInference","taskUUID":"\#(uuid)""#
                guard task["taskType"]?.string == "getResponse" else {
                    counts.submissions += 1
                    items.append(name + "}")
                    continue
                }
                counts.asked[uuid, default: 0] += 1
                items.append(
                    counts.asked[uuid, default: 0] < questionsUntilDone
                        ? name + #","status":"processing"}"#
                        : name + #","status":"success","videoUUID":"\#(uuid)","videoURL":"http://a.b/c"}"#)
            }
        }
        return .json(Data(#"{"data":[\#(items.joined(separator: ","))]}"#.utf8))
    }
}

@Suite struct `Many tasks on one client` {
    @Test func `a thousand finish, their questions put together`() async throws {
        let crowd = Crowd(questionsUntilDone: 3)
        let server = try LoopbackServer { crowd.answer($0) }
        defer { server.stop() }
        var poll = PollPolicy()
        poll.initialDelay = .milliseconds(500)
        poll.firstInterval = .milliseconds(500)
        let client = Client(ClientConfiguration(baseURL: server.url, apiKey: "k", poll: poll))
        let start = ContinuousClock.now
        let done = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<1000 {
                group.addTask {
                    let outcome = try? await client.run(
                        Fixture.request(), taskUUID: UUID().uuidString.lowercased(), alreadySent: false)
                    return outcome?.results.count ?? 0
                }
            }
            return await group.reduce(0, +)
        }
        let minutes = (ContinuousClock.now - start) / .seconds(60)
        let counts = crowd.counts.withLock { $0 }
        #expect(done == 1000 && counts.submissions == 1000)
        #expect(counts.asked.values.allSatisfy { $0 == 3 })
        // Alone, three questions a task would be 3000 exchanges.
        #expect(counts.questions < 600)
        #expect(client.mostExchangesAtOnce <= 32)
        let each = Double(counts.questions) / 1000 / minutes
        print("1000 tasks: \(counts.questions) questions, \(each) a task and minute, \(minutes * 60) s")
    }

    @Test func `questions of one moment share an exchange, at most fifty tasks each`() async throws {
        let crowd = Crowd(questionsUntilDone: 1)
        let server = try LoopbackServer { crowd.answer($0) }
        defer { server.stop() }
        let client = Client(ClientConfiguration(baseURL: server.url, apiKey: "k"))
        await withTaskGroup { group in
            for _ in 0..<120 { group.addTask { _ = try? await client.resume(UUID().uuidString) } }
        }
        let sizes = server.requests.map { (try? JSONValue(parsing: $0.body))?.array?.count ?? 0 }
        #expect(sizes.reduce(0, +) == 120)
        #expect(sizes.count <= 6 && (sizes.max() ?? 99) <= 50)
    }

    @Test func `a neighbour that spoils an exchange does not end the others`() async throws {
        let bad = UUID().uuidString.lowercased()
        let crowd = Crowd(questionsUntilDone: 1)
        let server = try LoopbackServer { request in
            if String(decoding: request.body, as: UTF8.self).contains(bad) {
                return .json(Data(#"{"errors":[{"code":"invalidJSON","message":"x"}]}"#.utf8), status: 400)
            }
            return crowd.answer(request)
        }
        defer { server.stop() }
        let client = Client(ClientConfiguration(baseURL: server.url, apiKey: "k"))
        let done = await withTaskGroup(of: Bool.self) { group in
            for uuid in [bad] + (0..<5).map({ _ in UUID().uuidString }) {
                group.addTask { (try? await client.resume(uuid)) != nil }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(done == 5)
    }

    @Test func `a hint wakes the one who waits`() async throws {
        let uuid = UUID().uuidString
        let asked = Gate(count: 1)
        let crowd = Crowd(questionsUntilDone: 2)
        let server = try LoopbackServer { request in
            defer { if request.number == 0 { asked.arrive() } }
            return crowd.answer(request)
        }
        defer { server.stop() }
        var poll = PollPolicy()
        poll.firstInterval = .seconds(600)
        poll.longestInterval = .seconds(600)
        let client = Client(ClientConfiguration(baseURL: server.url, apiKey: "k", poll: poll))
        let start = ContinuousClock.now
        async let outcome = client.resume(uuid)
        await asked.opened()
        await client.hint([uuid.uppercased(), "a stranger"])
        #expect(try await outcome.results.count == 1)
        #expect(ContinuousClock.now - start < .seconds(20))
        #expect(server.requests.count == 2)
    }

    @Test func `the gate keeps order and places for questions, and lets the cancelled go`() async throws {
        let gate = ExchangeGate(limit: 3, reserved: 1)
        let (inside, entered) = AsyncStream<String>.makeStream()
        let (doors, open) = AsyncStream<Void>.makeStream()
        var seen = inside.makeAsyncIterator()
        @Sendable func pass(_ name: String, _ lane: ExchangeGate.Lane, waits: Bool = false) async -> Bool {
            await gate.through(lane) {
                entered.yield(name)
                if waits { for await _ in doors { break } }
                return true
            } ?? false
        }
        // Two submissions fill their two places; the third stands in line, a question passes.
        let held = [Task { await pass("a", .sending, waits: true) }]
        _ = await seen.next()
        let second = Task { await pass("b", .sending, waits: true) }
        _ = await seen.next()
        let third = Task { await pass("c", .sending) }
        #expect(await pass("question", .asking))
        #expect(await seen.next() == "question")
        third.cancel()
        #expect(await third.value == false)
        let fourth = Task { await pass("d", .sending) }
        open.yield()
        #expect(await seen.next() == "d")
        open.yield()
        open.finish()
        for task in held + [second, fourth] { #expect(await task.value) }
        #expect(gate.most == 3)
    }
}
