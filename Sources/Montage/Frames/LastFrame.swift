import Media

/// The last presented frame of a stream: found near the end where that is safe, else by decoding everything.
///
/// A start near the end is safe when decoding from a keyframe to the end of the file gives the same last frame
/// as decoding the whole. This holds if the codec starts cleanly at its keyframes, the place we landed at is
/// one, nothing was damaged, every packet's time was reached, and the frame found is shown no earlier than that
/// keyframe (a frame shown before it may need what lies in front of it). Each of these is checked; where one fails the start moves back, and
/// in the end the whole file is decoded. So an economy can be lost here, and never a frame.
struct LastFrame: ~Copyable {
    /// The decoded frame, in coded orientation.
    let frame: Frame
    /// The stream it is of.
    let stream: StreamInfo
    /// Its number, known when everything was decoded.
    let index: Int?
    /// Whether a start near the end was enough.
    let isSought: Bool
    /// What is to be said about it.
    let note: String?
}

extension LastFrame {
    /// Finds the frame. Blocks.
    ///
    /// - Throws: `MontageError.noSuchFrame` if no frame of the whole file can be decoded; `.cancelled`.
    static func find(in path: String, accept: DemuxerSet, interrupt: Interrupt) throws -> LastFrame {
        let walk = try FrameWalk(path: path, accept: accept, interrupt: interrupt)
        if startsCleanly(walk), let found = try seek(walk) { return found }
        let fresh = try FrameWalk(path: path, accept: accept, interrupt: interrupt)
        return try scan(fresh, path: path)
    }

    /// Codecs whose keyframes need nothing from before, in containers that seek to keyframes.
    static func startsCleanly(_ walk: FrameWalk) -> Bool {
        let containers: Set<Substring> = ["mp4", "matroska", "avi", "mpegts"]
        return walk.demuxer.container.names.contains(where: containers.contains)
            && TrustedCodec.startsAtKeyframes(walk.stream.parameters.codecName)
    }

    private static func seek(_ walk: FrameWalk) throws -> LastFrame? {
        var ladder = SeekLadder(walk)
        var isEconomical = true
        // Eight steps back reach 4 minutes from the end by time, or 8 keyframes by an index.
        for _ in 0..<8 {
            guard let ticks = ladder.next(), try walk.restart(at: ticks) else { return nil }
            // Of what lies before the last shown packet only the pictures that others are made from are needed.
            // Reading the packets costs a hundredth of decoding them. Should the packets' times be wrong, the
            // time of a picture left out is not reached: then without.
            walk.economyEnd = nil
            if isEconomical, walk.canEconomise {
                let last = try walk.latestShown()
                guard try walk.restart(at: ticks) else { return nil }
                walk.economyEnd = last
            }
            var latest = try Latest(window: walk.reorderWindow)
            let frame = try Frame()
            var startIsKeyframe = false
            while try walk.next(into: frame) {
                if let start = walk.start, frame.pts == start.pts,
                    frame.isKeyframe || frame.pictureType == "I"
                {
                    startIsKeyframe = true
                }
                latest.offer(frame)
            }
            if walk.isDamaged { return nil }
            guard let start = walk.start else {
                ladder.foundNothing()
                continue
            }
            // FFmpeg's H.264 decoder drops what it still holds at the end if it began at a recovery point: the
            // picture of a later packet is then missing, and a start further back brings it.
            let isWhole = walk.latestSent.map { sent in latest.pts.map { $0 >= sent } ?? false } ?? true
            if isWhole, let pts = latest.pts, let from = start.pts, pts >= from {
                guard startIsKeyframe else { return nil }
                return LastFrame(
                    frame: latest.release(), stream: walk.stream, index: nil, isSought: true, note: nil)
            }
            if walk.economyEnd != nil {
                isEconomical = false
            } else {
                ladder.landed(at: start.dts ?? start.pts)
            }
        }
        return nil
    }

    private static func scan(_ walk: FrameWalk, path: String) throws -> LastFrame {
        var latest = try Latest(window: walk.reorderWindow)
        let frame = try Frame()
        var isCorrupt = false
        while try walk.next(into: frame) {
            let corrupt = frame.isCorrupt
            if latest.offer(frame) { isCorrupt = corrupt }
        }
        guard latest.count > 0 else { throw walk.noFrame(path) }
        var note: String?
        if isCorrupt {
            note = "the end of the file is damaged; parts of this frame are the decoder's guess"
        } else if let fault = walk.faults.last {
            note = "the file is damaged (\(fault.message)); this is the last frame that decodes"
        }
        let index = latest.count - 1
        return LastFrame(
            frame: latest.release(), stream: walk.stream, index: index, isSought: false, note: note)
    }
}

extension FrameWalk {
    /// Where the file says that the stream ends, in the stream's ticks; a claim, and often wrong.
    var claimedEnd: Int64? {
        if let length = stream.durationTicks { return (stream.startTicks ?? 0) + length }
        let container = demuxer.container
        return container.durationMicroseconds.map { length in
            rescale(
                (container.startMicroseconds ?? 0) + length, from: Rational(1, 1_000_000), to: stream.timeBase
            )
        }
    }

    /// Time stamps of frames may come out of order within this many ticks while a decoder finds its depth;
    /// a longer step back is a clock that started again.
    var reorderWindow: Int64 {
        let second = rescale(1, from: Rational(1, 1), to: stream.timeBase)
        guard let rate = stream.averageRate else { return second }
        return max(1, rescale(17, from: rate.inverse, to: stream.timeBase))
    }

    /// The error for a stream of which nothing can be shown.
    func noFrame(_ path: String) -> MontageError {
        MontageError(
            .noSuchFrame, operation: "no frame of its \(stream.parameters.codecName) picture can be decoded",
            subject: path, hint: "check that a player shows it; fetch or make the file again",
            underlying: faults.first)
    }
}

/// Which codecs start afresh at each keyframe, so that what comes after one does not depend on what came
/// before. Others (GIF, screen codecs, Theora, …) are decoded from their beginning.
enum TrustedCodec {
    private static let interFrame: Set<String> = [
        "h264", "hevc", "vp8", "vp9", "av1", "mpeg4", "mpeg2video", "mpeg1video",
    ]
    private static let intraOnly: Set<String> = [
        "prores", "mjpeg", "dnxhd", "rawvideo", "png", "huffyuv", "ffvhuff", "utvideo", "v210", "cfhd",
        "dvvideo",
    ]

    static func startsAtKeyframes(_ name: String) -> Bool {
        interFrame.contains(name) || intraOnly.contains(name)
    }

    /// Whether one packet is one frame as well, so that frames can be counted without decoding.
    static func hasOneFramePerPacket(_ name: String) -> Bool {
        name == "h264" || name == "hevc" || intraOnly.contains(name)
    }
}
