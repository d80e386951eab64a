import Foundation
import Media
import Montage

/// CMX 3600: the list of edits that everything reads. Pictures only; one reel a shot, `S001` and on, with the
/// clip's file in a comment. Its clock counts whole frames of the nearest whole rate, without drops.
enum EDL {
    /// The whole file.
    static func text(_ list: EditList) -> String {
        let rate = max(1, Int(list.format.rate.value.rounded()))
        var lines = ["TITLE: \(plain(list.title))", "FCM: NON-DROP FRAME", ""]
        var event = 1
        func line(_ i: Int, _ edit: String, _ source: Range<Int>, at record: Int) {
            let times = [
                source.lowerBound, source.upperBound, record, record + source.count,
            ].map { timecode($0, rate) }
            lines.append(
                "\(padded(event, 3))  \(reel(i))     V     \(edit) " + times.joined(separator: " "))
        }
        for (i, clip) in list.clips.enumerated() {
            // A dissolve begins at its first frame here, not at the middle of it.
            var (source, record) = (clip.used, clip.offset)
            if i + 1 < list.clips.count, case .dissolve(let before, _) = list.clips[i + 1].join {
                source = source.lowerBound..<source.upperBound - before
            }
            if i > 0, case .dissolve(let before, let behind) = clip.join {
                source = source.lowerBound - before..<source.upperBound
                record -= before
                let last = list.clips[i - 1]
                let out = last.used.upperBound - before
                line(i - 1, "C       ", out..<out, at: record)
                line(i, "D    \(padded(before + behind, 3))", source, at: record)
                lines.append("* FROM CLIP NAME: \(name(last.file))")
                lines.append("* TO CLIP NAME: \(name(clip.file))")
            } else {
                line(i, "C       ", source, at: record)
                lines.append("* FROM CLIP NAME: \(name(clip.file))")
            }
            lines.append("* SOURCE FILE: \(clip.file)")
            if case .fade(let frames, let colour) = clip.join {
                lines.append("* COMMENT: FADE THROUGH \(colour.uppercased()), \(frames) FRAMES")
            }
            if clip.title != clip.name { lines.append("* COMMENT: \(plain(clip.title))") }
            event += 1
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func reel(_ i: Int) -> String { "S" + padded(i + 1, 3) }

    private static func name(_ file: String) -> String { (file as NSString).lastPathComponent }

    private static func plain(_ text: String) -> String {
        String(text.map { $0.isNewline ? " " : $0 }.prefix(70))
    }

    private static func padded(_ number: Int, _ digits: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }

    static func timecode(_ frames: Int, _ rate: Int) -> String {
        let seconds = frames / rate
        return [seconds / 3600, seconds / 60 % 60, seconds % 60, frames % rate]
            .map { padded($0, 2) }.joined(separator: ":")
    }
}
