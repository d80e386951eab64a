import Foundation
import Runware
import TestSupport
import Testing

/// A thousand tasks on one client, which runs as a program of its own (Tests/Storm).
@Suite struct `A thousand tasks at once` {
    @Test func `all come in, in little memory and without a storm of questions`() async throws {
        let service = try await Service.sandbox(delay: .seconds(12))
        let text = try await storm(service.base.absoluteString, "1000")
        let figures = try JSONDecoder().decode([String: Double].self, from: Data(text.utf8))
        // For whoever reads the log: these are the figures that the documentation states.
        print("storm: \(text.trimmingCharacters(in: .whitespacesAndNewlines))")
        #expect(figures["results"] == 1000 && figures["failures"] == 0)
        #expect(figures["megabytes"] ?? .infinity < 200)
        #expect(figures["exchangesAtOnce"] ?? .infinity <= 32)
        // By the policy at most about a dozen a minute in a task's first minute, six in each later one.
        #expect(figures["questionsPerTaskAndMinute"] ?? .infinity < 20)
        let world = try await service.world()
        #expect(world.tasks.count == 1000)
        #expect(world.tasks.allSatisfy { $0.timesSubmitted == 1 })
        await service.close()
    }
}

/// Runs the program of this build in a thread that may block.
private func storm(_ arguments: String...) async throws -> String {
    var folder = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
    while folder.path != "/", !FileManager.default.isExecutableFile(atPath: folder.path + "/storm") {
        folder.deleteLastPathComponent()
    }
    let program = folder.path + "/storm"
    return try await withCheckedThrowingContinuation { done in
        Thread.detachNewThread {
            done.resume(with: Result { try Program.run(program, arguments).text })
        }
    }
}
