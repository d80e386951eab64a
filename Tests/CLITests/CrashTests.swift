import Foundation
import TestSupport
import Testing

/// `reel film`, killed with SIGKILL over and over. Nothing in the program knows of it: the tests look at the
/// folders that a run fills, and strike as soon as a sign of the next step is there. The witnesses are the
/// books of the sandbox, and the packets of a film that nobody disturbed.
@Suite struct `A film that is killed again and again` {
    private static let storyboard = """
        title: Killed
        model: pixverse:1@6
        defaults: {resolution: 360p, aspect: "1:1", duration: 5, audio: true}
        shots:
          - {id: one, prompt: a lamp in the fog, seed: 1}
          - {id: two, prompt: the lamp goes out, start: previous, seed: 2}
        film: {deliver: [mov-prores], thumbnails: false}
        """

    @Test func `at every step buys each shot once and comes out the same`() async throws {
        let calm = try CrashFolder(Self.storyboard)
        let killed = try CrashFolder(Self.storyboard)
        async let undisturbed = Shell.run(CrashFolder.command, in: calm.path)

        var struck: [String] = []
        for moment in CrashMoment.walk {
            let run = try Shell.start(CrashFolder.command, in: killed.path)
            if try await killed.strikes(run, at: moment) { struck.append(moment.name) }
            _ = await run.outcome()
            if moment.isBeforeTheEnd {
                #expect(!killed.exists("out/film.json"), "\(moment.name)")
            }
        }
        // The signs do not pass again, so only a run that ends between two looks escapes.
        #expect(struck.count >= CrashMoment.walk.count - 1, "\(struck)")

        let last = try await Shell.run(CrashFolder.command, in: killed.path)
        #expect(last.exit == 0, "\(last)")
        let first = try await undisturbed
        #expect(first.exit == 0, "\(first)")

        let books = try killed.books()
        #expect(books.count == 2)
        #expect(books.allSatisfy { $0.timesSubmitted == 1 }, "\(books)")
        #expect(books.map(\.charge).sorted() == (try calm.books().map(\.charge).sorted()))
        let (a, b) = (try calm.report(), try killed.report())
        #expect(a.shots.map(\.clipDigest) == b.shots.map(\.clipDigest))
        #expect(a.shots.map(\.lastFrameDigest) == b.shots.map(\.lastFrameDigest))
        // The files differ by the names of their tasks, which stand in the manifest, and by nothing else.
        #expect(try calm.packets() == killed.packets())
        #expect(try calm.manifest() == killed.manifest())
        #expect(b.deliveries.allSatisfy { $0.frames == 239 })
        #expect(a.totalCost == b.totalCost)

        let third = try await Shell.run(CrashFolder.command, in: killed.path)
        #expect(third.errors.contains("nothing generated, nothing encoded"), "\(third.errors)")
        #expect(try killed.books().count == 2)
    }

    @Test func `at any time, together with the service, buys each shot once`() async throws {
        let folder = try CrashFolder(
            Self.storyboard.replacingOccurrences(of: "start: previous", with: "start: fresh"))
        // The same moments in every run of the test; they fall wherever the machine is by then.
        for pause in [90, 350, 700, 1100, 1700, 2600] {
            let service = try await folder.startService()
            let run = try Shell.start(
                "\(CrashFolder.command) --provider sandbox --base-url \(service.address)", in: folder.path)
            try await Task.sleep(for: .milliseconds(pause))
            kill(run.process.processIdentifier, SIGKILL)
            kill(service.running.process.processIdentifier, SIGKILL)
            _ = await run.outcome()
            _ = await service.running.outcome()
        }
        let service = try await folder.startService()
        defer { kill(service.running.process.processIdentifier, SIGKILL) }
        let last = try await Shell.run(
            "\(CrashFolder.command) --provider sandbox --base-url \(service.address)", in: folder.path)
        #expect(last.exit == 0, "\(last)")
        let world = try await service.world()
        #expect(world.tasks.count == 2)
        #expect(world.tasks.allSatisfy { $0.timesSubmitted == 1 && $0.charge > 0 }, "\(world)")
        #expect(abs(world.totalCharge - (try folder.report().totalCost)) < 1e-9)
        #expect(try folder.report().deliveries.allSatisfy { $0.frames == 240 })
    }
}
