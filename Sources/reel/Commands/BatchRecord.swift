import Foundation
import Media
import Montage

/// What a folder's outputs were made of, written down beside them, so that nothing is made twice.
///
/// An output is up to date if source, preset, settings, Reel and FFmpeg are what they were, and the output is
/// as it was left. Times count to the nanosecond; contents are not read.
struct BatchRecord {
    /// A file's size and time.
    struct Stamp: Codable, Equatable {
        var size: Int64
        var modified: Int64

        /// Nil where there is no such file.
        init?(_ path: String) {
            var facts = stat()
            guard stat(path, &facts) == 0 else { return nil }
            size = Int64(facts.st_size)
            #if os(Linux)
                modified = Int64(facts.st_mtim.tv_sec) * 1_000_000_000 + Int64(facts.st_mtim.tv_nsec)
            #else
                modified =
                    Int64(facts.st_mtimespec.tv_sec) * 1_000_000_000 + Int64(facts.st_mtimespec.tv_nsec)
            #endif
        }
    }

    private struct Made: Codable {
        var source: String
        var sourceStamp: Stamp
        var key: String
        var stamp: Stamp
    }

    private let folder: String
    private let path: String
    private var made: [String: Made] = [:]

    /// Reads what stands in the folder; a record that cannot be read counts as none.
    init(folder: String) {
        self.folder = folder
        path = "\(folder)/.reel-transcode.json"
        guard let bytes = FileManager.default.contents(atPath: path),
            let read = try? JSONDecoder().decode([String: Made].self, from: bytes)
        else { return }
        made = read
    }

    /// A digest of all that decides the bytes beside the source.
    static func key(presets: [Preset], settings: TranscodeSettings) throws -> String {
        let versions = FFmpegVersions.libraries.map { "\($0.name) \($0.run)" }
        let parts = presets.map(\.canonicalJSON) + [JSONText.line(settings) ?? "", Version.number] + versions
        return try SHA256.hex(of: Array(parts.joined(separator: "\n").utf8))
    }

    func isUpToDate(_ source: String, outputs: [String], key: String) -> Bool {
        guard let stamp = Stamp(source) else { return false }
        return outputs.allSatisfy { output in
            guard let one = made[name(output)] else { return false }
            return one.source == absolute(source) && one.sourceStamp == stamp && one.key == key
                && one.stamp == Stamp(output)
        }
    }

    /// Writes down what was made, at once: a batch that is stopped keeps what it has done.
    mutating func note(_ source: String, outputs: [String], key: String) throws {
        guard let stamp = Stamp(source) else { return }
        for output in outputs {
            guard let own = Stamp(output) else { continue }
            made[name(output)] = Made(source: absolute(source), sourceStamp: stamp, key: key, stamp: own)
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        try PendingFile.write(Array(try encoder.encode(made)), to: path, sync: false)
    }

    private func name(_ output: String) -> String { (output as NSString).lastPathComponent }
    private func absolute(_ path: String) -> String { URL(fileURLWithPath: path).standardizedFileURL.path }
}
