import Foundation

/// What the service knows: tasks, what they cost, and the pictures it was given.
///
/// Every change is written before it is answered: one JSON file a task, replaced by rename, so that a
/// process killed at any moment leaves each file either old or new. (A power cut may lose the last
/// changes: nothing is flushed to the disk.) One process at a time may use a folder.
actor World {
    nonisolated let folder: String
    private var tasks: [String: TaskRecord] = [:]
    private var order: [String] = []

    init(folder: String) throws {
        self.folder = folder
        do {
            for part in ["tasks", "media", "images"] {
                try FileManager.default.createDirectory(
                    atPath: "\(folder)/\(part)", withIntermediateDirectories: true)
            }
        } catch {
            throw SandboxError(
                message: "the sandbox cannot keep its world in \(folder)",
                hint: "name a folder that can be written")
        }
        let records = try Self.load(folder: folder)
        for record in records {
            let key = record.task.taskUUID.lowercased()
            tasks[key] = record
            order.append(key)
        }
    }

    private static func load(folder: String) throws -> [TaskRecord] {
        let names = try FileManager.default.contentsOfDirectory(atPath: "\(folder)/tasks")
        return try names.filter { $0.hasSuffix(".json") }.map { name in
            let path = "\(folder)/tasks/\(name)"
            do {
                return try JSONDecoder().decode(
                    TaskRecord.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
            } catch {
                throw SandboxError(
                    message: "the sandbox cannot read its own record \(path)",
                    hint: "remove that file, or start with another folder")
            }
        }.sorted { ($0.created, $0.task.taskUUID) < ($1.created, $1.task.taskUUID) }
    }

    /// Books a task. A UUID that is known already is counted, not booked, and refused.
    func submit(_ task: VideoTask, request: JSON) throws -> TaskRecord {
        try refuseIfKnown(task.taskUUID)
        let clips = (0..<task.results).map { i in
            let seed =
                task.seed.map { ($0 + Int64(i)) % 2_147_483_648 } ?? Int64.random(in: 0..<4_294_967_296)
            return TaskRecord.Clip(videoUUID: UUID().uuidString.lowercased(), seed: seed, state: .processing)
        }
        let record = TaskRecord(
            task: task, request: request, timesSubmitted: 1, charge: Prices.charge(task), created: Date(),
            finished: nil, clips: clips, failure: nil)
        try save(record)
        return record
    }

    /// Counts and refuses a task whose UUID is booked.
    func refuseIfKnown(_ uuid: String) throws {
        guard var known = tasks[uuid.lowercased()] else { return }
        known.timesSubmitted += 1
        try save(known)
        throw Refusal(
            code: "conflictTaskUUID", message: "A task with this taskUUID was submitted before.",
            parameter: ["taskUUID"], type: "string")
    }

    /// What is known about a task.
    func record(_ uuid: String) -> TaskRecord? { tasks[uuid.lowercased()] }

    /// The tasks that still have to be made.
    func unfinished() -> [TaskRecord] { order.compactMap { tasks[$0] }.filter { $0.state == .processing } }

    /// Notes that one clip of a task is there.
    func finish(_ uuid: String, clip: Int) throws {
        guard var record = tasks[uuid.lowercased()] else { return }
        record.clips[clip].state = .success
        if record.state == .success { record.finished = Date() }
        try save(record)
    }

    /// Notes that a task failed.
    func fail(_ uuid: String, code: String, message: String) throws {
        guard var record = tasks[uuid.lowercased()] else { return }
        record.failure = .init(code: code, message: message)
        record.finished = Date()
        try save(record)
    }

    /// All tasks and the sum of their charges.
    func report() -> JSON {
        let all = order.compactMap { tasks[$0] }
        return [
            "tasks": .array(all.map(\.summary)), "count": .int(Int64(all.count)),
            "totalCharge": Prices.dollars(all.reduce(0) { $0 + $1.charge }),
        ]
    }

    private func save(_ record: TaskRecord) throws {
        let key = record.task.taskUUID.lowercased()
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        try encoder.encode(record).write(
            to: URL(fileURLWithPath: "\(folder)/tasks/\(key).json"), options: .atomic)
        if tasks.updateValue(record, forKey: key) == nil { order.append(key) }
    }

    /// Keeps a picture and gives it a UUID.
    nonisolated func keepImage(_ bytes: Data) throws -> String {
        let id = UUID().uuidString.lowercased()
        try bytes.write(to: URL(fileURLWithPath: imagePath(id)), options: .atomic)
        return id
    }

    /// Where a kept picture lies.
    nonisolated func imagePath(_ id: String) -> String { "\(folder)/images/\(id.lowercased())" }

    /// Where a clip lies.
    nonisolated func mediaPath(_ videoUUID: String, _ format: VideoTask.Format) -> String {
        "\(folder)/media/\(videoUUID).\(format.fileExtension)"
    }
}
