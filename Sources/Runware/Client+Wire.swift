import Foundation
import Logging

extension Client {
    /// One exchange with the API; the only place where the key is used.
    func post(_ body: Data, submits: Bool) async -> Result<HTTPReply, TransportError> {
        let call = HTTPCall(
            method: "POST", url: configuration.baseURL,
            headers: [
                "Authorization": configuration.authorization, "Content-Type": "application/json",
                "Accept": "application/json", "User-Agent": "reel",
            ],
            body: body, deadline: submits ? configuration.submitDeadline : configuration.askDeadline,
            bodyLimit: configuration.answerLimit, once: submits)
        do {
            let reply = try await transport.send(call)
            logger.debug("\(call): HTTP \(reply.status), \(reply.byteCount) bytes")
            return .success(reply)
        } catch {
            logger.debug("\(call): \(error)")
            return .failure(error)
        }
    }

    static func tasks(_ tasks: [[String: JSONValue]]) -> Data {
        Data(JSONValue.array(tasks.map(JSONValue.object)).canonical.utf8)
    }

    static func questions(_ uuids: [String]) -> Data {
        tasks(uuids.map { ["taskType": .string("getResponse"), "taskUUID": .string($0)] })
    }

    /// The question to the archive of past tasks.
    static func details(_ uuid: String) -> Data {
        tasks([["taskType": .string("getTaskDetails"), "taskUUID": .string(uuid)]])
    }

    func redacted(_ error: RunwareError) -> RunwareError {
        var copy = error
        copy.message = configuration.redacted(error.message)
        copy.hint = error.hint.map(configuration.redacted)
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
            throw RunwareError(code: "cancelled", category: .cancelled, message: "stopped waiting")
        }
    }
}
