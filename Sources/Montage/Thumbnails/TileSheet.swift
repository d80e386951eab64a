import Media

/// Gathers small pictures while a film goes by, and lays them out on one sheet.
///
/// The film's length need not be known: pictures are taken a second apart until there are too many, then every
/// other one is dropped and the distance doubles.
struct TileSheet {
    /// The most pictures a sheet holds; more would make the file slow to load.
    static let limit = 120
    /// Pixels of one picture.
    let width: Int
    /// Pixels of one picture.
    let height: Int
    /// The pictures with their times in seconds.
    private(set) var tiles: [(seconds: Double, picture: Picture)] = []
    private var distance = 1.0
    private var next = 0.0
    private let stream: StreamInfo

    init(stream: StreamInfo) {
        self.stream = stream
        let coded = stream.parameters
        let shape = coded.sampleAspectRatio?.value ?? 1
        let (wide, high) = (Double(max(1, coded.width)) * shape, Double(max(1, coded.height)))
        let isTurned = stream.rotation % 180 != 0
        let ratio = isTurned ? wide / high : high / wide
        // 160 wide, or 160 high where the picture stands upright; even sizes suit JPEG's halved chroma.
        let side = ratio > 1 ? 160 / ratio : 160 * ratio
        let other = min(160, max(2, Int((side / 2).rounded()) * 2))
        (width, height) = ratio > 1 ? (other, 160) : (160, other)
    }

    /// Pictures a row.
    var columns: Int { min(10, max(1, tiles.count)) }
    /// Rows.
    var rows: Int { (tiles.count + columns - 1) / columns }

    /// Takes the frame's picture if its time has come; says whether it did.
    mutating func offer(_ frame: borrowing Frame, at seconds: Double) throws -> Bool {
        guard seconds + 1e-6 >= next else { return false }
        tiles.append((seconds, try small(frame)))
        if tiles.count > Self.limit {
            tiles = tiles.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
            distance *= 2
        }
        let start = tiles.first?.seconds ?? 0
        next = start + ((seconds - start) / distance + 1e-6).rounded(.down) * distance + distance
        return true
    }

    /// A frame in the size of a tile, upright and with square pixels.
    private func small(_ frame: borrowing Frame) throws -> Picture {
        let isTurned = stream.rotation % 180 != 0
        let (w, h) = isTurned ? (height, width) : (width, height)
        var from = frame.videoFormat(timeBase: Rational(1, 25))
        from.colour = frame.colour.resolvedForRGB(
            height: frame.height, format: frame.pixelFormat, untagged: nil)
        let to = VideoFormat(
            width: w, height: h, pixelFormat: .rgb24, colour: .sRGB, timeBase: Rational(1, 25))
        let scaler = try Scaler(from: from, to: to, algorithm: .area)
        let scaled = try scaler.scale(frame)
        return try Picture(width: w, height: h, bytes: scaled.packedBytes())
            .turned(clockwise: stream.rotation, mirrored: stream.isMirrored)
    }

    /// All pictures on one sheet, row by row; nil if there are none.
    func picture() throws -> Picture? {
        guard !tiles.isEmpty else { return nil }
        let row = columns * width * 3
        var bytes = [UInt8](repeating: 0, count: row * rows * height)
        for (number, tile) in tiles.enumerated() {
            let (x, y) = place(number)
            for line in 0..<height {
                let to = (y + line) * row + x * 3
                let from = line * width * 3
                bytes.replaceSubrange(
                    to..<(to + width * 3), with: tile.picture.bytes[from..<(from + width * 3)])
            }
        }
        return try Picture(width: columns * width, height: rows * height, bytes: bytes)
    }

    /// Where a picture's upper left corner is on the sheet.
    func place(_ number: Int) -> (x: Int, y: Int) { (number % columns * width, number / columns * height) }
}
