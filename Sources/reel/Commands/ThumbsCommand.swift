import ArgumentParser
import Media
import Montage

struct ThumbsCommand: AsyncParsableCommand, StopsSoon {
    static let configuration = CommandConfiguration(
        commandName: "thumbs",
        abstract: "Make a poster and the small pictures of a player's seek bar.",
        discussion: """
            Writes poster.jpg, sprites.jpg and sprites.vtt, and what the flags ask for, from one decode.
            """)

    @Argument(help: "The clip.")
    var file: String

    @Option(help: ArgumentHelp("The folder to write into; made if missing.", valueName: "dir"))
    var out: String

    @Flag(help: "Also contact.jpg: the clip on one page, each picture with its time.")
    var contact = false

    @Flag(help: "Also preview.webp and preview.gif: six seconds that move.")
    var preview = false

    @Flag(help: "Also scenes.json and scene-01.jpg …: the cuts inside the clip, a picture each.")
    var scenes = false

    @OptionGroup var common: CommonOptions

    func run() async throws {
        _ = common.logger()
        try InputPath.check(file)
        try OutputPath.prepare(folder: out)
        let (file, out) = (file, out)
        var extras: Thumbnails.Extras = []
        if contact { extras.insert(.contact) }
        if preview { extras.insert(.preview) }
        if scenes { extras.insert(.scenes) }
        let wanted = extras
        let set = try await Lanes.shared.run { interrupt in
            try Thumbnails.make(from: file, into: out, extras: wanted, sync: false, interrupt: interrupt)
        }
        if common.json {
            try Streams.result(json: set)
        } else {
            let extra = [set.contact, set.previewWebP, set.previewGIF, set.scenes].compactMap(\.self)
            for path in [set.poster, set.sprites, set.vtt] + extra { Streams.result(path) }
        }
    }
}
