import Film
import Foundation
import Logging
import Montage
import Runware
import Sandbox
import Synchronization
import Testing

/// A film of one or two shots at a service in which something goes wrong.
struct Studio {
    let service: Service

    func settings(_ one: FaultCase? = nil, patience: Duration = .seconds(120)) throws -> FilmSettings {
        let path = service.folder + "/film.yaml"
        let yaml = """
            title: T
            model: "pixverse:1@6"
            defaults: {resolution: 360p, aspect: "1:1", duration: 5, audio: false}
            shots:
              - {id: a, prompt: "a quiet street\(one.map { " [fault: \($0.fault)]" } ?? "")", seed: 1}
            film: {deliver: [quick], thumbnails: false}
            """
        try FileManager.default.createDirectory(atPath: service.folder, withIntermediateDirectories: true)
        try Data(yaml.utf8).write(to: URL(fileURLWithPath: path))
        // Encoding is not what is tried here, a hundred times over.
        let preset = """
            name: quick
            note: small work
            container: mp4
            extension: mp4
            video:
              codec: libx264
              pixelFormat: yuv420p
              options: {preset: ultrafast, crf: 30}
            audio:
              codec: aac
              sampleRate: 48000
              layout: stereo
            """
        let presets = service.folder + "/presets"
        try FileManager.default.createDirectory(atPath: presets, withIntermediateDirectories: true)
        try Data(preset.utf8).write(to: URL(fileURLWithPath: presets + "/quick.yaml"))
        var poll = PollPolicy()
        poll.initialDelay = .milliseconds(10)
        poll.firstInterval = .milliseconds(20)
        poll.longestInterval = .milliseconds(200)
        var client = ClientConfiguration(baseURL: service.base, apiKey: "test", poll: poll)
        one?.hasten(&client)
        client.poll.deadline = patience * 6
        client.poll.outagePatience = patience
        client.poll.busyPatience = patience
        client.retryPause = .milliseconds(20)
        client.answerLimit = 8 << 20
        return FilmSettings(
            storyboardPath: path, outputDirectory: service.folder + "/out", provider: .sandbox,
            client: client,
            presets: try PresetLibrary(searching: [presets]),
            modelCards: [Service.root.path + "/presets/models"],
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
    }

    var film: String { service.folder + "/out/film.mp4" }
}

@Suite struct `A film under every fault` {
    @Test(arguments: FaultCase.passing)
    func `is made, each shot charged once`(_ one: FaultCase) async throws {
        let set = Studio(service: try await Service.sandbox())
        let report = try await Film.make(set.settings(one)) { _ in }
        #expect(report.deliveries.first?.frames == 120 && report.deliveries.first?.proof.passed == true)
        let world = try await set.service.world()
        #expect(world.tasks.count == 1 && world.totalCharge == report.totalCost)
        #expect(world.keyLeaks == 0)
        await set.service.close()
    }

    /// The trouble outlasts the first runs. Running again goes on from there, and buys nothing more.
    @Test(arguments: [
        "submit-reset*12", "submit-500*12", "submit-504*12", "submit-429*3", "poll-reset*16", "poll-500*16",
        "poll-504*16", "poll-cut*16", "media-500*12", "media-empty*12", "media-cut*14=0", "media-expired*9",
        "lost-ack, poll-500*16, media-503*8",
    ])
    func `stops in trouble and is finished by running again, charged once`(_ fault: String) async throws {
        let set = Studio(service: try await Service.sandbox())
        let settings = try set.settings(FaultCase(fault: fault, end: .made), patience: .milliseconds(600))
        var stops = 0
        while stops < 20 {
            do {
                let report = try await Film.make(settings) { _ in }
                let world = try await set.service.world()
                #expect(report.totalCost == world.totalCharge)
                break
            } catch let error as FilmError {
                stops += 1
                #expect([3, 6].contains(error.exitCode), "\(error)")
                #expect(error.hint != nil, "\(error)")
                #expect(!FileManager.default.fileExists(atPath: set.film))
            }
        }
        #expect(FileManager.default.fileExists(atPath: set.film), "not made after \(stops) runs")
        let world = try await set.service.world()
        #expect(world.tasks.count == 1, "bought \(world.tasks.count) times in \(stops + 1) runs")
        await set.service.close()
    }

    /// Only these end a take for good; another is bought when it is asked for, and not before.
    @Test(arguments: ["provider-failure", "moderation-after", "final-504", "moderation-before"])
    func `whose take has failed says so and keeps the books`(_ fault: String) async throws {
        let set = Studio(service: try await Service.sandbox())
        let error = try await #require(throws: FilmError.self) {
            _ = try await Film.make(set.settings(FaultCase(fault: fault, end: .failed(.provider)))) { _ in }
        }
        #expect([3, 6].contains(error.exitCode))
        #expect(error.message.contains("shot a") && error.hint != nil)
        let world = try await set.service.world()
        #expect(world.tasks.count == (fault == "moderation-before" ? 0 : 1))
        #expect(!FileManager.default.fileExists(atPath: set.film))
        await set.service.close()
    }
}
