import Foundation
import Media

/// The presets of one or more folders, the first folder that has a name winning.
///
/// Each `*.yaml` directly in a folder is one preset. Reading checks everything that can be told from the
/// file; `preset(named:)` also asks FFmpeg for both encoders and opens them, so that a misspelt option or a
/// value the encoder refuses is found before any work is done. A file that is no preset takes no other with
/// it: it stands in `faults`, and asking for its name throws its error.
public struct PresetLibrary: Sendable {
    /// Every good preset found, sorted by name, with the path of its file.
    public let presets: [(preset: Preset, path: String)]
    /// The files that are no presets, and what is wrong with each, in the order found.
    public let faults: [(path: String, error: MontageError)]
    private let shelf: PresetShelf
    private let files: [String: PresetFile]
    private let directories: [String]

    /// Reads all presets of `directories`; folders that do not exist are passed over.
    ///
    /// - Throws: `MontageError` with code `presetInvalid` for a folder that is there and cannot be read.
    public init(searching directories: [String]) throws {
        var shelf = PresetShelf()
        for directory in directories {
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: directory, isDirectory: &isFolder),
                isFolder.boolValue
            else { continue }
            let names: [String]
            do {
                names = try FileManager.default.contentsOfDirectory(atPath: directory)
            } catch {
                throw MontageError(
                    .presetInvalid, operation: "the folder of presets cannot be read", subject: directory,
                    hint: "Check its permissions.")
            }
            for name in names.sorted() where name.hasSuffix(".yaml") {
                shelf.add(URL(fileURLWithPath: directory).appending(path: name).path)
            }
        }
        var files: [String: PresetFile] = [:]
        for name in shelf.names {
            do throws(MontageError) {
                files[name] = try shelf.file(named: name)
            } catch {
                shelf.blame(name, error)
            }
        }
        self.files = files
        self.shelf = shelf
        self.directories = directories
        faults = shelf.faults.map { ($0.path, $0.error) }
        presets = files.values.sorted { $0.preset.name < $1.preset.name }.map { ($0.preset, $0.path) }
    }

    /// The preset of this name, its encoders tried.
    ///
    /// - Parameter overrides: Settings to change, laid over the file in their order.
    /// - Throws: `MontageError`: `presetUnknown` with the known names, `presetInvalid` with the place and the
    ///   key where an encoder refuses an option.
    public func preset(named name: String, setting overrides: [PresetOverride] = []) throws -> Preset {
        let file = try file(named: name, setting: overrides)
        try PresetTrial(file: file).run()
        return file.preset
    }

    /// The preset of this name with all that it inherits, as YAML with a comment a line that says what the
    /// key does and, where it was inherited or set, from where. Reading it again gives an equal preset.
    ///
    /// - Throws: As `preset(named:)`.
    public func explanation(of name: String, setting overrides: [PresetOverride] = []) throws -> String {
        let file = try file(named: name, setting: overrides)
        try PresetTrial(file: file).run()
        return PresetText(file).text
    }

    private func file(named name: String, setting overrides: [PresetOverride]) throws(MontageError)
        -> PresetFile
    {
        guard let file = files[name] else {
            if let fault = shelf.fault(named: name) { throw fault }
            let known = presets.map(\.preset.name)
            let places = directories.isEmpty ? "no folder" : directories.joined(separator: ", ")
            throw MontageError(
                .presetUnknown, operation: "no preset has this name", subject: name,
                hint: known.isEmpty
                    ? "No presets were found in \(places); name a folder with --presets or REEL_PRESETS."
                    : "Known: \(known.joined(separator: ", ")). 'reel presets' says what each is for.")
        }
        guard !overrides.isEmpty else { return file }
        var tree = file.tree
        for override in overrides {
            let path = override.path
            guard path.allSatisfy({ !$0.isEmpty }), path.count > 1,
                PresetFile.sections[path[0]] != nil
                    || override.key == "container" || override.key == "extension"
            else {
                throw PresetFields.fault(
                    override.origin, override.key, "is no key of a preset",
                    hint: "A key begins with video., audio. or muxer., like video.crf.")
            }
            // A silent preset has no sound to set.
            if path[0] == "audio", tree["audio"] == nil {
                throw PresetFields.fault(
                    override.origin, override.key, "has no meaning: the preset \(name) has no sound")
            }
            tree.set(path[...], to: override.value, origin: override.origin)
        }
        return try PresetFile(tree, path: file.path)
    }

    /// The preset that suits a file's extension when none is named: `mp4-social`, `webm-vp9`, `mov-h264`,
    /// `master` for .mkv, `gif-preview`, `webp-preview`.
    ///
    /// - Throws: `MontageError` with code `presetUnknown` for another extension.
    public func preset(forExtension fileExtension: String, setting overrides: [PresetOverride] = []) throws
        -> Preset
    {
        guard let name = Self.usual[fileExtension.lowercased()] else {
            throw MontageError(
                .presetUnknown, operation: "no preset goes with the extension '\(fileExtension)'",
                subject: fileExtension,
                hint: "Name the output .mp4, .webm, .mov, .mkv, .gif or .webp, or give --preset NAME.")
        }
        return try preset(named: name, setting: overrides)
    }

    private static let usual = [
        "mp4": "mp4-social", "webm": "webm-vp9", "mov": "mov-h264", "mkv": "master", "gif": "gif-preview",
        "webp": "webp-preview",
    ]

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
