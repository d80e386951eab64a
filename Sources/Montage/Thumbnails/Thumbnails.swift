import Foundation
public import Media

/// Makes thumbnails of a film.
public enum Thumbnails {
    /// What may be made beside a poster and the small pictures of a seek bar.
    public struct Extras: OptionSet, Sendable {
        /// The flags as bits.
        public let rawValue: Int
        /// Makes a set from its bits.
        public init(rawValue: Int) { self.rawValue = rawValue }

        /// `contact.jpg`: the film on one page, each picture with its time.
        public static let contact = Extras(rawValue: 1)
        /// `preview.webp` and `preview.gif`: a few seconds that move.
        public static let preview = Extras(rawValue: 2)
        /// `scenes.json` and a picture a scene: the cuts inside the film.
        public static let scenes = Extras(rawValue: 4)
    }

    /// Writes `poster.jpg`, `sprites.jpg` and `sprites.vtt`, and the extras asked for, from one decode of the
    /// film. Blocks.
    ///
    /// Small pictures stand a second apart; in long films further, so that there are never more than 120.
    /// Their times are those of real frames, so that short clips and one-frame clips work like any other.
    /// The poster is the sharpest well-lit one of the frames looked at.
    ///
    /// - Parameters:
    ///   - path: The film.
    ///   - directory: Where the files go; made if it is not there.
    ///   - extras: What is made besides.
    ///   - interrupt: Stops the work; nothing half-made is left then.
    /// - Throws: `MontageError.noVideo`, `.noSuchFrame`; `MediaError` for what cannot be read or written.
    public static func make(
        from path: String, into directory: String, extras: Extras = [], interrupt: Interrupt
    ) throws -> ThumbnailSet {
        let walk = try FrameWalk(path: path, accept: .media, interrupt: interrupt)
        try makeFolder(directory)
        let films = walk.demuxer.container.durationMicroseconds.map { Double($0) / 1e6 } ?? 0
        var sheet = TileSheet(stream: walk.stream)
        var poster = try Poster(stream: walk.stream)
        var contact = extras.contains(.contact) ? ContactSheet(stream: walk.stream) : nil
        var preview =
            extras.contains(.preview)
            ? AnimatedPreview(stream: walk.stream, length: walk.length ?? films) : nil
        var scenes = extras.contains(.scenes) ? SceneWatch(stream: walk.stream) : nil
        let frame = try Frame()
        var clock = FrameClock(walk)
        while try walk.next(into: frame) {
            let time = clock.time(of: frame)
            if try sheet.offer(frame, at: time) { try poster.offer(frame, at: time) }
            try contact?.offer(frame, at: time)
            try preview?.offer(frame, at: time)
            try scenes?.offer(frame, at: time)
        }
        guard let sprites = try sheet.picture(), let chosen = try poster.picture() else {
            throw walk.noFrame(path)
        }
        let names = ["poster.jpg", "sprites.jpg", "sprites.vtt"].map { directory + "/" + $0 }
        let cues = WebVTT.text(sheet, sprites: "sprites.jpg", end: max(clock.end, films))
        try PendingFile.write(chosen.picture.jpeg(quality: 92), to: names[0])
        try PendingFile.write(sprites.jpeg(quality: 85), to: names[1])
        try PendingFile.write(Array(cues.utf8), to: names[2])
        var set = ThumbnailSet(
            poster: names[0], sprites: names[1], vtt: names[2], tileWidth: sheet.width,
            tileHeight: sheet.height,
            columns: sheet.columns, rows: sheet.rows, count: sheet.tiles.count, posterSeconds: chosen.seconds)
        if let page = try contact?.picture() {
            set.contact = directory + "/contact.jpg"
            try PendingFile.write(page.jpeg(quality: 90), to: directory + "/contact.jpg")
        }
        if let preview {
            (set.previewWebP, set.previewGIF) = (directory + "/preview.webp", directory + "/preview.gif")
            try preview.write(
                webp: directory + "/preview.webp", gif: directory + "/preview.gif", interrupt: interrupt)
        }
        if scenes != nil {
            try scenes?.finish()
            try write(scenes?.scenes ?? [], into: directory)
            (set.scenes, set.sceneCount) = (directory + "/scenes.json", scenes?.scenes.count)
        }
        return set
    }

    /// The list comes last, so that every picture it names is there.
    private static func write(_ scenes: [(scene: Scene, picture: [UInt8])], into directory: String) throws {
        for scene in scenes {
            try PendingFile.write(scene.picture, to: directory + "/" + scene.scene.picture, sync: false)
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        try PendingFile.write([UInt8](encoder.encode(scenes.map(\.scene))), to: directory + "/scenes.json")
    }

    private static func makeFolder(_ path: String) throws {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw MediaError(
                .io, operation: "the folder cannot be made", subject: path,
                hint: "name a folder in a place that can be written")
        }
    }
}

extension FrameWalk {
    /// How long the picture claims to be, in seconds.
    fileprivate var length: Double? { stream.durationTicks.map { Double($0) * stream.timeBase.value } }
}
