import Foundation
public import Logging

/// The service's client: buys a video once and waits for it, asks, uploads, downloads.
///
/// One client is made for a thousand tasks side by side: their questions share exchanges (`Asker`), what they
/// send passes a gate that bounds the sockets, and hints from outside wake them (`hint`). Between calls the
/// actor keeps only who waits for what.
public actor Client {
    nonisolated let wire: Wire
    nonisolated let asker: Asker
    nonisolated let uploads = Uploads()
    var configuration: ClientConfiguration { wire.configuration }
    var logger: Logger { wire.logger }
    /// Those who wait, by task.
    private var bells: [String: [Bell]] = [:]
    private var lastHint: Duration?

    /// Makes a client. No connection is made yet.
    public init(
        _ configuration: ClientConfiguration, transport: any Transport = CurlTransport(),
        logger: Logger = Logger(label: "runware")
    ) {
        let wire = Wire(configuration, transport: transport, logger: logger)
        self.wire = wire
        asker = Asker(pace: configuration.pace) { await wire.post(Wire.questions($0), .asking) }
    }

    /// The most exchanges with the API that were ever under way at once.
    package nonisolated var mostExchangesAtOnce: Int { wire.gate.most }

    /// Buys one task and waits for its results.
    ///
    /// - Parameters:
    ///   - request: what to make; a request that was read with errors is refused here, unsent. It may be
    ///     large (pictures), and is let go as soon as the service has the task.
    ///   - taskUUID: the task's name, minted and kept by the caller. Never used for anything else.
    ///   - alreadySent: the UUID may have been sent before (an earlier run): it is asked for first, and sent
    ///     only if the service stays silent about it.
    ///   - willSend: awaited once, before the first byte of the first submission; what it throws stops the
    ///     task unsent. The place to write down what is about to be bought.
    ///   - progress: news, from the client's actor; must not block.
    /// - Returns: at least one finished result, the siblings that failed, and how many are still missing.
    /// - Throws: with `charged` telling whether money may have been spent.
    public func run(
        _ request: consuming VideoRequest, taskUUID: String, alreadySent: Bool,
        willSend: @Sendable () async throws -> Void = {},
        progress: @Sendable (TaskProgress) -> Void = { _ in }
    ) async throws(RunwareError) -> TaskOutcome {
        try checkReady(request, taskUUID)
        let machine = TaskMachine(
            policy: configuration.poll, taskUUID: taskUUID, expected: request.numberResults ?? 1,
            alreadySent: alreadySent)
        return try await drive(
            machine, order: request, uuid: taskUUID, alreadySent: alreadySent, willSend: willSend,
            progress: progress)
    }

    /// Waits for a task that was sent earlier, by whomever. Never sends it.
    ///
    /// - Parameters:
    ///   - expected: how many results were asked for; nil takes what the service lists as the whole.
    ///   - progress: news, from the client's actor; must not block.
    /// - Throws: `taskNotFound` where neither the service nor its archive knows the task after several
    ///   questions.
    public func resume(
        _ uuid: String, expected: Int? = nil, progress: @Sendable (TaskProgress) -> Void = { _ in }
    ) async throws(RunwareError) -> TaskOutcome {
        try checkReady(nil, uuid)
        let machine = TaskMachine(
            policy: configuration.poll, taskUUID: uuid, expected: expected, alreadySent: true,
            maySubmit: false)
        return try await drive(
            machine, order: nil, uuid: uuid, alreadySent: true, willSend: {}, progress: progress)
    }

    /// Says that there is news of these tasks, as a webhook does: whoever waits for one asks at once.
    ///
    /// Only a hint: it is never believed, so a false one costs a question. Those of one task are put together
    /// to one a second. While hints come, tasks under way are asked for more rarely (`PollPolicy`).
    public func hint(_ uuids: [String]) {
        for uuid in Set(uuids.map { $0.lowercased() }) {
            guard let waiting = bells[uuid] else { continue }
            lastHint = configuration.pace.now()
            for bell in waiting { bell.ring() }
        }
    }

    private var isHinted: Bool {
        lastHint.map { configuration.pace.now() - $0 < configuration.poll.hintMemory } ?? false
    }

    private func drive(
        _ given: TaskMachine, order: consuming VideoRequest?, uuid: String, alreadySent: Bool,
        willSend: @Sendable () async throws -> Void, progress: @Sendable (TaskProgress) -> Void
    ) async throws(RunwareError) -> TaskOutcome {
        var machine = given
        let pace = configuration.pace
        let start = pace.now()
        let bell = Bell(pace: pace)
        bells[uuid.lowercased(), default: []].append(bell)
        defer {
            bells[uuid.lowercased()]?.removeAll { $0 === bell }
            if bells[uuid.lowercased()]?.isEmpty == true { bells[uuid.lowercased()] = nil }
        }
        var hasToldWillSend = false
        var event = TaskMachine.Event.start
        while true {
            machine.isHinted = isHinted
            let now = pace.now() - start
            let action = machine.handle(Task.isCancelled ? .cancelled : event, at: now, random: pace.random())
            tell(machine, action, uuid, progress)
            // The pictures in it would otherwise stay in memory for as long as the service takes.
            if !machine.mayStillSubmit { order = nil }
            switch action {
            case .submit:
                if !hasToldWillSend {
                    hasToldWillSend = true
                    try await announce(willSend, uuid, alreadySent)
                    if Task.isCancelled { continue }
                }
                let body = Data("[\(order?.body(taskUUID: uuid) ?? "")]".utf8)
                event = .submitted(Reading.submit(await wire.post(body, .sending), task: uuid))
            case .ask:
                event = .asked(await asker.ask(uuid))
            case .askArchive:
                event = .archive(Reading.archive(await wire.lookUp(uuid), task: uuid))
            case .wait(let pause):
                switch await bell.wait(pause, listens: machine.asksNext) {
                case .time: event = .waited
                case .hint: event = .hinted
                case .cancelled: event = .cancelled
                }
            case .finish(var outcome):
                outcome.failures = outcome.failures.map(wire.redacted)
                outcome.interruption = outcome.interruption.map(wire.redacted)
                return outcome
            case .fail(let error): throw wire.redacted(error)
            }
        }
    }

    func checkReady(_ request: VideoRequest?, _ taskUUID: String) throws(RunwareError) {
        if let problem = request?.readProblems.first(where: { $0.severity == .error }) {
            throw RunwareError(
                code: "requestInvalid", category: .validation, message: problem.description,
                parameter: [problem.path], taskUUID: taskUUID)
        }
        guard UUID(uuidString: taskUUID) != nil else {
            throw RunwareError(
                code: "requestInvalid", category: .validation, message: "the task's name is not a UUID",
                parameter: ["taskUUID"], taskUUID: taskUUID, hint: "give a UUID v4, or none")
        }
        guard configuration.hasKey else {
            throw RunwareError(
                code: "missingApiKey", category: .auth, message: "no API key is set",
                hint: "set RUNWARE_API_KEY")
        }
    }

    private func announce(
        _ willSend: @Sendable () async throws -> Void, _ uuid: String, _ alreadySent: Bool
    ) async throws(RunwareError) {
        do {
            try await willSend()
        } catch {
            let isCancelled = error is CancellationError
            throw RunwareError(
                code: isCancelled ? "cancelled" : "notSent", category: isCancelled ? .cancelled : .unknown,
                message: "the task was not sent: \(error)", taskUUID: uuid,
                charged: alreadySent ? .unknown : .no, recovery: .retryTransport,
                hint: "nothing was bought; mend the cause and run again")
        }
    }

    private func tell(
        _ machine: TaskMachine, _ action: TaskMachine.Action, _ uuid: String,
        _ progress: @Sendable (TaskProgress) -> Void
    ) {
        let state: TaskProgress.State
        switch action {
        case .submit:
            state = .sending
            logger.info("sending task \(uuid)")
        case .wait:
            if let obstacle = machine.obstacle {
                state = .waiting(configuration.redacted(obstacle))
                logger.warning("task \(uuid): \(configuration.redacted(obstacle))")
            } else {
                state =
                    !machine.isAccepted
                    ? .waiting("asking for the task") : machine.isUnderWay ? .running : .accepted
            }
        case .finish(let outcome):
            state = .running
            let counts = "\(outcome.results.count) results, \(outcome.failures.count) failed"
            logger.info("task \(uuid): \(counts), \(outcome.missing) missing")
        default: return
        }
        progress(
            TaskProgress(
                state: state, percent: machine.percent, results: machine.results,
                failures: machine.failures.map(wire.redacted)))
    }
}
