import Foundation
import Runware
import Sandbox
import Testing

/// One fault of the sandbox's menu, and how a purchase under it must end.
struct FaultCase: CustomTestStringConvertible, Sendable {
    enum End: Sendable, Equatable {
        /// Bought, fetched, whole.
        case made
        /// Ended with an error of this category; the service may or may not have charged, and the error knows.
        case failed(RunwareError.Category)
        /// Given up for now, to be asked for again: nothing says that the task has ended.
        case outstanding
        /// Bought and there, but not to be fetched.
        case unfetched
    }

    var fault: String
    var end: End
    var testDescription: String { fault }

    /// Short limits where the fault is to run into them, and only there: on a busy machine anything may be slow.
    func hasten(_ client: inout ClientConfiguration) {
        client.submitDeadline = .seconds(isSlow ? 2 : 30)
        client.askDeadline = client.submitDeadline
        client.downloadDeadline = .seconds(isSlow ? 12 : 60)
        client.stallTime = .seconds(isSlow ? 1 : 20)
        guard end == .outstanding || end == .failed(.rateLimit) else { return }
        client.poll.outagePatience = .seconds(3)
        client.poll.busyPatience = .seconds(3)
        client.poll.deadline = .seconds(end == .outstanding ? 6 : 60)
    }

    private var isSlow: Bool { fault.contains("slow") || fault.contains("drip") }

    private static func made(_ faults: String...) -> [FaultCase] {
        faults.map { FaultCase(fault: $0, end: .made) }
    }

    /// Whatever strikes once, or a few times, costs time and nothing else.
    static let passing: [FaultCase] =
        made(
            "submit-reset", "submit-429", "submit-500", "submit-503", "submit-504", "submit-500*3",
            "submit-429*2", "slow-ack=2500", "lost-ack", "lost-ack*", "accepted-504", "cut-ack", "cut-ack=0",
            "drip-ack", "drip-ack=200", "gzip-ack", "huge-ack")
        + made(
            "poll-slow=2500", "poll-reset", "poll-cut", "poll-cut=0", "poll-drip=200", "poll-gzip",
            "poll-huge",
            "poll-429", "poll-500", "poll-503", "poll-504", "poll-empty", "poll-not-found")
        + made(
            "poll-reset@2", "poll-cut@2", "poll-429@2", "poll-500@2*3", "poll-503@2", "poll-504@2",
            "poll-empty@2*2",
            "poll-not-found@2")
        + made(
            "media-slow=1500", "media-reset", "media-cut", "media-cut=0", "media-cut*3", "media-drip=100",
            "media-gzip", "media-429", "media-500", "media-503", "media-504", "media-truncated",
            "media-empty",
            "media-wrong-bytes", "media-expired", "media-redirect", "media-huge")
        + made("nsfw", "lost-ack, poll-500, media-cut", "submit-503, accepted-504, poll-empty, media-expired")

    /// What does not pass ends in an error that tells the truth about the money.
    static let lasting: [FaultCase] = [
        FaultCase(fault: "moderation-before", end: .failed(.safety)),
        FaultCase(fault: "moderation-after", end: .failed(.safety)),
        FaultCase(fault: "provider-failure", end: .failed(.provider)),
        FaultCase(fault: "final-504", end: .failed(.timeout)),
        FaultCase(fault: "partial-failure", end: .failed(.provider)),
        FaultCase(fault: "never-finish", end: .outstanding),
        FaultCase(fault: "submit-429*", end: .failed(.rateLimit)),
        FaultCase(fault: "submit-reset*", end: .outstanding),
        FaultCase(fault: "submit-500*", end: .outstanding),
        FaultCase(fault: "submit-504*", end: .outstanding),
        FaultCase(fault: "poll-reset*", end: .outstanding), FaultCase(fault: "poll-cut*", end: .outstanding),
        FaultCase(fault: "poll-500*", end: .outstanding), FaultCase(fault: "poll-429*", end: .outstanding),
        FaultCase(fault: "poll-504*", end: .outstanding), FaultCase(fault: "poll-empty*", end: .outstanding),
        FaultCase(fault: "poll-slow*=2500", end: .outstanding),
        FaultCase(fault: "media-reset*", end: .unfetched), FaultCase(fault: "media-500*", end: .unfetched),
        FaultCase(fault: "media-cut*=0", end: .unfetched), FaultCase(fault: "media-empty*", end: .unfetched),
        FaultCase(fault: "media-expired*", end: .unfetched),
        FaultCase(fault: "media-wrong-bytes*", end: .unfetched),
        FaultCase(fault: "media-drip*=2000", end: .unfetched),
    ]
}

/// Every fault of the menu, at every step that it can hit. Whatever happens: one charge at most, nothing hangs, the
/// key stays at home, and an error says truly whether money moved.
@Suite struct `Under every fault` {
    @Test(arguments: FaultCase.passing + FaultCase.lasting)
    func `a purchase ends as it should, charged once at most`(_ one: FaultCase) async throws {
        // With a second question only where something is to happen to it.
        let service = try await Service.sandbox(delay: one.fault.contains("@2") ? .milliseconds(100) : .zero)
        let client = service.client { configuration in
            configuration.answerLimit = 8 << 20
            one.hasten(&configuration)
        }
        var request = VideoRequest()
        request.taskType = "videoInference"
        request.model = "pixverse:1@6"
        request.positivePrompt = "a quiet lantern street [fault: \(one.fault)]"
        (request.width, request.height, request.duration) = (360, 360, 5)
        if one.fault == "nsfw" { request.safety = .init(checkContent: true) }
        let uuid = UUID().uuidString.lowercased()
        let begin = ContinuousClock.now
        var end: FaultCase.End
        var charged: RunwareError.Charged?
        do {
            let outcome = try await client.run(request, taskUUID: uuid, alreadySent: false)
            let result = try #require(outcome.results.first)
            let path = service.folder + "/clip.mp4"
            do {
                let saved = try await client.save(result, to: path)
                let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
                #expect(saved.bytes == Int64(bytes.count))
                // What the service has, byte for byte. A file that was shortened before it was announced, or
                // has blanks behind it, only a film can tell.
                if !one.fault.hasPrefix("media-truncated"), !one.fault.hasPrefix("media-huge") {
                    let original = service.folder + "/media/\(result.videoUUID).mp4"
                    #expect(bytes == (try Data(contentsOf: URL(fileURLWithPath: original))))
                }
                end = .made
            } catch let error as RunwareError {
                end = .unfetched
                charged = error.charged
                #expect(!FileManager.default.fileExists(atPath: path), "a broken download was left")
            }
            #expect((outcome.results.first?.nsfw == true) == one.fault.hasPrefix("nsfw"))
        } catch let error as RunwareError {
            end = error.recovery == .askAgain ? .outstanding : .failed(error.category)
            charged = error.charged
            #expect(!error.message.isEmpty && error.taskUUID == uuid)
        }
        #expect(end == one.end)
        #expect(ContinuousClock.now - begin < .seconds(150), "it hung")

        let world = try await service.world()
        #expect(world.tasks.count <= 1)
        #expect(world.totalCharge == world.tasks.first?.charge ?? 0)
        #expect(world.keyLeaks == 0)
        switch charged {
        case .yes: #expect(world.totalCharge > 0, "the error claims a charge")
        case .no: #expect(world.totalCharge == 0, "the error denies a charge")
        case .unknown, nil: break
        }
        await service.close()
    }

    @Test(arguments: [
        "image-429", "image-500", "image-503", "image-504", "image-reset", "image-lost", "image-cut",
        "image-slow=2500",
    ])
    func `a picture is uploaded all the same`(_ fault: String) async throws {
        let service = try await Service.sandbox(
            world: JSONValue(#"{"tasks": [{"match": {"number": 1}, "faults": ["\#(fault)"]}]}"#))
        let client = service.client { configuration in
            configuration.images = .upload
            if fault.contains("slow") { configuration.submitDeadline = .seconds(2) }
        }
        let file = Service.root.appendingPathComponent("samples/images/day.jpg")
        let picture = "data:image/jpeg;base64," + (try Data(contentsOf: file)).base64EncodedString()
        // Two who want the same picture at the same time, and one upload.
        async let one = client.image(picture, key: "a")
        async let other = client.image(picture, key: "a")
        let names = try await [one, other]
        #expect(names[0] == names[1] && UUID(uuidString: names[0]) != nil)
        await service.close()
    }

    @Test(arguments: ["upload-lost*", "upload-truncated*", "webhook-lost*, upload-lost"])
    func `what the service sends of its own accord may be lost, and the purchase is not`(_ fault: String)
        async throws
    {
        let service = try await Service.sandbox()
        var request = VideoRequest()
        request.taskType = "videoInference"
        request.model = "pixverse:1@6"
        request.positivePrompt = "a quiet lantern street [fault: \(fault)]"
        (request.width, request.height, request.duration) = (360, 360, 5)
        request.uploadEndpoint = "http://127.0.0.1:9/clip.mp4"
        request.webhookURL = "http://127.0.0.1:9/hook"
        let uuid = UUID().uuidString.lowercased()
        let outcome = try await service.client().run(request, taskUUID: uuid, alreadySent: false)
        #expect(outcome.results.count == 1)
        #expect(try await service.world().tasks.map(\.timesSubmitted) == [1])
        await service.close()
    }
}
