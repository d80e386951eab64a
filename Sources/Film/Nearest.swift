/// Finds the word a person most likely meant.
enum Nearest {
    /// The candidate closest to `word`, if it is close enough to be a slip of the finger: at most a third
    /// of the letters wrong (and never more than three).
    static func word(to word: String, among candidates: [String]) -> String? {
        let limit = min(3, max(1, word.count / 3))
        let ranked = candidates.map { ($0, distance(fold(word), fold($0))) }.min { $0.1 < $1.1 }
        guard let (best, far) = ranked, far <= limit else { return nil }
        return best
    }

    private static func fold(_ text: String) -> [Character] {
        Array(text.lowercased().filter { $0 != "_" && $0 != "-" })
    }

    /// Edit distance with swaps of neighbours counted once (optimal string alignment).
    private static func distance(_ a: [Character], _ b: [Character]) -> Int {
        if a.isEmpty || b.isEmpty { return max(a.count, b.count) }
        var older: [Int] = []
        var previous = Array(0...b.count)
        for i in 1...a.count {
            var row = [i]
            for j in 1...b.count {
                var best = min(
                    previous[j] + 1, row[j - 1] + 1, previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1))
                if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
                    best = min(best, older[j - 2] + 1)
                }
                row.append(best)
            }
            older = previous
            previous = row
        }
        return previous[b.count]
    }
}
