import Curl
import Foundation

/// Brings results to where a task asks for them: a PUT to its upload endpoint, a POST to its webhook.
///
/// At least once: what a killed process had not seen through is sent again after the next start. Only to
/// this machine, unless the world allows more.
struct Courier: Sendable {
    let world: World
    let configuration: SandboxConfiguration
    let address: Address
    /// One for the process. Redirects are not followed: one could lead off this machine.
    private static let engine = CurlEngine()

    /// Tries of one delivery; the pauses between them double from 0.25 s to 8 s.
    static let tries = 8
    /// Seconds that a receiver has for its answer.
    static let patience = 5

    /// Announces what is terminal and not announced yet: of a task, or of one of its clips.
    func announce(_ uuid: String, clip: Int? = nil) async throws {
        guard let record = await world.record(uuid) else { return }
        let task = record.task
        guard task.webhookURL != nil || task.uploadEndpoint != nil else { return }
        var numbers = record.clips.indices.filter { i in
            record.clips[i].isAnnounced != true && (clip == nil || clip == i)
        }
        let mischief = await world.mischief(of: uuid)
        if mischief?.has(.webhookReordered) == true { numbers.reverse() }
        var hasToldFailure = false
        for i in numbers {
            let telling = Telling(
                record: record, forms: configuration.world.results, origin: address.origin,
                generation: mischief?.generation ?? 1, progress: 100, world: world)
            guard let news = telling.announce(i) else { continue }
            if !news.isFailure { try await upload(task, record.clips[i]) }
            // The failure of a whole task is told once.
            let isRepeated = news.isFailure && record.clips[i].failure == nil && hasToldFailure
            if !isRepeated { try await call(task, news) }
            if news.isFailure && record.clips[i].failure == nil { hasToldFailure = true }
            try await world.change(uuid) { $0.clips[i].isAnnounced = true }
        }
    }

    private func call(_ task: VideoTask, _ news: (isFailure: Bool, entry: JSON)) async throws {
        guard let target = task.webhookURL.flatMap(URL.init(string:)) else { return }
        let fault = try await world.strike(task.taskUUID, .webhook)
        if fault?.kind == .webhookLost { return }
        var body = news.entry
        if configuration.world.results.webhookWrapped {
            body = news.isFailure ? ["errors": [news.entry]] : ["data": [news.entry]]
        }
        let call = CurlCall(
            method: "POST", url: target.absoluteString, headers: ["Content-Type": "application/json"],
            body: body.data, deadline: .seconds(Self.patience))
        for _ in 0..<(fault?.kind == .webhookDuplicate ? 2 : 1) {
            try await deliver(call, to: target, for: task) { traffic, isTaken in
                traffic.webhookTries += 1
                if isTaken { traffic.webhooks += 1 }
            }
        }
    }

    private func upload(_ task: VideoTask, _ clip: TaskRecord.Clip) async throws {
        guard let target = task.uploadEndpoint.flatMap(URL.init(string:)) else { return }
        let fault = try await world.strike(task.taskUUID, .upload)
        if fault?.kind == .uploadLost { return }
        let path = world.mediaPath(clip.videoUUID, task.format)
        var body = try Data(contentsOf: URL(fileURLWithPath: path))
        if fault?.kind == .uploadTruncated { body = body.prefix(fault?.amount ?? body.count / 2) }
        let call = CurlCall(
            method: "PUT", url: target.absoluteString, headers: ["Content-Type": task.format.contentType],
            body: body, deadline: .seconds(12 * Self.patience))
        try await deliver(call, to: target, for: task) { traffic, isTaken in
            if isTaken { traffic.uploads += 1 }
        }
    }

    private func deliver(
        _ call: CurlCall, to target: URL, for task: VideoTask,
        count: @escaping @Sendable (inout TaskRecord.Traffic, _ isTaken: Bool) -> Void
    ) async throws {
        guard configuration.world.outbound == .any || Self.isLoopback(target) else {
            try await world.change(task.taskUUID) { record in
                record.traffic = record.traffic ?? .init()
                record.traffic?.blocked += 1
            }
            return
        }
        var pause = 0.25
        for number in 1...Self.tries {
            let isTaken = await send(call)
            try Task.checkCancellation()
            try await world.change(task.taskUUID) { record in
                var traffic = record.traffic ?? .init()
                count(&traffic, isTaken)
                record.traffic = traffic
            }
            if isTaken || number == Self.tries { return }
            try await configuration.clock.sleep(.seconds(pause * Double.random(in: 0.75...1.25)))
            pause = min(8, pause * 2)
        }
    }

    private func send(_ call: CurlCall) async -> Bool {
        guard let answer = try? await Self.engine.fetch(call, limit: 1 << 20) else { return false }
        return (200..<300).contains(answer.head.status)
    }

    /// Whether a URL stays on this machine.
    static func isLoopback(_ url: URL?) -> Bool {
        guard let host = url?.host?.lowercased() else { return false }
        return ["localhost", "::1", "[::1]"].contains(host)
            || host.wholeMatch(of: #/127\.[0-9]+\.[0-9]+\.[0-9]+/#) != nil
    }
}
