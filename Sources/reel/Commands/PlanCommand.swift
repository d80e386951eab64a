import ArgumentParser
import Film

struct PlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "plan", abstract: "Say what a film would do and cost.")
    @OptionGroup var common: CommonOptions
    func run() async throws {}
}
