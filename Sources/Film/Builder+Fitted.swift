import Foundation
import Media
import Montage

extension Builder {
    /// Copied segments, made once more for shots whose coding does not go with that of most others.
    func fitted(
        _ delivery: Delivery, shots: [FinishedShot], format: FilmFormat
    ) async throws -> [Int: Artifact] {
        guard delivery.preset.video.mode == .copy else { return [:] }
        let segments = try zip(shots, film.shots).map { try Self.segment($0, delivery, $1) }
        let paths = segments.map {
            (path: workspace.path(of: $0), frames: $0.fact(SegmentFacts.self)?.frames ?? 1)
        }
        // Segments that are missing or damaged are made again below, as they were.
        guard paths.allSatisfy({ FileManager.default.fileExists(atPath: $0.path) }) else { return [:] }
        let found = try await settings.lanes.run { try Segments.outliers(of: paths, interrupt: $0) }
        let model = shots[found.reference].clip.artifact
        var fitted: [Int: Artifact] = [:]
        for index in found.outliers {
            let (clip, part) = (shots[index].clip, shots[index].part)
            let key = try WorkKey.segment(
                clip: clip.artifact.item.digest, frames: part.own.count, from: part.own.lowerBound,
                match: shots[index].match.map { try JSONDocument(encoding: $0) },
                preset: .object(["preset": delivery.document, "fitting": .string(model.item.digest)]),
                format: JSONDocument(encoding: format), engine: production.engine)
            let step = "segment:\(film.shots[index].id):\(delivery.name):fitted"
            if let known = try await sound(key, delivery.name) {
                try reuse(step, key)
                fitted[index] = known
                continue
            }
            var job = SegmentJob(
                source: workspace.path(of: clip.artifact),
                frames: part.isWhole ? nil : part.own, format: format, match: shots[index].match,
                outputs: [.init(preset: delivery.preset, path: store.scratchPath(ext: "mp4"))])
            job.fitting = workspace.path(of: model)
            let spec = StepSpec(
                id: step,
                inputs: [clip.artifact, model].map {
                    .init(digest: $0.item.digest, path: workspace.path(of: $0))
                },
                work: .segment(job))
            let outcome = try await perform(spec, in: settings.lanes)
            fitted[index] = try await keep(outcome, of: key, as: step, in: settings.lanes)[delivery.name]
        }
        return fitted
    }
}
