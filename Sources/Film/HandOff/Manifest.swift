// HandOff: what leaves a film beside the film itself, for people who check or go on editing.
//
// The manifest says of what a film was made and who made it, in a form that can be checked: digests of clips,
// the tasks that were paid for, which frames of which shot are shown. It lies beside the film and inside every
// delivery. It holds no prompt, only a digest of it: whoever has the storyboard can check that it is this one, and
// whoever has only the film cannot read it.
//
// The lists of edits (`film.otio`, `film.fcpxml`, `film.edl`) refer to the untouched clips in `shots/` with the
// trims and joins of the film, so that an editor can go on from where Reel ended.
//
// All of them are pure functions of an `Assembly`: no clock, no path outside the output folder, no order that
// depends on the machine. Equal films have equal files.

import Foundation
import Media
import Montage

/// Of what a film was made.
struct Manifest {
    /// The canonical text, one line.
    let text: String
    /// SHA-256 of the text.
    let digest: String

    /// Writes the manifest of a film.
    init(_ assembly: Assembly, of production: Production) throws {
        let format = assembly.format
        let film = production.storyboard
        var members: [String: JSONDocument] = [
            "manifest": .int(1), "title": .string(film.title), "model": .string(film.model),
            "provider": .string(production.generator.name), "frames": .int(Int64(assembly.frameCount)),
            "width": .int(Int64(format.width)), "height": .int(Int64(format.height)),
            "rate": .string("\(format.rate.num)/\(format.rate.den)"),
            "shots": .array(try assembly.shots.map(Self.shot)),
        ]
        if let mix = production.mixDocument { members["sound"] = mix }
        text = JSONDocument.object(members).canonical
        digest = try SHA256.hex(of: Array(text.utf8))
    }

    private static func shot(_ placed: Assembly.Placed) throws -> JSONDocument {
        let (shot, part) = (placed.shot, placed.part)
        func frames(_ range: Range<Int>) -> JSONDocument {
            .array([.int(Int64(range.lowerBound)), .int(Int64(range.upperBound))])
        }
        var members: [String: JSONDocument] = [
            "id": .string(shot.id), "file": .string(placed.file), "sha256": .string(placed.clip),
            "workKey": .string(placed.workKey), "chained": .bool(shot.isChained),
            "promptSHA256": .string(try SHA256.hex(of: Array(shot.prompt.utf8))),
            "frames": .int(Int64(part.frames)), "shown": frames(0..<part.end),
            "start": .int(Int64(placed.start)),
        ]
        if let title = shot.title { members["title"] = .string(title) }
        if let negative = shot.negative {
            members["negativeSHA256"] = .string(try SHA256.hex(of: Array(negative.utf8)))
        }
        if let join = part.join { members["join"] = join.document }
        if let take = placed.take {
            members["taskUUID"] = .string(take.taskUUID)
            members["take"] = .int(Int64(take.number))
            if let seed = take.seed { members["seed"] = .int(seed) }
        }
        return .object(members)
    }
}
