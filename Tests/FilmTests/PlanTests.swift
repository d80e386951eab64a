import Film
import Foundation
import Media
import Testing

/// A run that costs nothing: it makes up a file for every step of the plan and writes down what a real run
/// would, until the plan is satisfied.
private struct MakeBelieve {
    let scratch: Scratch
    var journal = JournalSnapshot()
    var store: [String: Int64] = [:]
    /// Last frames that are to come out the same whatever the clip, by step.
    var sameFrames: Set<String> = []

    init() throws { scratch = try Scratch() }

    func production(_ yaml: String) throws -> Production {
        let path = try scratch.write("model: \"pixverse:1@6\"\n" + yaml, to: "film.yaml")
        return try Production(.forTest(path, in: scratch))
    }

    func plan(_ yaml: String) throws -> Plan {
        var planner = Planner(try production(yaml), journal: journal, store: store)
        return try planner.plan()
    }

    /// Runs what the plan says; returns the steps that ran, in order.
    mutating func run(_ yaml: String) throws -> [String] {
        let production = try production(yaml)
        var ran: [String] = []
        while true {
            var planner = Planner(production, journal: journal, store: store)
            let plan = try planner.plan()
            let open = plan.steps.filter { $0.status != .cached }
            guard let next = open.first(where: { planner.keys[$0.id] != nil }) else { return ran }
            let key = try #require(planner.keys[next.id])
            for (name, ext) in outputs(of: next) {
                let seed = sameFrames.contains(next.id) ? next.id : key.digest + name
                let item = ArtifactStore.Item(digest: try SHA256.hex(of: seed.utf8), ext: ext, bytes: 5)
                let facts =
                    #"{"frames":120,"width":1280,"height":720,"rate":{"num":24,"den":1},"hasSound":true}"#
                journal.add(Artifact(workKey: key.digest, name: name, item: item, facts: facts))
                store[item.name] = 5
            }
            journal.add(storyboard: "film", step: next.id, document: key.document.canonical)
            ran.append(next.id)
        }
    }

    private func outputs(of step: PlanStep) -> [(String, String)] {
        switch step.kind {
        case .generate: [("clip", "mp4")]
        case .frame: [("frame", "png")]
        case .segment, .blend: [(step.delivery ?? "", "mp4")]
        case .film: [("film", "mp4")]
        case .seam: [("seam", "png")]
        case .seamSheet: [("seams.jpg", "jpg")]
        case .thumbnails: [("poster.jpg", "jpg"), ("sprites.jpg", "jpg"), ("sprites.vtt", "vtt")]
        }
    }

    mutating func lose(_ name: String) { store[name] = nil }
}

private func film(b: String = "A lake", extra: String = "", deliver: String = "mp4-social") -> String {
    """
    title: T
    defaults: {duration: 5}
    shots:
      - {id: a, prompt: A hill}
      - {id: b, prompt: \(b)\(extra)}
      - {id: c, prompt: A sea}
    film: {deliver: [\(deliver)]}
    """
}

@Suite struct `A plan` {
    @Test func `of a new film runs everything once, in order, and names the cost`() throws {
        let plan = try MakeBelieve().plan(film())
        #expect(
            plan.steps.map(\.id) == [
                "shot:a", "frame:a", "shot:b", "frame:b", "shot:c", "frame:c", "segment:a:mp4-social",
                "segment:b:mp4-social", "segment:c:mp4-social", "film:mp4-social", "thumbnails", "seam:b",
                "seam:c", "seams",
            ])
        #expect(plan.steps.allSatisfy { $0.reason == "never run" })
        #expect(plan.totals.willCost == 3)
        #expect(plan.totals.estimate == Decimal(string: "0.7074"))
        #expect(!plan.isUpToDate)
    }

    @Test func `of a finished film has nothing to do`() throws {
        var world = try MakeBelieve()
        _ = try world.run(film())
        let plan = try world.plan(film())
        #expect(plan.isUpToDate)
        #expect(plan.totals.cached == 14 && plan.totals.estimate == 0)
        #expect(plan.steps.allSatisfy { $0.reason == "in the store" })
    }

    @Test func `after a changed prompt redoes that shot and what depends on it`() throws {
        var world = try MakeBelieve()
        _ = try world.run(film())
        let plan = try world.plan(film(b: "A pond"))
        func reason(_ id: String) -> String? {
            plan.steps.first { $0.id == id && $0.status != .cached }?.reason
        }
        #expect(reason("shot:a") == nil)
        #expect(reason("frame:a") == nil)
        #expect(reason("segment:a:mp4-social") == nil)
        #expect(reason("shot:b") == "prompt changed")
        #expect(reason("shot:c") == "upstream frame may change: waits for shot b")
        #expect(plan.totals.willCost == 2)
        #expect(
            try world.run(film(b: "A pond")) == [
                "shot:b", "frame:b", "shot:c", "frame:c", "segment:b:mp4-social", "segment:c:mp4-social",
                "film:mp4-social", "thumbnails", "seam:b", "seam:c", "seams",
            ])
    }

    @Test func `stops where the last frame comes out the same`() throws {
        var world = try MakeBelieve()
        world.sameFrames = ["frame:b"]
        _ = try world.run(film())
        #expect(
            try world.run(film(b: "A pond")) == [
                "shot:b", "frame:b", "segment:b:mp4-social", "film:mp4-social", "thumbnails", "seam:b",
                "seam:c", "seams",
            ])
    }

    @Test func `names an upstream frame that did change`() throws {
        var world = try MakeBelieve()
        _ = try world.run(film())
        // The middle shot is redone in a film of two, so its new frame is known.
        let two = film(b: "A pond").replacingOccurrences(of: "  - {id: c, prompt: A sea}\n", with: "")
        _ = try world.run(two)
        let step = try #require(world.plan(film(b: "A pond")).steps.first { $0.id == "shot:c" })
        #expect(step.status == .willCost)
        #expect(step.reason == "upstream frame changed")
    }

    @Test(arguments: [
        (", seed: 4", "seed changed"), (", style: anime", "style changed"),
        (", audio: true", "audio changed"),
        (", duration: 8", "duration changed"), (", negative: fog", "negative prompt changed"),
        (", seed: 4, style: clay", "style and seed changed"), (", thinking: auto", "thinking changed"),
    ])
    func `names the field that changed`(extra: String, reason: String) throws {
        var world = try MakeBelieve()
        _ = try world.run(film())
        let step = try #require(world.plan(film(extra: extra)).steps.first { $0.id == "shot:b" })
        #expect(step.reason == reason)
    }

    @Test func `costs nothing for a renamed shot, a comment or a new title`() throws {
        var world = try MakeBelieve()
        _ = try world.run(film())
        let renamed = film().replacingOccurrences(of: "id: b", with: "id: lake") + "\n# renamed"
        // The names of shots are in the film, as chapters; what was bought and rendered stays.
        let plan = try world.plan(renamed)
        #expect(
            plan.steps.filter { $0.status != .cached }.map(\.id) == ["film:mp4-social", "thumbnails"])
        #expect(plan.steps.first { $0.id == "film:mp4-social" }?.reason == "list of shots changed")
        #expect(plan.totals.estimate == 0)
        #expect(
            try world.run(film().replacingOccurrences(of: "title: T", with: "title: U")) == [
                "film:mp4-social", "thumbnails",
            ])
    }

    @Test func `for one more delivery encodes that one and buys nothing`() throws {
        var world = try MakeBelieve()
        _ = try world.run(film())
        let ran = try world.run(film(deliver: "mp4-social, webm-vp9"))
        #expect(ran == ["segment:a:webm-vp9", "segment:b:webm-vp9", "segment:c:webm-vp9", "film:webm-vp9"])
    }

    @Test func `makes the frame before a cut anew when a shot is no longer chained`() throws {
        var world = try MakeBelieve()
        _ = try world.run(film())
        let plan = try world.plan(film(extra: ", start: fresh"))
        let open = plan.steps.filter { $0.status != .cached }.map(\.id)
        #expect(open.contains("segment:a:mp4-social"), "its last frame is shown again")
        #expect(plan.steps.first { $0.id == "segment:a:mp4-social" }?.reason == "frame range changed")
        #expect(!open.contains("frame:a"))
    }

    @Test func `for a dissolve renders the join by itself and buys nothing`() throws {
        let fresh = ", start: fresh"
        var world = try MakeBelieve()
        _ = try world.run(film(extra: fresh))
        let dissolve = film(extra: fresh + ", join: {dissolve: 12}")
        #expect(
            try world.run(dissolve) == [
                "segment:a:mp4-social", "blend:b:mp4-social", "segment:b:mp4-social", "film:mp4-social",
                "thumbnails",
            ])
        // A fade of as many frames of either shot leaves the shots' own segments as they are.
        let fade = film(extra: fresh + ", join: {fade: 24, colour: white}")
        let plan = try world.plan(fade)
        let open = plan.steps.filter { $0.status != .cached }
        #expect(open.map(\.id) == ["blend:b:mp4-social", "film:mp4-social", "thumbnails"])
        #expect(open.first?.reason == "join changed")
        #expect(try world.run(film(extra: fresh + ", title: The lake")).last == "thumbnails")
        #expect(try world.plan(dissolve).isUpToDate)
    }

    @Test(arguments: [
        (", start: fresh, join: {dissolve: 120}", "", "shot a: its joins take 120 frames of it"),
        (", start: fresh, join: {dissolve: 61}", ", start: fresh, join: {fade: 118}", "shot b"),
        (", join: {dissolve: 60}", ", start: fresh, join: {fade: 120}", "shot b"),
    ])
    func `with joins that are too long is refused before anything is bought`(
        b: String, c: String, says: String
    ) throws {
        let world = try MakeBelieve()
        let yaml = film(extra: b).replacingOccurrences(of: "prompt: A sea", with: "prompt: A sea" + c)
        let error = try #require(throws: FilmError.self) { _ = try world.plan(yaml) }
        #expect(error.exitCode == 5)
        #expect(error.message.contains(says), "\(error)")
        #expect(error.subject.hasSuffix(says.hasPrefix("shot a") ? "film.yaml:5" : "film.yaml:6"))
        // A little less is enough.
        _ = try world.plan(
            yaml.replacingOccurrences(of: ": 120}", with: ": 119}").replacingOccurrences(
                of: ": 61}", with: ": 60}"
            ).replacingOccurrences(of: ": 119}}", with: ": 118}}"))
    }

    @Test func `knows twins whatever they are called and however they join`() throws {
        func keys(_ extra: String) throws -> Set<String> {
            let world = try MakeBelieve()
            let yaml =
                "title: T\nshots: [{id: a, prompt: A hill}, {id: b, prompt: A hill, start: fresh\(extra)}]"
            var planner = Planner(try world.production(yaml), journal: world.journal, store: world.store)
            _ = try planner.plan()
            return Set(["shot:a", "shot:b"].compactMap { planner.keys[$0]?.digest })
        }
        // The second purchase of one request: the same key as ever.
        #expect(try keys("").count == 2)
        #expect(try keys(", title: Twin, join: {dissolve: 8}") == keys(""))
    }

    @Test func `makes a lost file again without buying it`() throws {
        var world = try MakeBelieve()
        _ = try world.run(film())
        var planner = Planner(try world.production(film()), journal: world.journal, store: world.store)
        _ = try planner.plan()
        let key = try #require(planner.keys["segment:b:mp4-social"])
        let item = try #require(world.journal.artifacts[key.digest]?["mp4-social"]?.item)
        world.lose(item.name)
        let open = try world.plan(film()).steps.filter { $0.status != .cached }
        #expect(open.map(\.id) == ["segment:b:mp4-social"])
        #expect(open.first?.reason == "artifact missing")
    }

    @Test func `says that an unanswered task is asked for again`() throws {
        var world = try MakeBelieve()
        var planner = Planner(try world.production(film()), journal: world.journal, store: world.store)
        _ = try planner.plan()
        let key = try #require(planner.keys["shot:a"])
        world.journal.add(
            Take(
                taskUUID: "11111111-2222-4333-8444-555555555555", workKey: key.digest, generator: "sandbox",
                storyboard: "film", shot: "a", number: 1, request: "{}", reserved: nil))
        let step = try #require(world.plan(film()).steps.first { $0.id == "shot:a" })
        #expect(step.reason.contains("11111111-2222-4333-8444-555555555555"))
    }

    @Test func `buys every take and renders the last`() throws {
        var world = try MakeBelieve()
        _ = try world.run(film())
        let ran = try world.run(film(extra: ", takes: 2"))
        #expect(ran.first == "shot:b#2")
        #expect(!ran.contains("shot:b"))
        #expect(ran.contains("segment:b:mp4-social"))
        #expect(try world.plan(film()).isUpToDate, "going back to the first take is free")
    }

    @Test func `uses the take that is chosen, and buys nothing for the choice`() throws {
        var world = try MakeBelieve()
        _ = try world.run(film(extra: ", takes: 2"))
        #expect(try world.plan(film(extra: ", takes: 2, use: 2")).isUpToDate)
        let chosen = try world.plan(film(extra: ", takes: 2, use: 1"))
        #expect(!chosen.steps.contains { $0.id.hasPrefix("shot:b") && $0.status != .cached })
        _ = try world.run(film(extra: ", takes: 2, use: 1"))
        #expect(try world.plan(film(extra: ", takes: 2, use: 1")).isUpToDate)
        #expect(try world.plan(film(extra: ", takes: 2")).isUpToDate)
    }
}
