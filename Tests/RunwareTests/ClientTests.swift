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
        let results = try await client(server).run(
            Fixture.request(), taskUUID: Fixture.task, alreadySent: false,
            willSend: { #expect(server.requests.isEmpty) },
            progress: { item in news.withLock { $0.append(item.state) } })
        #expect(results.map(\.cost) == [Decimal(string: "0.4715")])
        #expect(types(server) == ["videoInference", "getResponse", "getResponse"])
        #expect(server.requests.allSatisfy { $0.headers["authorization"] == "Bearer sk-secret" })
        #expect(uuids(server) == [Fixture.task])
        #expect(news.withLock { $0 } == [.sending, .running, .running, .running])
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
        let results = try await client(server).run(
            Fixture.request(), taskUUID: Fixture.task, alreadySent: false,
            willSend: { told.withLock { $0 += 1 } })
        #expect(results.count == 1)
        #expect(types(server) == ["videoInference", "getResponse", "getResponse"])
        #expect(told.withLock { $0 } == 1)
    }

    @Test func `silence after a dropped connection leads to the same UUID, and a conflict counts`()
        async throws
    {
        let server = try server([
            .drop, json("silent"), json("silent"), json("silent"), json("refused-duration", 400),
            json("conflict", 400), json("done"),
        ])
        defer { server.stop() }
        let results = try await client(server).run(
            Fixture.request(), taskUUID: Fixture.task, alreadySent: false)
        #expect(results.count == 1)
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
        let results = try await client(server).run(
            Fixture.request(), taskUUID: Fixture.task, alreadySent: true,
            willSend: { Issue.record("announced a purchase") })
        #expect(results.count == 1)
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
        let request = try VideoRequest.parse(Data(#"{"model":"pixverse:1@6","prompt":"x"}"#.utf8))
        let error = await #expect(throws: RunwareError.self) {
            try await client(server).run(request, taskUUID: Fixture.task, alreadySent: false)
        }
        #expect(error?.parameter == ["prompt"] && error?.exitCode == 5)
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
        let answers = try await client(server).ask([Fixture.task, "11111111-2222-4333-8444-555555555555"])
        #expect(server.requests.count == 1)
        #expect(answers[Fixture.task]?.results.count == 1)
        #expect(answers["11111111-2222-4333-8444-555555555555"]?.isSilent == true)
    }

    @Test func `uploads a picture, trying again where the server stumbles`() async throws {
        let server = try server([.http(503), json("uploaded")])
        defer { server.stop() }
        let image = try await client(server).uploadImage(DataURI.png([1, 2, 3]))
        #expect(image.imageUUID == "3ad204c3-a9de-4963-8a1a-c3911e3afafe")
        #expect(types(server) == ["imageUpload", "imageUpload"])
    }
}

@Suite struct `A download` {
    private func fetch(_ replies: [LoopbackServer.Reply], limit: Int64 = 1 << 20) async throws -> (
        Result<Int64, RunwareError>, Data?, [LoopbackServer.Request]
    ) {
        let server = try LoopbackServer { replies[min($0.number, replies.count - 1)] }
        defer { server.stop() }
        let folder = try Folder()
        var settings = ClientConfiguration(
            baseURL: URL(string: "http://127.0.0.1:9/v1")!, apiKey: "sk-secret")
        settings.pace = QuickPace()
        let path = folder.path + "/clip.mp4"
        let address = "http://127.0.0.1:\(server.port)/clip.mp4"
        let result: Result<Int64, RunwareError>
        do {
            result = .success(try await Client(settings).download(address, to: path, limit: limit))
        } catch {
            result = .failure(error)
        }
        return (result, try? Data(contentsOf: URL(fileURLWithPath: path)), server.requests)
    }

    private let clip = Data((0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31) })

    @Test func `arrives whole, without the key`() async throws {
        let (result, bytes, requests) = try await fetch([.http(200, clip)])
        #expect(try result.get() == 300_000)
        #expect(bytes == clip)
        #expect(requests.map { $0.headers["authorization"] } == [nil])
    }

    @Test func `an empty, cut, textual or early answer is tried again`() async throws {
        let (result, bytes, requests) = try await fetch([
            .http(200), .http(200, clip.prefix(1000), length: 300_000),
            .http(200, Data("not yet".utf8), headers: ["Content-Type": "text/html; charset=utf-8"]),
            .http(404),
            .http(200, clip),
        ])
        #expect(try result.get() == 300_000)
        #expect(bytes == clip)
        #expect(requests.count == 5)
    }

    @Test func `is given up after some attempts and leaves no file`() async throws {
        let (result, bytes, requests) = try await fetch([.http(200)])
        #expect(throws: RunwareError.self) { try result.get() }
        if case .failure(let error) = result { #expect(error.code == "emptyMedia" && error.charged == .yes) }
        #expect(bytes == nil)
        #expect(requests.count == 5)
    }

    @Test func `what is gone is not asked for again`() async throws {
        let (result, bytes, requests) = try await fetch([.http(410)])
        if case .failure(let error) = result {
            #expect(error.code == "mediaGone" && error.category == .notFound)
        }
        #expect(bytes == nil && requests.count == 1)
    }

    @Test func `beyond its limit ends and leaves no file`() async throws {
        let (result, bytes, requests) = try await fetch([.http(200, clip)], limit: 1000)
        if case .failure(let error) = result { #expect(error.code == "answerTooLarge") }
        #expect(bytes == nil && requests.count == 1)
    }

    @Test func `goes to web addresses only and names a folder that is missing`() async throws {
        let settings = ClientConfiguration(baseURL: URL(string: "http://127.0.0.1:9/v1")!, apiKey: "k")
        let client = Client(settings)
        let scheme = await #expect(throws: RunwareError.self) {
            try await client.download("file:///etc/hostname", to: "/nowhere/x")
        }
        #expect(scheme?.code == "addressRefused")
        let folder = await #expect(throws: RunwareError.self) {
            try await client.download("http://127.0.0.1:9/x", to: "/nowhere/x")
        }
        #expect(folder?.code == "fileFailed" && folder?.message.contains("/nowhere/x") == true)
    }
}
