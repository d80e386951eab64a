import FlyingFox
import Foundation
import Synchronization

/// One WebSocket connection: the first message authenticates, and from then on each message is an array of
/// tasks that is answered in a message of its own, slow ones not before quick ones.
struct SocketTalk: WSMessageHandler {
    let desk: Desk
    let sessions: Sessions
    let clock: SandboxClock
    /// The other end, and the port that the sandbox listens on.
    let peer: HTTPRequest.Address?
    let port: UInt16
    /// The header `X-Sandbox-Faults` of the handshake; it counts for all tasks of the connection.
    let faults: String?

    /// Seconds without a message after which the connection is closed.
    static let patience: TimeInterval = 120

    func makeMessages(for client: AsyncStream<WSMessage>) async throws -> AsyncStream<WSMessage> {
        let (messages, outlet) = AsyncStream.makeStream(of: WSMessage.self)
        let line = Line(outlet: outlet, heard: clock.now())
        let talk = Task {
            await withDiscardingTaskGroup { group in
                group.addTask { await hangUpWhenIdle(line) }
                await listen(client, line, &group)
                group.cancelAll()
            }
            if let seat = line.seat { await seat.session.leave(seat.number, at: clock.now()) }
            outlet.finish()
        }
        outlet.onTermination = { _ in talk.cancel() }
        return messages
    }

    /// What belongs to the connection.
    private final class Line: Sendable {
        let outlet: AsyncStream<WSMessage>.Continuation
        private let state: Mutex<(heard: Date, seat: (session: Session, number: Int)?)>

        init(outlet: AsyncStream<WSMessage>.Continuation, heard: Date) {
            self.outlet = outlet
            state = Mutex((heard, nil))
        }

        var heard: Date { state.withLock { $0.heard } }
        var seat: (session: Session, number: Int)? { state.withLock { $0.seat } }
        func hear(at now: Date) { state.withLock { $0.heard = now } }
        func sit(_ session: Session, _ number: Int) { state.withLock { $0.seat = (session, number) } }
        func say(_ value: JSON) { outlet.yield(.text(String(decoding: value.data, as: UTF8.self))) }
    }

    private func hangUpWhenIdle(_ line: Line) async {
        while true {
            let left = Self.patience - clock.now().timeIntervalSince(line.heard)
            if left <= 0 { break }
            do { try await clock.sleep(.seconds(left)) } catch { return }
        }
        line.outlet.yield(.close())
        line.outlet.finish()
    }

    private func listen(
        _ client: AsyncStream<WSMessage>, _ line: Line, _ group: inout DiscardingTaskGroup
    ) async {
        for await message in client {
            line.hear(at: clock.now())
            let body: Data
            switch message {
            case .text(let text): body = Data(text.utf8)
            case .data(let data): body = data
            case .close: return
            }
            guard let rest = await admit(body, line) else { continue }
            guard let session = line.seat?.session else { continue }
            group.addTask { await answer(rest, session, line) }
        }
    }

    /// Sees to an authentication task at the head of a message. What follows it, or the whole message of one
    /// who is in already, is given back; nil where there is nothing more to do.
    private func admit(_ body: Data, _ line: Line) async -> Data? {
        guard var tasks = (try? JSON(parsing: body))?.array else {
            line.say(
                Self.errors(Refusal(code: "invalidJSON", message: "A message must be an array of tasks.")))
            return nil
        }
        let first = tasks.first
        let isAuthentication = first?["taskType"] == "authentication"
        if !isAuthentication, line.seat != nil { return body }
        do {
            try desk.authenticate(&tasks, nil)
        } catch let refusal as Refusal {
            line.say(Self.errors(refusal))
            return nil
        } catch {
            return nil
        }
        let session: Session
        if let seated = line.seat?.session {
            session = seated
        } else {
            session = await sessions.open(resuming: first?["connectionSessionUUID"]?.string)
            let outlet = line.outlet
            line.sit(session, await session.join { outlet.yield(.text($0)) })
        }
        line.say([
            "data": [["taskType": "authentication", "connectionSessionUUID": .string(session.id)]]
        ])
        await session.flush()
        return tasks.isEmpty ? nil : JSON.array(tasks).data
    }

    private static func errors(_ refusal: Refusal) -> JSON {
        ["errors": [refusal.json(taskType: "authentication")]]
    }

    private func answer(_ body: Data, _ session: Session, _ line: Line) async {
        let ask = Desk.Ask(faults: faults, isKnown: true)
        let answer = await desk.answer(body: body, ask)
        let text = String(decoding: answer.body.data, as: UTF8.self)
        guard let fault = answer.fault, let treatment = fault.kind.treatment else {
            return await session.send(text)
        }
        switch treatment.what {
        case .reset, .cut:
            // The answer, if there is one, waits for the connection that takes the session up again.
            if treatment.when == .after { await session.hold(text) }
            if let seat = line.seat { await seat.session.leave(seat.number, at: clock.now()) }
            Sockets.hardenClose(of: peer, port: port)
            line.outlet.finish()
        case .status(let code): await session.send(failure(of: body, code))
        case .page:
            // A gateway's page has no form here: it is as if the service had said so itself.
            await session.send(failure(of: body, 503))
        case .slow, .drip:
            do { try await clock.sleep(.milliseconds(fault.amount ?? 2000)) } catch { return }
            await session.send(text)
        case .gzip: await session.send(text)
        case .huge:
            await session.send(text + String(repeating: " ", count: (fault.amount ?? 9) << 20))
        }
    }

    /// An error for each task of a message: over a WebSocket there is no status to say it with.
    private func failure(of body: Data, _ code: Int) -> String {
        let refusal =
            switch code {
            case 429: Refusal(code: "rateLimitExceeded", message: "Too many requests.")
            case 503: Refusal(code: "noAvailableServer", message: "No server is free.")
            default: Refusal(code: "internalServerError", message: "The service failed.")
            }
        let tasks = (try? JSON(parsing: body))?.array ?? []
        let errors = tasks.map { task in
            refusal.json(taskUUID: task["taskUUID"]?.string, taskType: task["taskType"]?.string)
        }
        return String(decoding: JSON.object(["errors": .array(errors)]).data, as: UTF8.self)
    }
}
