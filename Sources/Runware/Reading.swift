package import Foundation

/// What a submission brought.
package enum SubmitReply: Sendable {
    /// The service has the task (and perhaps already results).
    case accepted(TaskAnswer)
    /// The UUID is in use.
    case conflict(RunwareError)
    /// A definite no to this request.
    case refused(RunwareError)
    /// A definite no to this task for now: nothing was taken on.
    case busy(RunwareError, retryAfter: Duration?)
    /// No connection was made.
    case notSent(RunwareError)
    /// It may have been taken on.
    case unclear(RunwareError, retryAfter: Duration?)
    case cancelled
}

/// What a question about a task brought.
package enum AskReply: Sendable {
    case answer(TaskAnswer)
    /// The question itself was refused (a wrong key, say).
    case refused(RunwareError)
    /// Nothing learnt; ask again.
    case unclear(RunwareError, retryAfter: Duration?)
    case cancelled
}

/// What the archive of past tasks said.
package enum ArchiveReply: Sendable {
    /// The task ended, with results or with a failure.
    case found(TaskAnswer)
    /// The task is known, but how it ended is not said: it may still run.
    case known
    /// The archive answered, and holds nothing of the task; or there is no archive.
    case none
    /// The question itself was refused (a wrong key, say).
    case refused(RunwareError)
    /// Nothing learnt; that proves nothing about the task.
    case unclear(RunwareError, retryAfter: Duration?)
    case cancelled
}

/// From HTTP to meaning. Pure. The body is read whatever the status says.
package enum Reading {
    package static func submit(_ reply: Result<HTTPReply, TransportError>, task uuid: String) -> SubmitReply {
        let http: HTTPReply
        switch reply {
        case .failure(let error):
            switch error.kind {
            case .cancelled: return .cancelled
            case .unreachable, .refused: return .notSent(Self.error(error, uuid, .no))
            default: return .unclear(Self.error(error, uuid, .unknown), retryAfter: nil)
            }
        case .success(let answer): http = answer
        }
        guard let envelope = Envelope(http.body) else { return submitWithoutBody(http, uuid) }
        let answer = answer(envelope, uuid, http.status)
        if envelope.data.contains(where: { $0.taskUUID.matches(uuid) }) { return .accepted(answer) }
        guard let fault = envelope.errors.first(where: { $0.taskUUID == nil || $0.taskUUID.matches(uuid) })
        else {
            let error = Self.error(http, uuid, .unknown, "the service answered without naming our task")
            return .unclear(error, retryAfter: wait(http))
        }
        let error = fault.error(status: http.status, task: uuid, charged: .no)
        if fault.code == "conflictTaskUUID" { return .conflict(error) }
        let isTurnedAway =
            http.status == 503 || error.category == .rateLimit || fault.code == "noAvailableServer"
        // 429 is said of the request as a whole. Anything else is a no to our task only where it names it.
        let isBusy = http.status == 429 || (isTurnedAway && fault.taskUUID != nil)
        if isBusy && !fault.isFinal { return .busy(error, retryAfter: wait(http)) }
        let isOpen =
            isTurnedAway || http.status >= 500 || http.status == 408
            || [.serverError, .timeout].contains(error.category)
        if isOpen && !fault.isFinal {
            return .unclear(error.charged(.unknown), retryAfter: wait(http))
        }
        return .refused(error)
    }

    private static func submitWithoutBody(_ http: HTTPReply, _ uuid: String) -> SubmitReply {
        switch http.status {
        case 429: return .busy(error(http, uuid, .no, "the service is busy"), retryAfter: wait(http))
        case 408, 500...:
            return .unclear(error(http, uuid, .unknown, "the service failed"), retryAfter: wait(http))
        case 300..<500:
            return .refused(error(http, uuid, .no, "the address does not speak the Runware protocol"))
        default:
            let error = error(http, uuid, .unknown, "the answer is not the JSON the protocol promises")
            return .unclear(error, retryAfter: wait(http))
        }
    }

    package static func ask(_ reply: Result<HTTPReply, TransportError>, tasks: [String]) -> [String: AskReply]
    {
        func all(_ reply: AskReply) -> [String: AskReply] {
            Dictionary(tasks.map { ($0, reply) }, uniquingKeysWith: { first, _ in first })
        }
        let only = tasks.count == 1 ? tasks[0] : nil
        let http: HTTPReply
        switch reply {
        case .failure(let error):
            if error.kind == .cancelled { return all(.cancelled) }
            return all(.unclear(Self.error(error, only, .unknown), retryAfter: nil))
        case .success(let answer): http = answer
        }
        guard let envelope = Envelope(http.body) else {
            if http.status >= 500 || http.status == 408 || http.status == 429 || http.status == 200 {
                return all(
                    .unclear(
                        error(http, only, .unknown, "the answer could not be read"), retryAfter: wait(http)))
            }
            return all(.refused(error(http, only, .unknown, "the question was refused")))
        }
        var replies: [String: AskReply] = [:]
        for uuid in tasks {
            let answer = answer(envelope, uuid, http.status, isOnly: only != nil)
            replies[uuid] = .answer(answer)
            let isTold = !answer.isSilent || answer.isDenied
            guard !isTold else { continue }
            let about = envelope.errors.first { fault in
                fault.taskUUID.matches(uuid) || (fault.taskUUID == nil)
            }
            guard let about else {
                if http.status >= 400 {
                    let error = error(http, uuid, .unknown, "the service failed")
                    replies[uuid] = .unclear(error, retryAfter: wait(http))
                }
                continue
            }
            let error = about.error(status: http.status, task: uuid, charged: .unknown)
            let passes =
                http.status >= 500 || http.status == 429 || http.status == 408
                || [.rateLimit, .serverError].contains(error.category)
            replies[uuid] = passes ? .unclear(error, retryAfter: wait(http)) : .refused(error)
        }
        return replies
    }

    /// What one envelope says about one task. Failures count only where they are meant for good.
    static func answer(_ envelope: Envelope, _ uuid: String, _ status: Int, isOnly: Bool = true) -> TaskAnswer
    {
        var answer = TaskAnswer()
        var seen: Set<String> = []
        for item in envelope.data where item.taskUUID.matches(uuid) {
            if let fault = item.fault {
                answer.failures.append(fault.error(status: status, task: uuid, charged: .unknown).asTheEnd)
            } else if item.isResult {
                let identity = item.videoUUID ?? item.videoURL ?? "result"
                guard seen.insert(identity).inserted else { continue }
                answer.results.append(VideoResult(item, task: uuid, identity: identity))
            } else {
                answer.running += 1
                answer.percent = item.percent ?? answer.percent
            }
        }
        for fault in envelope.errors where fault.taskUUID.matches(uuid) || (isOnly && fault.taskUUID == nil) {
            let error = fault.error(status: status, task: uuid, charged: .unknown)
            if fault.code == "taskNotFound" || fault.code == "taskFailedOrNotFound" {
                answer.isDenied = true
                if fault.code == "taskNotFound" { continue }
            }
            let passes =
                status >= 500 || status == 429 || status == 408
                || [.rateLimit, .serverError].contains(error.category)
            let isAboutTask = fault.taskUUID != nil && error.category != .auth
            if fault.isFinal {
                answer.failures.append(error.asTheEnd)
            } else if isAboutTask && !passes {
                // Only what a task can die of is its end. Anything else may be about the question.
                let isEnd = [.provider, .safety, .notFound].contains(error.category)
                answer.failures.append(isEnd ? error.asTheEnd : error.charged(.unknown, .askAgain))
            }
        }
        return answer
    }

    /// What an archive holds of a task. Only a definite answer counts as "nothing": what follows may cost
    /// money.
    package static func archive(_ reply: Result<HTTPReply, TransportError>, task uuid: String) -> ArchiveReply
    {
        let http: HTTPReply
        switch reply {
        case .failure(let error):
            if error.kind == .cancelled { return .cancelled }
            return .unclear(Self.error(error, uuid, .unknown), retryAfter: nil)
        case .success(let answer): http = answer
        }
        let mayPass = http.status >= 500 || http.status == 429 || http.status == 408
        guard let envelope = Envelope(http.body) else {
            if (300..<500).contains(http.status), !mayPass {
                return .refused(error(http, uuid, .unknown, "the archive's address answered with no JSON"))
            }
            return .unclear(
                error(http, uuid, .unknown, "the archive's answer could not be read"), retryAfter: wait(http))
        }
        // Not having such an archive, and not having the task in it, are the only ways to say "nothing".
        let denials: Set<String> = ["unknownTaskType", "taskNotFound"]
        let others = envelope.errors.filter {
            ($0.taskUUID == nil || $0.taskUUID.matches(uuid)) && !denials.contains($0.code)
        }
        var isKnown = false
        for item in envelope.data where item.taskUUID.matches(uuid) {
            if item.wasRequested { isKnown = true }
            guard let archived = item.archived, archived.object != nil,
                let inner = Envelope(Data(archived.canonical.utf8))
            else { continue }
            isKnown = true
            var answer = answer(inner, uuid, http.status)
            // A refused repetition is archived over the answer that matters; it says nothing about the end.
            answer.failures.removeAll { $0.code == "conflictTaskUUID" }
            if !answer.results.isEmpty || !answer.failures.isEmpty { return .found(answer) }
        }
        if isKnown { return .known }
        if let fault = others.first {
            let error = fault.error(status: http.status, task: uuid, charged: .unknown)
            if [.auth, .quota].contains(error.category) { return .refused(error.charged(.unknown)) }
            return .unclear(error.charged(.unknown, .askAgain), retryAfter: wait(http))
        }
        let isDenied = envelope.errors.contains { denials.contains($0.code) }
        guard !mayPass, isDenied || http.status < 300 else {
            return .unclear(
                error(http, uuid, .unknown, "the archive could not be asked"), retryAfter: wait(http))
        }
        return .none
    }

    /// How long the service asks us to wait, five minutes at most.
    package static func wait(_ http: HTTPReply, now: Date = Date()) -> Duration? {
        guard let text = http.headers["retry-after"]?.trimmingCharacters(in: .whitespaces) else { return nil }
        var seconds = Double(text)
        if seconds == nil {
            let format = DateFormatter()
            format.locale = Locale(identifier: "en_US_POSIX")
            format.timeZone = TimeZone(identifier: "GMT")
            format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss zzz"
            seconds = format.date(from: text)?.timeIntervalSince(now)
        }
        guard let seconds, seconds.isFinite else { return nil }
        return .seconds(max(0, min(300, seconds)))
    }

    static func error(_ error: TransportError, _ uuid: String?, _ charged: RunwareError.Charged)
        -> RunwareError
    {
        let codes: [TransportError.Kind: String] = [
            .unreachable: "cannotConnect", .lost: "connectionLost", .deadline: "deadline",
            .cancelled: "cancelled", .tooLarge: "answerTooLarge", .refused: "addressRefused",
            .file: "fileFailed", .wrongRange: "wrongRange",
        ]
        let category: RunwareError.Category =
            switch error.kind {
            case .deadline: .timeout
            case .cancelled: .cancelled
            case .tooLarge: .protocol
            default: .transport
            }
        return RunwareError(
            code: codes[error.kind] ?? "transport", category: category, message: error.message,
            taskUUID: uuid,
            charged: charged, recovery: charged == .unknown ? .askAgain : nil,
            hint: error.kind == .file ? "check the folder and the free space on its disk" : nil)
    }

    static func error(
        _ http: HTTPReply, _ uuid: String?, _ charged: RunwareError.Charged, _ message: String
    ) -> RunwareError {
        RunwareError(
            code: "http\(http.status)", category: RunwareError.Category(httpStatus: http.status),
            message: message,
            httpStatus: http.status, taskUUID: uuid, charged: charged,
            recovery: charged == .unknown ? .askAgain : nil)
    }
}

extension String? {
    /// UUIDs are compared without regard to case.
    func matches(_ uuid: String) -> Bool { self?.lowercased() == uuid.lowercased() }
}

extension RunwareError {
    /// Said of a task that has ended: whatever the cause, asking again would only be told the same.
    var asTheEnd: RunwareError {
        var copy = self
        if recovery == .askAgain || recovery == .retryTransport { copy.recovery = .stop }
        return copy
    }

    func charged(_ charged: Charged, _ recovery: Recovery? = nil) -> RunwareError {
        var copy = self
        copy.charged = charged
        copy.recovery = recovery ?? (charged == .unknown ? .askAgain : copy.recovery)
        return copy
    }
}
