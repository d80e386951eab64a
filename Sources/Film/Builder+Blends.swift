import Foundation
import Media
import Montage

extension Builder {
    /// The frames that are made of a shot and the one before it, for every delivery that lacks them: either clip is
    /// decoded once. None where they do not meet in such a join.
    func blends(
        before index: Int, _ one: Clip, _ other: Clip, in format: FilmFormat
    ) async throws -> [String: Artifact] {
        guard let join = production.join(before: index), let blend = join.blend else { return [:] }
        let shot = film.shots[index]
        let before = production.part(index - 1, frames: one.facts.frames(at: format.rate))
        let after = production.part(index, frames: other.facts.frames(at: format.rate))
        let tail = before.end - before.tail..<before.end
        let formatDocument = try JSONDocument(encoding: format)
        var ready: [String: Artifact] = [:]
        var keys: [String: WorkKey] = [:]
        var outputs: [SegmentOutput] = []
        for delivery in production.deliveries {
            let key = try WorkKey.blend(
                before: (one.artifact.item.digest, tail), after: (other.artifact.item.digest, 0..<after.head),
                join: join.document, preset: delivery.document, format: formatDocument,
                engine: production.engine)
            keys[delivery.name] = key
            if let known = try await sound(key, delivery.name) {
                try reuse(Production.blendID(before: shot, delivery), key)
                ready[delivery.name] = known
            } else {
                let path = store.scratchPath(ext: delivery.preset.container == "mov" ? "mov" : "mp4")
                outputs.append(SegmentOutput(preset: delivery.preset, path: path))
            }
        }
        guard !outputs.isEmpty else { return ready }
        let sources = [one, other].map { workspace.path(of: $0.artifact) }
        let spec = StepSpec(
            id: "blend:\(shot.id)",
            inputs: zip([one, other], sources).map { .init(digest: $0.artifact.item.digest, path: $1) },
            work: .blend(
                BlendJob(
                    before: .init(source: sources[0], frames: tail),
                    after: .init(source: sources[1], frames: 0..<after.head), blend: blend, format: format,
                    outputs: outputs)))
        let made = try await render(spec, shot: shot.id, outputs: outputs, keys: keys)
        return ready.merging(made) { $1 }
    }
}
