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
    ///   - sync: Whether the files are flushed to the disk before they get their names.
    ///   - interrupt: Stops the work; nothing half-made is left then.
    /// - Throws: `MontageError.noVideo`, `.noSuchFrame`; `MediaError` for what cannot be read or written.
    public static func make(
        from path: String, into directory: String, extras: Extras = [], sync: Bool = true,
        interrupt: Interrupt
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
        let cut = try Pending([])
        var scenes =
            extras.contains(.scenes)
            ? SceneWatch(stream: walk.stream) { try cut.add(directory + "/" + $0, $1) } : nil
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
        try PendingFile.write(chosen.picture.jpeg(quality: 92), to: names[0], sync: sync)
        try PendingFile.write(sprites.jpeg(quality: 85), to: names[1], sync: sync)
        try PendingFile.write(Array(cues.utf8), to: names[2], sync: sync)
        var set = ThumbnailSet(
            poster: names[0], sprites: names[1], vtt: names[2], tileWidth: sheet.width,
            tileHeight: sheet.height,
            columns: sheet.columns, rows: sheet.rows, count: sheet.tiles.count, posterSeconds: chosen.seconds)
        if let page = try contact?.picture() {
            set.contact = directory + "/contact.jpg"
            try PendingFile.write(page.jpeg(quality: 90), to: directory + "/contact.jpg", sync: sync)
        }
        if let preview {
            let (webp, gif) = (directory + "/preview.webp", directory + "/preview.gif")
            try preview.write(webp, as: .webp, sync: sync, interrupt: interrupt)
            try preview.write(gif, as: .gif, sync: sync, interrupt: interrupt)
            (set.previewWebP, set.previewGIF) = (webp, gif)
        }
        if scenes != nil {
            try scenes?.finish()
            // The list comes last, so that every picture it names is there.
            try cut.publish(sync: sync)
            try PendingFile.write(scenes?.list() ?? [], to: directory + "/scenes.json", sync: sync)
            (set.scenes, set.sceneCount) = (directory + "/scenes.json", scenes?.scenes.count)
        }
        return set
    }

    /// Makes the folder and those above it, if they are not there.
    static func makeFolder(_ path: String) throws {
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
