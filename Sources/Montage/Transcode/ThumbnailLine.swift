import Media

/// Eats the events of a clip beside the encoders and makes small pictures of them. Belongs to one thread.
///
/// A picture's time is that of the first slot it fills, which is its time in every output: a player that shows the
/// output and the sprites finds them together, also where the clip's own clock was mended or its head cut off.
final class ThumbnailLine: @unchecked Sendable {
    private let order: ThumbnailOrder
    private let pending: Pending
    private let paths: [String: String]
    private let rate: Rational
    private let interrupt: Interrupt
    private var sheet: TileSheet?
    private var contact: ContactSheet?
    private var preview: AnimatedPreview?
    private var scenes: SceneWatch?
    private var frames = 0
    /// What was made; whole after `finish`.
    private(set) var report = ThumbnailReport()

    /// - Parameters:
    ///   - pending: Holds scenes' pictures until all is published.
    ///   - paths: Where each of the order's files is written until then.
    ///   - stream: The clip's picture.
    ///   - length: How many seconds will come; the moving preview is spread over them.
    init(
        _ order: ThumbnailOrder, pending: Pending, paths: [String: String], stream: StreamInfo,
        rate: Rational,
        length: Double, interrupt: Interrupt
    ) {
        self.order = order
        self.pending = pending
        self.paths = paths
        self.rate = rate
        self.interrupt = interrupt
        if order.sprites != nil { sheet = TileSheet(stream: stream) }
        if order.contact != nil { contact = ContactSheet(stream: stream) }
        if order.preview != nil { preview = AnimatedPreview(stream: stream, length: length) }
        if let folder = order.scenes {
            scenes = SceneWatch(stream: stream) { try pending.add(folder + "/" + $0, $1) }
        }
    }

    func eat(_ event: ClipEvent) throws {
        try interrupt.check()
        switch event {
        case .picture(let box, let slots):
            let time = Double(slots.lowerBound) / rate.value
            _ = try sheet?.offer(box.frame, at: time)
            try contact?.offer(box.frame, at: time)
            try preview?.offer(box.frame, at: time)
            try scenes?.offer(box.frame, at: time)
        case .end(let clip): frames = clip.frames
        case .begin, .sound: break
        }
    }

    /// Writes all files under their temporary names. Blocks.
    func finish() throws {
        if let folder = order.sprites, let sheet, let sprites = try sheet.picture() {
            let (picture, cues) = (folder + "/sprites.jpg", folder + "/sprites.vtt")
            try write(sprites.jpeg(quality: 85), picture)
            let text = WebVTT.text(sheet, sprites: "sprites.jpg", end: Double(frames) / rate.value)
            try write(Array(text.utf8), cues)
            (report.sprites, report.vtt, report.count) = (picture, cues, sheet.tiles.count)
        }
        if let path = order.contact, let page = try contact?.picture() {
            let kind = try PosterSeeker.Kind(forFile: path)
            try write(kind == .png ? page.png() : page.jpeg(quality: 90), path)
            report.contact = path
        }
        if let path = order.preview, let preview {
            let kind = try AnimatedPreview.Kind(forFile: path)
            try preview.write(paths[path] ?? path, as: kind, interrupt: interrupt)
            report.preview = path
        }
        if let folder = order.scenes, scenes != nil {
            try scenes?.finish()
            try write(scenes?.list() ?? [], folder + "/scenes.json")
            (report.scenes, report.sceneCount) = (folder + "/scenes.json", scenes?.scenes.count)
        }
    }

    private func write(_ bytes: [UInt8], _ path: String) throws {
        try PendingFile.write(bytes, to: paths[path] ?? path, sync: false)
    }
}
