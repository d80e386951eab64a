public import Media

/// Looks into media files.
public enum Probe {
    /// Describes one file. Blocks: call it inside `Lanes.run`.
    ///
    /// An MP4 is read by its index alone, in about a millisecond; other files are analysed, which decodes
    /// their first frames. Counting frames reads the whole file and decodes nothing.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - accept: Which demuxers may open it.
    ///   - packets: Whether to read all packets for what they tell: groups of pictures, sizes, rates. Counts
    ///     the frames as well.
    ///   - countFrames: Whether to count the frames rather than to believe the index, and to find where a
    ///     damaged file breaks off.
    ///   - interrupt: Stops the work.
    /// - Throws: `MediaError` if the file cannot be opened.
    public static func report(
        path: String, accept: DemuxerSet = .media, countFrames: Bool = false, packets: Bool = false,
        interrupt: Interrupt
    ) throws -> ClipReport {
        let demuxer = try Opening.open(path, accept: accept, for: .describing, interrupt: interrupt)
        let layout = demuxer.container.isMP4 ? BoxLayout(path: path) : nil
        var reading = Reading(demuxer, layout: layout)
        if demuxer.container.isMP4 { reading.edits = MovieBoxes.edits(path: path) }
        if demuxer.container.isMatroska { reading.isSegmentCutShort = SegmentLayout.isCutShort(path: path) }
        if countFrames || packets {
            try reading.count(demuxer, listing: packets)
        } else {
            try reading.glance(demuxer)
        }
        if reading.wantsFrameLight {
            // HEVC says it in its frames; then the first one must be decoded.
            let walk = try FrameWalk(path: path, accept: accept, interrupt: interrupt)
            let frame = try Frame()
            if try walk.next(into: frame) { reading.frameLight = frame.hdr }
        }
        return reading.report(path: path)
    }

    /// Describes many files, as many at a time as there are lanes; the answers are in the files' order.
    ///
    /// One file's failure is its own: it stands in its place and the others go on.
    ///
    /// - Parameter each: Receives each answer as soon as it and all before it are there, in order.
    @discardableResult
    public static func reports(
        paths: [String], accept: DemuxerSet = .media, countFrames: Bool = false, packets: Bool = false,
        lanes: Lanes = .shared, each: ((Result<ClipReport, any Error>, _ place: Int) -> Void)? = nil
    ) async -> [Result<ClipReport, any Error>] {
        await withTaskGroup(of: Answer.self) { group in
            for (place, path) in paths.enumerated() {
                group.addTask {
                    Answer(
                        place: place,
                        result: await answer(
                            path, accept: accept, countFrames: countFrames, packets: packets, lanes: lanes))
                }
            }
            var results = [Result<ClipReport, any Error>?](repeating: nil, count: paths.count)
            var told = 0
            for await answer in group {
                results[answer.place] = answer.result
                while told < results.count, let next = results[told] {
                    each?(next, told)
                    told += 1
                }
            }
            return results.compactMap { $0 }
        }
    }

    private struct Answer: Sendable {
        let place: Int
        let result: Result<ClipReport, any Error>
    }

    // A function of its own: with its `do` and `catch` in the child task's closure, the optimiser of Swift
    // 6.3.1 lost `place` on the way through the catch.
    private static func answer(
        _ path: String, accept: DemuxerSet, countFrames: Bool, packets: Bool, lanes: Lanes
    ) async -> Result<ClipReport, any Error> {
        do {
            return .success(
                try await lanes.run { interrupt in
                    try report(
                        path: path, accept: accept, countFrames: countFrames, packets: packets,
                        interrupt: interrupt)
                })
        } catch {
            return .failure(error)
        }
    }
}
