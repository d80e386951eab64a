public import Media

extension FrameExtraction {
    /// The most frames that are scored.
    private static let candidates = 64
    /// Up to so many frames everything is decoded; in longer clips some places are.
    private static let walked = 1500

    /// Takes the frame that stands best for the clip: sharp, neither black nor white, not at a cut. Blocks.
    ///
    /// A clip of a minute or less is decoded whole and up to 64 frames at equal distances are compared; of
    /// longer ones, where they can be sought in, 64 places are looked at, a few frames each.
    ///
    /// - Parameters: As `frame`, and `threads`: the decoder's own; 0 for as many as the machine has cores. Where many
    ///   clips are looked at side by side, one thread each takes the least work.
    /// - Throws: As `frame`.
    public static func best(
        of path: String, accept: DemuxerSet = .media, light: PictureLight = .standard, threads: Int = 0,
        interrupt: Interrupt
    ) throws -> ExtractedFrame {
        let walk = try FrameWalk(path: path, accept: accept, threads: threads, interrupt: interrupt)
        let container = walk.demuxer.container
        let expected = walk.expectedFrames ?? walked
        var best = BestFrame()
        let isSought =
            expected > walked && (container.isMP4 || container.isMatroska) && LastFrame.startsCleanly(walk)
        if isSought { try look(at: walk, places: candidates, &best) }
        var found = try best.withChosen { frame, _ in
            try extract(frame, of: walk.stream, index: nil, note: walk.note, light: light, isSought: true)
        }
        if found == nil {
            // Where nothing was sought, nothing has been read yet.
            let whole =
                isSought
                ? try FrameWalk(path: path, accept: accept, threads: threads, interrupt: interrupt) : walk
            let step = max(1, expected / candidates)
            let frame = try Frame()
            var index = 0
            while try whole.next(into: frame) {
                // Half a step in: the very first and last frames are seldom the best.
                try best.offer(frame, index: index, isCandidate: index % step == step / 2)
                index += 1
            }
            // A claim of a length far too long leaves no candidate in a short clip: then its first frame.
            found = try best.withChosen { frame, index in
                try extract(
                    frame, of: whole.stream, index: index, note: whole.note, light: light, isSought: false)
            }
            if found == nil, index > 0 {
                return try self.frame(
                    of: path, at: .first, accept: accept, light: light, interrupt: interrupt)
            }
            if found == nil { throw whole.noFrame(path) }
        }
        guard let found else { throw walk.noFrame(path) }
        return found
    }

    /// Looks at a few frames at each of some places at equal distances.
    private static func look(at walk: FrameWalk, places: Int, _ best: inout BestFrame) throws {
        guard let end = walk.claimedEnd else { return }
        let begin = walk.stream.startTicks ?? 0
        let frame = try Frame()
        for place in 0..<places {
            let ticks = begin + (end - begin) / Int64(places) * Int64(place)
            guard try walk.restart(at: ticks) else { return }
            best.startAnew()
            for number in 0..<6 {
                guard try walk.next(into: frame) else { break }
                try best.offer(frame, index: nil, isCandidate: number == 3)
            }
        }
    }
}

extension FrameWalk {
    /// How many frames the file claims to have.
    var expectedFrames: Int? {
        if let declared = stream.declaredFrameCount { return Int(declared) }
        guard let end = claimedEnd, let rate = stream.averageRate else { return nil }
        return whole(Double(end - (stream.startTicks ?? 0)) * stream.timeBase.value * rate.value)
    }
}
