import Film
import Foundation
import Logging
import Media
import Montage
import Runware

/// A folder of one test's own; removed when the test lets go of it.
final class Scratch: Sendable {
    let path: String

    init() throws {
        path =
            FileManager.default.temporaryDirectory.appendingPathComponent("reel-film-\(UUID().uuidString)")
            .path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Writes a text file and returns its path.
    @discardableResult
    func write(_ text: String, to name: String) throws -> String {
        let file = path + "/" + name
        try FileManager.default.createDirectory(
            atPath: (file as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try text.write(toFile: file, atomically: true, encoding: .utf8)
        return file
    }

    /// Writes a plain picture and returns its path.
    @discardableResult
    func writePicture(_ name: String, shade: UInt8, width: Int = 64, height: Int = 36) throws -> String {
        let picture = try Picture(
            width: width, height: height, bitDepth: 8, hasAlpha: false,
            bytes: [UInt8](repeating: shade, count: width * height * 3))
        let file = path + "/" + name
        try Data(try picture.png()).write(to: URL(fileURLWithPath: file))
        return file
    }
}

extension Scratch {
    /// Reel's presets, the two that these films are delivered by in a hurry: what is tried is what a film does, not
    /// how well its pictures are compressed. `quick-mov` is a MOV that costs as little.
    func quickPresets() throws -> PresetLibrary {
        let hurry = "video: {options: {preset: ultrafast}}\n"
        try write("name: mp4-social\nextends: mp4-social\nnote: quick\n" + hurry, to: "quick/mp4-social.yaml")
        try write(
            "name: quick-mov\nextends: mp4-web\nnote: quick\ncontainer: mov\nextension: mov\n" + hurry,
            to: "quick/quick-mov.yaml")
        return try PresetLibrary(searching: [path + "/quick", Checkout.presets])
    }
}

/// The checkout these tests were built in.
enum Checkout {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path
    static let presets = root + "/presets"
    static let modelCards = root + "/presets/models"
}

extension FilmSettings {
    /// Settings for a storyboard in a scratch folder; `api` is never reached by a plan.
    static func forTest(
        _ storyboard: String, in scratch: Scratch, api: URL = URL(string: "http://127.0.0.1:9/v1")!,
        budget: Decimal? = nil
    ) throws -> FilmSettings {
        var poll = PollPolicy()
        poll.initialDelay = .milliseconds(20)
        poll.firstInterval = .milliseconds(50)
        poll.longestInterval = .milliseconds(300)
        return FilmSettings(
            storyboardPath: storyboard, outputDirectory: scratch.path + "/out", provider: .sandbox,
            client: ClientConfiguration(baseURL: api, apiKey: "test", poll: poll),
            presets: try scratch.quickPresets(), modelCards: [Checkout.modelCards],
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }), budget: budget)
    }
}
