import Foundation
import Runware
import Testing

/// What became of a task of an earlier run: where the answer decides whether money is spent once more.
@Suite struct `A task that was sent long ago` {
    private func client(_ server: LoopbackServer) -> Client {
        var settings = ClientConfiguration(baseURL: server.url, apiKey: "sk-secret")
        settings.pace = QuickPace()
        return Client(settings)
    }

    private func server(_ replies: [LoopbackServer.Reply]) throws -> LoopbackServer {
        try LoopbackServer { replies[min($0.number, replies.count - 1)] }
    }

    private func json(_ name: String, _ status: Int = 200) throws -> LoopbackServer.Reply {
        .json(try Fixture.data(name), status: status)
    }

    private func types(_ server: LoopbackServer) -> [String] {
        server.requests.compactMap {
            (try? JSONValue(parsing: $0.body))?.array?.first?["taskType"]?.string
        }
    }

    @Test func `is not given up for one silent answer`() async throws {
        let server = try server([json("silent"), json("done")])
        defer { server.stop() }
        let answer = try await client(server).find(Fixture.task)
        #expect(answer.results.count == 1)
        #expect(types(server) == ["getResponse", "getResponse"])
    }

    @Test func `is looked up in the archive when the service is silent about it`() async throws {
        let server = try server([
            json("silent"), json("silent"), json("task-not-found", 404), json("archive"),
        ])
        defer { server.stop() }
        let answer = try await client(server).find(Fixture.task)
        #expect(answer.results.first?.cost == Decimal(string: "0.4715"))
        #expect(types(server).last == "getTaskDetails")
    }

    @Test func `is unknown only when the archive says so, and is never sent again`() async throws {
        let server = try server([json("silent"), json("silent"), json("silent"), json("archive-empty")])
        defer { server.stop() }
        let answer = try await client(server).find(Fixture.task)
        #expect(answer.isDenied && answer.isSilent)
        #expect(!types(server).contains("videoInference"))
    }

    @Test func `is found although an exchange or two is lost`() async throws {
        let server = try server([.drop, .http(503), json("done")])
        defer { server.stop() }
        #expect(try await client(server).find(Fixture.task).results.count == 1)
    }

    @Test func `stays open when the key is refused, at the archive too`() async throws {
        for replies in [
            [try json("wrong-key", 401)],
            try [json("silent"), json("silent"), json("silent"), json("wrong-key", 401)],
        ] {
            let server = try server(replies)
            defer { server.stop() }
            let error = await #expect(throws: RunwareError.self) {
                try await client(server).find(Fixture.task)
            }
            #expect(error?.category == .auth && error?.charged == .unknown)
        }
    }

    @Test func `stays open when the archive cannot be asked`() async throws {
        let server = try server([json("silent"), json("silent"), json("silent"), .http(503)])
        defer { server.stop() }
        let error = await #expect(throws: RunwareError.self) {
            try await client(server).find(Fixture.task)
        }
        #expect(error?.charged == .unknown)
    }
}
