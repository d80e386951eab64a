/// The life of one task as a state machine: events in, one action out, no I/O, no clock, no randomness.
///
/// Three rules about money are in here. (1) After a failure that leaves open whether the service has the
/// task, it is asked for before it is sent again. (2) It is only ever sent under its one UUID, and a
/// conflict means "accepted" only if we have sent that UUID before. (3) A task found silent is looked up in
/// the archive before it is sent again, because a UUID that has ended could be sold a second time.
///
/// Two patiences are kept apart: a service that is *busy* says a definite no for now and is waited for by
/// time, however often it says so; an *outage* (nothing but failed exchanges) ends sooner. A wait that the
/// service asked for counts against neither.
package struct TaskMachine: Sendable {
    package enum Event: Sendable {
        case start
        case submitted(SubmitReply)
        case asked(AskReply)
        case archive(ArchiveReply)
        case waited
        /// Somebody says that there is news of the task.
        case hinted
        case cancelled
    }

    package enum Action: Sendable {
        case submit
        case ask
        case askArchive
        case wait(Duration)
        case finish(TaskOutcome)
        case fail(RunwareError)
    }

    private enum After { case submit, ask }

    private let policy: PollPolicy
    private let uuid: String
    /// How many results were asked for; nil where the caller does not know.
    private let expected: Int?
    private let maySubmit: Bool
    /// This UUID may be known to the service, now or from an earlier run.
    private var mayBeKnown: Bool
    /// This UUID has left this machine before: only then is a conflict no error.
    private var hasSent: Bool
    /// Told by the client: news of tasks are being brought, so asking is only the safety net.
    package var isHinted = false
    /// The service has shown that it has the task.
    package private(set) var isAccepted = false
    /// The service has said something of the task since it took it on.
    package private(set) var isUnderWay = false
    package private(set) var results: [VideoResult] = []
    package private(set) var failures: [RunwareError] = []
    package private(set) var percent: Int?
    /// Why we wait, for people.
    package private(set) var obstacle: String?
    private var submissions = 0
    private var asks = 0
    private var silentAsks = 0
    private var deniedAsks = 0
    private var archiveIsAsked = false
    private var archiveTroubles = 0
    private var trouble: Trouble?
    private var next: After = .ask

    /// A row of failed exchanges of one kind.
    private struct Trouble {
        var isBusy: Bool
        /// When it began, later by every wait that the service asked for.
        var since: Duration
        var count = 0
        var last: RunwareError
    }

    /// - Parameters:
    ///   - expected: how many results were asked for; nil takes what the service lists.
    ///   - alreadySent: the UUID may have been sent before: ask first.
    ///   - maySubmit: false for a task that is only waited for.
    package init(
        policy: PollPolicy, taskUUID: String, expected: Int?, alreadySent: Bool, maySubmit: Bool = true
    ) {
        self.policy = policy
        uuid = taskUUID
        self.expected = expected.map { max(1, $0) }
        self.maySubmit = maySubmit
        mayBeKnown = alreadySent || !maySubmit
        hasSent = mayBeKnown
    }

    /// Whether the request may still be needed.
    package var mayStillSubmit: Bool { maySubmit && !isAccepted }
    /// Whether the next step after a wait is a question, which may as well come sooner.
    package var asksNext: Bool { next == .ask }

    /// Takes one event at a time since the start, with a random number in 0..<1, and says what to do.
    package mutating func handle(_ event: Event, at now: Duration, random: Double) -> Action {
        let action = decide(event, now, random)
        guard case .wait(let pause) = action else { return action }
        if now >= policy.deadline { return giveUp() }
        return .wait(min(pause, policy.deadline - now))
    }

    private mutating func decide(_ event: Event, _ now: Duration, _ random: Double) -> Action {
        switch event {
        case .start: return mayBeKnown ? .ask : submit()
        case .waited, .hinted:
            if now >= policy.deadline { return giveUp() }
            return next == .ask ? .ask : submit()
        case .submitted(let reply): return submitted(reply, now, random)
        case .asked(let reply): return asked(reply, now, random)
        case .archive(let reply): return archived(reply, random)
        case .cancelled: return .fail(cancelled())
        }
    }

    private mutating func submit() -> Action {
        submissions += 1
        return .submit
    }

    private mutating func submitted(_ reply: SubmitReply, _ now: Duration, _ random: Double) -> Action {
        let (wasMaybeKnown, hadSent) = (mayBeKnown, hasSent)
        if case .notSent = reply {} else { hasSent = true }
        switch reply {
        case .accepted(let answer):
            return accepted(answer, random)
        case .conflict(let error):
            guard hadSent else {
                return .fail(error.charged(.unknown, .askAgain))
            }
            return accepted(TaskAnswer(), random)
        case .refused(let error):
            // The same body would have been refused before, too; the state of the account may have changed.
            let isSure = !wasMaybeKnown || error.category == .validation || error.category == .safety
            return .fail(isSure ? error : error.charged(.unknown))
        case .notSent(let error):
            guard submissions < policy.mostSubmissions else { return stop(error) }
            return again(.submit, error, nil, now, random)
        case .busy(let error, let pause):
            // A definite no for now is not one of the attempts that are counted.
            submissions -= 1
            return again(.submit, error, pause, now, random, isBusy: true)
        case .unclear(let error, let pause):
            mayBeKnown = true
            silentAsks = 0
            archiveIsAsked = false
            return again(.ask, error, pause, now, random)
        case .cancelled:
            mayBeKnown = true
            return .fail(cancelled())
        }
    }

    private mutating func accepted(_ answer: TaskAnswer, _ random: Double) -> Action {
        isAccepted = true
        mayBeKnown = true
        recovered()
        asks = 0
        silentAsks = 0
        absorb(answer)
        if let end = end(answer) { return end }
        next = .ask
        return .wait(policy.delay(random))
    }

    private mutating func asked(_ reply: AskReply, _ now: Duration, _ random: Double) -> Action {
        switch reply {
        case .cancelled: return .fail(cancelled())
        case .refused(let error):
            return stop(error.charged(.unknown))
        case .unclear(let error, let pause):
            return again(.ask, error, pause, now, random)
        case .answer(let answer):
            recovered()
            if !isAccepted && (answer.isDenied || answer.isSilent) && answer.results.isEmpty {
                return silent(random)
            }
            if answer.isDenied && answer.isSilent {
                deniedAsks += 1
                if deniedAsks > policy.silentAsksBeforeResubmitting { return lost() }
            }
            if !answer.isSilent {
                isAccepted = true
                isUnderWay = true
            }
            absorb(answer)
            if let end = end(answer) { return end }
            return pause(random)
        }
    }

    /// Nobody knows the task: asked a few times, then looked up in the archive, then sent again, same UUID.
    private mutating func silent(_ random: Double) -> Action {
        silentAsks += 1
        guard silentAsks >= policy.silentAsksBeforeResubmitting else { return pause(random) }
        if !archiveIsAsked {
            archiveIsAsked = true
            return .askArchive
        }
        return resubmit()
    }

    /// Nobody knows the task: sent again, unless that is not ours to do or was done often enough.
    private mutating func resubmit() -> Action {
        guard maySubmit else {
            return .fail(unknown("nobody knows the task: no answer names it, nor the archive"))
        }
        guard submissions < policy.mostSubmissions else {
            return .fail(
                RunwareError(
                    code: "noAnswer", category: .timeout,
                    message: "sent \(submissions) times, and the service never said that it has the task",
                    taskUUID: uuid, charged: .unknown, recovery: .askAgain))
        }
        return submit()
    }

    private mutating func archived(_ reply: ArchiveReply, _ random: Double) -> Action {
        switch reply {
        case .cancelled: return .fail(cancelled())
        case .found(let answer):
            isAccepted = true
            absorb(answer)
            return end(answer) ?? .finish(outcome())
        case .known:
            isAccepted = true
            return pause(random)
        case .none:
            return resubmit()
        case .refused(let error):
            return stop(error.charged(.unknown))
        case .unclear(let error, let wanted):
            // Not to know is not a reason to send: ask on, and give up with the task open.
            archiveIsAsked = false
            archiveTroubles += 1
            guard archiveTroubles < policy.mostSubmissions else { return stop(error.charged(.unknown)) }
            obstacle = error.message
            next = .ask
            return .wait(max(policy.pause(archiveTroubles, random), wanted ?? .zero))
        }
    }

    private mutating func pause(_ random: Double) -> Action {
        defer { asks += 1 }
        next = .ask
        let usual = policy.pause(asks, random)
        return .wait(isHinted && isAccepted ? max(usual, policy.hintedInterval) : usual)
    }

    private mutating func again(
        _ what: After, _ error: RunwareError, _ wanted: Duration?, _ now: Duration, _ random: Double,
        isBusy: Bool = false
    ) -> Action {
        obstacle = error.message
        var row = trouble ?? Trouble(isBusy: isBusy, since: now, last: error)
        if row.isBusy != isBusy { row = Trouble(isBusy: isBusy, since: now, last: error) }
        row.last = error
        row.count += 1
        let pause = policy.pause(row.count - 1, random)
        let patience = isBusy ? policy.busyPatience : policy.outagePatience
        guard now - row.since <= patience else { return stop(error) }
        if let wanted, wanted > pause { row.since += wanted - pause }
        trouble = row
        next = what
        return .wait(max(pause, wanted ?? .zero))
    }

    private mutating func recovered() {
        obstacle = nil
        trouble = nil
    }

    private mutating func absorb(_ answer: TaskAnswer) {
        for result in answer.results {
            // A later answer may bring another address: addresses expire, identities do not.
            if let known = results.firstIndex(where: { $0.videoUUID == result.videoUUID }) {
                results[known].update(with: result)
            } else {
                results.append(result)
            }
        }
        // Failures have no identity and every poll lists them all: the longest list is the truth.
        if answer.failures.count > failures.count { failures = answer.failures }
        percent = answer.percent ?? percent
    }

    private func end(_ answer: TaskAnswer) -> Action? {
        let told = results.count + failures.count
        let isComplete = expected.map { told >= $0 } ?? (told > 0 && answer.running == 0)
        let isOver = !answer.failures.isEmpty && answer.running == 0
        guard isComplete || isOver else { return nil }
        if results.isEmpty, let first = failures.first { return .fail(first) }
        return .finish(TaskOutcome(results: results, failures: failures))
    }

    /// What there is so far; the rest is missing.
    private func outcome(_ why: RunwareError? = nil) -> TaskOutcome {
        let missing = max(0, (expected ?? 1) - results.count - failures.count)
        return TaskOutcome(results: results, failures: failures, missing: missing, interruption: why)
    }

    /// The wait ends here, with what has arrived, or with the error alone.
    private func stop(_ error: RunwareError) -> Action {
        if !results.isEmpty { return .finish(outcome(error)) }
        if mayBeKnown { return .fail(error.charged(.unknown)) }
        var error = error.charged(.no, .retryTransport)
        if error.category != .transport { error.hint = "nothing was taken on or charged: run again later" }
        return .fail(error)
    }

    private func lost() -> Action { stop(unknown("the service took the task on and no longer knows it")) }

    private func unknown(_ message: String) -> RunwareError {
        RunwareError(
            code: "taskNotFound", category: .notFound, message: message, taskUUID: uuid, charged: .unknown,
            recovery: .askAgain)
    }

    private func giveUp() -> Action {
        // Still being turned away at the deadline: the reason is more use than the time.
        if !isAccepted, !mayBeKnown, let error = trouble?.last { return stop(error) }
        return stop(
            RunwareError(
                code: "deadline", category: .timeout,
                message: isAccepted
                    ? "the task is not finished within \(policy.deadline.components.seconds) s"
                    : "no word of the task within \(policy.deadline.components.seconds) s",
                taskUUID: uuid, charged: mayBeKnown ? .unknown : .no, recovery: .askAgain))
    }

    private func cancelled() -> RunwareError {
        RunwareError(
            code: "cancelled", category: .cancelled,
            message: isAccepted
                ? "stopped waiting; the task runs on and will be billed"
                : "stopped before the task was confirmed",
            taskUUID: uuid, charged: isAccepted ? .yes : mayBeKnown ? .unknown : .no, recovery: .askAgain)
    }
}
