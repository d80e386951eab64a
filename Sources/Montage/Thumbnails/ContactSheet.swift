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
        var bytes = [UInt8](repeating: 32, count: width * height * 3)
        for (number, tile) in tiles.tiles.enumerated() {
            let left = Self.gap + number % columns * (w + Self.gap)
            let top = Self.gap + number / columns * (h + Self.gap)
            for line in 0..<h {
                let to = ((top + line) * width + left) * 3
                bytes.replaceSubrange(
                    to..<(to + w * 3), with: tile.picture.bytes[(line * w * 3)..<((line + 1) * w * 3)])
            }
            // The time stands in the lower left corner, white on black, as far as it fits.
            let label = Digits.dots(Digits.text(seconds: tile.seconds), scale: Self.scale)
            for y in 0..<min(label.height, h) {
                for x in 0..<min(label.width, w) {
                    let at = ((top + h - min(label.height, h) + y) * width + left + x) * 3
                    let value: UInt8 = label.isLit[y * label.width + x] ? 255 : 0
                    for channel in 0..<3 { bytes[at + channel] = value }
                }
            }
        }
        return try Picture(width: width, height: height, bytes: bytes)
    }
}
