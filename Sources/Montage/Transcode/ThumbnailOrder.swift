/// Which small pictures a transcode makes of its clip beside the outputs, from the same decode.
///
/// They show the part that is made, in the clip's own shape, and their times are those of the outputs' frames.
public struct ThumbnailOrder: Sendable, Equatable {
    /// A folder for `sprites.jpg` and `sprites.vtt`, a player's seek bar; made if missing.
    public var sprites: String?
    /// A page of pictures with their times, .jpg or .png.
    public var contact: String?
    /// Six seconds that move, .webp or .gif.
    public var preview: String?
    /// A folder for `scenes.json` and a picture a scene; made if missing.
    public var scenes: String?

    /// Names what is wanted.
    public init(
        sprites: String? = nil, contact: String? = nil, preview: String? = nil, scenes: String? = nil
    ) {
        self.sprites = sprites
        self.contact = contact
        self.preview = preview
        self.scenes = scenes
    }

    /// Whether nothing is wanted.
    public var isEmpty: Bool { self == ThumbnailOrder() }

    /// The final paths of all files whose names are known beforehand.
    var files: [String] {
        [
            sprites.map { $0 + "/sprites.jpg" }, sprites.map { $0 + "/sprites.vtt" }, contact, preview,
            scenes.map { $0 + "/scenes.json" },
        ].compactMap(\.self)
    }

    /// Makes the folders that are missing and refuses endings that no such file has.
    func prepare() throws {
        if let contact { _ = try PosterSeeker.Kind(forFile: contact) }
        if let preview { _ = try AnimatedPreview.Kind(forFile: preview) }
        for folder in [sprites, scenes].compactMap(\.self) { try Thumbnails.makeFolder(folder) }
    }
}

/// The small pictures that a transcode made.
public struct ThumbnailReport: Sendable, Codable, Equatable {
    /// The path of the sheet of small pictures.
    public var sprites: String?
    /// The path of the file that says which of them stands for which span of time.
    public var vtt: String?
    /// How many there are on the sheet.
    public var count: Int?
    /// The path of the page of pictures with their times.
    public var contact: String?
    /// The path of the moving preview.
    public var preview: String?
    /// The path of the list of scenes; their pictures lie beside it.
    public var scenes: String?
    /// How many scenes there are.
    public var sceneCount: Int?
}
