import Media
import Synchronization

/// All that reading a finished film tells, read side by side: its bytes, its packets, its seams, its ends.
struct Looks {
    let container: ContainerInfo
    let picture: StreamInfo
    let sound: StreamInfo?
    /// Samples that MP4 and MOV declare; Matroska does not, there they are counted.
    let declaredSamples: Int64?
    let walk: FilmWalk
    /// What is wrong behind seams; nil where nothing has to be looked at.
    let seams: [String]?
    /// What is wrong with the first and the last picture; nil for nothing.
    let ends: String?
    /// The file's SHA-256.
    let digest: String

    /// Reads the file at `path`, which will be published as `name`. Blocks.
    init(_ path: String, as name: String, _ expected: Prover.Expectation, interrupt: Interrupt) throws {
        let demuxer = try Demuxer(path: path, accept: .clips, analyse: .full, interrupt: interrupt)
        guard let picture = demuxer.bestStream(.video).map({ demuxer.streams[$0] }) else {
            throw MontageError(.proofFailed, operation: "the finished film has no picture", subject: name)
        }
        let sound = demuxer.bestStream(.audio).map { demuxer.streams[$0] }
        let declared =
            demuxer.container.isMP4
            ? sound?.durationTicks.map {
                rescale($0, from: sound?.timeBase ?? .init(1, 1), to: Rational(1, expected.sampleRate))
            } : nil
        let found = Mutex<(walk: FilmWalk?, seams: [String]?, ends: String?, digest: String)>(
            (nil, nil, nil, ""))
        try runSideBySide(
            interrupt,
            [
                {
                    let walk = try FilmWalk(
                        path, picture: picture, sound: sound, countsSound: declared == nil, expected,
                        interrupt: interrupt)
                    found.withLock { $0.walk = walk }
                },
                {
                    let seams = try SeamCheck.run(
                        path, picture: picture, runs: expected.moved, delay: expected.delay,
                        interrupt: interrupt)
                    found.withLock { $0.seams = seams }
                },
                {
                    let ends = try EndCheck.run(
                        path, picture: picture, frames: expected.frames, interrupt: interrupt)
                    found.withLock { $0.ends = ends }
                },
                {
                    let digest = try SHA256.hex(ofFile: path, interrupt: interrupt)
                    found.withLock { $0.digest = digest }
                },
            ])
        let (walk, seams, ends, digest) = found.withLock { $0 }
        guard let walk else {
            throw MontageError(.proofFailed, operation: "the finished film was not looked at", subject: name)
        }
        container = demuxer.container
        (self.picture, self.sound, declaredSamples) = (picture, sound, declared)
        (self.walk, self.seams, self.ends, self.digest) = (walk, seams, ends, digest)
    }
}
