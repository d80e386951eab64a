import ArgumentParser
import Montage

/// Small pictures that `transcode` makes beside its outputs.
struct ThumbnailOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Also write sprites.jpg and sprites.vtt, for a player's seek bar, into this folder.",
            valueName: "dir"))
    var sprites: String?

    @Option(
        help: ArgumentHelp(
            "Also write the clip on one page, each picture with its time (.jpg or .png).", valueName: "file"))
    var contact: String?

    @Option(
        help: ArgumentHelp("Also write six seconds that move (.webp or .gif).", valueName: "file"))
    var preview: String?

    @Option(
        help: ArgumentHelp(
            "Also write scenes.json and a picture a scene into this folder.", valueName: "dir"))
    var scenes: String?

    var order: ThumbnailOrder {
        ThumbnailOrder(sprites: sprites, contact: contact, preview: preview, scenes: scenes)
    }
}
