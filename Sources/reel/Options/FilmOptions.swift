import ArgumentParser
import Film
import Foundation
import Logging

/// What `film` and `plan` share: the storyboard, and what it is made with.
struct FilmOptions: ParsableArguments {
    @Argument(help: "The storyboard.")
    var storyboard: String

    @Option(
        help: ArgumentHelp(
            "The folder the film is left in. Without it: out/NAME-OF-STORYBOARD.", valueName: "dir"))
    var out: String?

    @Option(
        help: ArgumentHelp("Buy nothing if the estimate is over this.", valueName: "usd"),
        transform: FilmOptions.dollars)
    var budget: Decimal?

    @Flag(help: "Let the storyboard name pictures outside its folder.")
    var allowOutsideImages = false

    @OptionGroup var strictness: StrictOption
    @OptionGroup var provider: ProviderOptions
    @OptionGroup var presets: PresetOptions

    static func dollars(_ text: String) throws -> Decimal {
        guard text.allSatisfy({ $0.isNumber || $0 == "." }), let value = Decimal(string: text) else {
            throw ValidationError("dollars are meant, such as 2.50, not '\(text)'")
        }
        return value
    }

    var outputFolder: String {
        out ?? "out/" + URL(fileURLWithPath: storyboard).deletingPathExtension().lastPathComponent
    }

    /// The folder whose `.reel` keeps journal, store and the sandbox's world.
    var folder: String { URL(fileURLWithPath: storyboard).deletingLastPathComponent().path }

    /// Has clips made by the service at hand, which tells of them at `webhookURL`, too, if there is one.
    func generator(
        service: ProviderOptions.Service, logger: Logger, webhookURL: String? = nil
    ) -> RunwareGenerator {
        RunwareGenerator(
            name: service.provider.rawValue, client: service.configuration,
            cards: presets.modelDirectories(beside: storyboard), logger: logger, webhookURL: webhookURL)
    }

    /// Settings with the service at hand. For a plan, which asks nobody, `service` may be one not started.
    func settings(
        service: ProviderOptions.Service, logger: Logger, generator: RunwareGenerator? = nil
    ) throws -> FilmSettings {
        var settings = FilmSettings(
            storyboardPath: storyboard, outputDirectory: outputFolder,
            generator: generator ?? self.generator(service: service, logger: logger),
            presets: try presets.library(beside: storyboard), logger: logger, budget: budget,
            allowOutsideImages: allowOutsideImages)
        settings.strict = strictness.strict
        return settings
    }
}
