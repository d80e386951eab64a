import Foundation
import Media
import Montage

/// What the film needs to know of a clip: measured once when it arrives, kept in the journal.
struct ClipFacts: Sendable, Hashable, Codable {
    /// Presented frames, counted by decoding.
    var frames: Int
    /// Pixels across, as presented.
    var width: Int
    /// Pixels down, as presented.
    var height: Int
    /// Frames a second.
    var rate: Rational
    /// Whether there is a sound track.
    var hasSound: Bool
    /// The colour a film takes over that begins with this clip, at the clip's height; nil for the usual one, and
    /// in journals of before it was asked for.
    var colour: ColourTags?

    /// How many frames the clip fills at another rate.
    func frames(at other: Rational) -> Int {
        if other == rate { return frames }
        return Int(rescale(Int64(frames), from: rate.inverse, to: other.inverse, rounding: .nearest))
    }

    /// A clip that the journal knows.
    struct Known: Sendable, Hashable {
        var digest: String
        var facts: ClipFacts
        var workKey: String
        var take: Take?
    }
}

/// What the film needs to know of a segment; part of the report of the step that made it.
struct SegmentFacts: Sendable, Codable {
    /// Frames in it.
    var frames: Int
    /// Of these, frames whose coded data is the clip's own.
    var bitExactFrames: Int?
}

/// One shot's part in the film's sound, as it enters the key of a delivery.
struct SoundKeyPiece: Sendable, Hashable, Codable {
    /// The clip's digest; nil for silence.
    var clip: String?
    /// Frames shown.
    var frames: Int
    /// Whether the next shot goes on from this one.
    var chainedToNext: Bool
    /// Frames for which it runs on under the next shot; nil for none.
    var runsOn: Int?
    /// Frames over which it comes and goes with the picture; nil for none.
    var fadeIn: Int?
    var fadeOut: Int?
}

extension ClipFacts {
    /// Takes what matters out of a probe's report, or says why the clip is of no use.
    init(_ report: ClipReport, shot: String) throws(FilmError) {
        guard let video = report.video else {
            throw FilmError(.clipUnusable, "there is no picture in it", subject: "")
        }
        // A film made of what is left of a clip would be short, and nothing would say so.
        guard !report.isDamaged else {
            throw FilmError(
                .clipUnusable, report.findings.first ?? "the file is damaged", subject: "")
        }
        guard let frames = report.frameCount, frames > 1 else {
            throw FilmError(.clipUnusable, "it has fewer than two frames", subject: "")
        }
        guard let rate = video.averageRate ?? video.nominalRate, rate.isValid else {
            throw FilmError(.clipUnusable, "its frame rate is not known", subject: "")
        }
        self.init(
            frames: frames, width: video.displayWidth, height: video.displayHeight, rate: rate,
            hasSound: report.audio != nil,
            colour: FilmFormat.colour(of: video, height: video.displayHeight))
    }
}
