import ArgumentParser
import Media
import Montage

struct ThumbsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "thumbs",
        abstract: "Make a poster and the small pictures of a player's seek bar.",
        discussion: "Writes poster.jpg, sprites.jpg and sprites.vtt from one decode.")

    @Argument(help: "The clip.")
    var file: String

    @Option(help: ArgumentHelp("The folder to write into; made if missing.", valueName: "dir"))
    var out: String

    @OptionGroup var common: CommonOptions

    func run() async throws {
        _ = common.logger()
        try InputPath.check(file)
        try OutputPath.prepare(folder: out)
        let (file, out) = (file, out)
        let set = try await Lanes.shared.run { interrupt in
            try Thumbnails.make(from: file, into: out, interrupt: interrupt)
        }
        if common.json {
            try Streams.result(json: set)
        } else {
            for path in [set.poster, set.sprites, set.vtt] { Streams.result(path) }
        }
    }
}
