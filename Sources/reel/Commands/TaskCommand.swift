import ArgumentParser
import Foundation
import Runware

struct TaskCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "task",
        abstract: "Ask what became of a task, whoever sent it; buys nothing.",
        discussion: """
            The service's response objects go to standard output. With --wait the command stays until the task \
            has ended; with -o it also fetches the clip.
            """)

    @Argument(help: "The task's UUID.")
    var uuid: String

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("Where to write the clip; further results get -2, -3, ...", valueName: "clip.mp4"))
    var output: String?

    @Flag(help: "Wait for a task that is still being made.")
    var wait = false

    @OptionGroup var provider: ProviderOptions
    @OptionGroup var telling: ProgressOptions
    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard UUID(uuidString: uuid) != nil else { throw ValidationError("not a task's UUID: '\(uuid)'") }
    }

    func run() async throws {
        let logger = common.logger()
        let progress = Progress(telling.progress)
        if let output { try OutputPath.check(file: output) }
        let service = try await provider.start(
            in: FileManager.default.currentDirectoryPath, logger: logger, say: progress.say)
        do {
            let client = service.client(logger)
            let outcome = try await outcome(from: client, progress: progress)
            progress.end("task")
            let ending = TaskEnding(
                outcome: outcome, taskUUID: uuid.lowercased(), provider: service.provider.rawValue,
                output: output)
            try await ending.finish(client, progress: progress, json: common.json)
            await service.stop()
        } catch {
            await service.stop()
            progress.clear()
            throw error
        }
    }

    private func outcome(from client: Client, progress: Progress) async throws -> TaskOutcome {
        let uuid = uuid.lowercased()
        if wait { return try await client.resume(uuid, progress: progress.follow) }
        let answer = try await client.find(uuid)
        if answer.isDenied || answer.isSilent {
            throw RunwareError(
                code: "taskNotFound", category: .notFound, message: "the service does not know this task",
                taskUUID: uuid, charged: .unknown, hint: "check the UUID, the key and the address")
        }
        return TaskOutcome(results: answer.results, failures: answer.failures, missing: answer.running)
    }
}
