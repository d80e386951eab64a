import Foundation
import TestSupport

/// A folder with a storyboard, and what a run of `reel film` leaves in it.
final class CrashFolder: Sendable {
    static let command = "exec reel film film.yaml --out out --sandbox-delay 0.4"

    private let folder: Folder
    var path: String { folder.path }

    init(_ storyboard: String) throws {
        folder = try Folder()
        try storyboard.write(toFile: folder.path + "/film.yaml", atomically: true, encoding: .utf8)
    }

    func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path + "/" + name) }

    /// How many files with that ending are in a folder and the folders in it.
    func count(_ ending: String, in name: String) -> Int {
        let names = FileManager.default.enumerator(atPath: path + "/" + name)?.compactMap { $0 as? String }
        return names?.count { $0.hasSuffix(ending) } ?? 0
    }

    /// Kills the run as soon as the moment is there; false when the run ended before.
    func strikes(_ run: Running, at moment: CrashMoment) async throws -> Bool {
        while !moment.isThere(self, run.errors) {
            guard run.process.isRunning else { return false }
            try await Task.sleep(for: .milliseconds(2))
        }
        guard run.process.isRunning else { return false }
        kill(run.process.processIdentifier, SIGKILL)
        return true
    }

    struct Report: Decodable {
        struct Shot: Decodable {
            var clipDigest: String
            var lastFrameDigest: String
        }
        struct Delivery: Decodable {
            var frames: Int
        }
        var shots: [Shot]
        var deliveries: [Delivery]
        var totalCost: Double
    }

    func report() throws -> Report {
        try JSONDecoder().decode(
            Report.self, from: Data(contentsOf: URL(fileURLWithPath: path + "/out/film.json")))
    }

    /// Digests of the coded pictures and sound of the film, as the ffmpeg program reads them.
    func packets() throws -> String {
        try Oracle.ffmpeg([
            "-i", path + "/out/film.mov", "-map", "0:v", "-map", "0:a", "-c", "copy", "-f", "streamhash", "-",
        ]).text
    }

    /// The manifest without the names of the tasks.
    func manifest() throws -> String {
        let text = try String(contentsOfFile: path + "/out/film.manifest.json", encoding: .utf8)
        return text.replacing(/"taskUUID":"[0-9a-f-]{36}"/, with: "")
    }

    /// One task in the built-in sandbox's books.
    struct Entry: Decodable {
        var timesSubmitted: Int
        var charge: Int
    }

    func books() throws -> [Entry] {
        let tasks = path + "/.reel/sandbox/tasks"
        return try FileManager.default.contentsOfDirectory(atPath: tasks).filter { $0.hasSuffix(".json") }.map
        {
            try JSONDecoder().decode(
                Entry.self, from: Data(contentsOf: URL(fileURLWithPath: "\(tasks)/\($0)")))
        }
    }

    /// A sandbox in a process of its own, whose world outlives it.
    func startService() async throws -> CrashService {
        let running = try Shell.start(
            "exec reel sandbox --port 0 --delay 0.4 --folder \(path)/world", in: path)
        while running.output.isEmpty {
            guard running.process.isRunning else { throw Failed(outcome: await running.outcome()) }
            try await Task.sleep(for: .milliseconds(5))
        }
        let address = running.output.trimmingCharacters(in: .whitespacesAndNewlines)
        return CrashService(running: running, address: address)
    }

    struct Failed: Error { var outcome: Shell.Outcome }
}

/// A running `reel sandbox`.
struct CrashService: Sendable {
    var running: Running
    /// The API's base URL.
    var address: String

    struct World: Decodable, Sendable {
        struct Task: Decodable, Sendable {
            var timesSubmitted: Int
            var charge: Double
        }
        var tasks: [Task]
        var totalCharge: Double
    }

    func world() async throws -> World {
        let url = URL(string: address)?.deletingLastPathComponent().appendingPathComponent("world")
        let data = try await web("GET", url ?? URL(fileURLWithPath: "/")).body
        return try JSONDecoder().decode(World.self, from: data)
    }
}

extension CrashFolder {
    /// Tasks that the built-in sandbox has finished.
    var finishedTasks: Int {
        struct Record: Decodable { var finished: Double? }
        let tasks = path + "/.reel/sandbox/tasks"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: tasks)) ?? []
        return names.filter { $0.hasSuffix(".json") }.count {
            guard let data = FileManager.default.contents(atPath: "\(tasks)/\($0)") else { return false }
            return (try? JSONDecoder().decode(Record.self, from: data))?.finished != nil
        }
    }
}
