/// The files for a player's seek bar and its waiting picture.
public struct ThumbnailSet: Sendable, Codable, Equatable {
    /// The path of the poster: one good frame in full size, JPEG.
    public var poster: String
    /// The path of the sheet of small pictures, JPEG.
    public var sprites: String
    /// The path of the WebVTT file that says which small picture stands for which span of time.
    public var vtt: String
    /// Pixels of one small picture.
    public var tileWidth: Int
    /// Pixels of one small picture.
    public var tileHeight: Int
    /// Small pictures a row.
    public var columns: Int
    /// Rows.
    public var rows: Int
    /// How many small pictures there are.
    public var count: Int
    /// The time of the poster's frame, in seconds from the first frame.
    public var posterSeconds: Double
    /// The path of the page of pictures with their times, if it was asked for.
    public var contact: String?
    /// The path of the moving preview as WebP, if it was asked for.
    public var previewWebP: String?
    /// The path of the moving preview as GIF, if it was asked for.
    public var previewGIF: String?
    /// The path of the list of scenes, if it was asked for; their pictures lie beside it.
    public var scenes: String?
    /// How many scenes there are.
    public var sceneCount: Int?
}
