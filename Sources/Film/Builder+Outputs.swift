import Foundation
import Media
import Montage

extension Builder {
    /// `shots/02-storm.mp4`
    func shotFile(_ index: Int, _ ending: String) -> String {
        Assembly.file(index, film.shots[index].id, ending)
    }

    /// Publishes what is in the store if its bytes are right; false when they are not.
    func publishIfSound(_ artifact: Artifact, to name: String) async throws -> Bool {
        do {
            try await publish(artifact, to: name)
            return true
        } catch let error as FilmError where error.code == .artifactDamaged {
            return try await isSound(artifact)
        }
    }

    /// Sees to it that a file of the output folder has an artifact's bytes. What is right is left alone.
    func publish(_ artifact: Artifact, to name: String) async throws {
        let path = settings.outputDirectory + "/" + name
        let source = workspace.path(of: artifact)
        let (store, item, leftovers) = (self.store, artifact.item, self.leftovers)
        let (digest, bytes) = (item.digest, item.bytes)
        let isPut = try await express.run { interrupt in
            leftovers.sweep(beside: path)
            let size = (try? FileManager.default.attributesOfItem(atPath: path))?[.size] as? NSNumber
            if size?.int64Value == bytes, (try? SHA256.hex(ofFile: path, interrupt: interrupt)) == digest {
                return false
            }
            guard try store.isSound(item, interrupt: interrupt) else {
                throw FilmError(
                    .artifactDamaged, "is damaged", subject: source,
                    hint: "run again: it is made anew, or fetched again")
            }
            try FileSync.copy(source, to: path)
            return true
        }
        if isPut { tally.note { $0.run.restored += 1 } }
    }

    /// The report of a finished film, from the journal's facts alone.
    func report(
        shots: [FinishedShot], films: [Artifact], thumbnails: [String: String], seams: MeasuredSeams,
        assembly: Assembly, manifest: Manifest
    ) throws -> FilmReport {
        var total: Decimal = 0
        var paid: Set<String> = []
        for clip in shots.flatMap(\.takes) {
            if let take = clip.take, paid.insert(take.taskUUID).inserted { total += take.cost ?? 0 }
        }
        var versions = ["ffmpeg license": FFmpegVersions.license]
        for library in FFmpegVersions.libraries { versions[library.name] = library.run }
        return FilmReport(
            title: film.title, storyboard: (film.path as NSString).lastPathComponent, model: film.model,
            provider: production.generator.name, format: assembly.format,
            shots: zip(assembly.shots, shots).enumerated().map { shotReport($0, $1.1, as: $1.0) },
            deliveries: try zip(production.deliveries, films).map { try deliveryReport($0, $1) },
            thumbnails: thumbnails, seams: seams.list, seamSheet: seams.sheet,
            manifestDigest: manifest.digest, totalCost: total, versions: versions, run: tally.now.run)
    }

    private func shotReport(
        _ index: Int, _ shot: FinishedShot, as placed: Assembly.Placed
    ) -> FilmReport.ShotReport {
        let clip = shot.clip
        let file = placed.file
        var probe = clip.artifact.fact(JSONDocument.self)?["report"] ?? .null
        if case .object(var members) = probe {
            // It was measured under a passing name.
            members["path"] = .string(file)
            probe = .object(members)
        }
        return FilmReport.ShotReport(
            id: film.shots[index].id, isChained: film.shots[index].isChained,
            slate: production.slates[index]?.text, title: placed.shot.title, join: placed.part.join?.document,
            start: placed.start,
            file: file, lastFrame: shotFile(index, "last.png"),
            request: clip.request,
            takes: shot.takes.map {
                FilmReport.TakeReport(
                    number: $0.number, taskUUID: $0.take?.taskUUID, cost: $0.take?.cost, seed: $0.take?.seed,
                    clipDigest: $0.artifact.item.digest)
            },
            taskUUID: clip.take?.taskUUID, cost: clip.take?.cost, seed: clip.take?.seed,
            clipDigest: clip.artifact.item.digest, lastFrameDigest: shot.frame.item.digest,
            framesShown: placed.part.end, probe: probe)
    }

    private func deliveryReport(_ delivery: Delivery, _ film: Artifact) throws -> FilmReport.DeliveryReport {
        guard var proof = film.fact(Proof.self) else {
            throw FilmError(
                .journalUnreadable, "has no proof of \(delivery.fileName)", subject: self.film.path)
        }
        proof.path = delivery.fileName
        return FilmReport.DeliveryReport(
            preset: delivery.name, file: delivery.fileName, container: delivery.preset.container,
            videoCodec: proof.videoCodec, audioCodec: proof.audioCodec, width: proof.width,
            height: proof.height, frames: proof.frames, duration: proof.duration, byteCount: film.item.bytes,
            digest: film.item.digest, proof: proof)
    }

    /// The pictures of an order as data URIs, at the model's exact size.
    func pictures(for order: ShotOrder, upstreamPath: String?) async throws -> [PictureReference: String] {
        var found: [PictureReference: String] = [:]
        let size = order.size
        if let first = order.first {
            if order.shot.isChained, let upstreamPath {
                found[first] = try await express.run { _ in try DataURIs.exact(upstreamPath) }
            } else if let path = order.shot.firstImage {
                found[first] = try await fitted(path, first, size)
            }
        }
        if let last = order.last, let path = order.shot.lastImage {
            found[last] = try await fitted(path, last, size)
        }
        return found
    }

    /// A person's picture, if it is still the one that the request is known by: hours may have passed.
    private func fitted(
        _ path: String, _ reference: PictureReference, _ size: ModelSize
    ) async throws -> String {
        let copy = store.scratchPath(ext: (path as NSString).pathExtension)
        defer { unlink(copy) }
        return try await express.run { interrupt in
            try FileSync.copy(path, to: copy)
            let digest = try SHA256.hex(ofFile: copy, interrupt: interrupt)
            guard reference == Production.reference(digest: digest, size: size) else {
                throw FilmError(
                    .fileInvalid, "has changed while the film was being made", subject: path,
                    hint: "run again: the plan is made anew")
            }
            return try DataURIs.fitted(copy, to: size)
        }
    }
}

/// Pictures as text. All calls block.
enum DataURIs {
    /// A PNG of the store as it is.
    static func exact(_ path: String) throws -> String {
        guard let bytes = FileManager.default.contents(atPath: path) else {
            throw FilmError(.io, "cannot be read", subject: path, hint: "run again: it is made anew")
        }
        return "data:image/png;base64," + bytes.base64EncodedString()
    }

    /// A person's picture, its middle cut out to the model's exact size and sent as PNG.
    static func fitted(_ path: String, to size: ModelSize) throws -> String {
        var picture = try Picture.load(path: path)
        if picture.width != size.width || picture.height != size.height {
            picture = try picture.fitted(width: size.width, height: size.height, how: .crop)
        }
        return "data:image/png;base64," + Data(try picture.png()).base64EncodedString()
    }
}
