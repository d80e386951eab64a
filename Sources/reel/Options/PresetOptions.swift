import ArgumentParser
import Montage

/// Settings of presets that are changed for one run.
struct PresetOverrides: ParsableArguments {
    @Option(
        name: .customLong("set"),
        help: ArgumentHelp(
            "Change a setting of every preset used: video.crf=20, audio.b=96k, muxer.editLists=true; null takes it out.",
            valueName: "key=value"))
    var changes: [String] = []

    func parsed() throws -> [PresetOverride] { try changes.map { try PresetOverride(parsing: $0) } }
}

/// Where delivery presets are looked for.
struct PresetOptions: ParsableArguments {
    @Option(
        name: .customLong("presets"), help: ArgumentHelp("Look for presets here first.", valueName: "dir"))
    var directory: String?

    /// Reads the preset files; a broken one is an error that names file and key.
    func library(beside file: String? = nil) throws -> PresetLibrary {
        try PresetLibrary(searching: PresetLibrary.defaultDirectories(flag: directory, beside: file))
    }

    /// Model cards stand in `models` inside the presets' folders.
    func modelDirectories(beside file: String? = nil) -> [String] {
        PresetLibrary.defaultDirectories(flag: directory, beside: file).flatMap { ["\($0)/models", $0] }
    }
}
