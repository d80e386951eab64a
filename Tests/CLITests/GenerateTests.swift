import Foundation
import TestSupport
import Testing

/// `generate` and `task` from words to clip, against a sandbox in a process of its own.
@Suite struct `A task bought from the command line` {
    /// A sandbox that ends with the test.
    private final class Service: Sendable {
        let address: String
        private let server: Running

        init(in folder: String) async throws {
            server = try Shell.start("exec reel sandbox --port 0 --folder world --delay 0", in: folder)
            try await server.waits(for: "/world", on: \.errors)
            address = server.output.trimmingCharacters(in: .whitespacesAndNewlines)
        }

        deinit { kill(server.process.processIdentifier, SIGKILL) }

        var options: String { "--provider sandbox --base-url \(address)" }

        func tasks() async throws -> [[String: Any]] {
            let url = try #require(URL(string: address)).deletingLastPathComponent()
            let data = try await web("GET", url.appendingPathComponent("world")).body
            let report = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
            return try #require(report["tasks"] as? [[String: Any]])
        }
    }

    private static let samples = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("samples/requests")

    private func object(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any], "\(text)")
    }

    @Test func `takes a published request verbatim, prints the response and fetches the clip`() async throws {
        let folder = try Folder()
        let service = try await Service(in: folder.path)
        let sample = Self.samples.appendingPathComponent("1-neon-monsoon-rooftop-chase.json").path
        let made = try await Shell.run(
            "reel generate \(sample) width=640 height=360 duration=5 -o clip.mp4 \(service.options)",
            in: folder.path)
        #expect(made.exit == 0, "\(made)")
        let response = try object(made.output)
        #expect(response["taskType"] as? String == "videoInference")
        #expect(response["videoURL"] is String && response["cost"] is NSNumber)
        #expect(made.errors.contains("86513e43-4646-43df-99d3-415bded9b0b5 is not used"), "\(made.errors)")
        let probe = try await Shell.run("reel probe clip.mp4", in: folder.path)
        #expect(probe.exit == 0 && probe.output.contains("640x360"), "\(probe)")

        let tasks = try await service.tasks()
        #expect(tasks.count == 1)
        let uuid = try #require(response["taskUUID"] as? String)
        #expect(tasks[0]["taskUUID"] as? String == uuid && made.errors.contains("task \(uuid)"))

        // The same task again, from nothing but its UUID: nothing is bought.
        let again = try await Shell.run(
            "reel task \(uuid) -o again.mp4 --wait \(service.options)", in: folder.path)
        #expect(again.exit == 0, "\(again)")
        #expect(try object(again.output)["videoUUID"] as? String == response["videoUUID"] as? String)
        let same = try await Shell.run("cmp clip.mp4 again.mp4", in: folder.path)
        #expect(same.exit == 0)
        #expect(try await service.tasks().count == 1)

        let stranger = try await Shell.run(
            "reel task \(UUID().uuidString) \(service.options)", in: folder.path)
        #expect(stranger.exit == 6 && stranger.output.isEmpty, "\(stranger)")
    }

    @Test func `is made of words alone, and without an output fetches nothing`() async throws {
        let folder = try Folder()
        let service = try await Service(in: folder.path)
        let made = try await Shell.run(
            """
            reel generate model=pixverse:1@6 positivePrompt='a paper boat' width=360 height=360 duration=5 \
            numberResults=2 providerSettings.pixverse.style=anime --json \(service.options)
            """, in: folder.path)
        #expect(made.exit == 0, "\(made)")
        let report = try object(made.output)
        #expect((report["results"] as? [Any])?.count == 2)
        #expect((report["files"] as? [Any])?.isEmpty == true)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["world"])
    }

    @Test func `is read from standard input, with a picture beside, and needs no server`() async throws {
        let folder = try Folder()
        let request =
            #"[{"model":"pixverse:1@6","positivePrompt":"a hill","resolution":"360p","duration":5}]"#
        let made = try await Shell.run(
            """
            reel generate model=pixverse:1@6 positivePrompt='a hill' width=640 height=360 duration=5 \
              -o first.mp4 --sandbox-delay 0 >first.json && reel frame first.mp4 --last -o last.png >/dev/null &&
            echo '\(request)' | reel generate - inputs.frameImages=last.png -o clip.mp4 --sandbox-delay 0
            """, in: folder.path)
        #expect(made.exit == 0, "\(made)")
        #expect(FileManager.default.fileExists(atPath: folder.path + "/clip.mp4"))
        // The world of the built-in sandbox outlives the process.
        let uuid = try #require(try object(made.output)["taskUUID"] as? String)
        let task = try await Shell.run("reel task \(uuid) --json", in: folder.path)
        #expect(task.exit == 0, "\(task)")
        #expect((try object(task.output)["results"] as? [Any])?.count == 1)
    }

    @Test func `of which a part has failed ends with 3 and keeps the rest`() async throws {
        let folder = try Folder()
        let service = try await Service(in: folder.path)
        let made = try await Shell.run(
            """
            reel generate model=pixverse:1@6 positivePrompt='a boat [fault: partial-failure]' width=360 height=360 \
            duration=5 numberResults=2 -o clip.mp4 \(service.options)
            """, in: folder.path)
        #expect(made.exit == 3, "\(made)")
        #expect(made.errors.contains("providerError"), "\(made)")
        let kept = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter {
            $0.hasSuffix(".mp4")
        }
        #expect(kept.count == 1, "\(kept)")
    }

    @Test func `that the card refuses is never sent`() async throws {
        let folder = try Folder()
        let service = try await Service(in: folder.path)
        let refused = try await Shell.run(
            "reel generate model=pixverse:1@6 positivePrompt=x width=641 height=360 duration=7 \(service.options)",
            in: folder.path)
        #expect(refused.exit == 5 && refused.output.isEmpty, "\(refused)")
        let lines = refused.errors.split(separator: "\n").filter { $0.hasPrefix("error:") }
        #expect(lines.count == 3, "\(refused.errors)")
        #expect(try await service.tasks().isEmpty)
    }
}
