import Foundation

/// Runs command lines with the freshly built `reel` first on the PATH.
enum Shell {
    struct Outcome: CustomStringConvertible {
        var exit: Int32
        var output: String
        var errors: String
        var description: String { "exit \(exit)\nstdout:\n\(output)\nstderr:\n\(errors)" }
    }

    /// The folder of the test bundle holds the program too: one build makes both.
    static let programs: String = {
        let beside = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
        var folder = beside.deletingLastPathComponent()
        while folder.path != "/" {
            if FileManager.default.isExecutableFile(atPath: folder.appendingPathComponent("reel").path) {
                return folder.path
            }
            folder.deleteLastPathComponent()
        }
        return URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent(".build/release").path
    }()

    static var reel: String { programs + "/reel" }

    static func has(_ program: String) -> Bool {
        environment["PATH"]?.split(separator: ":")
            .contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(program)") } ?? false
    }

    /// The caller's own keys and settings do not reach the program.
    static var environment: [String: String] {
        var environment = ProcessInfo.processInfo.environment
        for name in ["RUNWARE_API_KEY", "RUNWARE_BASE_URL", "REEL_PRESETS"] { environment[name] = nil }
        environment["PATH"] = programs + ":" + (environment["PATH"] ?? "/usr/bin:/bin")
        environment["LC_ALL"] = "C.UTF-8"
        return environment
    }

    static func run(_ command: String, in folder: String) async throws -> Outcome {
        try await start(command, in: folder).outcome()
    }

    static func start(_ command: String, in folder: String) throws -> Running {
        try Running(command, in: folder)
    }
}

/// A command under way. Its streams go to files, so that nothing blocks on a full pipe.
final class Running: Sendable {
    let process: Process
    private let streams: Folder
    private let ended: AsyncStream<Void>

    init(_ command: String, in folder: String) throws {
        let streams = try Folder()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", command]
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        process.environment = Shell.environment
        process.standardInput = FileHandle.nullDevice
        for name in ["out", "err"] {
            try Data().write(to: URL(fileURLWithPath: "\(streams.path)/\(name)"))
        }
        process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: "\(streams.path)/out"))
        process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: "\(streams.path)/err"))
        let (ended, ending) = AsyncStream.makeStream(of: Void.self)
        process.terminationHandler = { _ in ending.finish() }
        (self.process, self.streams, self.ended) = (process, streams, ended)
        try process.run()
    }

    var output: String { text("out") }
    var errors: String { text("err") }

    private func text(_ name: String) -> String {
        FileManager.default.contents(atPath: "\(streams.path)/\(name)").map {
            String(decoding: $0, as: UTF8.self)
        } ?? ""
    }

    func outcome() async -> Shell.Outcome {
        for await _ in ended {}
        return Shell.Outcome(exit: process.terminationStatus, output: output, errors: errors)
    }
}

/// A folder that is there as long as somebody holds it.
final class Folder: Sendable {
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent(
            "reel-cli-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
