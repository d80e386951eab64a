import Foundation
import Media
import Montage

/// Computes what a run would do: production, journal and store in; plan out. Touches nothing.
package struct Planner {
    let production: Production
    let journal: JournalSnapshot
    /// Names (`DIGEST.ext`) and sizes of the store's files.
    let store: [String: Int64]
    /// Names of files that are there and are not what they are named.
    let damaged: Set<String>
    /// Clips and frames the plan counts on, for the caller to check.
    private(set) var trusted: Set<ArtifactStore.Item> = []
    /// The seams that have been measured, by the shot before.
    private(set) var seams: [Int: Montage.SeamReport] = [:]

    /// The clips and the last frames that are there, by shot.
    private(set) var clips: [String: ClipFacts.Known] = [:]
    private(set) var frames: [String: Artifact] = [:]
    /// Shots whose clip was bought by `reel repair`.
    private var repaired: Set<String> = []
    private var steps: [PlanStep] = []
    /// The keys of the steps as far as they are known, by step.
    package private(set) var keys: [String: WorkKey] = [:]
    private var film: Storyboard { production.storyboard }

    package init(
        _ production: Production, journal: JournalSnapshot, store: [String: Int64], damaged: Set<String> = []
    ) {
        self.production = production
        self.journal = journal
        self.store = store
        self.damaged = damaged
    }

    /// The whole plan.
    package mutating func plan() throws -> Plan {
        steps = []
        keys = [:]
        trusted = []
        seams = [:]
        repaired = []
        (self.clips, frames) = ([:], [:])
        var clips: [ClipFacts.Known?] = []
        var upstream: PictureReference?
        for index in film.shots.indices {
            let clip = try planShot(index, upstream: upstream)
            clips.append(clip)
            self.clips[film.shots[index].id] = clip
            upstream = try planFrame(film.shots[index], clip: clip)
        }
        let format = production.format(first: clips[0]?.facts)
        seams = try knownSeams(clips)
        for delivery in production.deliveries { try planDelivery(delivery, clips: clips, format: format) }
        try planSeams(clips: clips)
        return Plan(steps: steps)
    }

    // MARK: Steps

    /// Plans all takes of a shot; returns the clip the film will use if it is in the store.
    private mutating func planShot(_ index: Int, upstream: PictureReference?) throws -> ClipFacts.Known? {
        let shot = film.shots[index]
        if let repaired = try planRepair(index, upstream: upstream) { return repaired }
        var chosen: ClipFacts.Known?
        for take in 1...shot.takes {
            let id = Production.stepID(shot: shot, take: take)
            let isOpen = shot.isChained && upstream == nil
            let composed = try production.compose(
                shot, take: take, upstream: isOpen ? .placeholder : upstream)
            let key = try production.key(of: composed, shot: shot, take: take)
            var step = PlanStep(
                id: id, kind: .generate, shot: shot.id, delivery: nil, status: .willCost, reason: "",
                estimate: composed.estimate)
            step.least = composed.least
            if !isOpen {
                step.workKey = key.digest
                keys[id] = key
            }
            if isOpen {
                step.reason = openReason(shot, id: id, key: key, before: film.shots[index - 1].id)
            } else if let clip = journal.artifacts[key.digest]?["clip"], let facts = clip.fact(ClipFacts.self)
            {
                if holds(clip) {
                    (step.status, step.reason, step.estimate, step.least) = (
                        .cached, "in the store", nil, nil
                    )
                    trusted.insert(clip.item)
                    if take == shot.usedTake {
                        chosen = ClipFacts.Known(
                            digest: clip.item.digest, facts: facts, workKey: key.digest,
                            take: journal.takes[key.digest]?.last { $0.digest == clip.item.digest })
                    }
                } else {
                    // Another clip would have another last frame, so nothing after it is taken for granted.
                    let what = damaged.contains(clip.item.name) ? "damaged in" : "missing from"
                    step.reason =
                        "clip \(what) the store: fetched again, or bought again if the service has it no more"
                }
            } else {
                step.reason = shotReason(shot, id: id, key: key)
                if let code = production.moderation(of: journal.takes[key.digest] ?? []) {
                    step.reason =
                        "refused for its content (\(code)): not asked again until the request changes"
                    (step.estimate, step.least) = (0, nil)
                }
            }
            steps.append(step)
        }
        return chosen
    }

    /// Plans a shot whose clip was bought beside the storyboard's takes; nil where there is none that still fits.
    private mutating func planRepair(_ index: Int, upstream: PictureReference?) throws -> ClipFacts.Known? {
        let shot = film.shots[index]
        guard let repair = production.repairs[shot.id], !shot.isChained || upstream != nil,
            let key = try? production.key(
                of: production.compose(shot, take: 1, upstream: upstream), shot: shot, take: 1),
            key.digest == repair.base, let clip = journal.artifacts[repair.clip]?["clip"], holds(clip),
            let facts = clip.fact(ClipFacts.self)
        else { return nil }
        var step = PlanStep(
            id: Production.stepID(shot: shot, take: 1), kind: .generate, shot: shot.id, delivery: nil,
            status: .cached, reason: "in the store, bought by `reel repair`", estimate: nil)
        step.workKey = repair.clip
        keys[step.id] = key
        steps.append(step)
        trusted.insert(clip.item)
        repaired.insert(shot.id)
        return ClipFacts.Known(
            digest: clip.item.digest, facts: facts, workKey: repair.clip,
            take: journal.takes[repair.clip]?.last { $0.digest == clip.item.digest })
    }

    private func shotReason(_ shot: Shot, id: String, key: WorkKey) -> String {
        let takes = journal.takes[key.digest] ?? []
        if let pending = takes.last(where: \.state.isPending) {
            return "asked before, will be asked for again by its task UUID (\(pending.taskUUID))"
        }
        if takes.last?.droppedAt != nil {
            return
                "its clip was given up by `reel clean --paid`: fetched again, or bought again if the service has it no more"
        }
        if let failed = takes.last {
            return "last attempt \(failed.state.rawValue)" + (failed.errorCode.map { ": \($0)" } ?? "")
        }
        guard let old = journal.document(storyboard: film.name, step: id) else { return "never run" }
        return ChangeReason.words(from: old, to: key.document, isChained: shot.isChained)
    }

    /// The frame before is not known yet. What else changed is known all the same.
    private func openReason(_ shot: Shot, id: String, key: WorkKey, before: String) -> String {
        guard let old = journal.document(storyboard: film.name, step: id) else { return "never run" }
        let own = JSONDocument.changes(from: old, to: key.document).filter { !$0.hasPrefix("request.inputs") }
        if own.isEmpty { return "upstream frame may change: waits for shot \(before)" }
        return ChangeReason.words(from: old, to: key.document, isChained: true)
            .replacingOccurrences(of: "upstream frame and ", with: "")
    }

    /// Plans the last frame; returns what the next shot's request will name it by, if that is known.
    private mutating func planFrame(_ shot: Shot, clip: ClipFacts.Known?) throws -> PictureReference? {
        let id = "frame:\(shot.id)"
        guard let clip else {
            add(id, .frame, shot: shot.id, .willRun, waits(id, for: "the clip"))
            return nil
        }
        if repaired.contains(shot.id), let pinned = production.repairs[shot.id]?.frame,
            let frame = journal.artifacts[pinned]?["frame"], holds(frame)
        {
            trusted.insert(frame.item)
            frames[shot.id] = frame
            add(
                id, .frame, shot: shot.id, .cached,
                "in the store, the one that the next shot was started with")
            return PictureReference("sha256:\(frame.item.digest)")
        }
        let key = try WorkKey.frame(
            clip: clip.digest, width: production.size.width, height: production.size.height)
        let known = judge(id, .frame, shot: shot.id, key: key, output: "frame")
        if let known, holds(known) {
            trusted.insert(known.item)
            frames[shot.id] = known
        }
        return known.map { PictureReference("sha256:\($0.item.digest)") }
    }

    private mutating func planDelivery(
        _ delivery: Delivery, clips: [ClipFacts.Known?], format: FilmFormat
    ) throws {
        let formatDocument = try JSONDocument(encoding: format)
        var segments: [String] = []
        var placed: [Assembly.Placed] = []
        var parts: [CutPart?] = []
        for (index, shot) in film.shots.enumerated() {
            let id = "segment:\(shot.id):\(delivery.name)"
            guard let clip = clips[index] else {
                add(
                    id, .segment, shot: shot.id, delivery: delivery.name, .willRun, waits(id, for: "the clip")
                )
                parts.append(nil)
                try planBlend(index, delivery, clips: clips, parts: parts, format: formatDocument)
                continue
            }
            var part = production.part(index, clip: clip.facts, rate: format.rate, seam: seams[index])
            guard part.isLongEnough else { throw production.tooShort(index, part) }
            parts.append(part)
            let match = production.match(
                part, clip: clip.facts, rate: format.rate, seam: index > 0 ? seams[index - 1] : nil)
            if let blend = try planBlend(
                index, delivery, clips: clips, parts: parts, format: formatDocument)
            {
                segments.append(blend.item.digest)
            }
            guard index == 0 || seams[index - 1] != nil || production.matching(index - 1) == nil else {
                add(
                    id, .segment, shot: shot.id, delivery: delivery.name, .willRun,
                    waits(id, for: "the seam before it, whose colours are matched"))
                continue
            }
            let key = try WorkKey.segment(
                clip: clip.digest, frames: part.own.count, from: part.own.lowerBound,
                match: match.map { try JSONDocument(encoding: $0) }, preset: delivery.document,
                format: formatDocument, engine: production.engine)
            let known = judge(
                id, .segment, shot: shot.id, delivery: delivery.name, key: key, output: delivery.name)
            if let match { note(match, on: delivery) }
            if let known { segments.append(known.item.digest) }
            part.frames += (known?.fact(SegmentFacts.self)?.frames ?? part.own.count) - part.own.count
            placed.append(
                Assembly.Placed(
                    shot: shot, clip: clip.digest, hasSound: clip.facts.hasSound, part: part,
                    file: Assembly.file(index, shot.id, "mp4"), take: clip.take, workKey: clip.workKey))
        }
        let id = "film:\(delivery.name)"
        let isFirst = delivery.name == production.deliveries[0].name
        let blends = film.shots.indices.filter { production.join(before: $0)?.blend != nil }.count
        guard segments.count == film.shots.count + blends else {
            add(id, .film, delivery: delivery.name, .willRun, waits(id, for: "its segments"))
            if isFirst { try planThumbnails(film: nil) }
            return
        }
        let assembly = Assembly(placed, format: format)
        let key = try WorkKey.film(
            segments: segments, sound: assembly.soundKey(), preset: delivery.document,
            format: formatDocument, title: film.title, engine: production.engine,
            manifest: Manifest(assembly, of: production).digest, mix: production.mixDocument)
        let known = judge(id, .film, delivery: delivery.name, key: key, output: "film")
        if isFirst { try planThumbnails(film: known?.item.digest) }
    }

    /// Plans the frames of the join before a shot, if any are made of two shots.
    @discardableResult
    private mutating func planBlend(
        _ index: Int, _ delivery: Delivery, clips: [ClipFacts.Known?], parts: [CutPart?], format: JSONDocument
    ) throws -> Artifact? {
        guard let join = production.join(before: index), join.blend != nil else { return nil }
        let id = Production.blendID(before: film.shots[index], delivery)
        guard let one = clips[index - 1], let other = clips[index], let before = parts[index - 1],
            let after = parts[index]
        else {
            add(
                id, .blend, shot: film.shots[index].id, delivery: delivery.name, .willRun,
                waits(id, for: "the clips"))
            return nil
        }
        let key = try WorkKey.blend(
            before: (one.digest, before.end - before.tail..<before.end),
            after: (other.digest, 0..<after.head), join: join.document, preset: delivery.document,
            format: format, engine: production.engine)
        return judge(
            id, .blend, shot: film.shots[index].id, delivery: delivery.name, key: key, output: delivery.name)
    }

    private mutating func planThumbnails(film digest: String?) throws {
        guard film.film.thumbnails else { return }
        guard let digest else {
            return add("thumbnails", .thumbnails, .willRun, waits("thumbnails", for: "the film"))
        }
        let key = try WorkKey.thumbnails(film: digest, engine: production.engine)
        keys["thumbnails"] = key
        let made = journal.artifacts[key.digest] ?? [:]
        if made.isEmpty {
            add("thumbnails", .thumbnails, .willRun, mediaReason("thumbnails", key: key))
        } else if made.values.allSatisfy(holds) {
            add("thumbnails", .thumbnails, .cached, "in the store")
        } else {
            add("thumbnails", .thumbnails, .willRun, "artifact missing")
        }
    }

    /// What the journal knows of the seams between clips that are there.
    private func knownSeams(_ clips: [ClipFacts.Known?]) throws -> [Int: Montage.SeamReport] {
        var found: [Int: Montage.SeamReport] = [:]
        for index in clips.indices.dropLast() {
            guard let before = clips[index], let after = clips[index + 1] else { continue }
            let key = try production.seamKey(index, before: before.digest, after: after.digest)
            found[index] = journal.artifacts[key.digest]?["seam"]?.fact(Montage.SeamReport.self)
        }
        return found
    }

    private mutating func planSeams(clips: [ClipFacts.Known?]) throws {
        guard clips.count > 1 else { return }
        var known: [String] = []
        for index in clips.indices.dropLast() {
            let id = production.seamStep(index)
            let shot = film.shots[index + 1].id
            guard let before = clips[index], let after = clips[index + 1] else {
                add(id, .seam, shot: shot, .willRun, waits(id, for: "the clips"))
                continue
            }
            let key = try production.seamKey(index, before: before.digest, after: after.digest)
            _ = judge(id, .seam, shot: shot, key: key, output: "seam")
            known.append(key.digest)
        }
        guard known.count == clips.count - 1 else {
            return add("seams", .seamSheet, .willRun, waits("seams", for: "the clips"))
        }
        let key = try production.seamSheetKey(seams: known)
        _ = judge("seams", .seamSheet, key: key, output: StepSpec.seamSheetName)
    }

    // MARK: Judging

    /// Adds a media step; returns its recorded output even when the file itself is gone, because running the
    /// step again makes the same bytes.
    private mutating func judge(
        _ id: String, _ kind: PlanStep.Kind, shot: String? = nil, delivery: String? = nil, key: WorkKey,
        output: String
    ) -> Artifact? {
        keys[id] = key
        guard let known = journal.artifacts[key.digest]?[output] else {
            add(id, kind, shot: shot, delivery: delivery, .willRun, mediaReason(id, key: key))
            return nil
        }
        let isHere = holds(known)
        add(
            id, kind, shot: shot, delivery: delivery, isHere ? .cached : .willRun,
            isHere ? "in the store" : "artifact \(damaged.contains(known.item.name) ? "damaged" : "missing")")
        return known
    }

    /// Says beside the last step what the correction of its colours costs.
    private mutating func note(_ match: ColourMatch, on delivery: Delivery) {
        guard let last = steps.indices.last, steps[last].status == .willRun else { return }
        let price =
            delivery.preset.video.mode == .copy
            ? ", which are encoded, and all up to the keyframe after them" : ""
        steps[last].reason += "; colours matched over \(match.frames) frames\(price)"
    }

    private func mediaReason(_ id: String, key: WorkKey) -> String {
        guard let old = journal.document(storyboard: film.name, step: id) else { return "never run" }
        return ChangeReason.words(from: old, to: key.document)
    }

    private func waits(_ id: String, for what: String) -> String {
        journal.document(storyboard: film.name, step: id) == nil ? "never run" : "waits for \(what)"
    }

    private func holds(_ artifact: Artifact) -> Bool { store[artifact.item.name] == artifact.item.bytes }

    private mutating func add(
        _ id: String, _ kind: PlanStep.Kind, shot: String? = nil, delivery: String? = nil,
        _ status: PlanStep.Status, _ reason: String
    ) {
        steps.append(
            PlanStep(
                id: id, kind: kind, shot: shot, delivery: delivery, status: status, reason: reason,
                estimate: nil,
                workKey: keys[id]?.digest))
    }
}
