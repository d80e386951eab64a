import Media

/// Frames found by number or by time.
///
/// A number is found by counting what the decoder gives, which is right for every file. Where frames can be
/// counted by their packets the count costs no decoding, and only the group of pictures around the frame is
/// decoded; the frame that comes out must carry the very time that was counted, else everything is decoded.
struct FrameSearch: ~Copyable {
    /// The decoded frame, in coded orientation.
    let frame: Frame
    /// The stream it is of.
    let stream: StreamInfo
    /// Its number, where it is known.
    let index: Int?
    /// What is to be said about it.
    let note: String?
    /// Whether only the part around it was decoded.
    var isSought = false
}

extension FrameSearch {
    /// Finds the presented frame of this number. Blocks.
    static func number(
        _ number: Int, in path: String, accept: DemuxerSet, interrupt: Interrupt
    ) throws -> FrameSearch {
        guard number >= 0 else {
            throw MontageError(
                .outOfRange, operation: "there is no frame \(number)", subject: path,
                hint: "frames count from 0")
        }
        // Below some dozens the count costs more than the decoding it saves.
        if number >= 48, let found = try bySeeking(number, path, accept, interrupt) { return found }
        let walk = try FrameWalk(path: path, accept: accept, interrupt: interrupt)
        let frame = try Frame()
        var count = 0
        while try walk.next(into: frame) {
            if count == number {
                return FrameSearch(frame: frame, stream: walk.stream, index: number, note: walk.note)
            }
            count += 1
        }
        guard count > 0 else { throw walk.noFrame(path) }
        throw MontageError(
            .outOfRange, operation: "there is no frame \(number)", subject: path,
            hint: count == 1 ? "its only frame is 0" : "its frames are 0 to \(count - 1)")
    }

    private static func bySeeking(
        _ number: Int, _ path: String, _ accept: DemuxerSet, _ interrupt: Interrupt
    ) throws -> FrameSearch? {
        let walk = try FrameWalk(path: path, accept: accept, interrupt: interrupt)
        guard let times = try walk.presentationTimes(), number < times.count else { return nil }
        let wanted = times[number]
        // Where reordering makes a keyframe's decoding time earlier than its showing, a seek to the time shown
        // may land on a keyframe shown later than the frame; a little earlier is always right.
        let margin = walk.reorderWindow
        guard try walk.restart(at: wanted - margin) else { return nil }
        let frame = try Frame()
        while try walk.next(into: frame) {
            guard !walk.isDamaged, let pts = frame.pts, let start = walk.start?.pts, start <= wanted else {
                return nil
            }
            if pts == wanted {
                return FrameSearch(
                    frame: frame, stream: walk.stream, index: number, note: nil, isSought: true)
            }
            if pts > wanted { return nil }
        }
        return nil
    }

    /// Finds the frame that is on the screen `seconds` after the first appeared. Blocks.
    static func time(
        _ seconds: Double, in path: String, accept: DemuxerSet, interrupt: Interrupt
    ) throws -> FrameSearch {
        guard seconds.isFinite, seconds >= 0, seconds < 1e9 else {
            throw MontageError(
                .outOfRange, operation: "there is no frame at \(seconds) s", subject: path,
                hint: "times count from 0, the first frame")
        }
        let walk = try FrameWalk(path: path, accept: accept, interrupt: interrupt)
        var current = try Frame()
        guard try walk.next(into: current) else { throw walk.noFrame(path) }
        let first = current.pts ?? 0
        // A time read off a report has six digits; a microsecond is granted so that it means its frame.
        let target = first + Int64(whole(((seconds + 1e-6) / walk.stream.timeBase.value).rounded(.down)))
        var index: Int? = 0

        // Far away, and in a file that can be trusted: start at a keyframe before the time.
        let far = rescale(3, from: Rational(1, 1), to: walk.stream.timeBase)
        if target - first > far, LastFrame.startsCleanly(walk),
            walk.demuxer.container.names.contains("mp4")
                || walk.demuxer.container.isMatroska
        {
            let sought = try FrameWalk(path: path, accept: accept, interrupt: interrupt)
            if let found = try seek(sought, target: target) { return found }
        }

        var frame = try Frame()
        while true {
            if let pts = current.pts, pts > target { break }
            guard try walk.next(into: frame) else {
                return try atEnd(
                    current, walk, target: target, first: first, seconds: seconds, index: index, path)
            }
            if let pts = frame.pts, pts > target { break }
            swap(&current, &frame)
            index = index.map { $0 + 1 }
        }
        return FrameSearch(frame: current, stream: walk.stream, index: index, note: walk.note)
    }

    private static func seek(_ walk: FrameWalk, target: Int64) throws -> FrameSearch? {
        guard try walk.restart(at: target - walk.reorderWindow) else { return nil }
        var current = try Frame()
        var frame = try Frame()
        var sawKeyframe = false
        while try walk.next(into: frame) {
            guard !walk.isDamaged, let pts = frame.pts, let start = walk.start?.pts, start <= target else {
                return nil
            }
            if pts == start, frame.isKeyframe || frame.pictureType == "I" { sawKeyframe = true }
            if pts > target {
                guard sawKeyframe else { return nil }
                return FrameSearch(frame: current, stream: walk.stream, index: nil, note: nil, isSought: true)
            }
            swap(&current, &frame)
        }
        return nil
    }

    /// The file ended before a later frame came: the last one stands until its length is over.
    private static func atEnd(
        _ frame: consuming Frame, _ walk: FrameWalk, target: Int64, first: Int64, seconds: Double,
        index: Int?,
        _ path: String
    ) throws -> FrameSearch {
        let usual =
            walk.stream.averageRate.map { rescale(1, from: $0.inverse, to: walk.stream.timeBase) } ?? 1
        let length = frame.duration > 0 ? frame.duration : max(1, usual)
        let end = (frame.pts ?? first) + length
        if target < end {
            return FrameSearch(frame: frame, stream: walk.stream, index: index, note: walk.note)
        }
        let span = Double(end - first) * walk.stream.timeBase.value
        throw MontageError(
            .outOfRange, operation: "there is no frame at \(seconds) s", subject: path,
            hint: "its picture lasts from 0 to \(decimal(span, places: 3)) s")
    }
}

extension FrameWalk {
    /// What is to be said about damage met so far.
    var note: String? { faults.last.map { "the file is damaged (\($0.message))" } }
}
