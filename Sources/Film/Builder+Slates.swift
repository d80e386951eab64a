import Foundation
import Media
import Montage

/// Shots are missing. What is there is kept, and may be shown with slates in their place.
struct MissingShots: Error {
    /// What the run ends with.
    var error: FilmError
    /// What stands in their place; empty where the film is not to be shown without them.
    var slates: [Int: Slate]
}

extension Builder {
    /// The clip that stands for a shot: found in the store, or painted.
    func slate(_ index: Int) async throws -> Clip {
        let shot = film.shots[index]
        let step = "slate:\(shot.id)"
        let path = store.scratchPath(ext: "mp4")
        let job = try production.slateJob(index, output: path)
        let digest = try await settings.lanes.run { interrupt in
            try job.picture.map { try SHA256.hex(ofFile: $0, interrupt: interrupt) }
        }
        let key = try production.slateKey(job, picture: digest)
        func clip(_ artifact: Artifact) throws -> Clip {
            guard let facts = artifact.fact(ClipFacts.self) else {
                throw FilmError(
                    .journalUnreadable, "does not know the slate of shot \(shot.id)", subject: film.path)
            }
            return Clip(number: 1, request: .null, artifact: artifact, facts: facts, take: nil)
        }
        if let known = try await sound(key, "slate") {
            try reuse(step, key)
            return try clip(known)
        }
        _ = try await perform(StepSpec(id: step, inputs: [], work: .slate(job)), in: settings.lanes)
        let measured = try await measure(path, of: shot.id)
        let store = self.store
        let item = try await settings.lanes.run { try store.adopt(path, ext: "mp4", interrupt: $0) }
        let made = try Self.artifact(item, measured, key: key.digest, name: "slate")
        try journal.record([made], as: entry(step, key))
        return try clip(made)
    }
}
