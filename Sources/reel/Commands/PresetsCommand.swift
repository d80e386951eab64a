import ArgumentParser
import Foundation
import Montage

struct PresetsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "presets",
        abstract: "List the delivery presets: names, what each is for, where they were found.")

    @OptionGroup var presets: PresetOptions
    @OptionGroup var common: CommonOptions

    func run() async throws {
        let library = try presets.library()
        if common.json {
            try Streams.result(json: library.presets.map { Entry(path: $0.path, preset: $0.preset) })
            return
        }
        let width = library.presets.map(\.preset.name.count).max() ?? 0
        for (preset, path) in library.presets {
            let name = preset.name.padding(toLength: width, withPad: " ", startingAt: 0)
            Streams.result("\(name)  \(preset.note)\n\(String(repeating: " ", count: width))  \(path)")
        }
        if library.presets.isEmpty {
            throw Complaint(
                .failed, code: "presetsMissing", "no presets found",
                at: PresetLibrary.defaultDirectories(flag: presets.directory, beside: nil).joined(
                    separator: ", "),
                hint: "name their folder with --presets or REEL_PRESETS")
        }
    }

    private struct Entry: Encodable {
        var path: String
        var preset: Preset
    }
}
