/// Letters and figures of 5x7 dots, so that no font file is needed.
enum Letters {
    static let width = 5
    static let height = 7

    /// Each sign's rows from the top, the highest of five bits at the left.
    private static let shapes: [Character: [UInt8]] = [
        "0": [14, 17, 19, 21, 25, 17, 14], "1": [4, 12, 4, 4, 4, 4, 14], "2": [14, 17, 1, 2, 4, 8, 31],
        "3": [31, 2, 4, 2, 1, 17, 14], "4": [2, 6, 10, 18, 31, 2, 2], "5": [31, 16, 30, 1, 1, 17, 14],
        "6": [6, 8, 16, 30, 17, 17, 14], "7": [31, 1, 2, 4, 8, 8, 8], "8": [14, 17, 17, 14, 17, 17, 14],
        "9": [14, 17, 17, 15, 1, 2, 12], "A": [14, 17, 17, 31, 17, 17, 17],
        "B": [30, 17, 17, 30, 17, 17, 30], "C": [14, 17, 16, 16, 16, 17, 14],
        "D": [30, 17, 17, 17, 17, 17, 30], "E": [31, 16, 16, 30, 16, 16, 31],
        "F": [31, 16, 16, 30, 16, 16, 16], "G": [14, 17, 16, 23, 17, 17, 15],
        "H": [17, 17, 17, 31, 17, 17, 17], "I": [14, 4, 4, 4, 4, 4, 14], "J": [7, 2, 2, 2, 2, 18, 12],
        "K": [17, 18, 20, 24, 20, 18, 17], "L": [16, 16, 16, 16, 16, 16, 31],
        "M": [17, 27, 21, 21, 17, 17, 17], "N": [17, 25, 21, 19, 17, 17, 17],
        "O": [14, 17, 17, 17, 17, 17, 14], "P": [30, 17, 17, 30, 16, 16, 16],
        "Q": [14, 17, 17, 17, 21, 18, 13], "R": [30, 17, 17, 30, 20, 18, 17],
        "S": [15, 16, 16, 14, 1, 1, 30], "T": [31, 4, 4, 4, 4, 4, 4], "U": [17, 17, 17, 17, 17, 17, 14],
        "V": [17, 17, 17, 17, 17, 10, 4], "W": [17, 17, 17, 21, 21, 27, 17],
        "X": [17, 17, 10, 4, 10, 17, 17], "Y": [17, 17, 10, 4, 4, 4, 4], "Z": [31, 1, 2, 4, 8, 16, 31],
        ".": [0, 0, 0, 0, 0, 12, 12], ":": [0, 4, 4, 0, 4, 4, 0], "-": [0, 0, 0, 31, 0, 0, 0],
        "_": [0, 0, 0, 0, 0, 0, 31], ">": [8, 4, 2, 1, 2, 4, 8], "/": [1, 1, 2, 4, 8, 16, 16],
        ",": [0, 0, 0, 0, 12, 4, 8], "'": [4, 4, 8, 0, 0, 0, 0], "!": [4, 4, 4, 4, 4, 0, 4],
        "?": [14, 17, 1, 2, 4, 0, 4], "&": [12, 18, 20, 8, 21, 18, 13], "=": [0, 0, 31, 0, 31, 0, 0],
        "#": [10, 10, 31, 10, 31, 10, 10], ";": [0, 12, 12, 0, 12, 4, 8], "\"": [10, 10, 10, 0, 0, 0, 0],
        "$": [4, 15, 20, 14, 5, 30, 4], "%": [24, 25, 2, 4, 8, 19, 3], "*": [0, 4, 21, 14, 21, 4, 0],
        "(": [2, 4, 8, 8, 8, 4, 2], ")": [8, 4, 2, 2, 2, 4, 8], "+": [0, 4, 4, 31, 4, 4, 0],
    ]

    /// Calls `body` with column and row of each lit dot of a line of text: small letters as capitals, signs without
    /// a shape as gaps, one empty column between two letters.
    static func forEachDot(of text: String, _ body: (_ column: Int, _ row: Int) -> Void) {
        for (place, letter) in text.uppercased().enumerated() {
            for (row, bits) in (shapes[letter] ?? []).enumerated() {
                for column in 0..<width where bits >> (width - 1 - column) & 1 == 1 {
                    body(place * (width + 1) + column, row)
                }
            }
        }
    }

    /// "1:02.5": minutes, seconds and tenths.
    static func text(seconds: Double) -> String {
        let tenths = min(Int((max(0, min(seconds, 1e9)) * 10).rounded()), 9_999_999_999)
        let (minutes, rest) = tenths.quotientAndRemainder(dividingBy: 600)
        let whole = rest / 10
        return "\(minutes):\(whole < 10 ? "0" : "")\(whole).\(rest % 10)"
    }
}
