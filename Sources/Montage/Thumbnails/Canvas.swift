/// A picture under the brush: 8 bits, RGB.
struct Canvas {
    let width: Int
    let height: Int
    private var bytes: [UInt8]

    init(width: Int, height: Int, grey: UInt8) {
        (self.width, self.height) = (width, height)
        bytes = [UInt8](repeating: grey, count: width * height * 3)
    }

    /// Fills a rectangle, as far as it lies inside.
    mutating func fill(x: Int, y: Int, width: Int, height: Int, grey: UInt8) {
        for line in max(0, y)..<max(0, y, min(self.height, y + height)) {
            for place in max(0, x)..<max(0, x, min(self.width, x + width)) {
                let at = (line * self.width + place) * 3
                for channel in 0..<3 { bytes[at + channel] = grey }
            }
        }
    }

    /// Puts a picture of 8 bits without alpha, as far as it lies inside.
    mutating func put(_ picture: Picture, x: Int, y: Int, isDark: Bool = false) {
        for line in 0..<picture.height where y + line >= 0 && y + line < height {
            for place in 0..<picture.width where x + place >= 0 && x + place < width {
                let from = (line * picture.width + place) * picture.bytesPerPixel
                let to = ((y + line) * width + x + place) * 3
                for channel in 0..<3 {
                    bytes[to + channel] =
                        isDark ? picture.bytes[from + channel] / 3 : picture.bytes[from + channel]
                }
            }
        }
    }

    /// Writes a line of text in white, each dot `scale` pixels wide and high.
    mutating func write(_ text: String, scale: Int, x: Int, y: Int) {
        Letters.forEachDot(of: text) { column, row in
            fill(x: x + column * scale, y: y + row * scale, width: scale, height: scale, grey: 255)
        }
    }

    func picture() throws -> Picture { try Picture(width: width, height: height, bytes: bytes) }
}
