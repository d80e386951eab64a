import Foundation
import Media

/// The presets of one or more folders, the first folder that has a name winning.
///
/// Each `*.yaml` directly in a folder is one preset. Reading checks everything that can be told from the
/// file; `preset(named:)` also opens both encoders, so that a misspelt option or a value the encoder
/// refuses is found before any work is done.
public struct PresetLibrary: Sendable {
    /// Every preset found, sorted by name, with the path of its file.
    public let presets: [(preset: Preset, path: String)]
    private let files: [String: PresetFile]
    private let directories: [String]

    /// Reads all presets of `directories`; folders that do not exist are passed over.
    ///
    /// - Throws: `MontageError` with code `presetInvalid` for the first file that is not a preset.
    public init(searching directories: [String]) throws {
        var files: [String: PresetFile] = [:]
        for directory in directories {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
            for name in names.sorted() where name.hasSuffix(".yaml") {
                let file = try PresetFile(path: URL(fileURLWithPath: directory).appending(path: name).path)
                if files[file.preset.name] == nil { files[file.preset.name] = file }
            }
        }
        self.files = files
        self.directories = directories
        presets = files.values.sorted { $0.preset.name < $1.preset.name }.map { ($0.preset, $0.path) }
    }

    /// The preset of this name, its encoders tried.
    ///
    /// - Throws: `MontageError`: `presetUnknown` with the known names, `presetInvalid` with file, line and
    ///   key where an encoder refuses an option.
    public func preset(named name: String) throws -> Preset {
        guard let file = files[name] else {
            let known = presets.map(\.preset.name)
            let places = directories.isEmpty ? "no folder" : directories.joined(separator: ", ")
            throw MontageError(
                .presetUnknown, operation: "no preset has this name", subject: name,
                hint: known.isEmpty
                    ? "No presets were found in \(places); name a folder with --presets or REEL_PRESETS."
                    : "Known: \(known.joined(separator: ", ")). 'reel presets' says what each is for.")
        }
        try PresetTrial(file: file).run()
        return file.preset
    }

    /// The preset that suits a file's extension when none is named: `mp4-social`, `webm-vp9`, `mov-h264`.
    ///
    /// - Throws: `MontageError` with code `presetUnknown` for another extension.
    public func preset(forExtension fileExtension: String) throws -> Preset {
        let names = ["mp4": "mp4-social", "webm": "webm-vp9", "mov": "mov-h264"]
        guard let name = names[fileExtension.lowercased()] else {
            throw MontageError(
                .presetUnknown, operation: "no preset goes with the extension '\(fileExtension)'",
                subject: fileExtension, hint: "Name the output .mp4, .webm or .mov, or give --preset NAME.")
        }
        return try preset(named: name)
    }

    /// Where presets are looked for, first hit first: the folder of the flag, each folder of the variable
    /// `REEL_PRESETS`, `presets` beside `file`, `../share/reel/presets` beside the program, and `presets`
    /// of the source checkout the program was built in.
    public static func defaultDirectories(flag: String?, beside file: String?) -> [String] {
        var found: [String] = []
        func add(_ path: String) {
            let plain = URL(fileURLWithPath: path).standardizedFileURL.path
            if !found.contains(plain) { found.append(plain) }
        }
        if let flag { add(flag) }
        if let listed = ProcessInfo.processInfo.environment["REEL_PRESETS"] {
            for path in listed.split(separator: ":") { add(String(path)) }
        }
        if let file {
            add(URL(fileURLWithPath: file).deletingLastPathComponent().appending(path: "presets").path)
        }
        if let program = Bundle.main.executablePath {
            var folder = URL(fileURLWithPath: program).resolvingSymlinksInPath().deletingLastPathComponent()
            add(folder.appending(path: "../share/reel/presets").path)
            while folder.path != "/" {
                let manifest = folder.appending(path: "Package.swift").path
                if FileManager.default.fileExists(atPath: manifest) {
                    add(folder.appending(path: "presets").path)
                    break
                }
                folder = folder.deletingLastPathComponent()
            }
        }
        return found
    }
}
