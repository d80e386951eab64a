/// Whether times that come in order lie at unequal distances, told on the way and without keeping them.
struct Evenness {
    private var last: Int64?
    /// The newest distance, which does not count yet: it may be the last, and an edit may cut the last.
    private var newest: Int64?
    private var low = Int64.max
    private var high = Int64.min
    private(set) var count = 0

    mutating func add(_ ticks: Int64) {
        count += 1
        if let newest {
            low = min(low, newest)
            high = max(high, newest)
        }
        newest = last.map { ticks - $0 }
        last = ticks
    }

    /// Nil where no time was seen. Clocks of milliseconds or coarser round each time by up to a tick either
    /// way, so distances that differ by two ticks are still equal.
    var answer: Bool? { count == 0 ? nil : low <= high && high - low > 2 }

    /// The shortest and the longest distance in ticks, but for the last one; nil where there are none.
    var distances: ClosedRange<Int64>? { low <= high ? low...high : nil }
}
