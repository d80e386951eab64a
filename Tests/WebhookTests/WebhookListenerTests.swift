import Foundation
import Synchronization
import TestSupport
import Testing
import Webhooks

/// What a listener has heard.
private final class Ear: Sendable {
    private let bodies = Mutex<[String]>([])
    var heard: [String] { bodies.withLock { $0 } }
    func hear(_ body: Data) { bodies.withLock { $0.append(String(decoding: body, as: UTF8.self)) } }
}

private func call(
    _ port: UInt16, _ path: String, method: String = "POST", body: Data = Data("{}".utf8)
) async throws -> Int {
    let url = try #require(URL(string: "http://127.0.0.1:\(port)/\(path)"))
    return try await web(method, url, body: method == "POST" ? body : nil).status
}

@Suite struct `A webhook's listener` {
    @Test func `hears what comes to its path and nothing else`() async throws {
        let (listener, ear) = (try WebhookListener(address: "0"), Ear())
        let port = try await listener.start { ear.hear($0) }
        #expect(try await call(port, listener.token, body: Data("one".utf8)) == 204)
        #expect(try await call(port, "behind/a/proxy/\(listener.token)?x=1", body: Data("two".utf8)) == 204)
        #expect(try await call(port, "") == 404)
        #expect(try await call(port, "\(listener.token)x") == 404)
        #expect(try await call(port, String(listener.token.dropLast()) + "~") == 404)
        #expect(try await call(port, "\(listener.token)/more") == 404)
        #expect(try await call(port, listener.token, method: "GET") == 404)
        #expect(ear.heard == ["one", "two"])
        await listener.stop()
    }

    @Test func `does not take in what is too large`() async throws {
        let (listener, ear) = (try WebhookListener(address: "localhost:0"), Ear())
        let port = try await listener.start(bodyLimit: 20_000) { ear.hear($0) }
        #expect(try await call(port, listener.token, body: Data(count: 20_000)) == 204)
        // The answer, or the connection that closes while the rest is still being sent.
        let status = try? await call(port, listener.token, body: Data(count: 20_001))
        #expect(status == 413 || status == nil)
        #expect(ear.heard.count == 1)
        await listener.stop()
    }

    @Test func `has another path at every run, behind the address it is seen under`() throws {
        let (one, other) = (try WebhookListener(address: "8443"), try WebhookListener(address: "8443"))
        #expect(one.token != other.token)
        #expect(one.token.count == 43)
        let base = try #require(URL(string: "https://films.example/hook?site=1"))
        #expect(one.address(under: base).absoluteString == "https://films.example/hook/\(one.token)?site=1")
    }

    @Test(arguments: ["", "here", "host.example:80", "1.2.3:80", "1.2.3.4.5:80", "127.0.0.1:99999", "a:b:c"])
    func `refuses what is no address`(_ address: String) {
        let error = #expect(throws: WebhookError.self) { try WebhookListener(address: address) }
        #expect(error?.message.contains("no address") == true)
    }

    @Test func `says so when the port is taken`() async throws {
        let first = try WebhookListener(address: "0")
        let port = try await first.start { _ in }
        let second = try WebhookListener(address: "127.0.0.1:\(port)")
        let error = await #expect(throws: WebhookError.self) { try await second.start { _ in } }
        #expect(error?.message.contains("\(port)") == true)
        await first.stop()
    }
}
