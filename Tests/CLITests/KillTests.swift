import Foundation
import TestSupport
import Testing

/// What an interrupted film run leaves behind, and what the next one makes of it. The sandbox's own books are the
/// witness of what was bought.
@Suite struct `A film that is interrupted` {
    private static let storyboard = """
        title: Interrupted
        model: pixverse:1@6
        defaults: {resolution: 360p, aspect: "16:9", duration: 5, audio: false}
        shots:
          - {id: one, prompt: a lamp in the fog, seed: 1}
          - {id: two, prompt: the lamp goes out, start: previous, seed: 2}
        film: {deliver: [mp4-web], thumbnails: false}
        """

    @Test(arguments: [SIGINT, SIGTERM])
    func `is picked up by the next run and buys no shot twice`(signal: Int32) async throws {
        let folder = try Folder()
        try Self.storyboard.write(toFile: folder.path + "/film.yaml", atomically: true, encoding: .utf8)

        // The clip of an ordered shot would take ten minutes: the signal arrives while the run waits for it.
        let first = try Shell.start("exec reel film film.yaml --out out --sandbox-delay 600", in: folder.path)
        try await first.waits(for: "one: ordered")
        kill(first.process.processIdentifier, signal)
        let killed = await first.outcome()
        #expect(killed.exit == 130, "\(killed)")
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/out/film.mp4"))

        let command = "exec reel film film.yaml --out out --sandbox-delay 0"
        let second = try await Shell.run(command, in: folder.path)
        #expect(second.exit == 0, "\(second)")
        #expect(FileManager.default.fileExists(atPath: folder.path + "/out/film.mp4"))

        let world = try await World.read(folder.path + "/.reel/sandbox", in: folder.path)
        #expect(world.tasks.count == 2)
        #expect(world.tasks.allSatisfy { $0.charge > 0 })

        let third = try await Shell.run(command + " --json", in: folder.path)
        #expect(third.exit == 0)
        #expect(third.errors.contains("nothing generated, nothing encoded"), "\(third.errors)")
        let after = try await World.read(folder.path + "/.reel/sandbox", in: folder.path)
        #expect(after.tasks.count == 2)
    }

    @Test func `lets no second run at the same storyboard in`() async throws {
        let folder = try Folder()
        try Self.storyboard.write(toFile: folder.path + "/film.yaml", atomically: true, encoding: .utf8)
        let first = try Shell.start("exec reel film film.yaml --out out --sandbox-delay 600", in: folder.path)
        try await first.waits(for: "one: ordered")
        let second = try await Shell.run("reel film film.yaml --out elsewhere", in: folder.path)
        #expect(second.exit == 10, "\(second)")
        kill(first.process.processIdentifier, SIGTERM)
        #expect(await first.outcome().exit == 130)
    }
}

/// The sandbox's books, read through its own server.
private struct World {
    struct Task {
        var uuid: String
        var charge: Double
    }
    var tasks: [Task]

    static func read(_ world: String, in folder: String) async throws -> World {
        let server = try Shell.start("exec reel sandbox --port 0 --folder \(world)", in: folder)
        defer { kill(server.process.processIdentifier, SIGKILL) }
        try await server.waits(for: "/world", on: \.errors)
        let address = try #require(URL(string: server.output.trimmingCharacters(in: .whitespacesAndNewlines)))
        let url = address.deletingLastPathComponent().appendingPathComponent("world")
        let data = try await web("GET", url).body
        let report = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let tasks = try #require(report["tasks"] as? [[String: Any]])
        return World(
            tasks: tasks.map {
                Task(
                    uuid: $0["taskUUID"] as? String ?? "",
                    charge: ($0["charge"] as? NSNumber)?.doubleValue ?? 0)
            })
    }
}

extension Running {
    /// Returns when the text has appeared on the stream; ends the test when the process ends without it.
    func waits(for text: String, on stream: any KeyPath<Running, String> & Sendable = \.errors) async throws {
        while !self[keyPath: stream].contains(text) {
            guard process.isRunning else {
                if self[keyPath: stream].contains(text) { return }
                let outcome = await outcome()
                throw Missing(description: "never said '\(text)': \(outcome)")
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    private struct Missing: Error, CustomStringConvertible {
        var description: String
    }
}
