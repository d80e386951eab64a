import Foundation
import Media
import Sandbox
import TestSupport

/// A sandbox of a test's own, with a folder that goes away, and plain HTTP to talk to it.
final class Caller: Sendable {
    let server: SandboxServer
    let base: URL
    let folder: String

    init(
        folder: String = Caller.newFolder(), delay: Duration = .zero, key: String? = nil,
        strict: Bool = false,
        unknown: SandboxConfiguration.UnknownTask = .empty,
        configure: (inout SandboxConfiguration) throws -> Void = { _ in }
    ) async throws {
        self.folder = folder
        var configuration = SandboxConfiguration(
            folder: folder, delay: delay, apiKey: key, strict: strict, unknownTask: unknown)
        try configure(&configuration)
        server = try SandboxServer(configuration)
        base = try await server.start()
    }

    /// A sandbox with canned clips and a world file of these contents.
    static func canned(
        folder: String = Caller.newFolder(), _ world: String = "{}", clock: SandboxClock = .system
    ) async throws -> Caller {
        let file = FileManager.default.temporaryDirectory.path + "/world-\(UUID().uuidString).json"
        try Data(world.utf8).write(to: URL(fileURLWithPath: file))
        defer { try? FileManager.default.removeItem(atPath: file) }
        return try await Caller(folder: folder) { configuration in
            configuration.world.clips = .canned
            configuration.world.cannedFolder = shelf
            configuration.clock = clock
            try configuration.apply(worldFile: URL(fileURLWithPath: file))
        }
    }

    /// One folder of canned clips for all tests of a run.
    private static let shelf = newFolder() + "-canned"

    static func newFolder() -> String {
        FileManager.default.temporaryDirectory.path + "/sandbox-test-" + UUID().uuidString
    }

    /// Stops the server and removes its folder.
    func close() async {
        await server.stop()
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// One HTTP exchange.
    func send(
        _ method: String, _ url: URL, headers: [String: String] = [:], body: Data? = nil
    ) async throws -> (status: Int, headers: [String: String], body: Data) {
        try await web(method, url, headers: headers, body: body)
    }

    /// Posts tasks and reads the envelope.
    func post(
        _ tasks: [[String: Any]], key: String? = "test", headers: [String: String] = [:]
    ) async throws -> Envelope {
        var headers = headers
        headers["Content-Type"] = "application/json"
        if let key { headers["Authorization"] = "Bearer \(key)" }
        let body = try JSONSerialization.data(withJSONObject: tasks)
        let answer = try await send("POST", base, headers: headers, body: body)
        let top = try JSONSerialization.jsonObject(with: answer.body) as? [String: Any] ?? [:]
        return Envelope(
            status: answer.status, headers: answer.headers, size: answer.body.count,
            data: top["data"] as? [[String: Any]] ?? [],
            errors: top["errors"] as? [[String: Any]] ?? [], keys: Set(top.keys))
    }

    /// Asks once.
    func poll(_ uuid: String, headers: [String: String] = [:]) async throws -> Envelope {
        try await post([["taskType": "getResponse", "taskUUID": uuid]], headers: headers)
    }

    /// What `GET /world` says of one task.
    func line(_ uuid: String) async throws -> [String: Any] {
        let tasks = try await world()["tasks"] as? [[String: Any]] ?? []
        return tasks.first { $0["taskUUID"] as? String == uuid } ?? [:]
    }

    /// Asks for a task until nothing of it is running.
    func result(of uuid: String) async throws -> Envelope {
        while true {
            let answer = try await post([["taskType": "getResponse", "taskUUID": uuid]])
            if answer.data.allSatisfy({ $0["status"] as? String != "processing" }) { return answer }
            try await Task.sleep(for: .milliseconds(40))
        }
    }

    /// `GET /world`.
    func world() async throws -> [String: Any] {
        let url = base.deletingLastPathComponent().appendingPathComponent("world")
        let answer = try await send("GET", url)
        return try JSONSerialization.jsonObject(with: answer.body) as? [String: Any] ?? [:]
    }

    /// Submits a task, waits, and saves its clip beside the world.
    func clip(_ task: [String: Any]) async throws -> String {
        let accepted = try await post([task])
        guard let uuid = accepted.data.first?["taskUUID"] as? String else {
            throw Trouble(what: "refused: \(accepted.errors)")
        }
        let done = try await result(of: uuid)
        guard let text = done.data.first?["videoURL"] as? String, let url = URL(string: text) else {
            throw Trouble(what: "no video: \(done.errors)")
        }
        let path = "\(folder)/\(uuid).mp4"
        try (try await send("GET", url)).body.write(to: URL(fileURLWithPath: path))
        return path
    }
}

/// An answer of the service.
struct Envelope {
    var status: Int
    var headers: [String: String] = [:]
    var size = 0
    var data: [[String: Any]]
    var errors: [[String: Any]]
    var keys: Set<String>

    /// Code of the first error.
    var code: String? { errors.first?["code"] as? String }
}

struct Trouble: Error, CustomStringConvertible {
    var what: String
    var description: String { what }
}

/// A small valid task.
func task(_ changes: [String: Any?] = [:], uuid: String = UUID().uuidString.lowercased()) -> [String: Any] {
    var task: [String: Any] = [
        "taskType": "videoInference", "taskUUID": uuid, "model": "pixverse:1@6",
        "positivePrompt": "a lighthouse in a storm", "width": 360, "height": 360, "duration": 5, "seed": 7,
    ]
    for (key, value) in changes { task[key] = value }
    return task
}

/// Runs an FFmpeg program, which serves the tests as an independent judge, and gives what it printed.
func run(_ program: String, _ arguments: [String]) throws -> Data {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [program] + arguments
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw Trouble(what: "\(program) \(arguments) failed") }
    return data
}

/// One frame of a file as 8-bit RGB.
func rgb(_ path: String, frame: Int, size: String) throws -> Data {
    try run(
        "ffmpeg",
        [
            "-v", "error", "-i", path, "-vf",
            "select=eq(n\\,\(frame)),scale=\(size):flags=accurate_rnd+full_chroma_int",
            "-frames:v", "1", "-pix_fmt", "rgb24", "-f", "rawvideo", "-",
        ])
}

/// Peak signal to noise ratio of two 8-bit pictures, in dB.
func psnr(_ a: Data, _ b: Data) -> Double {
    guard a.count == b.count, !a.isEmpty else { return 0 }
    var sum = 0.0
    for (x, y) in zip(a, b) {
        let d = Double(x) - Double(y)
        sum += d * d
    }
    return sum == 0 ? .infinity : 10 * log10(255 * 255 * Double(a.count) / sum)
}
