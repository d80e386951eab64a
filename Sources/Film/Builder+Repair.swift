import Foundation
import Media
import Montage

extension Builder {
    /// The clip that was bought beside a shot's takes, with the frame that the next shot was started with; nil where there
    /// is none that still fits, or it is not here any more.
    func repaired(
        _ shot: Shot, upstream: PictureReference?
    ) async throws -> (clip: Clip, frame: Artifact?)? {
        guard let repair = production.repairs[shot.id] else { return nil }
        let base = try production.key(
            of: production.compose(shot, take: 1, upstream: upstream), shot: shot, take: 1)
        guard base.digest == repair.base,
            let artifact = try journal.artifacts(workKey: repair.clip)["clip"], try await isSound(artifact),
            let facts = artifact.fact(ClipFacts.self)
        else { return nil }
        let take = try journal.takes(workKey: repair.clip).last { $0.digest == artifact.item.digest }
        var frame: Artifact?
        if let pinned = try repair.frame.flatMap({ try journal.artifacts(workKey: $0)["frame"] }),
            try await isSound(pinned)
        {
            frame = pinned
        }
        tally.note { $0.run.reused += 1 }
        emit(.shotReused(shot: shot.id))
        let request = try take.map { try JSONDocument(parsing: $0.request) } ?? .null
        return (
            Clip(number: 1, request: request, artifact: artifact, facts: facts, take: take), frame
        )
    }

    /// Buys one clip between two frames and remembers that the film uses it.
    func repair(_ wanted: RepairOrder) async throws -> Take {
        let composed = try production.compose(wanted.order)
        if let problem = composed.problems.first(where: \.isError) {
            throw FilmError(
                .requestInvalid, "shot \(wanted.order.shot.id): \(problem.headline)",
                subject: "\(film.path):\(wanted.order.shot.line)", hint: problem.hint)
        }
        let request = try JSONDocument(parsing: composed.request)
        // One that is there already was not liked: another is another purchase.
        var number = 1
        var key = try WorkKey.shot(generator: production.generator.name, request: request, take: number)
        while try journal.takes(workKey: key.digest).contains(where: { $0.state == .stored }) {
            number += 1
            key = try WorkKey.shot(generator: production.generator.name, request: request, take: number)
        }
        emit(.shotQueued(shot: wanted.order.shot.id, estimate: composed.estimate))
        // Chosen before it is bought: should this run die with the clip paid for, the next film uses it, and nobody buys
        // another. Until it is there the film is as it was.
        let before = try journal.snapshot().choices.first {
            $0.storyboard == film.name && $0.shot == wanted.order.shot.id
        }
        try journal.choose(
            Choice(
                storyboard: film.name, shot: wanted.order.shot.id,
                repair: .init(base: wanted.base, clip: key.digest, frame: wanted.frame)))
        do {
            _ = try await buy(
                wanted.order, composed, key, step: "repair:\(wanted.order.shot.id)", upstreamPath: nil)
        } catch {
            if try !journal.takes(workKey: key.digest).contains(where: \.state.isPending) {
                try journal.unchoose(storyboard: film.name, shot: wanted.order.shot.id)
                if let before { try journal.choose(before) }
            }
            throw error
        }
        guard let take = try journal.takes(workKey: key.digest).last(where: { $0.state == .stored }) else {
            throw FilmError(.stepFailed, "is not in the journal after it was bought", subject: key.digest)
        }
        return take
    }
}

/// What a repair asks for.
struct RepairOrder: Sendable {
    var order: ShotOrder
    /// The work key of the shot's first take.
    var base: String
    /// The work key of the last frame that the next shot was started with.
    var frame: String
}
