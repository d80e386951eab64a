import Film
import FlyingFox
import FlyingSocks
import Foundation
import Logging
import Montage
import Runware
import Sandbox
import Synchronization
import Testing
import Webhooks

/// News that the service brings of its own accord: webhooks and uploads.
///
/// Where a webhook is what ends the wait, the client would ask by itself only after a quarter of an hour, far
/// beyond the time limit.
@Suite(.timeLimit(.minutes(5))) struct `News of a task` {
    private func request(_ prompt: String = "a quiet street", results: Int = 1) -> VideoRequest {
        var request = VideoRequest()
        request.taskType = "videoInference"
        request.model = "pixverse:1@6"
        request.positivePrompt = prompt
        (request.width, request.height, request.duration) = (360, 360, 5)
        request.numberResults = results
        return request
    }

    /// Whatever form it has and however often it comes.
    @Test(arguments: [
        ("bare", ""), ("wrapped", ""), ("bare", "[fault: webhook-duplicate*]"),
        ("wrapped", "[fault: webhook-reordered*]"),
    ])
    func `is a hint that makes the client ask at once`(_ form: String, _ fault: String) async throws {
        let service = try await Service.sandbox(
            world: JSONValue(#"{"delay": 0.2, "results": {"webhook": "\#(form)"}}"#))
        let client = service.client { $0.poll.initialDelay = .seconds(900) }
        let listener = try WebhookListener(address: "0")
        let port = try await listener.start { body in Task { await client.hint(WebhookBody.tasks(in: body)) }
        }
        let base = try #require(URL(string: "http://127.0.0.1:\(port)/hook"))
        var order = request("a quiet street \(fault)", results: 2)
        order.webhookURL = listener.address(under: base).absoluteString
        let outcome = try await client.run(
            order, taskUUID: UUID().uuidString.lowercased(), alreadySent: false)
        #expect(outcome.results.count == 2)
        await listener.stop()
        await service.close()
    }

    @Test func `that never comes is made up for by asking`() async throws {
        let service = try await Service.sandbox()
        let client = service.client()
        var order = request("a quiet street [fault: webhook-lost*]")
        order.webhookURL = "http://127.0.0.1:9/nobody"
        let outcome = try await client.run(
            order, taskUUID: UUID().uuidString.lowercased(), alreadySent: false)
        #expect(outcome.results.count == 1)
        await service.close()
    }

    @Test func `is put where the request asks for, byte for byte`() async throws {
        let service = try await Service.sandbox()
        let (clips, clip) = AsyncStream.makeStream(of: Data.self)
        let store = HTTPServer(
            address: try sockaddr_in.inet(ip4: "127.0.0.1", port: 0), logger: .disabled,
            handler: ClosureHTTPHandler { request in
                guard request.method == .PUT else { return HTTPResponse(statusCode: .methodNotAllowed) }
                clip.yield(try await request.bodyData)
                return HTTPResponse(statusCode: .ok)
            })
        let running = Task { try await store.run() }
        try await store.waitUntilListening()
        guard case .ip4(_, let port) = await store.listeningAddress else { return #expect(Bool(false)) }
        var order = request()
        order.uploadEndpoint = "http://127.0.0.1:\(port)/clip.mp4?signature=secret"
        let client = service.client()
        let outcome = try await client.run(
            order, taskUUID: UUID().uuidString.lowercased(), alreadySent: false)
        let path = service.folder + "/clip.mp4"
        _ = try await client.save(try #require(outcome.results.first), to: path)
        let put = await clips.first { _ in true }
        #expect(put == (try Data(contentsOf: URL(fileURLWithPath: path))))
        await store.stop()
        running.cancel()
        await service.close()
    }

    @Test func `reaches a film, whose keys do not know the address`() async throws {
        let service = try await Service.sandbox(delay: .milliseconds(200))
        let studio = Studio(service: service)
        let listener = try WebhookListener(address: "0")
        var settings = try studio.settings()
        func generator(_ url: String?) -> RunwareGenerator {
            var poll = PollPolicy()
            poll.initialDelay = .seconds(900)
            return RunwareGenerator(
                name: "sandbox",
                client: ClientConfiguration(baseURL: service.base, apiKey: "test", poll: poll),
                cards: [Service.root.path + "/presets/models"],
                logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }), webhookURL: url)
        }
        let quiet = generator(nil)
        let hooked: Mutex<RunwareGenerator?> = Mutex(nil)
        let port = try await listener.start { body in
            let generator = hooked.withLock { $0 }
            Task { await generator?.hear(body) }
        }
        let loud = generator("http://127.0.0.1:\(port)/\(listener.token)")
        hooked.withLock { $0 = loud }
        settings.generator = loud
        _ = try await Film.make(settings) { _ in }
        settings.generator = quiet
        #expect(try Film.plan(settings).isUpToDate)
        await listener.stop()
        await service.close()
    }
}
