import Foundation
import Media
import Montage

extension Builder {
    /// Joins what is not joined yet, puts everything into the output folder, writes the report.
    func deliver(_ shots: [FinishedShot]) async throws -> FilmReport {
        let format = try await self.format.value()
        let films = try await withThrowingTaskGroup(of: (Int, Artifact).self) { group in
            for (place, delivery) in production.deliveries.enumerated() {
                group.addTask { (place, try await self.join(delivery, shots: shots, format: format)) }
            }
            var films: [Int: Artifact] = [:]
            while let (place, film) = try await group.next() { films[place] = film }
            return production.deliveries.indices.compactMap { films[$0] }
        }
        let thumbnails = film.film.thumbnails ? try await self.thumbnails(of: films[0]) : [:]
        let report = try self.report(shots: shots, films: films, thumbnails: thumbnails, format: format)
        let text = try report.text()
        let path = settings.outputDirectory + "/film.json"
        FileSync.sweep(beside: path)
        if FileManager.default.contents(atPath: path).map({ [UInt8]($0) }) != text {
            try FileSync.write(text, to: path)
        }
        return report
    }

    private func join(_ delivery: Delivery, shots: [FinishedShot], format: FilmFormat) async throws
        -> Artifact
    {
        let fitted = try await fitted(delivery, shots: shots, format: format)
        var segments: [Artifact] = []
        var pieces: [SoundKeyPiece] = []
        var sound: [SoundPiece] = []
        for (index, shot) in shots.enumerated() {
            let segment = try fitted[index] ?? Self.segment(shot, delivery, film.shots[index])
            segments.append(segment)
            let facts = shot.clip.facts
            let shown =
                segment.fact(SegmentFacts.self)?.frames
                ?? production.shownFrames(index, of: facts, in: format)
            let isContinued = production.isContinued(index)
            pieces.append(
                facts.sound(clip: shot.clip.artifact.item.digest, shown: shown, isContinued: isContinued))
            sound.append(
                SoundPiece(
                    source: facts.hasSound ? workspace.path(of: shot.clip.artifact) : nil, frames: 0..<shown,
                    chainedToNext: isContinued))
        }
        let key = try WorkKey.film(
            segments: segments.map(\.item.digest), sound: JSONDocument(encoding: pieces),
            preset: delivery.document, format: JSONDocument(encoding: format), title: film.title,
            engine: production.engine)
        let step = "film:\(delivery.name)"
        if let known = try workspace.artifact(key, "film"),
            try await publishIfSound(known, to: delivery.fileName)
        {
            try reuse(step, key)
            emit(.deliveryReused(delivery: delivery.name, file: delivery.fileName))
            return known
        }
        for (index, shot) in shots.enumerated() where try await !isSound(segments[index]) {
            // Encoded once more, with the same encoder: the same segment.
            var shot = shot
            shot.segments = try await self.segments(index, clip: shot.clip)
            let again = try Self.segment(shot, delivery, film.shots[index])
            guard again.item == segments[index].item else {
                throw FilmError(
                    .stepFailed, "a damaged segment for \(delivery.name) came out different",
                    subject: film.shots[index].id, hint: "run again: the film is joined of the new one")
            }
        }
        let output = store.scratchPath(ext: delivery.preset.fileExtension)
        let spec = StepSpec(
            id: step, inputs: segments.map { .init(digest: $0.item.digest, path: workspace.path(of: $0)) },
            work: .film(
                JoinJob(
                    segments: segments.map { workspace.path(of: $0) }, sound: sound, format: format,
                    preset: delivery.preset, output: output, title: film.title,
                    bitExactFrames: segments.compactMap { $0.fact(SegmentFacts.self)?.bitExactFrames }
                        .reduce(0, +))))
        let emit = self.emit
        let outcome = try await perform(spec, in: settings.lanes) {
            emit(.deliveryProgress(delivery: delivery.name, fraction: $0))
        }
        guard let made = try await keep(outcome, of: key, as: step, in: settings.lanes)["film"] else {
            throw FilmError(.stepFailed, "made no film", subject: step)
        }
        try await publish(made, to: delivery.fileName)
        emit(
            .deliveryProved(
                delivery: delivery.name, file: delivery.fileName, frames: made.fact(Proof.self)?.frames ?? 0))
        return made
    }

    /// Copied segments, made once more for shots whose coding does not go with that of most others.
    private func fitted(
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
            let clip = shots[index].clip
            let shown = production.shownFrames(index, of: clip.facts, in: format)
            let key = try WorkKey.segment(
                clip: clip.artifact.item.digest, frames: shown,
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
                frames: production.isContinued(index) ? 0..<shown : nil, format: format,
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

    private static func segment(
        _ finished: FinishedShot, _ delivery: Delivery, _ shot: Shot
    ) throws(FilmError) -> Artifact {
        guard let segment = finished.segments[delivery.name] else {
            throw FilmError(
                .stepFailed, "the segment for \(delivery.name) is missing", subject: shot.id)
        }
        return segment
    }

    private func thumbnails(of film: Artifact) async throws -> [String: String] {
        let key = try WorkKey.thumbnails(film: film.item.digest, engine: production.engine)
        var made: [String: Artifact] = [:]
        for name in StepSpec.thumbnailNames { made[name] = try await sound(key, name) }
        if made.count == StepSpec.thumbnailNames.count {
            try reuse("thumbnails", key)
        } else {
            let folder = store.scratchPath(ext: "thumbnails")
            try FileSync.makeFolder(folder)
            let source = workspace.path(of: film)
            let spec = StepSpec(
                id: "thumbnails", inputs: [.init(digest: film.item.digest, path: source)],
                work: .thumbnails(source: source, directory: folder))
            let outcome = try await perform(spec, in: settings.lanes)
            made = try await keep(outcome, of: key, as: "thumbnails", in: settings.lanes)
            try? FileManager.default.removeItem(atPath: folder)
            emit(.thumbnailsMade)
        }
        for (name, artifact) in made { try await publish(artifact, to: name) }
        return made.mapValues(\.item.digest)
    }
}
