import Foundation
import Media
import Runware

/// What is done with the outcome of a task: clips to files, response objects to stdout, and a complaint where
/// something is missing.
struct TaskEnding: Sendable {
    var outcome: TaskOutcome
    var taskUUID: String
    var provider: String
    /// The first clip's file; nil fetches nothing.
    var output: String?

    /// Tells first what was bought, then fetches it: a failed download must not hide the answer.
    func finish(_ client: Client, progress: Progress, json: Bool) async throws {
        if !json {
            for result in outcome.results { try Streams.result(json: Self.response(result)) }
        }
        var files: [File] = []
        var failure: (any Error)?
        do {
            if let output {
                for (place, result) in outcome.results.enumerated() {
                    files.append(
                        try await save(result, to: Self.numbered(output, place + 1), client, progress))
                }
            }
        } catch {
            failure = error
        }
        progress.clear()
        if json {
            try Streams.result(
                json: Report(
                    provider: provider, taskUUID: taskUUID, results: outcome.results.map(Self.response),
                    files: files, failures: outcome.failures.map(Failure.init), missing: outcome.missing))
        } else {
            for file in files { Streams.note("\(file.file): \(Numbers.bytes(file.byteCount))") }
            if !outcome.results.isEmpty { Streams.note(summary) }
        }
        if let failure { throw failure }
        try complain()
    }

    private func save(
        _ result: VideoResult, to file: String, _ client: Client, _ progress: Progress
    ) async throws -> File {
        let pending = try PendingFile(for: file)
        let saved = try await client.save(result, to: pending.path) { received, expected in
            let fraction = expected.map { Double(received) / Double(max(1, $0)) }
            progress.show("download", "downloading", detail: Numbers.bytes(received), fraction: fraction)
        }
        progress.end("download")
        try pending.publish()
        return File(file: file, byteCount: saved.bytes, videoUUID: result.videoUUID)
    }

    private var summary: String {
        let cost = outcome.results.compactMap(\.cost).reduce(Decimal(0), +)
        let seeds = outcome.results.compactMap(\.seed).map(String.init).joined(separator: ", ")
        return "\(provider): cost $\(cost), seed \(seeds.isEmpty ? "unknown" : seeds)"
    }

    /// Exit code 3 where there is something, and not everything.
    private func complain() throws {
        let total = outcome.results.count + outcome.failures.count + outcome.missing
        guard outcome.results.count < total else { return }
        if outcome.results.isEmpty, let error = outcome.failures.first, outcome.missing == 0 { throw error }
        var words: [String] = []
        if !outcome.failures.isEmpty { words.append("\(outcome.failures.count) failed") }
        if outcome.missing > 0 {
            let reason = outcome.interruption.map { " (\($0.message))" } ?? ""
            words.append("\(outcome.missing) not finished yet" + reason)
        }
        var complaint = Complaint(
            .filmIncomplete, code: "incomplete",
            "of \(total) results \(words.joined(separator: ", "))",
            hint: outcome.missing > 0
                ? "ask again later: reel task \(taskUUID) --wait"
                : "the finished ones are kept; another attempt is a new task")
        complaint.taskUUID = taskUUID
        complaint.findings = outcome.failures.map { error in
            var finding = Finding(Complaint(error))
            finding.place = nil
            return finding
        }
        throw complaint
    }

    /// The object as the service sent it.
    private static func response(_ result: VideoResult) throws -> JSONValue {
        result.raw != .null ? result.raw : try JSONValue(parsing: JSONEncoder().encode(result))
    }

    /// `clip-2.mp4` for the second `clip.mp4`.
    private static func numbered(_ file: String, _ number: Int) -> String {
        if number == 1 { return file }
        let path = file as NSString
        let stem = path.deletingPathExtension + "-\(number)"
        return path.pathExtension.isEmpty ? stem : "\(stem).\(path.pathExtension)"
    }

    private struct File: Encodable {
        var file: String
        var byteCount: Int64
        var videoUUID: String
    }

    private struct Failure: Encodable {
        var code: String
        var message: String
        var charged: String

        init(_ error: RunwareError) {
            (code, message, charged) = (error.code, error.message, error.charged.rawValue)
        }
    }

    private struct Report: Encodable {
        var provider: String
        var taskUUID: String
        var results: [JSONValue]
        var files: [File]
        var failures: [Failure]
        var missing: Int
    }
}

extension Progress {
    /// A task's own news.
    @Sendable func follow(_ news: TaskProgress) {
        show("task", news.words, fraction: news.percent.map { Double($0) / 100 })
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
