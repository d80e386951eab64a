import Foundation
import Runware
import Synchronization
import Testing

/// Time that passes only when someone waits, and then at once.
final class QuickPace: Pace {
    private let time: Mutex<Duration> = Mutex(.zero)
    let waits: Mutex<[Duration]> = Mutex([])
    func now() -> Duration { time.withLock { $0 } }
    func random() -> Double { 0.5 }
    func sleep(_ pause: Duration) async throws {
        try Task.checkCancellation()
        time.withLock { $0 += pause }
        waits.withLock { $0.append(pause) }
    }
}

@Suite struct `The client over a real connection` {
    private func client(_ server: LoopbackServer, pace: QuickPace = QuickPace()) -> Client {
        var settings = ClientConfiguration(baseURL: server.url, apiKey: "sk-secret")
        settings.pace = pace
        return Client(settings)
    }

    private func types(_ server: LoopbackServer) -> [String] {
        server.requests.compactMap { request in
            (try? JSONValue(parsing: request.body))?.array?.first?["taskType"]?.string
        }
    }

    private func uuids(_ server: LoopbackServer) -> Set<String?> {
        Set(server.requests.map { (try? JSONValue(parsing: $0.body))?.array?.first?["taskUUID"]?.string })
    }

    /// Answers in order; the last one again and again.
    private func server(_ replies: [LoopbackServer.Reply]) throws -> LoopbackServer {
        try LoopbackServer { replies[min($0.number, replies.count - 1)] }
    }

    private func json(_ name: String, _ status: Int = 200, _ headers: [String: String] = [:]) throws
        -> LoopbackServer.Reply
    {
        .json(try Fixture.data(name), status: status, headers: headers)
    }

    @Test func `buys, waits and returns the result`() async throws {
        let server = try server([json("acknowledged"), json("running"), json("done")])
        defer { server.stop() }
        let news: Mutex<[TaskProgress.State]> = Mutex([])
        let outcome = try await client(server).run(
            Fixture.request(), taskUUID: Fixture.task, alreadySent: false,
            willSend: { #expect(server.requests.isEmpty) },
            progress: { item in news.withLock { $0.append(item.state) } })
        #expect(outcome.results.map(\.cost) == [Decimal(string: "0.4715")])
        #expect(types(server) == ["videoInference", "getResponse", "getResponse"])
        #expect(server.requests.allSatisfy { $0.headers["authorization"] == "Bearer sk-secret" })
        #expect(uuids(server) == [Fixture.task])
        #expect(news.withLock { $0 } == [.sending, .accepted, .running, .running])
    }

    @Test func `waits as long as a busy service says, then buys`() async throws {
        let pace = QuickPace()
        let server = try server([json("busy", 429, ["Retry-After": "7"]), json("acknowledged"), json("done")])
        defer { server.stop() }
        _ = try await client(server, pace: pace).run(
            Fixture.request(), taskUUID: Fixture.task, alreadySent: false)
        #expect(types(server) == ["videoInference", "videoInference", "getResponse"])
        #expect(pace.waits.withLock { $0.first } == .seconds(7))
    }

    @Test func `a connection dropped after accepting leads to a question, not to a second purchase`()
        async throws
    {
        let server = try server([.drop, json("running"), json("done")])
        defer { server.stop() }
        let told: Mutex<Int> = Mutex(0)
        let outcome = try await client(server).run(
            Fixture.request(), taskUUID: Fixture.task, alreadySent: false,
            willSend: { told.withLock { $0 += 1 } })
        #expect(outcome.results.count == 1)
        #expect(types(server) == ["videoInference", "getResponse", "getResponse"])
        #expect(told.withLock { $0 } == 1)
    }

    @Test func `silence after a dropped connection leads to the same UUID, and a conflict counts`()
        async throws
    {
        let server = try server([
            .drop, json("silent"), json("silent"), json("silent"), json("archive-empty"),
            json("conflict", 400), json("done"),
        ])
        defer { server.stop() }
        let outcome = try await client(server).run(
            Fixture.request(), taskUUID: Fixture.task, alreadySent: false)
        #expect(outcome.results.count == 1)
        #expect(
            types(server) == [
                "videoInference", "getResponse", "getResponse", "getResponse", "getTaskDetails",
                "videoInference",
                "getResponse",
            ])
        #expect(uuids(server) == [Fixture.task])
    }

    @Test func `a known task is picked up without buying`() async throws {
        let server = try server([json("running"), json("done")])
        defer { server.stop() }
        let outcome = try await client(server).run(
            Fixture.request(), taskUUID: Fixture.task, alreadySent: true,
            willSend: { Issue.record("announced a purchase") })
        #expect(outcome.results.count == 1)
        #expect(types(server) == ["getResponse", "getResponse"])
    }

    @Test func `nothing is sent where writing it down failed`() async throws {
        struct DiskFull: Error {}
        let server = try server([json("acknowledged")])
        defer { server.stop() }
        let error = await #expect(throws: RunwareError.self) {
            try await client(server).run(
                Fixture.request(), taskUUID: Fixture.task, alreadySent: false, willSend: { throw DiskFull() })
        }
        #expect(error?.charged == .no && error?.code == "notSent")
        #expect(server.requests.isEmpty)
    }

    @Test func `a request read with mistakes is not sent`() async throws {
        let server = try server([json("acknowledged")])
        defer { server.stop() }
        let request = try VideoRequest.parse(Data(#"{"model":"pixverse:1@6","positivePrompt":3}"#.utf8))
        let error = await #expect(throws: RunwareError.self) {
            try await client(server).run(request, taskUUID: Fixture.task, alreadySent: false)
        }
        #expect(error?.parameter == ["positivePrompt"] && error?.exitCode == 5)
        #expect(server.requests.isEmpty)
    }

    @Test func `cancelling while waiting says that the task will be billed`() async throws {
        let asked = Gate(count: 1)
        let acknowledged = try json("acknowledged")
        let server = try LoopbackServer { request in
            if request.number == 0 { return acknowledged }
            asked.arrive()
            return .hang
        }
        defer { server.stop() }
        let client = client(server)
        let task = Task {
            try await client.run(Fixture.request(), taskUUID: Fixture.task, alreadySent: false)
        }
        await asked.opened()
        task.cancel()
        let error = await #expect(throws: RunwareError.self) { try await task.value }
        #expect(error?.category == .cancelled && error?.charged == .yes && error?.exitCode == 130)
    }

    @Test func `no error shows the key even if the service quotes it`() async throws {
        let body = #"{"errors":[{"code":"invalidApiKey","message":"key sk-secret is wrong"}]}"#
        let server = try server([.json(Data(body.utf8), status: 401)])
        defer { server.stop() }
        let error = await #expect(throws: RunwareError.self) {
            try await client(server).run(Fixture.request(), taskUUID: Fixture.task, alreadySent: false)
        }
        #expect(error?.category == .auth && error?.charged == .no)
        #expect(error?.description.contains("sk-secret") == false)
    }

    @Test func `asks after many tasks in one exchange`() async throws {
        let server = try server([json("done")])
        defer { server.stop() }
        let other = "11111111-2222-4333-8444-555555555555"
        let answers = await client(server).ask([Fixture.task, other])
        #expect(server.requests.count == 1)
        #expect(try answers[Fixture.task]?.get().results.count == 1)
        #expect(try answers[other]?.get().isSilent == true)
    }

    @Test func `a task that could not be asked for does not hide the others, nor the key`() async throws {
        let other = "11111111-2222-4333-8444-555555555555"
        let body = """
            {"data":[{"taskUUID":"\(Fixture.task)","status":"processing"}],
             "errors":[{"taskUUID":"\(other)","code":"internalServerError","message":"sk-secret broke"}]}
            """
        let server = try server([.json(Data(body.utf8))])
        defer { server.stop() }
        let answers = await client(server).ask([Fixture.task, other])
        #expect(try answers[Fixture.task]?.get().running == 1)
        let error = #expect(throws: RunwareError.self) { try answers[other]?.get() }
        #expect(error?.charged == .unknown && error?.message.contains("sk-secret") == false)
    }

    @Test func `asks for a price without waiting, and says so in the header`() async throws {
        let body = #"{"data":[{"taskType":"videoInference","cost":0.4715}]}"#
        let server = try server([.json(Data(body.utf8)), json("refused-duration", 400)])
        defer { server.stop() }
        let price = try await client(server).price(Fixture.request())
        #expect(price["data"]?.array?.first?["cost"]?.double == 0.4715)
        #expect(server.requests.map { $0.headers["x-runware-dry-run"] } == ["1"])
        let error = await #expect(throws: RunwareError.self) {
            try await client(server).price(Fixture.request())
        }
        #expect(error?.code == "unsupportedDuration" && error?.charged == .no)
        #expect(error?.recovery == .changeInput)
    }

    @Test func `a task of somebody else is waited for and never sent`() async throws {
        let server = try server([json("three-second"), json("three-all")])
        defer { server.stop() }
        let outcome = try await client(server).resume(Fixture.task, expected: 3)
        #expect(outcome.results.count == 3 && outcome.missing == 0)
        #expect(types(server) == ["getResponse", "getResponse"])
        let none = try self.server([json("silent"), json("silent"), json("silent"), json("archive-empty")])
        defer { none.stop() }
        let error = await #expect(throws: RunwareError.self) {
            try await client(none).resume(Fixture.task)
        }
        #expect(error?.code == "taskNotFound")
        #expect(!types(none).contains("videoInference"))
    }

    @Test func `uploads a picture, trying again where the server stumbles`() async throws {
        let server = try server([.http(503), json("uploaded")])
        defer { server.stop() }
        let image = try await client(server).uploadImage(DataURI.png([1, 2, 3]))
        #expect(image.imageUUID == "3ad204c3-a9de-4963-8a1a-c3911e3afafe")
        #expect(types(server) == ["imageUpload", "imageUpload"])
        // Should the first have been kept under its name, the second must not collide with it.
        #expect(uuids(server).count == 2)
    }
}
