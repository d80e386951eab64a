import Foundation

/// What the service knows: tasks, what they cost, the pictures it was given, and what is to go wrong.
///
/// Every change is written before it is answered: one JSON file a task, replaced by rename, so that a
/// process killed at any moment leaves each file either old or new. (A power cut may lose the last
/// changes: nothing is flushed to the disk.) One process at a time may use a folder.
actor World {
    nonisolated let folder: String
    private let clock: SandboxClock
    private let menu: FaultMenu
    /// What may be spent, in ten-thousandths of a US dollar.
    private let balance: Int?
    private var spent = 0
    private var tasks: [String: TaskRecord] = [:]
    private var order: [String] = []
    private var owners: [String: String] = [:]
    private var mischief: [String: Mischief] = [:]
    private var numbers: [String: Int] = [:]
    private var keyLeaks = 0

    init(_ configuration: SandboxConfiguration) throws {
        folder = configuration.folder
        clock = configuration.clock
        menu = FaultMenu(marks: configuration.faults, world: configuration.world)
        balance = configuration.world.balance.map { Int(($0 * 10_000).rounded()) }
        do {
            for part in ["tasks", "media", "images", "faults"] {
                try FileManager.default.createDirectory(
                    atPath: "\(folder)/\(part)", withIntermediateDirectories: true)
            }
        } catch {
            throw SandboxError(
                message: "the sandbox cannot keep its world in \(folder)",
                hint: "name a folder that can be written")
        }
        let records = try Self.load(TaskRecord.self, from: "\(folder)/tasks").sorted {
            ($0.created, $0.task.taskUUID) < ($1.created, $1.task.taskUUID)
        }
        for record in records {
            let key = record.task.taskUUID.lowercased()
            tasks[key] = record
            order.append(key)
            spent += record.charge
            for clip in record.clips { owners[clip.videoUUID] = key }
        }
        for item in try Self.load(Mischief.self, from: "\(folder)/faults") {
            mischief[item.taskUUID] = item
            if item.number > 0 { numbers[item.taskUUID] = item.number }
        }
        var next = numbers.values.max() ?? 0
        for key in order where numbers[key] == nil {
            next += 1
            numbers[key] = next
        }
    }

    private static func load<Item: Decodable>(_: Item.Type, from folder: String) throws -> [Item] {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
        return try names.filter { $0.hasSuffix(".json") }.map { name in
            let path = "\(folder)/\(name)"
            do {
                return try JSONDecoder().decode(Item.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
            } catch {
                throw SandboxError(
                    message: "the sandbox cannot read its own record \(path)",
                    hint: "remove that file, or start with another folder")
            }
        }
    }

    // MARK: Tasks

    /// Books a task. A UUID that is known already is counted, not booked, and refused; so is a task that
    /// the balance does not cover.
    func submit(_ task: VideoTask, request: JSON) throws -> TaskRecord {
        try refuseIfKnown(task.taskUUID)
        let charge = Prices.charge(task)
        if let balance, spent + charge > balance {
            throw Refusal(
                code: "insufficientCredits",
                message: "The balance is too low: the task costs \(Self.text(charge)) USD, "
                    + "\(Self.text(balance - spent)) are left.",
                status: 402)
        }
        let clips = (0..<task.results).map { i in
            let seed =
                task.seed.map { ($0 + Int64(i)) % 2_147_483_648 } ?? Int64.random(in: 0..<4_294_967_296)
            return TaskRecord.Clip(videoUUID: UUID().uuidString.lowercased(), seed: seed, state: .processing)
        }
        let record = TaskRecord(
            task: task, request: request, timesSubmitted: 1, charge: charge, created: clock.now(),
            finished: nil, clips: clips, failure: nil)
        try save(record)
        spent += charge
        for clip in clips { owners[clip.videoUUID] = task.taskUUID.lowercased() }
        return record
    }

    /// Counts and refuses a task whose UUID is booked.
    func refuseIfKnown(_ uuid: String) throws {
        guard var known = tasks[uuid.lowercased()] else { return }
        let refusal = Refusal(
            code: "conflictTaskUUID", message: "A task with this taskUUID was submitted before.",
            parameter: ["taskUUID"], type: "string")
        known.timesSubmitted += 1
        known.lastRefusal = refusal.json(taskUUID: known.task.taskUUID, taskType: "videoInference")
        try save(known)
        throw refusal
    }

    /// What is known about a task.
    func record(_ uuid: String) -> TaskRecord? { tasks[uuid.lowercased()] }

    /// The task that a clip belongs to.
    func record(ofVideo videoUUID: String) -> TaskRecord? { owners[videoUUID].flatMap { tasks[$0] } }

    /// The tasks that still have to be made or announced.
    func unfinished() -> [TaskRecord] {
        order.compactMap { tasks[$0] }.filter { record in
            if record.state == .processing { return true }
            let task = record.task
            guard task.webhookURL != nil || task.uploadEndpoint != nil else { return false }
            return record.clips.contains { $0.isAnnounced != true }
        }
    }

    /// Changes the record of a task and writes it.
    @discardableResult
    func change(_ uuid: String, _ body: @Sendable (inout TaskRecord) -> Void) throws -> TaskRecord? {
        guard var record = tasks[uuid.lowercased()] else { return nil }
        body(&record)
        if record.state != .processing, record.finished == nil { record.finished = clock.now() }
        try save(record)
        return record
    }

    /// Notes that one clip of a task is there.
    func finish(_ uuid: String, clip: Int, isUnsafe: Bool = false) throws {
        let now = clock.now()
        try change(uuid) { record in
            record.clips[clip].state = .success
            record.clips[clip].finished = now
            record.clips[clip].isUnsafe = isUnsafe ? true : nil
        }
    }

    /// Notes that a task failed: a clip of it, or all that is not there yet.
    func fail(_ uuid: String, clip: Int? = nil, code: String, message: String) throws {
        try change(uuid) { record in
            let failure = TaskRecord.Failure(code: code, message: message)
            if let clip {
                record.clips[clip].state = .error
                record.clips[clip].failure = failure
            } else {
                record.failure = failure
            }
        }
    }

    private func save(_ record: TaskRecord) throws {
        let key = record.task.taskUUID.lowercased()
        try write(record, to: "tasks/\(key).json")
        if tasks.updateValue(record, forKey: key) == nil { order.append(key) }
    }

    private func write(_ value: some Encodable, to name: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        try encoder.encode(value).write(to: URL(fileURLWithPath: "\(folder)/\(name)"), options: .atomic)
    }

    // MARK: Mischief

    /// Looks at a submission for the first time and chooses its faults; faults that a later request names
    /// are added.
    ///
    /// - Throws: `FaultComplaint` if the prompt names a fault that does not exist.
    func sight(_ uuid: String, prompt: String, header: [Fault]) throws {
        let key = uuid.lowercased()
        if numbers[key] == nil {
            let number = numbers.count + 1
            let faults = try menu.choose(uuid: key, prompt: prompt, number: number, header: header)
            numbers[key] = number
            guard !faults.isEmpty else { return }
            mischief[key] = Mischief(
                taskUUID: key, number: number, chosen: faults.map { Mischief.Chosen(fault: $0) })
        } else {
            try add(header, to: key)
            return
        }
        if let chosen = mischief[key] { try write(chosen, to: "faults/\(key).json") }
    }

    /// Chooses the faults of a picture's upload when it is first seen. It has no number: those are of videos.
    func sight(picture uuid: String, header: [Fault]) throws {
        let key = uuid.lowercased()
        if mischief[key] != nil { return try add(header, to: key) }
        let faults = try menu.choose(uuid: key, prompt: "", number: 0, header: header)
        try add(faults.filter { $0.kind.step == .image }, to: key)
    }

    /// Adds faults that a request names to those of a task.
    func add(_ faults: [Fault], to uuid: String) throws {
        let key = uuid.lowercased()
        guard !faults.isEmpty else { return }
        var all = mischief[key] ?? Mischief(taskUUID: key, number: numbers[key] ?? 0, chosen: [])
        guard faults.contains(where: { !all.has($0.kind) }) else { return }
        all.add(faults)
        mischief[key] = all
        try write(all, to: "faults/\(key).json")
    }

    /// Counts one occurrence of a step of a task and gives the fault that strikes.
    func strike(_ uuid: String, _ step: Fault.Step) throws -> Fault? {
        let key = uuid.lowercased()
        guard var all = mischief[key] else { return nil }
        let fault = all.strike(step)
        mischief[key] = all
        try write(all, to: "faults/\(key).json")
        return fault
    }

    /// The verdict over a task, if it is not to succeed plainly.
    func outcome(_ uuid: String) throws -> Fault? {
        let key = uuid.lowercased()
        guard var all = mischief[key], let fault = all.outcome() else { return nil }
        mischief[key] = all
        try write(all, to: "faults/\(key).json")
        return fault
    }

    /// The faults of a task so far.
    func mischief(of uuid: String) -> Mischief? { mischief[uuid.lowercased()] }

    // MARK: Counting

    /// Counts a poll. It is written with the task's next change: polls must not cost a file each.
    func countPoll(_ uuid: String) {
        let key = uuid.lowercased()
        guard var record = tasks[key] else { return }
        record.traffic = record.traffic ?? .init()
        record.traffic?.polls += 1
        tasks[key] = record
    }

    /// Counts a request for media that carried the API's key.
    func countKeyLeak() { keyLeaks += 1 }

    /// All tasks, the sum of their charges and what is left, and the tasks that were never accepted.
    func report() -> JSON {
        let all = order.compactMap { key in tasks[key].map { $0.summary(mischief[key]) } }
        let others = mischief.values.filter { tasks[$0.taskUUID] == nil }.sorted { $0.number < $1.number }
        var report: [String: JSON] = [
            "tasks": .array(all), "count": .int(Int64(all.count)),
            "totalCharge": Prices.dollars(spent), "keyLeaks": .int(Int64(keyLeaks)),
            "unaccepted": .array(
                others.map { ["taskUUID": .string($0.taskUUID), "faults": $0.report] }),
        ]
        if let balance { report["balance"] = Prices.dollars(balance - spent) }
        return .object(report)
    }

    private static func text(_ charge: Int) -> String {
        String(format: "%.4f", Double(charge) / 10_000)
    }
}

extension World {
    /// Keeps a picture under its UUID.
    nonisolated func keepImage(_ bytes: Data, id: String) throws {
        try bytes.write(to: URL(fileURLWithPath: imagePath(id)), options: .atomic)
    }

    /// Where a kept picture lies.
    nonisolated func imagePath(_ id: String) -> String { "\(folder)/images/\(id.lowercased())" }

    /// Where a clip lies.
    nonisolated func mediaPath(_ videoUUID: String, _ format: VideoTask.Format) -> String {
        "\(folder)/media/\(videoUUID).\(format.fileExtension)"
    }
}
