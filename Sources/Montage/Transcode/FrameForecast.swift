import Media

/// How many slots a clip will fill, told by its packets alone. Reads the whole file, decodes nothing.
enum FrameForecast {
    /// The number of slots at this rate, or nil where packets do not tell.
    ///
    /// It is right for whole files. Whoever relies on it looks at the end whether it was.
    static func slots(of path: String, rate: Rational, endsByTime: Bool, interrupt: Interrupt) throws -> Int?
    {
        let demuxer = try Demuxer(path: path, accept: .media, analyse: .full, interrupt: interrupt)
        let video = try Opening.pictureStream(of: demuxer, path: path)
        demuxer.keepOnly([video.index])
        let packet = try Packet()
        var times: [(pts: Int64, duration: Int64)] = []
        while true {
            do {
                guard try demuxer.read(into: packet) else { break }
            } catch {
                // What cannot be read ends the clip for the decoder, too.
                guard error.code != .cancelled, error.code != .outOfMemory else { throw error }
                break
            }
            guard packet.streamIndex == video.index, packet.byteCount > 0, !packet.isDiscarded else {
                continue
            }
            guard let pts = packet.pts, abs(pts) < 1 << 60 else { return nil }
            times.append((pts, packet.duration))
        }
        guard !times.isEmpty else { return nil }
        times.sort { $0.pts < $1.pts }
        var grid = FrameGrid(
            timeBase: video.timeBase, rate: rate,
            claimedEnd: ClipReader.claimedEnd(of: video, in: demuxer.container), endsByTime: endsByTime)
        for time in times { _ = grid.place(pts: time.pts, duration: time.duration) }
        return grid.finish().upperBound
    }
}
