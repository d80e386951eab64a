import Foundation
import Runware
import Synchronization
import Testing

@Suite struct `The transport over a real connection` {
    private let transport = CurlTransport()

    private func call(_ server: LoopbackServer, deadline: Duration = .seconds(20), once: Bool = false)
        -> HTTPCall
    {
        HTTPCall(
            method: "POST", url: server.url, headers: ["Authorization": "Bearer sk-secret"],
            body: Data("[]".utf8),
            deadline: deadline, bodyLimit: 10_000, once: once)
    }

    private func kind(_ call: HTTPCall) async -> TransportError.Kind? {
        do {
            _ = try await transport.send(call)
            return nil
        } catch {
            return error.kind
        }
    }

    @Test func `sends method, headers and body and reads the body of any status`() async throws {
        let server = try LoopbackServer { _ in .json(Data("{}".utf8), status: 404, headers: ["X-A": "b"]) }
        defer { server.stop() }
        let reply = try await transport.send(call(server))
        #expect(reply.status == 404 && reply.body == Data("{}".utf8) && reply.headers["x-a"] == "b")
        let seen = try #require(server.requests.first)
        #expect(seen.method == "POST" && seen.path == "/v1" && seen.body == Data("[]".utf8))
        #expect(seen.headers["authorization"] == "Bearer sk-secret")
    }

    @Test func `takes a redirect to another host without the key`() async throws {
        let media = try LoopbackServer { _ in .http(200, Data("clip".utf8)) }
        let port = media.port
        let server = try LoopbackServer { request in
            request.path == "/v1"
                ? .http(302, headers: ["Location": "/again"])
                : .http(302, headers: ["Location": "http://127.0.0.1:\(port)/clip.mp4"])
        }
        defer { server.stop(); media.stop() }
        var get = call(server)
        get.method = "GET"
        get.body = nil
        let reply = try await transport.send(get)
        #expect(reply.body == Data("clip".utf8))
        #expect(
            server.requests.map { $0.headers["authorization"] } == ["Bearer sk-secret", "Bearer sk-secret"])
        #expect(media.requests.map { $0.headers["authorization"] } == [nil])
    }

    @Test func `ends a circle of redirects`() async throws {
        let server = try LoopbackServer { _ in .http(307, headers: ["Location": "/v1"]) }
        defer { server.stop() }
        #expect(await kind(call(server)) == .refused)
        #expect(server.requests.count == Redirect.mostSteps + 1)
    }

    @Test func `its own deadline ends a server that drips`() async throws {
        let server = try LoopbackServer { _ in
            LoopbackServer.Reply(
                bytes: Data("HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n".utf8),
                drip: (Data("x".utf8), 20))
        }
        defer { server.stop() }
        let start = ContinuousClock.now
        #expect(await kind(call(server, deadline: .milliseconds(300))) == .deadline)
        #expect(ContinuousClock.now - start < .seconds(10))
    }

    @Test func `an answer beyond the limit is not kept, announced or not`() async throws {
        let server = try LoopbackServer { request in
            request.number == 0
                ? .http(200, Data(count: 20_000))
                : LoopbackServer.Reply(
                    bytes: Data("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n".utf8),
                    drip: (Data(count: 1000), 0))
        }
        defer { server.stop() }
        #expect(await kind(call(server)) == .tooLarge)
        #expect(await kind(call(server)) == .tooLarge)
    }

    @Test func `tells a connection never made from one that broke`() async throws {
        let server = try LoopbackServer { _ in .drop }
        #expect(await kind(call(server, once: true)) == .lost)
        server.stop()
        #expect(await kind(call(server, once: true)) == .unreachable)
        #expect(server.requests.count == 1)
        #expect(await kind(HTTPCall(url: URL(string: "file:///etc/hostname")!)) == .refused)
    }

    @Test func `what must be sent once is not repeated by the library on a connection that dies`()
        async throws
    {
        let server = try LoopbackServer { request in request.number == 0 ? .http(200) : .drop }
        defer { server.stop() }
        _ = try await transport.send(call(server))
        #expect(await kind(call(server, once: true)) == .lost)
        #expect(server.requests.map(\.connection) == [1, 2])
    }

    @Test func `a question is asked again where a kept connection had died`() async throws {
        let server = try LoopbackServer { request in request.number == 1 ? .drop : .http(200) }
        defer { server.stop() }
        _ = try await transport.send(call(server))
        #expect(try await transport.send(call(server)).status == 200)
        #expect(server.requests.map(\.connection) == [1, 1, 2])
    }

    /// The moments differ from try to try, so there are many; the program must outlive them all.
    @Test func `a reset while the body is being sent is an error and nothing worse`() async throws {
        let server = try LoopbackServer(patience: 100_000) { _ in .http(200) }
        defer { server.stop() }
        let body = Data(count: 8 << 20)
        let call = HTTPCall(method: "POST", url: server.url, body: body)
        let kinds = await withTaskGroup { group in
            for i in 0..<200 {
                var call = call
                call.once = i % 2 == 0
                // Some are given up by us at about the same moment.
                if i % 3 == 0 { call.deadline = .milliseconds(20 + i % 40) }
                group.addTask { [call] in await kind(call) }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(kinds.count == 200)
        #expect(kinds.allSatisfy { [.lost, .deadline, .unreachable].contains($0) })
        #expect(kinds.contains(.lost) && server.requests.isEmpty)
    }

    @Test func `an early refusal is heard though the body was not taken`() async throws {
        let server = try LoopbackServer(answersEarly: true) { _ in .http(413, Data("too much".utf8)) }
        defer { server.stop() }
        let reply = try await transport.send(
            HTTPCall(method: "POST", url: server.url, body: Data(count: 8 << 20), once: true))
        #expect(reply.status == 413 && reply.body == Data("too much".utf8))
    }

    @Test func `sends no second header field in a first one's value`() async throws {
        let server = try LoopbackServer { _ in .http(200) }
        defer { server.stop() }
        let call = HTTPCall(url: server.url, headers: ["Authorization": "Bearer x\r\nX-More: y"])
        #expect(await kind(call) == .refused)
        #expect(server.requests.isEmpty)
    }

    @Test func `reads a compressed answer, and takes one that is cut for an error`() async throws {
        // "reel reel reel" by gzip.
        let packed = Data(base64Encoded: "H4sIAAAAAAACAytKTc1RKIIRAPNuh54OAAAA") ?? Data()
        let server = try LoopbackServer { request in
            .http(
                200, request.number == 0 ? packed : packed.prefix(12),
                headers: ["Content-Encoding": "gzip"], length: packed.count)
        }
        defer { server.stop() }
        let reply = try await transport.send(HTTPCall(url: server.url))
        #expect(reply.body == Data("reel reel reel".utf8))
        #expect(server.requests.first?.headers["accept-encoding"]?.contains("gzip") == true)
        #expect(await kind(HTTPCall(url: server.url)) == .lost)
    }

    @Test func `more than six exchanges with one host run side by side`() async throws {
        let waiting = Gate(count: 12)
        let server = try LoopbackServer { _ in
            .http(waiting.arrive() ? 200 : 500)
        }
        defer { server.stop() }
        let get = HTTPCall(url: server.url)
        let statuses = await withTaskGroup { group in
            for _ in 0..<12 { group.addTask { [transport] in (try? await transport.send(get))?.status ?? 0 } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(statuses == Array(repeating: 200, count: 12))
    }

    @Test func `cancelling ends the exchange at once`() async throws {
        let arrived = Gate(count: 1)
        let server = try LoopbackServer { _ in
            arrived.arrive()
            return .hang
        }
        defer { server.stop() }
        let call = call(server)
        let task = Task { await kind(call) }
        await arrived.opened()
        let start = ContinuousClock.now
        task.cancel()
        #expect(await task.value == .cancelled)
        #expect(ContinuousClock.now - start < .seconds(5))
    }

    @Test func `shows no secret when printed`() {
        let call = HTTPCall(
            url: URL(string: "https://u:p@a.b/x?signature=abc")!,
            headers: ["Authorization": "Bearer sk-secret"])
        var dumped = ""
        dump(call, to: &dumped)
        let text = "\(call) \(String(reflecting: call)) \(dumped)"
        #expect(!text.contains("sk-secret") && !text.contains("abc") && !text.contains("u:p"))
        let settings = ClientConfiguration(baseURL: URL(string: "https://a.b/v1")!, apiKey: "sk-secret")
        dump(settings, to: &dumped)
        #expect(!"\(settings) \(String(reflecting: settings)) \(dumped)".contains("sk-secret"))
    }
}

/// Opens when enough have arrived; those who arrive wait for it, on threads of their own.
final class Gate: Sendable {
    private let condition = NSCondition()
    private let count: Mutex<Int>

    init(count: Int) { self.count = Mutex(count) }

    /// False where the others do not come within 20 seconds.
    @discardableResult func arrive() -> Bool {
        condition.lock()
        defer { condition.unlock() }
        count.withLock { $0 -= 1 }
        condition.broadcast()
        return wait()
    }

    func opened() async {
        await withCheckedContinuation { done in
            Thread.detachNewThread {
                self.condition.lock()
                _ = self.wait()
                self.condition.unlock()
                done.resume()
            }
        }
    }

    private func wait() -> Bool {
        let end = Date(timeIntervalSinceNow: 20)
        while count.withLock({ $0 > 0 }) {
            if !condition.wait(until: end) { return false }
        }
        return true
    }
}
