import Foundation
import Logging

/// The client's way out: the one place where the key is used, with a gate that bounds the sockets.
struct Wire: Sendable {
    let configuration: ClientConfiguration
    let transport: any Transport
    let logger: Logger
    let gate: ExchangeGate
    /// Downloads have places of their own: they last, and go to another host.
    let downloads: ExchangeGate

    init(_ configuration: ClientConfiguration, transport: any Transport, logger: Logger) {
        self.configuration = configuration
        self.transport = transport
        self.logger = logger
        gate = ExchangeGate(limit: configuration.mostExchanges)
        downloads = ExchangeGate(limit: configuration.mostDownloads, reserved: 0)
    }

    /// One exchange with the API, when the gate lets it through; its deadline begins then.
    func post(
        _ body: Data, _ lane: ExchangeGate.Lane, headers: [String: String] = [:], isQuestion: Bool = false
    ) async -> Result<HTTPReply, TransportError> {
        let isSending = lane == .sending && !isQuestion
        let usual = [
            "Authorization": configuration.authorization, "Content-Type": "application/json",
            "Accept": "application/json", "User-Agent": "reel",
        ]
        let call = HTTPCall(
            method: "POST", url: configuration.baseURL,
            headers: usual.merging(headers) { usual, _ in usual },
            body: body, deadline: isSending ? configuration.submitDeadline : configuration.askDeadline,
            bodyLimit: configuration.answerLimit, once: isSending)
        let reply = await gate.through(lane) { () async -> Result<HTTPReply, TransportError> in
            do throws(TransportError) {
                let reply = try await transport.send(call)
                logger.debug("\(call): HTTP \(reply.status), \(reply.byteCount) bytes")
                return .success(reply)
            } catch {
                logger.debug("\(call): \(error)")
                return .failure(error)
            }
        }
        return reply ?? .failure(TransportError(.cancelled, "stopped waiting for \(call)"))
    }

    static func tasks(_ tasks: [[String: JSONValue]]) -> Data {
        Data(JSONValue.array(tasks.map(JSONValue.object)).canonical.utf8)
    }

    static func questions(_ uuids: [String]) -> Data {
        tasks(uuids.map { ["taskType": .string("getResponse"), "taskUUID": .string($0)] })
    }

    /// Asks the archive of past tasks. One task an exchange, so a crowd of these must not take the places
    /// that are kept for questions.
    func lookUp(_ uuid: String) async -> Result<HTTPReply, TransportError> {
        let body = Self.tasks([["taskType": .string("getTaskDetails"), "taskUUID": .string(uuid)]])
        return await post(body, .sending, isQuestion: true)
    }

    /// A whole answer as JSON.
    func document(_ reply: Result<HTTPReply, TransportError>, _ uuid: String) throws(RunwareError)
        -> JSONValue
    {
        if case .success(let http) = reply, let json = try? JSONValue(parsing: http.body) { return json }
        throw RunwareError(
            code: "answerUnreadable", category: .protocol, message: "the answer is not JSON", taskUUID: uuid)
    }

    func redacted(_ error: RunwareError) -> RunwareError {
        var copy = error
        copy.message = configuration.redacted(error.message)
        copy.hint = error.hint.map(configuration.redacted)
        return copy
    }

    func redacted(_ answer: TaskAnswer) -> TaskAnswer {
        var copy = answer
        copy.failures = answer.failures.map(redacted)
        return copy
    }

    /// The pause before attempt `attempt` (1 is the second), doubled each time, half a minute at most.
    func rest(_ attempt: Int, wanted: Duration?) async throws(RunwareError) {
        let doubled = configuration.retryPause * Double(1 << min(attempt - 1, 10))
        let chance = 1 + 0.2 * configuration.pace.random()
        let pause = max(min(doubled, .seconds(30)) * chance, wanted ?? .zero)
        do {
            try await configuration.pace.sleep(pause)
        } catch {
            throw .cancelled("stopped waiting")
        }
    }
}
