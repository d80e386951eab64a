import Foundation
public import Logging

/// The service's client: buys a video once and waits for it, asks, uploads, downloads.
///
/// An actor only because it is shared; it keeps nothing between calls, so many tasks run through one client
/// side by side.
public actor Client {
    let configuration: ClientConfiguration
    let transport: any Transport
    let logger: Logger

    /// Makes a client. No connection is made yet.
    public init(
        _ configuration: ClientConfiguration, transport: any Transport = URLSessionTransport(),
        logger: Logger = Logger(label: "runware")
    ) {
        self.configuration = configuration
        self.transport = transport
        self.logger = logger
    }

    /// Buys one task and waits for its results.
    ///
    /// - Parameters:
    ///   - request: what to make; a request that was read with errors is refused here, unsent.
    ///   - taskUUID: the task's name, minted and kept by the caller. Never used for anything else.
    ///   - alreadySent: the UUID may have been sent before (an earlier run): it is asked for first, and sent
    ///     only if the service stays silent about it.
    ///   - willSend: awaited once, before the first byte of the first submission; what it throws stops the
    ///     task unsent. The place to write down what is about to be bought.
    ///   - progress: news, from the client's actor; must not block.
    /// - Returns: the finished results, at least one. Where siblings of a batch failed, their errors were in
    ///   the progress.
    /// - Throws: with `charged` telling whether money may have been spent.
    public func run(
        _ request: VideoRequest, taskUUID: String, alreadySent: Bool,
        willSend: @Sendable () async throws -> Void = {},
        progress: @Sendable (TaskProgress) -> Void = { _ in }
    ) async throws(RunwareError) -> [VideoResult] {
        try checkReady(request, taskUUID)
        var machine = TaskMachine(
            policy: configuration.poll, taskUUID: taskUUID, expected: request.numberResults ?? 1,
            alreadySent: alreadySent)
        let body = Data("[\(request.body(taskUUID: taskUUID))]".utf8)
        let start = configuration.pace.now()
        var hasToldWillSend = false
        var event = TaskMachine.Event.start
        while true {
            let now = configuration.pace.now() - start
            let action = machine.handle(
                Task.isCancelled ? .cancelled : event, at: now, random: configuration.pace.random())
            tell(machine, action, taskUUID, progress)
            switch action {
            case .submit:
                if !hasToldWillSend {
                    hasToldWillSend = true
                    try await announce(willSend, taskUUID, alreadySent)
                    if Task.isCancelled { continue }
                }
                event = .submitted(Reading.submit(await post(body, submits: true), task: taskUUID))
            case .ask:
                let reply = await post(Self.questions([taskUUID]), submits: false)
                event = .asked(Reading.ask(reply, tasks: [taskUUID])[taskUUID] ?? .answer(TaskAnswer()))
            case .askArchive:
                event = .archive(
                    Reading.archive(await post(Self.details(taskUUID), submits: false), task: taskUUID))
            case .wait(let pause):
                do {
                    try await configuration.pace.sleep(pause)
                    event = .waited
                } catch {
                    event = .cancelled
                }
            case .finish(let results, _): return results
            case .fail(let error): throw redacted(error)
            }
        }
    }

    /// Asks after many tasks at once; every UUID given has an answer, perhaps a silent one.
    ///
    /// Asks once. Throws where nothing could be learnt at all.
    public func ask(_ uuids: [String]) async throws(RunwareError) -> [String: TaskAnswer] {
        var answers: [String: TaskAnswer] = [:]
        for start in stride(from: 0, to: uuids.count, by: 50) {
            let some = Array(uuids[start..<min(start + 50, uuids.count)])
            let replies = Reading.ask(await post(Self.questions(some), submits: false), tasks: some)
            for (uuid, reply) in replies {
                switch reply {
                case .answer(let answer): answers[uuid] = answer
                case .refused(let error), .unclear(let error, _): throw redacted(error)
                case .cancelled:
                    throw RunwareError(
                        code: "cancelled", category: .cancelled, message: "stopped asking", charged: .unknown)
                }
            }
        }
        return answers
    }

    /// What became of a task that was sent in an earlier run. Never submits anything.
    ///
    /// A service that keeps silent is asked a few times, then its archive. An answer that is still silent, with
    /// `isDenied` set, means that nobody there knows the task; where nothing could be learnt, this throws.
    public func find(_ uuid: String) async throws(RunwareError) -> TaskAnswer {
        for attempt in 0..<max(1, configuration.poll.silentAsksBeforeResubmitting) {
            if attempt > 0 {
                do {
                    try await configuration.pace.sleep(
                        configuration.poll.pause(attempt - 1, configuration.pace.random()))
                } catch {
                    throw RunwareError(code: "cancelled", category: .cancelled, message: "stopped asking")
                }
            }
            if let answer = try await ask([uuid])[uuid], !answer.isDenied, !answer.isSilent { return answer }
        }
        switch Reading.archive(await post(Self.details(uuid), submits: false), task: uuid) {
        case .found(let answer): return answer
        case .known:
            var answer = TaskAnswer()
            answer.running = 1
            return answer
        case .none:
            var answer = TaskAnswer()
            answer.isDenied = true
            return answer
        case .unclear(let error, _): throw redacted(error)
        case .cancelled:
            throw RunwareError(code: "cancelled", category: .cancelled, message: "stopped asking")
        }
    }

    private func checkReady(_ request: VideoRequest, _ taskUUID: String) throws(RunwareError) {
        if let problem = request.readProblems.first(where: { $0.severity == .error }) {
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
                state = !machine.isAccepted ? .waiting("asking for the task") : .running
            }
        case .finish(let results, let failures):
            state = .running
            logger.info("task \(uuid): \(results.count) results, \(failures.count) failed")
        default: return
        }
        progress(
            TaskProgress(
                state: state, percent: machine.percent, results: machine.results,
                failures: machine.failures.map(redacted)))
    }
}
