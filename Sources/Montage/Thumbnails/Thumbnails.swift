import Foundation
public import Media

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
}

/// Makes thumbnails of a film.
public enum Thumbnails {
    /// Writes `poster.jpg`, `sprites.jpg` and `sprites.vtt` from one decode of the film. Blocks.
    ///
    /// Small pictures stand a second apart; in long films further, so that there are never more than 120.
    /// Their times are those of real frames, so that short clips and one-frame clips work like any other.
    /// The poster is the sharpest well-lit one of the frames looked at.
    ///
    /// - Parameters:
    ///   - path: The film.
    ///   - directory: Where the files go; made if it is not there.
    ///   - interrupt: Stops the work; nothing half-made is left then.
    /// - Throws: `MontageError.noVideo`, `.noSuchFrame`; `MediaError` for what cannot be read or written.
    public static func make(
        from path: String, into directory: String, interrupt: Interrupt
    ) throws -> ThumbnailSet {
        let walk = try FrameWalk(path: path, accept: .media, interrupt: interrupt)
        try makeFolder(directory)
        var sheet = TileSheet(stream: walk.stream)
        var poster = try Poster(stream: walk.stream)
        let frame = try Frame()
        var clock = Clock(walk)
        while try walk.next(into: frame) {
            let time = clock.time(of: frame)
            if try sheet.offer(frame, at: time) { try poster.offer(frame, at: time) }
        }
        guard let sprites = try sheet.picture(), let chosen = try poster.picture() else {
            throw walk.noFrame(path)
        }
        let films = walk.demuxer.container.durationMicroseconds.map { Double($0) / 1e6 } ?? 0
        let names = ["poster.jpg", "sprites.jpg", "sprites.vtt"].map { directory + "/" + $0 }
        let cues = WebVTT.text(sheet, sprites: "sprites.jpg", end: max(clock.end, films))
        try PendingFile.write(chosen.picture.jpeg(quality: 92), to: names[0])
        try PendingFile.write(sprites.jpeg(quality: 85), to: names[1])
        try PendingFile.write(Array(cues.utf8), to: names[2])
        return ThumbnailSet(
            poster: names[0], sprites: names[1], vtt: names[2], tileWidth: sheet.width,
            tileHeight: sheet.height,
            columns: sheet.columns, rows: sheet.rows, count: sheet.tiles.count, posterSeconds: chosen.seconds)
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

    /// Seconds from the first frame, also where frames have no times of their own.
    private struct Clock {
        private let tick: Double
        private let step: Double
        private var first: Int64?
        private var last = 0.0
        private var count = 0
        /// When the last frame goes.
        private(set) var end = 0.0

        init(_ walk: FrameWalk) {
            tick = walk.stream.timeBase.value
            step = walk.stream.averageRate?.inverse.value ?? 1.0 / 25
        }

        mutating func time(of frame: borrowing Frame) -> Double {
            defer { count += 1 }
            var time = Double(count) * step
            if let pts = frame.pts {
                if first == nil { first = pts }
                time = Double(pts - (first ?? pts)) * tick
            }
            // A clock that starts again goes on where it was: a seek bar has one direction.
            if time < last { time = last + step }
            last = time
            end = time + (frame.duration > 0 ? Double(frame.duration) * tick : step)
            return time
        }
    }
}
