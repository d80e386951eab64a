import ArgumentParser
import Foundation
import Montage

struct PresetsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "presets",
        abstract: "List the delivery presets, or show one with all that it inherits.",
        discussion: """
            Without a word after it: names, what each is for, where they were found. docs/PRESETS.md says how \
            to write your own.
            """,
        subcommands: [List.self, Show.self], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "Names, what each is for, where they were found.")

        @OptionGroup var presets: PresetOptions
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let library = try presets.library()
            if common.json {
                try Streams.result(json: library.presets.map { Entry(path: $0.path, preset: $0.preset) })
            } else {
                let width = library.presets.map(\.preset.name.count).max() ?? 0
                for (preset, path) in library.presets {
                    let name = preset.name.padding(toLength: width, withPad: " ", startingAt: 0)
                    Streams.result(
                        "\(name)  \(preset.note)\n\(String(repeating: " ", count: width))  \(path)")
                }
            }
            // The others are listed all the same; each broken file is told, and the exit code says so.
            for fault in library.faults.dropFirst() { Streams.note(Complaint(fault.error).text) }
            if let fault = library.faults.first { throw fault.error }
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

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Print a preset with all that it inherits, a comment a line.",
            discussion: """
                What is printed is a preset file: `reel presets show mp4-web > presets/mine.yaml` is a start for \
                one of your own.
                """)

        @Argument(help: ArgumentHelp("The preset.", valueName: "name"))
        var name: String

        @OptionGroup var presets: PresetOptions
        @OptionGroup var overrides: PresetOverrides
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let library = try presets.library()
            let changes = try overrides.parsed()
            if common.json {
                try Streams.result(json: library.preset(named: name, setting: changes))
            } else {
                Streams.result(try library.explanation(of: name, setting: changes))
            }
        }
    }
}
