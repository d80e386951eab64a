import Foundation
import Runware
import Sandbox
import Testing

/// What every service of this protocol owes its client, asked of each that can be reached.
///
/// The hosted service is asked only where REEL_CONTRACT_KEY and REEL_CONTRACT_CAP (US dollars) are set; what the
/// card estimates for a test must fit under the cap before anything is sent.
@Suite struct `A service` {
    /// The two that cost nothing.
    static let free: [Service.Kind] = [.inProcess, .loopback]

    private static func request(_ change: (inout VideoRequest) -> Void = { _ in }) -> VideoRequest {
        var request = VideoRequest()
        request.taskType = "videoInference"
        request.model = "pixverse:1@6"
        request.positivePrompt = "a quiet lantern street"
        (request.width, request.height, request.duration) = (360, 360, 5)
        request.includeCost = true
        change(&request)
        return request
    }

    private static func uuid() -> String { UUID().uuidString.lowercased() }

    /// Buys the smallest clip, fetches it, and finds it again.
    private func buy(_ service: Service) async throws {
        let client = service.client()
        let uuid = Self.uuid()
        let outcome = try await client.run(Self.request(), taskUUID: uuid, alreadySent: false)
        let result = try #require(outcome.results.first)
        #expect(outcome.results.count == 1 && outcome.failures.isEmpty && outcome.missing == 0)
        #expect(result.taskUUID == uuid && result.cost ?? 0 > 0)
        #expect(result.seed != nil && UUID(uuidString: result.videoUUID) != nil)
        let path = service.folder + "/clip.mp4"
        let saved = try await client.save(result, to: path)
        let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        #expect(saved.bytes == Int64(bytes.count) && bytes.dropFirst(4).prefix(4) == Data("ftyp".utf8))

        // The same task, met again by a run that only knows its name, and by one that would have bought it.
        #expect(try await client.resume(uuid).results.map(\.videoUUID) == [result.videoUUID])
        let again = try await client.run(Self.request(), taskUUID: uuid, alreadySent: true)
        #expect(again.results.map(\.videoUUID) == [result.videoUUID])
        #expect(try await client.find(uuid).results.map(\.videoUUID) == [result.videoUUID])
    }

    @Test(arguments: free) func `sells a clip once and keeps it at hand`(_ kind: Service.Kind) async throws {
        let service = try await Service.sandbox(kind)
        try await buy(service)
        let world = try await service.world()
        #expect(world.tasks.map(\.timesSubmitted) == [1])
        await service.close()
    }

    @Test(
        .enabled(
            if: Service.hosted != nil, "set REEL_CONTRACT_KEY and REEL_CONTRACT_CAP to ask the hosted service"
        ))
    func `sells a clip once and keeps it at hand, for money`() async throws {
        let (service, cap) = try #require(Service.hosted)
        let card = try ModelCard.load(
            path: Service.root.appendingPathComponent("presets/models/pixverse-v5.5.yaml").path)
        let estimate = try #require(card.estimate(Self.request())?.usd)
        try #require(estimate <= cap, "the clip costs about $\(estimate), the cap is $\(cap)")
        try await buy(service)
        await service.close()
    }

    @Test(arguments: free) func `gives as many results as were asked for, each once`(_ kind: Service.Kind)
        async throws
    {
        let service = try await Service.sandbox(kind, world: JSONValue(#"{"results": {"stagger": 0.05}}"#))
        let outcome = try await service.client().run(
            Self.request { $0.numberResults = 3 }, taskUUID: Self.uuid(), alreadySent: false)
        #expect(Set(outcome.results.map(\.videoUUID)).count == 3 && outcome.missing == 0)
        #expect(Set(outcome.results.map(\.seed)).count == 3)
        #expect(try await service.world().totalCharge == outcome.results.reduce(0) { $0 + ($1.cost ?? 0) })
        await service.close()
    }

    @Test(arguments: free) func `refuses what it cannot make, by the field's name, for nothing`(
        _ kind: Service.Kind
    ) async throws {
        let service = try await Service.sandbox(kind)
        let error = try await #require(throws: RunwareError.self) {
            _ = try await service.client().run(
                Self.request { $0.duration = 6 }, taskUUID: Self.uuid(), alreadySent: false)
        }
        #expect(error.code == "unsupportedDuration" && error.parameter == ["duration"])
        #expect(error.charged == .no && error.category == .validation)
        #expect(try await service.world().tasks.isEmpty)
        await service.close()
    }

    @Test(arguments: free) func `knows nobody's task`(_ kind: Service.Kind) async throws {
        for word in ["empty", "notFound"] {
            let service = try await Service.sandbox(kind, world: JSONValue(#"{"unknownTask": "\#(word)"}"#))
            let answer = try await service.client().find(Self.uuid())
            #expect(answer.isDenied && answer.results.isEmpty, "\(word)")
            let error = try await #require(throws: RunwareError.self) {
                _ = try await service.client().resume(Self.uuid())
            }
            #expect(error.category == .notFound, "\(word): \(error)")
            await service.close()
        }
    }

    @Test(arguments: free) func `lets nobody in without the key, and the money run out`(_ kind: Service.Kind)
        async throws
    {
        let locked = try await Service.sandbox(kind, world: JSONValue(#"{"key": "another"}"#))
        let door = try await #require(throws: RunwareError.self) {
            _ = try await locked.client().run(Self.request(), taskUUID: Self.uuid(), alreadySent: false)
        }
        #expect(door.category == .auth && door.charged == .no)
        await locked.close()

        let poor = try await Service.sandbox(kind, world: JSONValue(#"{"balance": 0.2}"#))
        let client = poor.client()
        _ = try await client.run(Self.request(), taskUUID: Self.uuid(), alreadySent: false)
        let purse = try await #require(throws: RunwareError.self) {
            _ = try await client.run(Self.request(), taskUUID: Self.uuid(), alreadySent: false)
        }
        #expect(purse.code == "insufficientCredits" && purse.category == .quota && purse.charged == .no)
        #expect(try await poor.world().tasks.count == 1)
        await poor.close()
    }

    @Test(arguments: free) func `prices a request without running it`(_ kind: Service.Kind) async throws {
        let service = try await Service.sandbox(kind)
        let answer = try await service.client().price(Self.request())
        #expect(answer["data"]?.array?.first?["cost"]?.double ?? 0 > 0, "\(answer.canonical)")
        #expect(try await service.world().tasks.isEmpty)
        await service.close()
    }

    @Test(arguments: [false, true]) func `answers in any of the forms that sources tell of`(_ isInline: Bool)
        async throws
    {
        let forms =
            #"{"status": false, "failures": "data", "together": true, "videoUUID": true, "inline": \#(isInline)}"#
        let service = try await Service.sandbox(world: JSONValue(#"{"results": \#(forms)}"#))
        let outcome = try await service.client().run(
            Self.request {
                $0.numberResults = 2
                if isInline { $0.outputType = "base64Data" }
            }, taskUUID: Self.uuid(), alreadySent: false)
        #expect(outcome.results.count == 2 && outcome.missing == 0)
        let first = try #require(outcome.results.first)
        #expect(first.isInline == isInline)
        let saved = try await service.client().save(first, to: service.folder + "/clip.mp4")
        #expect(saved.bytes > 1000)
        await service.close()
    }
}

extension JSONValue {
    /// Reads what a test writes down.
    init(_ text: String) throws { self = try JSONValue(parsing: Data(text.utf8)) }
}
