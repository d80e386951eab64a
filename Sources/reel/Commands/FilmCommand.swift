import ArgumentParser
import Film

struct FilmCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "film", abstract: "Make the film of a storyboard.")
    @OptionGroup var common: CommonOptions
    func run() async throws {}
}
