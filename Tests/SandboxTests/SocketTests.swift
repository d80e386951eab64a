import Foundation
import Sandbox
import TestSupport
import Testing

@Suite(.blocking, .timeLimit(.minutes(5))) struct `The WebSocket` {
    private func ask(_ uuid: String) -> [String: Any] { ["taskType": "getResponse", "taskUUID": uuid] }

    @Test func `whoever authenticates first is answered task by task`() async throws {
        let sandbox = try await Caller.canned(#"{"key": "test"}"#)
        let socket = try RawSocket(sandbox.base)
        #expect(try socket.enter() != nil)
        try socket.send([["taskType": "ping", "ping": true]])
        #expect(try socket.next()?.data.first?["pong"] as? Bool == true)
        let sent = task()
        let uuid = sent["taskUUID"] as? String ?? ""
        try socket.send([sent])
        let accepted = try #require(try socket.next())
        #expect(accepted.data.first.map { Set($0.keys) } == ["taskType", "taskUUID"])
        var done: Envelope?
        while done?.data.first?["status"] as? String != "success" {
            try socket.send([ask(uuid)])
            done = try socket.next()
        }
        #expect(done?.data.first?["videoURL"] as? String != nil)
        try socket.send([task(["duration": 7])])
        let refused = try #require(try socket.next())
        #expect(refused.code == "unsupportedDuration" && refused.errors.first?["taskUUID"] != nil)
        await sandbox.close()
    }

    @Test func `without a valid key nothing is done, and a right one may still follow`() async throws {
        let sandbox = try await Caller.canned(#"{"key": "test"}"#)
        let socket = try RawSocket(sandbox.base)
        try socket.send([task()])
        #expect(try socket.next()?.code == "missingApiKey")
        try socket.send([["taskType": "authentication", "apiKey": "wrong"]])
        let refused = try #require(try socket.next())
        #expect(refused.code == "invalidApiKey")
        #expect(refused.errors.first?["taskType"] as? String == "authentication")
        #expect(try await sandbox.world()["count"] as? Int == 0)
        #expect(try socket.enter() != nil)
        await sandbox.close()
    }

    @Test func `an acknowledgement lost with the connection comes when the session is resumed`() async throws
    {
        let sandbox = try await Caller.canned()
        let socket = try RawSocket(sandbox.base)
        let session = try #require(try socket.enter())
        let sent = task(["positivePrompt": "x [fault: lost-ack]"])
        try socket.send([sent])
        #expect(try socket.next() == nil)
        #expect(socket.isReset)
        let charged = try await sandbox.world()["totalCharge"] as? Double ?? 0
        #expect(charged > 0)
        let other = try RawSocket(sandbox.base)
        #expect(try other.enter() != session)
        let again = try RawSocket(sandbox.base)
        #expect(try again.enter(session) == session)
        #expect(try again.next()?.data.first?["taskUUID"] as? String == sent["taskUUID"] as? String)
        try again.send([sent])
        #expect(try again.next()?.code == "conflictTaskUUID")
        #expect(try await sandbox.world()["totalCharge"] as? Double == charged)
        await sandbox.close()
    }

    @Test func `a session is forgotten two minutes after its connection ended`() async throws {
        let manual = ManualClock()
        let sandbox = try await Caller.canned(clock: manual.clock)
        var socket: RawSocket? = try RawSocket(sandbox.base)
        let session = try #require(try socket?.enter())
        try socket?.send([task(["positivePrompt": "x [fault: lost-ack]"])])
        #expect(try socket?.next() == nil)
        socket = nil
        manual.advance(119)
        let early = try RawSocket(sandbox.base)
        #expect(try early.enter(session) == session)
        try early.send([task(["positivePrompt": "x [fault: submit-reset]"])])
        while try early.next() != nil {}
        manual.advance(121)
        #expect(try RawSocket(sandbox.base).enter(session) != session)
        manual.release()
        await sandbox.close()
    }

    @Test func `who says nothing for two minutes is hung up on`() async throws {
        let manual = ManualClock()
        let sandbox = try await Caller.canned(clock: manual.clock)
        let socket = try RawSocket(sandbox.base)
        try socket.enter()
        // The watch may begin to wait only after the clock has moved once.
        let pushing = Task {
            while !Task.isCancelled {
                manual.advance(60)
                try? await Task.sleep(for: .milliseconds(5))
            }
        }
        #expect(try socket.next() == nil)
        pushing.cancel()
        manual.release()
        await sandbox.close()
    }

    @Test func `a refusal for want of room reaches the task it is about`() async throws {
        let sandbox = try await Caller.canned()
        let socket = try RawSocket(sandbox.base, headers: ["X-Sandbox-Faults": "submit-503, huge-ack=1"])
        try socket.enter()
        let sent = task()
        try socket.send([sent])
        let refused = try #require(try socket.next())
        #expect(refused.code == "noAvailableServer")
        #expect(refused.errors.first?["taskUUID"] as? String == sent["taskUUID"] as? String)
        try socket.send([sent])
        let accepted = try #require(try socket.next())
        #expect(accepted.data.count == 1 && accepted.size > 1 << 20)
        await sandbox.close()
    }
}
