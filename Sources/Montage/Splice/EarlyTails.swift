import Media
import Synchronization

/// The ends of clips before twins, encoded while their frames are at hand from measuring: to decode them once more would
/// cost as much as all else of a copied seam.
///
/// Whether an end is needed, and like which clip it must be coded, is known when the join is planned. Mostly that is as
/// it was taken to be here: like the clip itself, under the first number. Then the file is used, else made anew.
final class EarlyTails: Sendable {
    private struct Tail {
        var frames: Range<Int>
        var preset: VideoPreset
    }

    /// The number under which they are encoded.
    private static let setID = 31

    private let paths: [String]
    private let made = Mutex<[Int: Tail]>([:])

    /// - Parameter paths: Where the end of each clip may be written.
    init(_ paths: [String]) { self.paths = paths }

    /// Encodes the end of a clip if a cut before its twins calls for it, and can. Blocks.
    func encode(
        _ place: Int, of path: String, _ edge: EdgeFrames, twins: Int, interrupt: Interrupt
    ) throws {
        let clip = try ClipTraits.read(path, interrupt: interrupt)
        let shown = clip.frames - twins
        let copied = clip.cuts.last { $0 <= shown } ?? 0
        guard copied < shown, clip.faults.isEmpty, clip.tailFaults.isEmpty, SeamTail.canEncode(clip.codec),
            clip.sets?.isFree(Self.setID) ?? false
        else { return }
        let frames = copied..<shown
        let isMade = try SeamTail.render(
            clip, frames: frames, kept: edge, setID: Self.setID, to: paths[place], interrupt: interrupt)
        guard isMade else { return }
        let preset = SeamTail.preset(like: clip, setID: Self.setID)
        made.withLock { $0[place] = Tail(frames: frames, preset: preset) }
    }

    /// The file of a clip's end, if it is the one that is wanted.
    func file(_ place: Int, frames: Range<Int>, like model: ClipTraits, setID: Int) -> String? {
        guard setID == Self.setID, let tail = made.withLock({ $0[place] }), tail.frames == frames,
            tail.preset == SeamTail.preset(like: model, setID: setID)
        else { return nil }
        return paths[place]
    }
}
