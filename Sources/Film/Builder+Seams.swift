import Foundation
import Media
import Montage

extension Builder {
    /// A film's seams as they were measured, and the digest of their contact sheet.
    struct MeasuredSeams: Sendable {
        var list: [FilmReport.SeamReport] = []
        /// Of `seams.jpg`; nil for a film of one shot.
        var sheet: String?
    }

    /// The list of all seams; sees to `seams.jpg`.
    func seams(_ meetings: [Meeting]) async throws -> MeasuredSeams {
        guard !meetings.isEmpty else { return MeasuredSeams() }
        let list = meetings.enumerated().map { index, meeting in
            FilmReport.SeamReport(
                before: film.shots[index].id, after: film.shots[index + 1].id, seam: meeting.report)
        }
        let sheet = try await sheet(of: meetings.map(\.seam), list)
        try await publish(sheet, to: StepSpec.seamSheetName)
        return MeasuredSeams(list: list, sheet: sheet.item.digest)
    }

    /// The strip of pictures at one seam; its facts are the report.
    func seam(_ index: Int, _ before: Clip, _ after: Clip) async throws -> Artifact {
        let key = try production.seamKey(
            index, before: before.artifact.item.digest, after: after.artifact.item.digest)
        let step = production.seamStep(index)
        if let known = try await sound(key, "seam"), known.fact(Montage.SeamReport.self) != nil {
            try reuse(step, key)
            return known
        }
        let (first, second) = (workspace.path(of: before.artifact), workspace.path(of: after.artifact))
        let spec = StepSpec(
            id: step,
            inputs: [
                .init(digest: before.artifact.item.digest, path: first),
                .init(digest: after.artifact.item.digest, path: second),
            ],
            work: .seam(
                after: first, before: second, chained: film.shots[index + 1].isChained,
                dropped: production.droppedFrames(index), matching: production.matching(index),
                output: store.scratchPath(ext: "png")))
        // Segments wait for it.
        let outcome = try await perform(spec, in: express)
        guard let made = try await keep(outcome, of: key, as: step, in: express)["seam"] else {
            throw FilmError(.stepFailed, "measured nothing", subject: step)
        }
        return made
    }

    private func sheet(of seams: [Artifact], _ list: [FilmReport.SeamReport]) async throws -> Artifact {
        let key = try production.seamSheetKey(seams: seams.map(\.workKey))
        if let known = try await sound(key, StepSpec.seamSheetName) {
            try reuse("seams", key)
            return known
        }
        let spec = StepSpec(
            id: "seams", inputs: seams.map { .init(digest: $0.item.digest, path: workspace.path(of: $0)) },
            work: .seamSheet(
                rows: zip(seams, list).enumerated().map { index, seam in
                    .init(
                        strip: workspace.path(of: seam.0),
                        label: SeamSheet.label("SHOTS \(index + 1) > \(index + 2)", seam.1.seam))
                }, output: store.scratchPath(ext: "jpg")))
        // Not in the lanes of the films, which wait for nothing else now.
        let outcome = try await perform(spec, in: express)
        guard
            let made = try await keep(outcome, of: key, as: "seams", in: express)[
                StepSpec.seamSheetName]
        else { throw FilmError(.stepFailed, "made no sheet", subject: "seams") }
        emit(.seamsMeasured(count: list.count, worst: list.filter(\.seam.isChained).map(\.seam.score).max()))
        return made
    }

    /// Whether the film may be delivered with these seams. A cut that the storyboard declares is meant, however
    /// hard it is, and under a dissolve or a fade no frame meets the next.
    ///
    /// - Throws: ``FilmError`` (exit code 3) naming the worst seam.
    func judge(_ seams: MeasuredSeams, limit: Double) throws {
        let worse = seams.list.enumerated().filter { index, seam in
            production.join(before: index + 1)?.blend == nil && seam.seam.isChained
                && seam.seam.score > limit
        }.map(\.element)
        guard let worst = worse.max(by: { $0.seam.score < $1.seam.score }) else { return }
        let more = worse.count > 1 ? "; \(worse.count - 1) more seams are above it" : ""
        throw FilmError(
            .seamTooHard,
            "the seam of \(worst.before) and \(worst.after) scores \(worst.seam.score), "
                + "the limit is \(limit)\(more); no delivery is published, all that was made is kept",
            subject: film.path,
            hint:
                "look at \(settings.outputDirectory)/\(StepSpec.seamSheetName); change the prompt or the seed of "
                + "\(worst.after), or run again with a higher --max-seam: nothing is bought twice")
    }
}

extension Production {
    /// How many frames of a shot are left out at its end; nil where the seam is measured for it.
    func droppedFrames(_ index: Int) -> Int? { join(before: index + 1) == .match ? nil : 0 }

    /// Over how many frames the colours of the next shot may be corrected; nil where they are left.
    func matching(_ index: Int) -> Int? {
        join(before: index + 1) == .match ? storyboard.film.matchColour : nil
    }

    /// The name of the seam after a shot: by the shot that follows, since that decides whether it is one.
    func seamStep(_ index: Int) -> String { "seam:\(storyboard.shots[index + 1].id)" }

    /// The key of the seam after a shot.
    func seamKey(_ index: Int, before: String, after: String) throws -> WorkKey {
        try WorkKey.seam(
            before: before, after: after, isChained: storyboard.shots[index + 1].isChained,
            dropped: droppedFrames(index), matching: matching(index), version: Seams.version,
            engine: engine)
    }

    /// The key of the contact sheet of all seams.
    func seamSheetKey(seams: [String]) throws -> WorkKey {
        try WorkKey.seamSheet(seams: seams, engine: engine)
    }
}
