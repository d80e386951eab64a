import Foundation
import Runware

/// Files of the repository that tests read.
enum Fixture {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    static let task = "8c9f3b7e-1d24-4b6a-9c55-0f2a7d3e6b10"

    static func data(_ name: String) throws -> Data {
        try Data(contentsOf: root.appendingPathComponent("Tests/Fixtures/runware/\(name).json"))
    }

    static func reply(_ name: String, status: Int = 200, headers: [String: String] = [:]) throws -> HTTPReply
    {
        HTTPReply(status: status, headers: headers, body: try data(name))
    }

    static func cardPath(_ name: String = "pixverse-v5.5") -> String {
        root.appendingPathComponent("presets/models/\(name).yaml").path
    }

    static func card(_ name: String = "pixverse-v5.5") throws -> ModelCard {
        try ModelCard.load(path: cardPath(name))
    }

    /// The five published requests, in order.
    static func samples() throws -> [(name: String, data: Data)] {
        let folder = root.appendingPathComponent("samples/requests")
        return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
            .filter { $0.hasSuffix(".json") }
            .map { ($0, try Data(contentsOf: folder.appendingPathComponent($0))) }
    }

    static func request() -> VideoRequest {
        var request = VideoRequest()
        request.model = "pixverse:1@6"
        request.positivePrompt = "a quiet lantern street"
        request.width = 1280
        request.height = 720
        request.duration = 5
        return request
    }
}

/// A folder of its own for one test, removed with it.
final class Folder {
    let path: String

    init() throws {
        path =
            FileManager.default.temporaryDirectory.appendingPathComponent("runware-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
