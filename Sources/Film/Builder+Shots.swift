import Foundation
import Media
import Montage

extension Builder {
    /// Walks one chain, which has a place. A failed shot ends it, but what has arrived is rendered and kept.
    func walk(_ chain: Range<Int>) async throws -> [(Int, Result<FinishedShot, any Error>)] {
        do {
            return try await walkShots(chain)
        } catch {
            await format.settle(.failure(error))
            await giveUp(chain, error)
            throw error
        }
    }

    private func walkShots(_ chain: Range<Int>) async throws -> [(Int, Result<FinishedShot, any Error>)] {
        typealias Rendered = (index: Int, outcome: Result<FinishedShot, any Error>)
        return try await withThrowingTaskGroup(of: Rendered.self) { group in
            var outcomes: [Rendered] = []
            var upstream: PictureReference?
            var upstreamPath: String?
            for index in chain {
                do {
                    try Task.checkCancellation()
                    let finished = try await shot(index, upstream: upstream, upstreamPath: upstreamPath)
                    upstream = PictureReference("sha256:\(finished.frame.item.digest)")
                    upstreamPath = workspace.path(of: finished.frame)
                    await clips[index].settle(.success(finished.clip))
                    group.addTask { try await (index, self.render(index, finished)) }
                } catch {
                    await giveUp(index..<chain.upperBound, error)
                    if FilmError.isCancellation(error) || Task.isCancelled {
                        await shooting.leave()
                        throw CancellationError()
                    }
                    let failure = FilmError.message(of: error)
                    emit(.shotFailed(shot: film.shots[index].id, message: failure))
                    if index == 0 { await format.settle(.success(production.format(first: nil))) }
                    outcomes.append((index, .failure(error)))
                    break
                }
            }
            await shooting.leave()
            while let rendered = try await group.next() { outcomes.append(rendered) }
            return outcomes
        }
    }

    /// The shot's segments: with as many frames as the last run knew to stand twice after it, or one, so that
    /// nobody waits for the next clip; and with those that are then found, where they are others.
    private func render(_ index: Int, _ shot: ArrivedShot) async throws -> Result<FinishedShot, any Error> {
        do {
            let clip = shot.clip
            let rate = try await format.value().rate
            var part = production.part(index, clip: clip.facts, rate: rate, seam: known[index])
            var before: Montage.SeamReport?
            if part.join == .match, film.film.matchColour != nil {
                before = try await meetings[index - 1].value().report
            }
            func finished() async throws -> FinishedShot {
                let match = production.match(part, clip: clip.facts, rate: rate, seam: before)
                return FinishedShot(
                    takes: shot.takes, clip: clip, frame: shot.frame, part: part, match: match,
                    segments: try await segments(index, clip: clip, part: part, match: match))
            }
            let first = try await finished()
            guard part.next == .match, let after = try? await meetings[index].value() else {
                try Task.checkCancellation()
                return .success(first)
            }
            part = production.part(index, clip: clip.facts, rate: rate, seam: after.report)
            return .success(part == first.part ? first : try await finished())
        } catch {
            if FilmError.isCancellation(error) || Task.isCancelled { throw CancellationError() }
            return .failure(error)
        }
    }

    /// All takes of a shot and the last frame of the one in the film, in the store and in the output folder.
    private func shot(
        _ index: Int, upstream: PictureReference?, upstreamPath: String?
    ) async throws -> ArrivedShot {
        let shot = film.shots[index]
        let isSlate = production.slates[index] != nil
        let repaired = isSlate ? nil : try await repaired(shot, upstream: upstream)
        let takes: [Clip] =
            if isSlate {
                [try await slate(index)]
            } else if let repaired {
                [repaired.clip]
            } else {
                try await bought(shot, upstream: upstream, upstreamPath: upstreamPath)
            }
        let clip = takes.count == 1 ? takes[0] : takes[shot.usedTake - 1]
        if index == 0 { await format.settle(.success(production.format(first: clip.facts))) }
        let frame: Artifact =
            if let pinned = repaired?.frame { pinned } else { try await lastFrame(of: clip, shot: shot) }
        try await publish(clip.artifact, to: shotFile(index, "mp4"))
        // To be looked at, and chosen from.
        for take in takes where takes.count > 1 {
            try await publish(take.artifact, to: shotFile(index, "take-\(take.number).mp4"))
        }
        try await publish(frame, to: shotFile(index, "last.png"))
        return ArrivedShot(takes: takes, clip: clip, frame: frame)
    }

    /// All takes of a shot, in their order.
    private func bought(
        _ shot: Shot, upstream: PictureReference?, upstreamPath: String?
    ) async throws -> [Clip] {
        try await withThrowingTaskGroup(of: Clip.self) { group in
            for number in 1...shot.takes {
                group.addTask {
                    try await self.take(number, of: shot, upstream: upstream, upstreamPath: upstreamPath)
                }
            }
            var clips: [Clip] = []
            while let clip = try await group.next() { clips.append(clip) }
            return clips.sorted { $0.number < $1.number }
        }
    }

    private func lastFrame(of clip: Clip, shot: Shot) async throws -> Artifact {
        let (width, height) = (production.size.width, production.size.height)
        let key = try WorkKey.frame(clip: clip.artifact.item.digest, width: width, height: height)
        let step = "frame:\(shot.id)"
        if let known = try await sound(key, "frame") {
            try reuse(step, key)
            return known
        }
        let source = workspace.path(of: clip.artifact)
        let spec = StepSpec(
            id: step, inputs: [.init(digest: clip.artifact.item.digest, path: source)],
            work: .lastFrame(
                source: source, width: width, height: height, output: store.scratchPath(ext: "png")))
        let outcome = try await perform(spec, in: express)
        guard let frame = try await keep(outcome, of: key, as: step, in: express)["frame"] else {
            throw FilmError(.stepFailed, "made no frame", subject: step)
        }
        return frame
    }

    /// The shot's pictures for every delivery that lacks them: one decode, an encoder each.
    func segments(
        _ index: Int, clip: Clip, part: CutPart, match: ColourMatch?
    ) async throws -> [String: Artifact] {
        let shot = film.shots[index]
        let format = try await self.format.value()
        let formatDocument = try JSONDocument(encoding: format)
        let matchDocument = try match.map { try JSONDocument(encoding: $0) }
        guard part.isLongEnough else { throw production.tooShort(index, part) }
        var ready: [String: Artifact] = [:]
        var keys: [String: WorkKey] = [:]
        var outputs: [SegmentOutput] = []
        for delivery in production.deliveries {
            let key = try WorkKey.segment(
                clip: clip.artifact.item.digest, frames: part.own.count, from: part.own.lowerBound,
                match: matchDocument, preset: delivery.document, format: formatDocument,
                engine: production.engine)
            keys[delivery.name] = key
            if let known = try workspace.artifact(key, delivery.name) {
                try reuse("segment:\(shot.id):\(delivery.name)", key)
                ready[delivery.name] = known
            } else {
                // Segments stand in MP4 or MOV whatever the delivery: WebM's clock misses most rates.
                let path = store.scratchPath(ext: delivery.preset.container == "mov" ? "mov" : "mp4")
                outputs.append(SegmentOutput(preset: delivery.preset, path: path))
            }
        }
        guard !outputs.isEmpty else { return ready }
        let source = workspace.path(of: clip.artifact)
        let spec = StepSpec(
            id: "segment:\(shot.id)", inputs: [.init(digest: clip.artifact.item.digest, path: source)],
            work: .segment(
                SegmentJob(
                    source: source, frames: part.isWhole ? nil : part.own, format: format, match: match,
                    outputs: outputs)))
        let made = try await render(spec, shot: shot.id, outputs: outputs, keys: keys)
        return ready.merging(made) { $1 }
    }

    /// Runs a step that makes frames for several deliveries, and keeps what it made for each under its key.
    func render(
        _ spec: StepSpec, shot: String, outputs: [SegmentOutput], keys: [String: WorkKey]
    ) async throws -> [String: Artifact] {
        let emit = self.emit
        let outcome = try await perform(spec, in: settings.lanes) {
            emit(.segmentProgress(shot: shot, fraction: $0))
        }
        var made: [String: Artifact] = [:]
        for output in outcome.outputs {
            guard let key = keys[output.name] else { continue }
            let step = "\(spec.id):\(output.name)"
            let kept = try await keep(StepOutcome(outputs: [output]), of: key, as: step, in: settings.lanes)
            made[output.name] = kept[output.name]
        }
        emit(.segmentsRendered(shot: shot, deliveries: outputs.map(\.preset.name)))
        return made
    }
}
