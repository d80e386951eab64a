/// Times as small pictures: figures of 5x7 dots, so that no font file is needed.
enum Digits {
    static let width = 5
    static let height = 7

    /// Each figure's rows from the top, the highest of five bits at the left.
    private static let shapes: [Character: [UInt8]] = [
        "0": [14, 17, 19, 21, 25, 17, 14], "1": [4, 12, 4, 4, 4, 4, 14], "2": [14, 17, 1, 2, 4, 8, 31],
        "3": [31, 2, 4, 2, 1, 17, 14], "4": [2, 6, 10, 18, 31, 2, 2], "5": [31, 16, 30, 1, 1, 17, 14],
        "6": [6, 8, 16, 30, 17, 17, 14], "7": [31, 1, 2, 4, 8, 8, 8], "8": [14, 17, 17, 14, 17, 17, 14],
        "9": [14, 17, 17, 15, 1, 2, 12], ":": [0, 4, 4, 0, 4, 4, 0], ".": [0, 0, 0, 0, 0, 12, 12],
    ]

    /// "1:02.5": minutes, seconds and tenths.
    static func text(seconds: Double) -> String {
        let tenths = min(Int((max(0, min(seconds, 1e9)) * 10).rounded()), 9_999_999_999)
        let (minutes, rest) = tenths.quotientAndRemainder(dividingBy: 600)
        let whole = rest / 10
        return "\(minutes):\(whole < 10 ? "0" : "")\(whole).\(rest % 10)"
    }

    /// Dots of a line of figures, row by row, each `scale` pixels wide and high, with a border of one dot.
    static func dots(_ text: String, scale: Int) -> (width: Int, height: Int, isLit: [Bool]) {
        let columns = text.count * (width + 1) + 1
        let rows = height + 2
        var lit = [Bool](repeating: false, count: columns * rows * scale * scale)
        for (place, letter) in text.enumerated() {
            for (y, row) in (shapes[letter] ?? []).enumerated() {
                for x in 0..<width where row >> (width - 1 - x) & 1 == 1 {
                    let (left, top) = ((place * (width + 1) + 1 + x) * scale, (y + 1) * scale)
                    for dy in 0..<scale {
                        for dx in 0..<scale { lit[(top + dy) * columns * scale + left + dx] = true }
                    }
                }
            }
        }
        return (columns * scale, rows * scale, lit)
    }
}
