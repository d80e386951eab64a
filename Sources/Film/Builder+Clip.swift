import Foundation
import Media
import Montage

extension Builder {
    /// Downloads, measures and keeps a clip. Once begun it ends well though the run is cancelled, unless there is haste:
    /// the clip was paid for.
    func bring(_ made: GeneratedShot, of task: Take, as entry: StepEntry) async throws -> Artifact {
        try await settings.haste.finishing { try await self.bringAlone(made, of: task, as: entry) }
    }

    /// As `bring`, in a task of its own.
    ///
    /// Bytes that are no usable clip may be a proxy's or a cut connection's, so they are fetched again
    /// before the take is judged; only bytes that came twice alike and are of no use end it. A fault on this
    /// side (a full disk, say) says nothing about the clip: the take stays finished, and a later run fetches
    /// it.
    private func bringAlone(
        _ made: GeneratedShot, of task: Take, as entry: StepEntry
    ) async throws -> Artifact {
        let store = self.store
        var useless: Set<String> = []
        for attempt in 1...3 {
            let path = try await fetch(made, of: task)
            var digest = ""
            let measured: (ClipFacts, JSONDocument)
            do {
                digest = try await express.run { try SHA256.hex(ofFile: path, interrupt: $0) }
                measured = try await measure(path, of: task.shot)
            } catch let error as UselessClip {
                let isSame = !useless.insert(digest).inserted
                try? FileManager.default.removeItem(atPath: path)
                if isSame { throw try condemn(task, error) }
                if attempt < 3 {
                    emit(
                        .warning(
                            "shot \(task.shot): what came is no usable clip (\(error.message)); fetched again"
                        ))
                }
                continue
            } catch {
                try? FileManager.default.removeItem(atPath: path)
                throw Self.ownFault(error)
            }
            // Should the run die between the file's coming into the store and the journal's knowing it, the
            // digest leads the next run to the file.
            if task.state != .stored {
                let known = digest
                try journal.advance(task.taskUUID, to: .finished) { $0.digest = known }
            }
            do {
                let item = try await express.run { try store.adopt(path, ext: "mp4", interrupt: $0) }
                return try enter(item, measured, of: task, as: entry, cost: made.cost)
            } catch {
                try? FileManager.default.removeItem(atPath: path)
                throw Self.ownFault(error)
            }
        }
        throw FilmError(
            .shotFailed, "the clip was made, but something else arrives, and each time another", subject: "",
            hint: "check the network and proxies, then run again: the clip is fetched, not bought again")
    }

    private func fetch(_ made: GeneratedShot, of task: Take) async throws -> String {
        let (emit, shot) = (self.emit, task.shot)
        let path = store.scratchPath(ext: "mp4")
        do {
            try await production.generator.fetch(made, of: task.taskUUID, to: path) {
                emit(.shotDownloading(shot: shot, bytes: $0))
            }
            return path
        } catch {
            try? FileManager.default.removeItem(atPath: path)
            if FilmError.isCancellation(error) { throw CancellationError() }
            throw FilmError(
                .shotFailed, "the clip was made but cannot be fetched: \(FilmError.message(of: error))",
                subject: "",
                hint: FilmError.hint(of: error) ?? "run again: it is fetched, not bought again",
                underlying: error)
        }
    }

    /// The service has made something of no use: the take is over.
    private func condemn(_ task: Take, _ clip: UselessClip) throws -> FilmError {
        if task.state != .stored {
            try journal.advance(task.taskUUID, to: .failed) {
                $0.errorCode = "clipUnusable"
                $0.errorMessage = clip.message
            }
        }
        return FilmError(
            .clipUnusable, "the clip that came cannot be used: \(clip.message)", subject: "",
            hint: "run again to buy another take", underlying: clip.reason)
    }

    /// Our own trouble with a clip that has been paid for.
    static func ownFault(_ error: any Error) -> any Error {
        if FilmError.isCancellation(error) { return CancellationError() }
        return FilmError(
            .shotFailed, "the clip was made but cannot be kept here: \(FilmError.message(of: error))",
            subject: "",
            hint: (FilmError.hint(of: error).map { $0 + "; then run" } ?? "run")
                + " again: the clip is fetched, nothing is bought",
            underlying: error)
    }

    /// A clip of the store as the journal keeps it: what the film needs to know, and the whole report.
    static func artifact(
        _ item: ArtifactStore.Item, _ measured: (facts: ClipFacts, report: JSONDocument), key: String,
        name: String = "clip"
    ) throws -> Artifact {
        var document = try JSONDocument(encoding: measured.facts)
        if case .object(var members) = document {
            members["report"] = measured.report
            document = .object(members)
        }
        return Artifact(workKey: key, name: name, item: item, facts: document.canonical)
    }

    /// Writes down that a clip is in the store.
    func enter(
        _ item: ArtifactStore.Item, _ measured: (ClipFacts, JSONDocument), of task: Take,
        as entry: StepEntry, cost: Decimal?
    ) throws -> Artifact {
        let artifact = try Self.artifact(item, measured, key: task.workKey)
        let facts = measured.0
        if task.state == .stored {
            try journal.record([artifact], as: entry)
        } else {
            try journal.store(artifact, of: task.taskUUID, as: entry)
        }
        emit(.shotStored(shot: task.shot, frames: facts.frames, cost: cost))
        return artifact
    }

    /// Probes a clip that has just arrived. Throws `UselessClip` where the bytes are to blame, anything else
    /// where they could not be judged.
    func measure(
        _ path: String, of shot: String
    ) async throws -> (ClipFacts, JSONDocument) {
        do {
            let spec = StepSpec(id: "probe", inputs: [], work: .probe(source: path))
            let outcome = try await express.run { try spec.run(interrupt: $0) }
            let text = outcome.outputs.first?.facts ?? "{}"
            let report = try JSONDecoder().decode(ClipReport.self, from: Data(text.utf8))
            let facts = try ClipFacts(report, shot: shot)
            let size = production.size
            if facts.width != size.width || facts.height != size.height {
                emit(
                    .warning(
                        "shot \(shot): the clip is \(facts.width)x\(facts.height), "
                            + "\(size.width)x\(size.height) was asked for; it is scaled"))
            }
            return (facts, try JSONDocument(parsing: text))
        } catch {
            if FilmError.isCancellation(error) { throw CancellationError() }
            throw UselessClip(error) ?? error
        }
    }
}

/// Bytes that arrived whole and cannot be a film's clip, whoever looks at them.
struct UselessClip: Error {
    var message: String
    var reason: any Error

    /// Nil where the error says something about this machine (disk, memory, missing decoder) and not the
    /// bytes.
    init?(_ error: any Error) {
        let isToBlame: Bool
        switch error {
        case let error as FilmError: isToBlame = error.code == .clipUnusable
        case let error as MediaError: isToBlame = Self.isAboutBytes(error.code)
        case let error as MontageError:
            isToBlame =
                error.underlying.map { Self.isAboutBytes($0.code) }
                ?? [.noVideo, .noSuchFrame].contains(error.code)
        default: isToBlame = false
        }
        guard isToBlame else { return nil }
        message = FilmError.message(of: error)
        reason = error
    }

    private static func isAboutBytes(_ code: MediaError.Code) -> Bool {
        [.empty, .notMedia, .truncated, .noStream, .decodeFailed].contains(code)
    }
}
