import Montage

/// One output file of the film.
struct Delivery: Sendable {
    /// How it is made.
    let preset: Preset
    /// What of the preset enters work keys.
    let document: JSONDocument
    /// Its file name in the output folder.
    let fileName: String

    var name: String { preset.name }

    /// The deliveries of a list of presets: `film.mp4`, `film.webm`; a second preset with the same ending
    /// gets its name into the file's: `film.mp4-web.mp4`.
    static func list(_ presets: [Preset]) throws -> [Delivery] {
        var taken: Set<String> = []
        return try presets.map { preset in
            let plain = "film.\(preset.fileExtension)"
            let name = taken.insert(plain).inserted ? plain : "film.\(preset.name).\(preset.fileExtension)"
            return Delivery(
                preset: preset, document: try JSONDocument(parsing: preset.canonicalJSON), fileName: name)
        }
    }
}
