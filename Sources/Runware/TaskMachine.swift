/// The life of one task as a state machine: events in, one action out, no I/O, no clock, no randomness.
///
/// Three rules about money are in here. (1) After a failure that leaves open whether the service has the task,
/// it is asked for before it is sent again. (2) It is only ever sent under its one UUID, and a conflict means
/// "accepted" only if we may have sent that UUID before. (3) A task found silent is looked up in the archive
/// before it is sent again, because a UUID that has ended could be sold a second time.
package struct TaskMachine: Sendable {
    package enum Event: Sendable {
        case start
        case submitted(SubmitReply)
        case asked(AskReply)
        case archive(ArchiveReply)
        case waited
        case cancelled
    }

    package enum Action: Sendable {
        case submit
        case ask
        case askArchive
        case wait(Duration)
        /// The results, and the errors of generations that failed beside them.
        case finish([VideoResult], [RunwareError])
        case fail(RunwareError)
    }

    private enum After { case submit, ask }

    private let policy: PollPolicy
    private let uuid: String
    private let expected: Int
    /// This UUID may have reached the service, now or in an earlier run.
    private var mayBeKnown: Bool
    /// The service has shown that it has the task.
    package private(set) var isAccepted = false
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
    private var outageSince: Duration?
    private var outageCount = 0
    private var next: After = .ask

    package init(policy: PollPolicy, taskUUID: String, expected: Int, alreadySent: Bool) {
        self.policy = policy
        uuid = taskUUID
        self.expected = max(1, expected)
        mayBeKnown = alreadySent
    }

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
        case .waited:
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
        let wasMaybeKnown = mayBeKnown
        switch reply {
        case .accepted(let answer):
            return accepted(answer)
        case .conflict(let error):
            guard wasMaybeKnown else {
                return .fail(error.charged(.unknown, .askAgain))
            }
            return accepted(TaskAnswer())
        case .refused(let error):
            // The same body would have been refused before, too; the state of the account may have changed.
            let isSure = !wasMaybeKnown || error.category == .validation || error.category == .safety
            return .fail(isSure ? error : error.charged(.unknown))
        case .notSent(let error):
            return again(.submit, error, nil, now, random, limit: policy.mostSubmissions)
        case .busy(let error, let pause):
            return again(.submit, error, pause, now, random, limit: policy.mostSubmissions)
        case .unclear(let error, let pause):
            mayBeKnown = true
            silentAsks = 0
            archiveIsAsked = false
            return again(.ask, error, pause, now, random, limit: nil)
        case .cancelled:
            mayBeKnown = true
            return .fail(cancelled())
        }
    }

    private mutating func accepted(_ answer: TaskAnswer) -> Action {
        isAccepted = true
        mayBeKnown = true
        recovered()
        asks = 0
        silentAsks = 0
        absorb(answer)
        if let end = end(answer) { return end }
        next = .ask
        return .wait(policy.initialDelay)
    }

    private mutating func asked(_ reply: AskReply, _ now: Duration, _ random: Double) -> Action {
        switch reply {
        case .cancelled: return .fail(cancelled())
        case .refused(let error):
            return results.isEmpty ? .fail(error.charged(.unknown)) : .finish(results, failures + [error])
        case .unclear(let error, let pause):
            return again(.ask, error, pause, now, random, limit: nil)
        case .answer(let answer):
            recovered()
            if !isAccepted && (answer.isDenied || answer.isSilent) && answer.results.isEmpty {
                return silent(random)
            }
            if answer.isDenied && answer.isSilent {
                deniedAsks += 1
                if deniedAsks > policy.silentAsksBeforeResubmitting { return lost() }
            }
            if !answer.isSilent { isAccepted = true }
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
        guard submissions < policy.mostSubmissions else { return giveUp() }
        return submit()
    }

    private mutating func archived(_ reply: ArchiveReply, _ random: Double) -> Action {
        switch reply {
        case .cancelled: return .fail(cancelled())
        case .found(let answer):
            isAccepted = true
            absorb(answer)
            return end(answer) ?? .finish(results, failures)
        case .known:
            isAccepted = true
            return pause(random)
        case .none:
            guard submissions < policy.mostSubmissions else { return giveUp() }
            return submit()
        case .unclear(let error, let wanted):
            // Not to know is not a reason to send: ask on, and give up with the task open.
            archiveIsAsked = false
            archiveTroubles += 1
            guard archiveTroubles < policy.mostSubmissions else { return .fail(error.charged(.unknown)) }
            obstacle = error.message
            next = .ask
            return .wait(max(policy.pause(archiveTroubles, random), wanted ?? .zero))
        }
    }

    private mutating func pause(_ random: Double) -> Action {
        defer { asks += 1 }
        next = .ask
        return .wait(policy.pause(asks, random))
    }

    private mutating func again(
        _ what: After, _ error: RunwareError, _ wanted: Duration?, _ now: Duration, _ random: Double,
        limit: Int?
    ) -> Action {
        obstacle = error.message
        let since = outageSince ?? now
        outageSince = since
        outageCount += 1
        let isTooOften = limit.map { submissions >= $0 } ?? false
        if isTooOften || now - since > policy.outagePatience {
            if !results.isEmpty { return .finish(results, failures + [error]) }
            return .fail(error.charged(mayBeKnown ? .unknown : .no))
        }
        next = what
        let pause = policy.pause(outageCount - 1, random)
        return .wait(max(pause, wanted ?? .zero))
    }

    private mutating func recovered() {
        obstacle = nil
        outageSince = nil
        outageCount = 0
    }

    private mutating func absorb(_ answer: TaskAnswer) {
        for result in answer.results where !results.contains(where: { $0.videoUUID == result.videoUUID }) {
            results.append(result)
        }
        // Failures have no identity and every poll lists them all: the longest list is the truth.
        if answer.failures.count > failures.count { failures = answer.failures }
        percent = answer.percent ?? percent
    }

    private func end(_ answer: TaskAnswer) -> Action? {
        let isComplete = results.count + failures.count >= expected
        let isOver = !answer.failures.isEmpty && answer.running == 0
        guard isComplete || isOver else { return nil }
        if results.isEmpty, let first = failures.first { return .fail(first) }
        return .finish(results, failures)
    }

    private func lost() -> Action {
        if !results.isEmpty { return .finish(results, failures) }
        return .fail(
            RunwareError(
                code: "taskNotFound", category: .notFound,
                message: "the service took the task on and no longer knows it", taskUUID: uuid,
                charged: .unknown, recovery: .askAgain))
    }

    private func giveUp() -> Action {
        if !results.isEmpty { return .finish(results, failures) }
        return .fail(
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
