import Media

/// A clip on one page: up to 20 pictures at equal distances, each with its time.
struct ContactSheet {
    private static let gap = 8
    private static let scale = 2
    private var tiles: TileSheet

    init(stream: StreamInfo) {
        tiles = TileSheet(stream: stream, side: 320, limit: 20, distance: 0.125)
    }

    mutating func offer(_ frame: borrowing Frame, at seconds: Double) throws {
        _ = try tiles.offer(frame, at: seconds)
    }

    /// The page; nil if there was no frame.
    func picture() throws -> Picture? {
        guard !tiles.tiles.isEmpty else { return nil }
        let columns = min(4, tiles.tiles.count)
        let rows = (tiles.tiles.count + columns - 1) / columns
        let (w, h) = (tiles.width, tiles.height)
        let width = columns * (w + Self.gap) + Self.gap
        let height = rows * (h + Self.gap) + Self.gap
        var canvas = Canvas(width: width, height: height, grey: 32)
        for (number, tile) in tiles.tiles.enumerated() {
            let left = Self.gap + number % columns * (w + Self.gap)
            let top = Self.gap + number / columns * (h + Self.gap)
            canvas.put(tile.picture, x: left, y: top)
            // The time stands in the lower left corner, white on black with a border of one dot, where it fits.
            let label = Letters.text(seconds: tile.seconds)
            let labelWidth = (label.count * (Letters.width + 1) + 1) * Self.scale
            let labelHeight = (Letters.height + 2) * Self.scale
            guard labelWidth <= w, labelHeight <= h else { continue }
            let labelTop = top + h - labelHeight
            canvas.fill(x: left, y: labelTop, width: labelWidth, height: labelHeight, grey: 0)
            canvas.write(label, scale: Self.scale, x: left + Self.scale, y: labelTop + Self.scale)
        }
        return try canvas.picture()
    }
}
