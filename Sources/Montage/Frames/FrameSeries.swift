public import Media

/// Which frames of a clip are meant, where they are many.
public enum FrameSelection: Sendable, Equatable {
    /// Those at which decoding can start, as far as they are presented.
    case keyframes
    /// The one on the screen at the first frame's time and every so many seconds after it.
    case every(seconds: Double)
}

extension FrameExtraction {
    /// Takes many frames, one after the other in the order of showing. Blocks.
    ///
    /// Only one frame is held at a time. `every` decodes the clip once from its beginning. Keyframes are
    /// sought one by one where the file and its codec allow, and only the few frames decoded that a decoder
    /// needs until it gives them.
    ///
    /// - Parameters:
    ///   - path: The clip.
    ///   - selection: Which frames.
    ///   - accept: Which demuxers may open the file.
    ///   - light: Whether high dynamic range and wide gamuts are mapped to BT.709.
    ///   - interrupt: Stops the work.
    ///   - each: Receives each frame.
    /// - Returns: How many there were, at least one.
    /// - Throws: As `frame`, and what `each` throws.
    @discardableResult
    public static func series(
        of path: String, _ selection: FrameSelection, accept: DemuxerSet = .media,
        light: PictureLight = .standard, interrupt: Interrupt, each: (ExtractedFrame) throws -> Void
    ) throws -> Int {
        try withoutActuallyEscaping(each) { each in
            try series(of: path, selection, accept, interrupt, FrameTaking(light: light, each: each))
        }
    }

    private static func series(
        of path: String, _ selection: FrameSelection, _ accept: DemuxerSet, _ interrupt: Interrupt,
        _ take: FrameTaking
    ) throws -> Int {
        switch selection {
        case .keyframes:
            return try keyframes(of: path, accept: accept, interrupt: interrupt, take)
        case .every(let seconds):
            // Closer together would be the same pictures over and over, without an end in sight.
            guard seconds.isFinite, seconds >= closest else {
                throw MontageError(
                    .invalidArgument, operation: "frames cannot be \(seconds) s apart", subject: path,
                    hint: "give a number of seconds from \(closest) up")
            }
            return try every(seconds, of: path, accept: accept, interrupt: interrupt, take)
        }
    }

    /// Fewest seconds between two frames of `every`.
    public static let closest = 0.001

    private static func every(
        _ seconds: Double, of path: String, accept: DemuxerSet, interrupt: Interrupt, _ take: FrameTaking
    ) throws -> Int {
        let walk = try FrameWalk(path: path, accept: accept, interrupt: interrupt)
        var clock = FrameClock(walk)
        var current = try Frame()
        var next = try Frame()
        guard try walk.next(into: current) else { throw walk.noFrame(path) }
        _ = clock.time(of: current)
        var (count, index, hasNext) = (0, 0, true)
        // A time read off a report has six digits; a microsecond is granted so that it means its frame.
        func target() -> Double { Double(count) * seconds - 1e-6 }
        while hasNext {
            let end = clock.end
            hasNext = try walk.next(into: next)
            let until = hasNext ? clock.time(of: next) : end
            while target() + 2e-6 < until || count == 0 && !hasNext {
                // The same frame twice only where it stands that long: every cue has its picture.
                try take(current, walk, index: index, isSought: false)
                count += 1
            }
            swap(&current, &next)
            index += 1
        }
        return count
    }

    private static func keyframes(
        of path: String, accept: DemuxerSet, interrupt: Interrupt, _ take: FrameTaking
    ) throws -> Int {
        let walk = try FrameWalk(path: path, accept: accept, interrupt: interrupt)
        let container = walk.demuxer.container
        guard container.isMP4 || container.isMatroska, LastFrame.startsCleanly(walk) else {
            return try walkedKeyframes(path, walk, take, after: nil)
        }
        // Numbers come from the packets' times, where a packet is a frame.
        let times = try FrameWalk(path: path, accept: accept, interrupt: interrupt).presentationTimes()
        var count = 0
        var last: Int64?
        let frame = try Frame()
        for start in try walk.keyframeStarts() {
            guard try walk.restart(at: start),
                try walk.find(start, into: frame), !walk.isDamaged
            else {
                // Not where the index says: from here on everything is decoded.
                let whole = try FrameWalk(path: path, accept: accept, interrupt: interrupt)
                return count + (try walkedKeyframes(path, whole, take, after: last))
            }
            try take(frame, walk, index: times?.firstIndex(of: start), isSought: true)
            last = start
            count += 1
        }
        guard count > 0 else {
            let whole = try FrameWalk(path: path, accept: accept, interrupt: interrupt)
            return try walkedKeyframes(path, whole, take, after: nil)
        }
        return count
    }

    /// Decodes everything and takes the keyframes that are shown later than `after`.
    private static func walkedKeyframes(
        _ path: String, _ walk: FrameWalk, _ take: FrameTaking, after: Int64?
    ) throws -> Int {
        var (count, index) = (0, 0)
        let frame = try Frame()
        while try walk.next(into: frame) {
            defer { index += 1 }
            guard frame.isKeyframe else { continue }
            if let after, let pts = frame.pts, pts <= after { continue }
            try take(frame, walk, index: index, isSought: false)
            count += 1
        }
        guard index > 0 else { throw walk.noFrame(path) }
        return count
    }
}

/// What is done with each frame of a series.
private struct FrameTaking {
    let light: PictureLight
    let each: (ExtractedFrame) throws -> Void

    func callAsFunction(
        _ frame: borrowing Frame, _ walk: FrameWalk, index: Int?, isSought: Bool
    ) throws {
        try each(
            FrameExtraction.extract(
                frame, of: walk.stream, index: index, note: walk.note, light: light, isSought: isSought))
    }
}

extension FrameWalk {
    /// The keyframes that are presented, by their packets' times in the order of showing. Leaves the walk at
    /// the end of the file.
    fileprivate func keyframeStarts() throws -> [Int64] {
        var starts: [Int64] = []
        let packet = try Packet()
        while try demuxer.read(into: packet) {
            guard packet.streamIndex == stream.index, packet.byteCount > 0, packet.isKeyframe,
                !packet.isDiscarded, let pts = packet.pts
            else { continue }
            starts.append(pts)
        }
        return starts.sorted()
    }

    /// Decodes until the frame of this time comes; false if the start was not its own keyframe, or the file
    /// ended without it.
    fileprivate func find(_ pts: Int64, into frame: borrowing Frame) throws -> Bool {
        while try next(into: frame) {
            guard start?.pts == pts else { return false }
            if frame.pts == pts { return frame.isKeyframe || frame.pictureType == "I" }
        }
        return false
    }
}
