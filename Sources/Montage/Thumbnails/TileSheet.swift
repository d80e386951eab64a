import Media

/// Gathers small pictures while a film goes by, and lays them out on one sheet.
///
/// The film's length need not be known: pictures are taken a second apart until there are too many, then every
/// other one is dropped and the distance doubles.
struct TileSheet {
    /// The most pictures it holds; more would make a sheet slow to load.
    private let limit: Int
    /// Pixels of one picture.
    let width: Int
    /// Pixels of one picture.
    let height: Int
    /// The pictures with their times in seconds.
    private(set) var tiles: [(seconds: Double, picture: Picture)] = []
    private var distance: Double
    private var next = 0.0
    private let stream: StreamInfo

    /// - Parameters:
    ///   - side: Pixels of a picture's longer side, which may be a little less for odd shapes.
    ///   - limit: The most pictures.
    ///   - distance: Seconds from one to the next, doubled whenever there are too many.
    init(stream: StreamInfo, side: Int = 160, limit: Int = 120, distance: Double = 1) {
        self.stream = stream
        self.limit = limit
        self.distance = distance
        let coded = stream.parameters
        let shape = stream.believableAspect.value
        let (wide, high) = (Double(max(1, coded.width)) * shape, Double(max(1, coded.height)))
        let isTurned = stream.rotation % 180 != 0
        let ratio = isTurned ? wide / high : high / wide
        // As wide as asked, or as high where the picture stands upright; even sizes suit JPEG's halved chroma.
        let short = ratio > 1 ? Double(side) / ratio : Double(side) * ratio
        let other = min(side, max(2, Int((short / 2).rounded()) * 2))
        (width, height) = ratio > 1 ? (other, side) : (side, other)
    }

    /// Pictures a row.
    var columns: Int { min(10, max(1, tiles.count)) }
    /// Rows.
    var rows: Int { (tiles.count + columns - 1) / columns }

    /// Takes the frame's picture if its time has come; says whether it did.
    mutating func offer(_ frame: borrowing Frame, at seconds: Double) throws -> Bool {
        guard seconds + 1e-6 >= next else { return false }
        tiles.append((seconds, try small(frame)))
        if tiles.count > limit {
            tiles = tiles.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
            distance *= 2
        }
        let start = tiles.first?.seconds ?? 0
        next = start + ((seconds - start) / distance + 1e-6).rounded(.down) * distance + distance
        return true
    }

    /// A frame in the size of a tile, upright and with square pixels.
    func small(_ frame: borrowing Frame) throws -> Picture {
        let isTurned = stream.rotation % 180 != 0
        let (w, h) = isTurned ? (height, width) : (width, height)
        var from = frame.videoFormat(timeBase: Rational(1, 25))
        from.colour = frame.colour.resolvedForRGB(
            height: frame.height, format: frame.pixelFormat, untagged: nil)
        // Samples of high dynamic range need their 16 bits until they are mapped.
        let display = from.colour.displayed
        let isDeep = display != .sRGB
        let to = VideoFormat(
            width: w, height: h, pixelFormat: isDeep ? .rgb48le : .rgb24, colour: display,
            timeBase: Rational(1, 25))
        let scaler = try Scaler(from: from, to: to, algorithm: .area)
        let scaled = try scaler.scale(frame)
        let picture = try Picture(
            width: w, height: h, bitDepth: isDeep ? 16 : 8, bytes: scaled.packedBytes(), colour: display)
        let peak = (frame.hdr ?? stream.hdr)?.peak ?? 1000
        let mapped = try picture.inStandardLight(peak: peak)?.picture ?? picture
        return mapped.inEightBits()
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
