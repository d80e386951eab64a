import Foundation

extension Client {
    /// Asks after many tasks at once, fifty an exchange; every UUID given has a reply of its own.
    ///
    /// Asks once and waits for nothing. A failure says that nothing was learnt of that task (`charged`
    /// unknown), not that the task failed: that stands in the answer.
    public func ask(_ uuids: [String]) async -> [String: Result<TaskAnswer, RunwareError>] {
        var answers: [String: Result<TaskAnswer, RunwareError>] = [:]
        for start in stride(from: 0, to: uuids.count, by: Asker.most) {
            let some = Array(uuids[start..<min(start + Asker.most, uuids.count)])
            let reply = await wire.post(Wire.questions(some), .asking)
            for (uuid, reply) in Reading.ask(reply, tasks: some) {
                switch reply {
                case .answer(let answer): answers[uuid] = .success(wire.redacted(answer))
                case .refused(let error), .unclear(let error, _):
                    answers[uuid] = .failure(wire.redacted(error.charged(.unknown)))
                case .cancelled: answers[uuid] = .failure(.cancelled("stopped asking", task: uuid))
                }
            }
        }
        return answers
    }

    /// What became of a task that was sent in an earlier run. Never submits anything, never waits for its
    /// end.
    ///
    /// A service that keeps silent is asked a few times, then its archive; an exchange that fails is
    /// repeated a few times. An answer that is still silent, with `isDenied` set, means that nobody there
    /// knows the task; where nothing could be learnt, this throws.
    public func find(_ uuid: String) async throws(RunwareError) -> TaskAnswer {
        var troubles = 0
        var silences = 0
        while silences < max(1, configuration.poll.silentAsksBeforeResubmitting) {
            switch await asker.ask(uuid) {
            case .answer(let answer):
                if !answer.isDenied, !answer.isSilent { return wire.redacted(answer) }
                // "Failed or not found" may be either: the archive knows better.
                silences += 1
                try await rest(configuration.poll.pause(silences - 1, configuration.pace.random()), uuid)
            case .unclear(let error, let wanted):
                troubles += 1
                try await bear(error, troubles, wanted, uuid)
            case .refused(let error): throw wire.redacted(error.charged(.unknown))
            case .cancelled: throw .cancelled("stopped asking", task: uuid)
            }
        }
        while true {
            switch Reading.archive(await wire.lookUp(uuid), task: uuid) {
            case .found(let answer): return wire.redacted(answer)
            case .known:
                var answer = TaskAnswer()
                answer.running = 1
                return answer
            case .none:
                var answer = TaskAnswer()
                answer.isDenied = true
                return answer
            case .unclear(let error, let wanted):
                troubles += 1
                try await bear(error, troubles, wanted, uuid)
            case .refused(let error): throw wire.redacted(error.charged(.unknown))
            case .cancelled: throw .cancelled("stopped asking", task: uuid)
            }
        }
    }

    private func bear(
        _ error: RunwareError, _ troubles: Int, _ wanted: Duration?, _ uuid: String
    ) async throws(RunwareError) {
        guard troubles < configuration.mostAttempts else {
            throw wire.redacted(error.charged(.unknown, .askAgain))
        }
        try await wire.rest(troubles, wanted: wanted)
    }

    private func rest(_ pause: Duration, _ uuid: String) async throws(RunwareError) {
        do {
            try await configuration.pace.sleep(pause)
        } catch {
            throw .cancelled("stopped asking", task: uuid)
        }
    }

    /// What the service would make of a request and charge for it, without running it.
    ///
    /// Sends the task with the header `X-Runware-Dry-Run: 1` under a UUID of its own, once, and returns the
    /// whole answer as it came. Whether the header is heeded is the service's affair: it is documented for
    /// the hosted one; an answer without a `cost` is a reason to ask for the task it names.
    public func price(_ request: VideoRequest) async throws(RunwareError) -> JSONValue {
        let uuid = UUID().uuidString.lowercased()
        try checkReady(request, uuid)
        let body = Data("[\(request.body(taskUUID: uuid))]".utf8)
        let reply = await wire.post(body, .sending, headers: ["X-Runware-Dry-Run": "1"])
        switch Reading.submit(reply, task: uuid) {
        case .accepted: return try wire.document(reply, uuid)
        case .unclear(let error, _):
            guard case .success(let http) = reply, let envelope = Envelope(http.body) else {
                throw wire.redacted(error.charged(.no, .retryTransport))
            }
            // There is but one task that an error can be about, and a price need not name it.
            if let fault = envelope.errors.first {
                throw wire.redacted(fault.error(status: http.status, task: uuid, charged: .no))
            }
            guard http.status < 300, !envelope.data.isEmpty else {
                throw wire.redacted(error.charged(.no, .retryTransport))
            }
            return try wire.document(reply, uuid)
        case .conflict(let error), .refused(let error), .busy(let error, _), .notSent(let error):
            throw wire.redacted(error)
        case .cancelled: throw .cancelled("stopped asking for the price", task: uuid)
        }
    }
}

extension RunwareError {
    static func cancelled(_ message: String, task: String? = nil) -> RunwareError {
        RunwareError(
            code: "cancelled", category: .cancelled, message: message, taskUUID: task,
            charged: task == nil ? .no : .unknown)
    }
}
