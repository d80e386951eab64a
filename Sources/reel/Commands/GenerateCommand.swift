import ArgumentParser
import Foundation
import Media
import Montage
import Runware

struct GenerateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate",
        abstract: "Run one generation task, written as in the API's documentation.",
        discussion: """
            Nothing is journalled: the task's UUID is printed before it is sent. After a crash give it back \
            with --task-uuid, and the task is asked for, not bought again. A frame image may be a picture \
            file beside the request; it is sent inside the task.
            """)

    @Argument(
        help: ArgumentHelp(
            "A videoInference task: the object, or an array with one.", valueName: "request.json"))
    var request: String

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("Where to write the clip; further results get -2, -3, ...", valueName: "clip.mp4"))
    var output: String

    @Option(
        name: .customLong("task-uuid"),
        help: ArgumentHelp("Ask for this earlier task first.", valueName: "uuid"))
    var taskUUID: String?

    @OptionGroup var provider: ProviderOptions
    @OptionGroup var presets: PresetOptions
    @OptionGroup var common: CommonOptions

    func validate() throws {
        if let taskUUID, UUID(uuidString: taskUUID) == nil {
            throw ValidationError("--task-uuid is not a UUID: '\(taskUUID)'")
        }
    }

    func run() async throws {
        let logger = common.logger()
        let progress = Progress()
        try InputPath.check(request)
        try OutputPath.check(file: output, inputs: [request])
        let task = try readTask(say: progress.say)

        let folder = URL(fileURLWithPath: request).deletingLastPathComponent().path
        let service = try await provider.start(in: folder, logger: logger, say: progress.say)
        let uuid = (taskUUID ?? UUID().uuidString).lowercased()
        // On disk or in a terminal's history before the first byte is sent: this line is the whole journal.
        progress.say("task \(uuid)")
        do {
            let clips = try await run(
                task, uuid: uuid, on: service, progress: progress, client: service.client(logger))
            await service.stop()
            progress.clear()
            let report = Report(provider: service.provider.rawValue, taskUUID: uuid, clips: clips)
            if common.json {
                try Streams.result(json: report)
            } else {
                for clip in clips { Streams.result(clip.file) }
                Streams.note(report.summary)
            }
        } catch {
            await service.stop()
            progress.clear()
            throw error
        }
    }

    /// The task as it will be sent, judged by the model's card: what the service would refuse is refused
    /// here.
    private func readTask(say: (String) -> Void) throws -> VideoRequest {
        guard let data = FileManager.default.contents(atPath: request) else {
            throw Complaint(.failed, code: "io", "the request cannot be read", at: request)
        }
        var task = try VideoRequest.parse(data, name: request)
        try PictureFiles.embed(in: &task, beside: request)
        guard let model = task.model else {
            throw Complaint(
                .inputInvalid, code: "requestInvalid", "the task names no model", at: request,
                hint: #"add "model": "pixverse:1@6""#)
        }
        let card = try ModelCard.find(model: model, in: presets.modelDirectories(beside: request))
        let problems = card.validate(task)
        for problem in problems where problem.severity != .error { say("warning: \(problem)") }
        let errors = problems.filter { $0.severity == .error }
        guard let first = errors.first else { return task }
        var complaint = Complaint(
            .inputInvalid, code: "requestInvalid", "\(first.path): \(first.message)", at: request,
            hint: first.suggestion.map { "write \($0)" } ?? first.allowed.map { "allowed: \($0)" })
        if errors.count > 1 { complaint.what += " (and \(errors.count - 1) more)" }
        complaint.charged = RunwareError.Charged.no.rawValue
        throw complaint
    }

    private func run(
        _ task: VideoRequest, uuid: String, on service: ProviderOptions.Service, progress: Progress,
        client: Client
    ) async throws -> [Clip] {
        let outcome = try await client.run(
            task, taskUUID: uuid, alreadySent: taskUUID != nil,
            progress: { news in
                for failure in news.failures { progress.say("a sibling failed: \(failure.message)") }
                progress.show("task", news.words, fraction: news.percent.map { Double($0) / 100 })
            })
        progress.end("task")
        if outcome.missing > 0 {
            progress.say(
                "\(outcome.missing) results are not finished yet; --task-uuid \(uuid) asks for them again")
        }
        var clips: [Clip] = []
        for (place, result) in outcome.results.enumerated() {
            let file = place == 0 ? output : numbered(place + 1)
            let pending = try PendingFile(for: file)
            let saved = try await client.save(result, to: pending.path) { received, expected in
                let fraction = expected.map { Double(received) / Double(max(1, $0)) }
                progress.show("download", "downloading", detail: Numbers.bytes(received), fraction: fraction)
            }
            progress.end("download")
            try pending.publish()
            clips.append(
                Clip(
                    file: file, byteCount: saved.bytes, videoUUID: result.videoUUID, seed: result.seed,
                    cost: result.cost,
                    nsfw: result.nsfw))
        }
        return clips
    }

    /// `clip-2.mp4` for `clip.mp4`.
    private func numbered(_ number: Int) -> String {
        let path = output as NSString
        let stem = path.deletingPathExtension + "-\(number)"
        return path.pathExtension.isEmpty ? stem : "\(stem).\(path.pathExtension)"
    }

    private struct Clip: Encodable {
        var file: String
        var byteCount: Int64
        var videoUUID: String
        var seed: Int64?
        var cost: Decimal?
        var nsfw: Bool?
    }

    private struct Report: Encodable {
        var provider: String
        var taskUUID: String
        var clips: [Clip]

        var summary: String {
            let cost = clips.compactMap(\.cost).reduce(Decimal(0), +)
            let seeds = clips.compactMap(\.seed).map(String.init).joined(separator: ", ")
            return "\(provider): cost $\(cost), seed \(seeds.isEmpty ? "unknown" : seeds)"
        }
    }
}

extension TaskProgress {
    fileprivate var words: String {
        switch state {
        case .sending: "sending"
        case .accepted: "accepted"
        case .running: "generating"
        case .waiting(let why): "waiting: \(why)"
        }
    }
}
