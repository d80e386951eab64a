import ArgumentParser
import Foundation

struct GenerateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate",
        abstract: "Run one generation task, written as in the API's documentation.",
        discussion: """
            Nothing is journalled: the task's UUID is printed before it is sent. After a crash give it back
            with --task-uuid, and the task is asked for, not bought again.
            """)

    @Argument(help: ArgumentHelp("A videoInference task as JSON: the object, or an array with one.", valueName: "request.json"))
    var request: String

    @Option(name: .shortAndLong, help: ArgumentHelp("Where to write the clip.", valueName: "clip.mp4"))
    var output: String

    @Option(name: .customLong("task-uuid"), help: ArgumentHelp("Ask for this earlier task first.", valueName: "uuid"))
    var taskUUID: String?

    @OptionGroup var provider: ProviderOptions
    @OptionGroup var common: CommonOptions

    func run() async throws {
    }
}
