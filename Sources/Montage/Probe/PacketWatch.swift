import Media

/// Counts the packets of one stream and finds its busiest second.
struct PacketWatch {
    private let stream: StreamInfo
    private var report: PacketReport
    private let second: Int64
    private var windowStart: Int64?
    private var windowBytes: Int64 = 0
    private var busiest: Int64 = 0

    init(_ stream: StreamInfo) {
        self.stream = stream
        second = max(1, rescale(1, from: Rational(1, 1), to: stream.timeBase))
        report = PacketReport(
            stream: stream.index, count: 0, byteCount: 0, smallest: .max, largest: 0, peakBitRate: nil)
    }

    mutating func look(at packet: borrowing Packet) {
        let bytes = packet.byteCount
        report.count += 1
        report.byteCount += Int64(bytes)
        report.smallest = min(report.smallest, bytes)
        report.largest = max(report.largest, bytes)
        guard let time = packet.dts ?? packet.pts else { return }
        // A step back is a clock that starts again.
        if let start = windowStart, time >= start, time - start < second {
            windowBytes += Int64(bytes)
        } else {
            (windowStart, windowBytes) = (time, Int64(bytes))
        }
        busiest = max(busiest, windowBytes)
    }

    /// What was counted; nil where nothing came.
    func finish() -> PacketReport? {
        guard report.count > 0 else { return nil }
        var result = report
        result.peakBitRate = busiest > 0 ? busiest * 8 : nil
        return result
    }
}

/// Brings times that come in the order of decoding into the order of showing, holding a few of them only.
struct TimeSorter {
    /// More than any codec reorders.
    private static let window = 32
    private var held: [Int64] = []

    /// Takes a time and gives the earliest, once enough are held.
    mutating func add(_ time: Int64) -> Int64? {
        let place = held.firstIndex { $0 > time } ?? held.endIndex
        held.insert(time, at: place)
        return held.count > Self.window ? held.removeFirst() : nil
    }

    /// Gives what is left, in order.
    mutating func drain() -> [Int64] {
        defer { held = [] }
        return held
    }
}
