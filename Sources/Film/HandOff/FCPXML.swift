import Foundation
import Media
import Montage

/// FCPXML 1.8: the list of edits for Final Cut Pro, DaVinci Resolve and what else reads it. Times are fractions
/// of a second, whole numbers of frames throughout.
enum FCPXML {
    /// The whole file.
    static func text(_ list: EditList) -> String {
        let rate = list.format.rate
        let dissolves = list.clips.contains { if case .dissolve = $0.join { true } else { false } }
        var lines = [
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>", "<!DOCTYPE fcpxml>", "<fcpxml version=\"1.8\">",
            "  <resources>",
            "    <format id=\"r1\" frameDuration=\"\(rate.den)/\(rate.num)s\" width=\"\(list.format.width)\" "
                + "height=\"\(list.format.height)\"/>",
        ]
        if dissolves {
            lines.append(
                "    <effect id=\"r2\" name=\"Cross Dissolve\" "
                    + "uid=\"FxPlug:4731E73A-8DAC-4113-9A30-AE85B1761265\"/>")
        }
        for (i, clip) in list.clips.enumerated() {
            let sound =
                clip.hasSound
                ? " hasAudio=\"1\" audioSources=\"1\" audioChannels=\"2\" audioRate=\"\(list.format.sampleRate)\""
                : ""
            lines.append(
                "    <asset id=\"\(id(i))\" name=\"\(clip.name)\" src=\"./\(clip.file)\" start=\"0s\" "
                    + "duration=\"\(time(clip.available, rate))\" hasVideo=\"1\" format=\"r1\"\(sound)/>")
        }
        lines += [
            "  </resources>", "  <library>", "    <event name=\"\(escaped(list.title))\">",
            "      <project name=\"\(escaped(list.title))\">",
            "        <sequence format=\"r1\" duration=\"\(time(list.frameCount, rate))\" tcStart=\"0s\" "
                + "tcFormat=\"NDF\">",
            "          <spine>",
        ]
        for (i, clip) in list.clips.enumerated() { lines += spine(clip, i, rate) }
        lines += [
            "          </spine>", "        </sequence>", "      </project>", "    </event>", "  </library>",
            "</fcpxml>",
        ]
        return lines.joined(separator: "\n") + "\n"
    }

    private static func spine(_ clip: EditList.Clip, _ i: Int, _ rate: Rational) -> [String] {
        var lines: [String] = []
        if case .dissolve(let before, let behind) = clip.join {
            lines += [
                "            <transition name=\"Cross Dissolve\" offset=\"\(time(clip.offset - before, rate))\" "
                    + "duration=\"\(time(before + behind, rate))\">",
                "              <filter-video ref=\"r2\" name=\"Cross Dissolve\"/>",
                "            </transition>",
            ]
        }
        let start = time(clip.used.lowerBound, rate)
        lines.append(
            "            <asset-clip ref=\"\(id(i))\" name=\"\(clip.name)\" offset=\"\(time(clip.offset, rate))\" "
                + "start=\"\(start)\" duration=\"\(time(clip.used.count, rate))\" format=\"r1\">")
        if clip.title != clip.name {
            lines.append("              <note>\(escaped(clip.title))</note>")
        }
        if case .fade(let frames, let colour) = clip.join {
            lines.append(
                "              <marker start=\"\(start)\" duration=\"\(time(1, rate))\" "
                    + "value=\"fade through \(colour), \(frames) frames\"/>")
        }
        lines.append("            </asset-clip>")
        return lines
    }

    private static func id(_ i: Int) -> String { "r\(i + 3)" }

    private static func time(_ frames: Int, _ rate: Rational) -> String {
        frames == 0 ? "0s" : "\(frames * rate.den)/\(rate.num)s"
    }

    static func escaped(_ text: String) -> String {
        var out = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": out += "&amp;"
            case "<": out += "&lt;"
            case ">": out += "&gt;"
            case "\"": out += "&quot;"
            // Not allowed in XML 1.0, however written.
            case _ where scalar.value < 0x20 && !["\t", "\n", "\r"].contains(scalar): break
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out
    }
}
