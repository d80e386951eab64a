import Foundation
import Media
import Montage

/// A film as editors count it: clips that abut, each with the part of its file that is used, and joins at the
/// cuts between them.
///
/// Where two shots dissolve, the cut lies in the middle of the dissolve; the frames beyond the cut on either side
/// are in the files, untouched, and the join names how many of them are seen. A fade is a plain cut with a note,
/// since a film that fades through a colour has no frames of the neighbour beyond the cut.
struct EditList {
    struct Clip {
        var name: String
        var title: String
        /// Relative to the folder of the list.
        var file: String
        /// Frames in the file, at the film's rate.
        var available: Int
        var hasSound: Bool
        /// Frames from this cut to the next.
        var used: Range<Int>
        /// The film's frame at the cut.
        var offset: Int
        /// The join at the cut before this clip.
        var join: Join
    }

    enum Join: Equatable {
        case cut
        /// So many frames before the cut, and behind it, are made of both clips.
        case dissolve(before: Int, behind: Int)
        case fade(frames: Int, colour: String)
    }

    let title: String
    let format: FilmFormat
    let clips: [Clip]
    let frameCount: Int

    init(_ assembly: Assembly, title: String) {
        self.title = title
        format = assembly.format
        frameCount = assembly.frameCount
        var offset = 0
        clips = assembly.shots.map { placed in
            let part = placed.part
            var (lower, upper) = (0, part.end)
            var join = Join.cut
            switch part.join {
            case .dissolve(let frames):
                lower = frames / 2
                join = .dissolve(before: frames / 2, behind: frames - frames / 2)
            case .fade(let frames, let colour): join = .fade(frames: frames, colour: colour.rawValue)
            case .match, .cut, nil: break
            }
            if case .dissolve(let frames) = part.next { upper -= frames - frames / 2 }
            defer { offset += upper - lower }
            return Clip(
                name: placed.shot.id, title: placed.shot.title ?? placed.shot.id, file: placed.file,
                available: part.frames, hasSound: placed.hasSound, used: lower..<upper, offset: offset,
                join: join)
        }
    }
}
