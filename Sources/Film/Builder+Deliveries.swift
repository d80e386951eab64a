import Foundation
import Media
import Montage

extension Builder {
    /// Joins what is not joined yet, puts everything into the output folder, writes the report.
    func deliver(_ shots: [FinishedShot]) async throws -> FilmReport {
        let format = try await self.format.value()
        var met: [Meeting] = []
        for meeting in meetings { met.append(try await meeting.value()) }
        let all = met
        async let measured = seams(all)
        // With a limit the seams are known before anything is joined; without one they are measured meanwhile.
        if let limit = settings.maxSeam { try await judge(measured, limit: limit) }
        typealias Joined = (place: Int, film: Artifact, thumbnails: [String: String])
        let joined = try await withThrowingTaskGroup(of: Joined.self) { group in
            for (place, delivery) in production.deliveries.enumerated() {
                group.addTask {
                    // Of the first one, while the others are still joined.
                    let wantsThumbnails = place == 0 && self.film.film.thumbnails
                    let made = try await self.join(
                        delivery, shots: shots, meetings: all, format: format,
                        withThumbnails: wantsThumbnails && self.settings.engine != nil)
                    return (place, made, wantsThumbnails ? try await self.thumbnails(of: made) : [:])
                }
            }
            var joined: [Joined] = []
            while let one = try await group.next() { joined.append(one) }
            return joined.sorted { $0.place < $1.place }
        }
        let assembly = try self.assembly(shots, production.deliveries[0], format: format)
        let manifest = try Manifest(assembly, of: production)
        let report = try await self.report(
            shots: shots, films: joined.map(\.film), thumbnails: joined[0].thumbnails, seams: measured,
            assembly: assembly,
            manifest: manifest)
        let list = EditList(assembly, title: film.title)
        try write(Array((manifest.text + "\n").utf8), to: "film.manifest.json")
        try write(Array(try OTIO.text(list).utf8), to: "film.otio")
        try write(Array(FCPXML.text(list).utf8), to: "film.fcpxml")
        try write(Array(EDL.text(list).utf8), to: "film.edl")
        try write(try report.text(), to: "film.json")
        return report
    }

    /// Writes a small file of the output folder, if it is not there as it must be.
    private func write(_ text: [UInt8], to name: String) throws {
        let path = settings.outputDirectory + "/" + name
        leftovers.sweep(beside: path)
        if FileManager.default.contents(atPath: path).map({ [UInt8]($0) }) != text {
            try FileSync.write(text, to: path)
        }
    }

    /// The shots as they lie in the film, by what was really rendered for a delivery: a clip of another rate
    /// may give a frame more or less than its length says.
    private func assembly(
        _ shots: [FinishedShot], _ delivery: Delivery, format: FilmFormat
    ) throws -> Assembly {
        let placed = try shots.enumerated().map { index, shot in
            let segment = try Self.segment(shot, delivery, film.shots[index])
            let clip = shot.clip
            var part = shot.part
            part.frames += (segment.fact(SegmentFacts.self)?.frames ?? part.own.count) - part.own.count
            return Assembly.Placed(
                shot: film.shots[index], clip: clip.artifact.item.digest, hasSound: clip.facts.hasSound,
                part: part, file: shotFile(index, "mp4"), take: clip.take, workKey: clip.artifact.workKey)
        }
        return Assembly(placed, format: format)
    }

    /// - Parameter withThumbnails: Whether thumbnails are made by the same step: on other machines it is one job.
    private func join(
        _ delivery: Delivery, shots: [FinishedShot], meetings: [Meeting], format: FilmFormat,
        withThumbnails: Bool
    ) async throws -> Artifact {
        let assembly = try self.assembly(shots, delivery, format: format)
        let manifest = try Manifest(assembly, of: production)
        let fitted = try await fitted(delivery, shots: shots, format: format)
        var segments: [Artifact] = []
        for (index, shot) in shots.enumerated() {
            if index > 0, let blend = meetings[index - 1].blends[delivery.name] { segments.append(blend) }
            segments.append(try fitted[index] ?? Self.segment(shot, delivery, film.shots[index]))
        }
        let key = try WorkKey.film(
            segments: segments.map(\.item.digest), sound: assembly.soundKey(), preset: delivery.document,
            format: JSONDocument(encoding: format), title: film.title, engine: production.engine,
            manifest: manifest.digest, mix: production.mixDocument)
        let step = "film:\(delivery.name)"
        if let known = try workspace.artifact(key, "film"),
            try await publishIfSound(known, to: delivery.fileName)
        {
            try reuse(step, key)
            emit(.deliveryReused(delivery: delivery.name, file: delivery.fileName))
            return known
        }
        for (index, shot) in shots.enumerated() {
            let segment = try Self.segment(shot, delivery, film.shots[index])
            if try await isSound(segment) { continue }
            // Encoded once more, with the same encoder: the same segment.
            var shot = shot
            shot.segments = try await self.segments(
                index, clip: shot.clip, part: shot.part, match: shot.match)
            let again = try Self.segment(shot, delivery, film.shots[index])
            guard again.item == segment.item else {
                throw FilmError(
                    .stepFailed, "a damaged segment for \(delivery.name) came out different",
                    subject: film.shots[index].id, hint: "run again: the film is joined of the new one")
            }
        }
        let production = self.production
        try await express.run { try production.checkMusic(interrupt: $0) }
        let output = store.scratchPath(ext: delivery.preset.fileExtension)
        let sources = segments + shots.map(\.clip.artifact)
        var inputs = sources.map { StepSpec.Input(digest: $0.item.digest, path: workspace.path(of: $0)) }
        if let music = film.film.sound?.music, let digest = production.musicDigest {
            inputs.append(.init(digest: digest, path: music.file))
        }
        let folder = withThumbnails ? store.scratchPath(ext: "thumbnails") : nil
        let spec = StepSpec(
            id: step, inputs: inputs,
            work: .film(
                JoinJob(
                    segments: segments.map { workspace.path(of: $0) },
                    sound: assembly.sound { workspace.path(of: shots[$0].clip.artifact) }, format: format,
                    preset: delivery.preset, output: output, title: film.title,
                    chapters: assembly.chapters,
                    bitExactFrames: segments.compactMap { $0.fact(SegmentFacts.self)?.bitExactFrames }
                        .reduce(0, +), mix: film.film.sound, manifest: manifest.text),
                thumbnails: folder))
        let emit = self.emit
        let outcome = try await perform(spec, in: settings.lanes) {
            emit(.deliveryProgress(delivery: delivery.name, fraction: $0))
        }
        let films = outcome.outputs.filter { $0.name == "film" }
        guard
            let made = try await keep(StepOutcome(outputs: films), of: key, as: step, in: settings.lanes)[
                "film"]
        else {
            throw FilmError(.stepFailed, "made no film", subject: step)
        }
        if let folder {
            _ = try await keep(
                StepOutcome(outputs: outcome.outputs.filter { $0.name != "film" }),
                of: try WorkKey.thumbnails(film: made.item.digest, engine: production.engine),
                as: "thumbnails", in: settings.lanes)
            try? FileManager.default.removeItem(atPath: folder)
            emit(.thumbnailsMade)
        }
        try await publish(made, to: delivery.fileName)
        if let words = made.fact(Proof.self)?.loudness?.finding {
            emit(.warning("\(delivery.name): \(words)"))
        }
        emit(
            .deliveryProved(
                delivery: delivery.name, file: delivery.fileName, frames: made.fact(Proof.self)?.frames ?? 0))
        return made
    }

    static func segment(
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
