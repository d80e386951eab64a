import Film
import Foundation
import Media
import Montage
import Sandbox
import Testing

/// What a store may let go of, and what the journal remembers of it.
@Suite struct `Cleaning a store` {
    private func storyboard(_ second: String, deliver: String = "mp4-social") -> String {
        """
        title: T
        model: "pixverse:1@6"
        defaults: {size: 360x360, duration: 5, audio: false}
        shots:
          - {id: a, prompt: A quiet hill at dawn, seed: 1}
          - {id: b, prompt: \(second), seed: 2}
        film: {deliver: [\(deliver)], thumbnails: false}
        """
    }

    @Test func `frees what no film needs, and paid clips only when told to`() async throws {
        let scratch = try Scratch()
        let server = try SandboxServer(SandboxConfiguration(folder: scratch.path + "/world", delay: .zero))
        let api = try await server.start()
        let path = try scratch.write(storyboard("A lake"), to: "film.yaml")
        let settings = try FilmSettings.forTest(path, in: scratch, api: api)
        let folder = settings.stateDirectory
        _ = try await Film.make(settings) { _ in }
        let nothing = try Film.clean(stateDirectory: folder)
        #expect(nothing.files == 0 && nothing.paid.files == 0 && nothing.kept.files > 5)

        try scratch.write(storyboard("A sea"), to: "film.yaml")
        let report = try await Film.make(settings) { _ in }
        // What a killed run had given to a cluster.
        try scratch.write("gone", to: ".reel/steps/film-0123456789abcdef/log")
        let look = try Film.clean(stateDirectory: folder)
        #expect(!look.isDone)
        // The old film, the old segment of b, its last frame and its seam, the old sheet; of a nothing.
        #expect(
            Set(look.freed.map(\.kind)) == ["film", "segment", "frame", "seam", "seams", "step"], "\(look)")
        #expect(look.paid.files == 1 && look.paidFor["sandbox"] ?? 0 > 0)
        #expect(try Film.clean(stateDirectory: folder) == look)

        let done = try Film.clean(stateDirectory: folder, remove: true)
        #expect(done.isDone && done.freed == look.freed)
        #expect(!FileManager.default.fileExists(atPath: folder + "/steps"))
        #expect(try Film.clean(stateDirectory: folder).files == 0)
        #expect(try Film.verify(stateDirectory: folder, interrupt: Interrupt()).passed)
        let again = try await Film.make(settings) { _ in }
        #expect(again.run?.isUpToDate == true)
        #expect(again.deliveries.map(\.digest) == report.deliveries.map(\.digest))

        let all = try Film.clean(stateDirectory: folder, paid: true, remove: true)
        #expect(all.freed.map(\.kind) == ["clip"] && all.files == 1)
        #expect(try Film.verify(stateDirectory: folder, interrupt: Interrupt()).passed)
        // The clip is asked for again, not bought: the sandbox still has it.
        try scratch.write(storyboard("A lake"), to: "film.yaml")
        let step = try Film.plan(settings).steps.first { $0.id == "shot:b" }
        #expect(step?.reason.contains("given up by `reel clean --paid`") == true)
        let back = try await Film.make(settings) { _ in }
        #expect(back.run?.generated == 0 && back.run?.resumed == 1)
        #expect(try JSONDecoder().decode(World.self, from: await server.report()).tasks.count == 3)
        #expect(try Film.verify(stateDirectory: folder, interrupt: Interrupt()).passed)
        await server.stop()
    }

    private struct World: Decodable {
        struct Task: Decodable {}
        var tasks: [Task]
    }

    @Test func `shots and deliveries that a storyboard has no more are not needed`() async throws {
        let scratch = try Scratch()
        let path = try scratch.write(storyboard("A lake", deliver: "mp4-social, quick-mov"), to: "film.yaml")
        let settings = try FilmSettings.forTest(path, in: scratch)
        _ = try await Film.animatic(settings) { _ in }
        let folder = settings.stateDirectory
        try scratch.write(storyboard("A lake"), to: "film.yaml")
        #expect(try Film.clean(stateDirectory: folder).files == 0)
        let known = try Film.clean(stateDirectory: folder, storyboard: .load(path: path))
        // A film and two segments.
        #expect(known.files == 3 && Set(known.freed.map(\.kind)) == ["film", "segment"], "\(known)")
    }

    @Test func `a film that is being made is left alone`() throws {
        let scratch = try Scratch()
        let workspace = try Workspace(folder: scratch.path + "/.reel")
        let error = #expect(throws: FilmError.self) {
            try Film.clean(stateDirectory: workspace.folder, remove: true)
        }
        #expect(error?.exitCode == 10)
        withExtendedLifetime(workspace) {}
    }
}
