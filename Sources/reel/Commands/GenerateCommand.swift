import ArgumentParser
import Foundation
import Runware

struct GenerateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate",
        abstract: "Run one generation task, written as in the API's documentation.",
        discussion: """
            The request is a file, or - for standard input; key=value sets a field of it, as in \
            providerSettings.pixverse.style=anime or inputs.frameImages=first.png, and such words alone are a \
            request too. A frame image may be a picture file; it is sent inside the task. The service's \
            response objects go to standard output; without -o no clip is fetched.

            Nothing is journalled: the task's UUID is printed before it is sent. After a crash give it back \
            with --task-uuid, and the task is asked for, not bought again; or ask with reel task.
            """)

    @Argument(
        help: ArgumentHelp(
            "A videoInference task, the object or an array with one, and fields to set.",
            valueName: "request|- key=value"))
    var words: [String] = []

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("Where to write the clip; further results get -2, -3, ...", valueName: "clip.mp4"))
    var output: String?

    @Option(
        name: .customLong("task-uuid"),
        help: ArgumentHelp("Ask for this earlier task first.", valueName: "uuid"))
    var taskUUID: String?

    @Option(
        name: .customLong("upload-to"),
        help: ArgumentHelp("Have the service put the finished clip there, by HTTP PUT.", valueName: "url"))
    var uploadTo: String?

    @Flag(help: "Ask what it would cost, and buy nothing.")
    var dryRun = false

    @OptionGroup var strictness: StrictOption
    @OptionGroup var provider: ProviderOptions
    @OptionGroup var presets: PresetOptions
    @OptionGroup var telling: ProgressOptions
    @OptionGroup var common: CommonOptions

    func validate() throws {
        if let taskUUID, UUID(uuidString: taskUUID) == nil {
            throw ValidationError("--task-uuid is not a UUID: '\(taskUUID)'")
        }
        if dryRun, output != nil || taskUUID != nil {
            throw ValidationError("--dry-run makes no clip: leave out -o and --task-uuid")
        }
        _ = try RequestInput(words: words)
    }

    func run() async throws {
        let logger = common.logger()
        let progress = Progress(telling.progress)
        let input = try RequestInput(words: words)
        if let output { try OutputPath.check(file: output, inputs: [input.file].compactMap(\.self)) }
        let (task, card) = try readTask(input, say: progress.say)
        // Where `reel task` looks for the built-in sandbox's world too.
        let service = try await provider.start(
            in: FileManager.default.currentDirectoryPath, logger: logger, say: progress.say)
        do {
            let client = service.client(logger)
            if dryRun {
                try await tellPrice(of: task, card: card, from: client, say: progress.say)
            } else {
                try await buy(task, from: client, on: service, progress: progress)
            }
            await service.stop()
        } catch {
            await service.stop()
            progress.clear()
            throw error
        }
    }

    /// The task as it will be sent, judged by the model's card: what the service would refuse is refused here.
    private func readTask(
        _ input: RequestInput, say: (String) -> Void
    ) throws -> (task: VideoRequest, card: ModelCard) {
        var task = try input.read()
        if let uploadTo { task.uploadEndpoint = uploadTo }
        let (card, findings) = try input.judge(&task, presets: presets, strict: strictness.strict)
        let errors = findings.filter { $0.severity == .error }
        guard errors.isEmpty else {
            var complaint = Complaint(
                findings, code: "requestInvalid", hint: "nothing was sent; correct the request")
            complaint.charged = RunwareError.Charged.no.rawValue
            throw complaint
        }
        for finding in findings { say(finding.line) }
        if task.duration == nil {
            say("note: the request says no duration, so the service chooses, and the price with it")
        }
        if let own = task.taskUUID, own.lowercased() != taskUUID?.lowercased() {
            say(
                "note: the request's own taskUUID \(own) is not used: a UUID is bought once "
                    + "(--task-uuid \(own) asks for that task)")
        }
        if let address = task.uploadEndpoint, (task.numberResults ?? 1) > 1 {
            say("note: \(task.numberResults ?? 1) results go to one address, \(Self.place(address))")
        }
        return (task, card)
    }

    private func tellPrice(
        of task: VideoRequest, card: ModelCard, from client: Client, say: (String) -> Void
    ) async throws {
        if let price = card.estimate(task) {
            say("the card's price: $\(price.usd)\(price.isEstimate ? ", a guess" : "")")
        } else {
            say("the card knows no price for this")
        }
        let answer = try await client.price(task)
        try Streams.result(json: answer)
        let items = answer["data"]?.array ?? []
        if !items.contains(where: { $0["cost"] != nil }) {
            let named = items.compactMap { $0["taskUUID"]?.string }.first.map { ": reel task \($0)" } ?? ""
            say(
                "note: the answer names no cost, so perhaps the service did not heed the dry run and made it\(named)"
            )
        }
    }

    private func buy(
        _ task: VideoRequest, from client: Client, on service: ProviderOptions.Service, progress: Progress
    ) async throws {
        let uuid = (taskUUID ?? UUID().uuidString).lowercased()
        // On disk or in a terminal's history before the first byte is sent: this line is the whole journal.
        progress.say("task \(uuid)")
        var task = task
        for place in task.frameImages.indices where task.frameImages[place].image.hasPrefix("data:") {
            let picture = task.frameImages[place].image
            task.frameImages[place].image = try await client.image(picture, key: picture)
        }
        let outcome = try await client.run(
            task, taskUUID: uuid, alreadySent: taskUUID != nil, progress: progress.follow)
        progress.end("task")
        let ending = TaskEnding(
            outcome: outcome, taskUUID: uuid, provider: service.provider.rawValue, output: output)
        try await ending.finish(client, progress: progress, json: common.json)
        if let address = task.uploadEndpoint {
            // The service tells nothing about the PUT itself; a result that is there is all it says.
            progress.say(
                "\(outcome.results.count) finished; the service was to put the clip to \(Self.place(address))"
            )
        }
    }

    /// An upload address without its query, which often is a signature.
    private static func place(_ address: String) -> String { String(address.prefix { $0 != "?" }) }
}
