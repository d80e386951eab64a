import Foundation
import Media
import Montage

/// The shots of a film as they lie in it: what plan, builder, manifest and hand-off all count by.
struct Assembly: Sendable {
    /// One shot in the film.
    struct Placed: Sendable {
        var shot: Shot
        /// Digest of the clip.
        var clip: String
        var hasSound: Bool
        var part: CutPart
        /// The clip as it stands in the output folder.
        var file: String
        /// What was bought, where the journal knows it.
        var take: Take?
        /// The work key of the take.
        var workKey: String
        /// The film's frame at which the shot's first picture is seen, with others or by itself.
        var start = 0
    }

    private(set) var shots: [Placed]
    let format: FilmFormat
    /// Frames of the film.
    private(set) var frameCount: Int

    /// Lays the shots one after the other.
    init(_ shots: [Placed], format: FilmFormat) {
        self.shots = shots
        self.format = format
        var position = 0
        for i in shots.indices {
            let part = shots[i].part
            // A fade's first half belongs to the shot before; the shot is first seen behind it.
            self.shots[i].start = position + (part.fades.in > 0 ? part.join?.tailFrames ?? 0 : 0)
            position += (part.join?.filmFrames ?? 0) + part.own.count
        }
        frameCount = position
    }

    /// `shots/02-storm.mp4`
    static func file(_ index: Int, _ id: String, _ ending: String) -> String {
        let digits = String(index + 1)
        let number = String(repeating: "0", count: max(0, 2 - digits.count)) + digits
        return "shots/\(number)-\(id).\(ending)"
    }

    /// What the film's key knows of its sound.
    func soundKey() throws -> JSONDocument {
        try JSONDocument(
            encoding: shots.map { placed in
                let (part, fades) = (placed.part, placed.part.fades)
                return SoundKeyPiece(
                    clip: placed.hasSound ? placed.clip : nil, frames: part.sounding.count,
                    chainedToNext: part.goesOn, runsOn: part.runsOn > 0 ? part.runsOn : nil,
                    fadeIn: fades.in > 0 ? fades.in : nil, fadeOut: fades.out > 0 ? fades.out : nil)
            })
    }

    /// The film's sound; `path` knows where a shot's clip lies.
    func sound(_ path: (Int) -> String) -> [SoundPiece] {
        shots.enumerated().map { index, placed in
            let (part, fades) = (placed.part, placed.part.fades)
            return SoundPiece(
                source: placed.hasSound ? path(index) : nil, frames: part.sounding,
                chainedToNext: part.goesOn, runsOn: part.runsOn, fadeIn: fades.in,
                fadeOut: fades.out)
        }
    }

    /// A chapter a shot, from its first picture to the next one's first; none for a film of one shot.
    var chapters: [Chapter] {
        guard shots.count > 1 else { return [] }
        func time(_ frame: Int) -> Int64 {
            rescale(
                Int64(frame), from: format.rate.inverse, to: Rational(1, 1_000_000), rounding: .nearest)
        }
        return shots.indices.map { i in
            let end = i + 1 < shots.count ? shots[i + 1].start : frameCount
            // The first begins with the film.
            return Chapter(
                startMicroseconds: time(i == 0 ? 0 : shots[i].start), endMicroseconds: time(end),
                title: shots[i].shot.title ?? shots[i].shot.id)
        }
    }
}
