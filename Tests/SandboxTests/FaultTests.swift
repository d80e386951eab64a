import Foundation
import Sandbox
import TestSupport
import Testing

@Suite(.blocking) struct `Faults of submissions and polls` {
    @Test(
        arguments: [
            ("submit-429", 429), ("submit-500", 500), ("submit-503", 503), ("submit-504", 504),
        ])
    func `a refused submission is neither accepted nor charged, and the next one is`(
        fault: String, status: Int
    ) async throws {
        let sandbox = try await Caller.canned()
        let sent = task(["positivePrompt": "a sea [fault: \(fault)=3]"])
        let body = try JSONSerialization.data(withJSONObject: [sent])
        let refused = try await sandbox.send(
            "POST", sandbox.base, headers: ["Authorization": "Bearer k"], body: body)
        #expect(refused.status == status)
        #expect(
            refused.headers["content-type"] == (status == 504 ? "text/html" : "application/json"))
        if status == 429 { #expect(refused.headers["retry-after"] == "3") }
        #expect(try await sandbox.world()["totalCharge"] as? Double == 0)
        let waiting = try await sandbox.world()["unaccepted"] as? [[String: Any]]
        #expect(waiting?.first?["faults"] as? [String: Int] == [fault: 1])
        #expect(try await sandbox.post([sent]).data.count == 1)
        #expect(try await sandbox.world()["count"] as? Int == 1)
        await sandbox.close()
    }

    @Test func `a lost acknowledgement is a reset after the task was booked`() async throws {
        let sandbox = try await Caller.canned()
        let sent = task()
        let lost = try RawCaller.post(sandbox.base, sent, headers: ["X-Sandbox-Faults": "lost-ack"])
        #expect(lost.received.isEmpty)
        #expect(lost.isReset)
        let charged = try await sandbox.world()["totalCharge"] as? Double ?? 0
        #expect(charged > 0)
        #expect(try await sandbox.post([sent]).code == "conflictTaskUUID")
        #expect(try await sandbox.world()["totalCharge"] as? Double == charged)
        let line = try await sandbox.line(sent["taskUUID"] as? String ?? "")
        #expect(line["faults"] as? [String: Int] == ["lost-ack": 1])
        #expect(line["timesSubmitted"] as? Int == 2)
        await sandbox.close()
    }

    @Test func `a reset before acceptance books nothing`() async throws {
        let sandbox = try await Caller.canned()
        let sent = task(["positivePrompt": "x [fault: submit-reset*2]"])
        for _ in 0..<2 { #expect(try RawCaller.post(sandbox.base, sent).isReset) }
        #expect(try await sandbox.world()["count"] as? Int == 0)
        #expect(try await sandbox.post([sent]).data.count == 1)
        await sandbox.close()
    }

    @Test func `an accepted task may be answered with a page of a gateway, or with half an answer`()
        async throws
    {
        let sandbox = try await Caller.canned()
        let one = task(["positivePrompt": "x [fault: accepted-504]"])
        let body = try JSONSerialization.data(withJSONObject: [one])
        let page = try await sandbox.send(
            "POST", sandbox.base, headers: ["Authorization": "Bearer k"], body: body)
        #expect(page.status == 504 && String(decoding: page.body, as: UTF8.self).contains("<html>"))
        let two = task(["positivePrompt": "x [fault: cut-ack=20]"])
        let cut = try RawCaller.post(sandbox.base, two)
        #expect(cut.body.count == 20 && cut.body.announced ?? 0 > 20)
        #expect(try await sandbox.world()["count"] as? Int == 2)
        await sandbox.close()
    }

    @Test func `faults of one step strike one after the other, each as often as it says`() async throws {
        let sandbox = try await Caller.canned()
        let sent = task(["positivePrompt": "x [fault: poll-500*2, poll-empty@4, poll-503]"])
        let uuid = sent["taskUUID"] as? String ?? ""
        #expect(try await sandbox.post([sent]).data.count == 1)
        var seen: [String] = []
        for _ in 0..<5 {
            let answer = try await sandbox.poll(uuid)
            seen.append(answer.code ?? "\(answer.status) \(answer.data.count)")
        }
        #expect(
            seen == [
                "internalServerError", "internalServerError", "noAvailableServer", "200 0", "200 1",
            ])
        let line = try await sandbox.line(uuid)
        #expect(line["faults"] as? [String: Int] == ["poll-500": 2, "poll-empty": 1, "poll-503": 1])
        #expect(line["polls"] as? Int == 5)
        await sandbox.close()
    }

    @Test func `a poll may be empty for ever, not found, packed, huge, dripping or cut`() async throws {
        let sandbox = try await Caller.canned()
        let silent = task(["positivePrompt": "x [fault: poll-empty*]"])
        _ = try await sandbox.post([silent])
        for _ in 0..<4 {
            #expect(try await sandbox.poll(silent["taskUUID"] as? String ?? "").data.isEmpty)
        }
        let sent = task()
        let uuid = sent["taskUUID"] as? String ?? ""
        _ = try await sandbox.post([sent])
        let lost = try await sandbox.poll(uuid, headers: ["X-Sandbox-Faults": "poll-not-found"])
        #expect(lost.code == "taskNotFound" && lost.status == 404)
        let packed = try await sandbox.poll(uuid, headers: ["X-Sandbox-Faults": "poll-gzip"])
        #expect(packed.data.first?["taskUUID"] as? String == uuid)
        let huge = try await sandbox.poll(uuid, headers: ["X-Sandbox-Faults": "poll-huge"])
        #expect(huge.size == 9 << 20 && huge.data.count == 1)
        let slow = try await sandbox.poll(uuid, headers: ["X-Sandbox-Faults": "poll-drip=1"])
        #expect(slow.data.count == 1)
        let cut = try RawCaller.post(
            sandbox.base, ["taskType": "getResponse", "taskUUID": uuid],
            headers: ["X-Sandbox-Faults": "poll-cut"])
        #expect(cut.body.count > 0 && cut.body.count < cut.body.announced ?? 0)
        await sandbox.close()
    }

    @Test func `the sending of a picture fails, too`() async throws {
        let sandbox = try await Caller.canned()
        let uuid = UUID().uuidString.lowercased()
        let sent: [String: Any] = [
            "taskType": "imageUpload", "taskUUID": uuid, "image": try png(width: 320, height: 320),
        ]
        let faults = ["X-Sandbox-Faults": "image-503, image-lost"]
        #expect(try await sandbox.post([sent], headers: faults).status == 503)
        #expect(try RawCaller.post(sandbox.base, sent, headers: faults).isReset)
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(sandbox.folder)/images").count == 1)
        #expect(try await sandbox.post([sent], headers: faults).data.first?["imageUUID"] != nil)
        // A video sent after it is the world's first all the same.
        #expect(try await sandbox.post([task()]).errors.isEmpty)
        await sandbox.close()
    }

    @Test func `a gzip body is what gzip itself can read`() async throws {
        let sandbox = try await Caller.canned()
        let sent = task(["positivePrompt": "x [fault: gzip-ack]"])
        let raw = try RawCaller.post(sandbox.base, sent)
        let end = try #require(raw.received.range(of: Data("\r\n\r\n".utf8)))
        let path = "\(sandbox.folder)/answer.gz"
        try raw.received[end.upperBound...].write(to: URL(fileURLWithPath: path))
        let text = String(decoding: try run("gzip", ["-dc", path]), as: UTF8.self)
        #expect(text.contains("videoInference"))
        await sandbox.close()
    }

    @Test func `a task may fail for good with its last word behind a 504`() async throws {
        let sandbox = try await Caller.canned()
        let sent = task(["positivePrompt": "x [fault: final-504]"])
        let uuid = sent["taskUUID"] as? String ?? ""
        _ = try await sandbox.post([sent])
        var answer = try await sandbox.poll(uuid)
        while answer.errors.isEmpty { answer = try await sandbox.poll(uuid) }
        #expect(answer.status == 504)
        #expect(answer.code == "failedProviderTimeout")
        #expect(answer.errors.first?["status"] as? String == "error")
        await sandbox.close()
    }

    @Test func `one failed result does not hide its siblings`() async throws {
        let sandbox = try await Caller.canned()
        let sent = task(["numberResults": 3, "positivePrompt": "x [fault: partial-failure]"])
        let uuid = sent["taskUUID"] as? String ?? ""
        _ = try await sandbox.post([sent])
        let done = try await sandbox.result(of: uuid)
        #expect(done.status == 200)
        #expect(done.data.count == 2 && done.data.allSatisfy { $0["status"] as? String == "success" })
        #expect(done.errors.count == 1 && done.code == "providerError")
        let line = try await sandbox.line(uuid)
        #expect(line["state"] as? String == "success" && line["failed"] as? Int == 1)
        await sandbox.close()
    }

    @Test func `a task may never finish, and stays so after a restart`() async throws {
        let sandbox = try await Caller.canned()
        let sent = task(["positivePrompt": "x [fault: never-finish]"])
        let uuid = sent["taskUUID"] as? String ?? ""
        _ = try await sandbox.post([sent])
        await sandbox.server.stop()
        let again = try await Caller.canned(folder: sandbox.folder)
        let other = task()
        _ = try await again.post([other])
        _ = try await again.result(of: other["taskUUID"] as? String ?? "")
        #expect(try await again.poll(uuid).data.first?["status"] as? String == "processing")
        await again.close()
    }

    @Test func `counters go on after a restart`() async throws {
        let sandbox = try await Caller.canned()
        let sent = task(["positivePrompt": "x [fault: submit-500*2]"])
        #expect(try await sandbox.post([sent]).status == 500)
        await sandbox.server.stop()
        let again = try await Caller.canned(folder: sandbox.folder)
        #expect(try await again.post([sent]).status == 500)
        #expect(try await again.post([sent]).status == 200)
        await again.close()
    }

    @Test func `a fault nobody knows is refused with those that are near it`() async throws {
        let sandbox = try await Caller.canned()
        let prompt = try await sandbox.post([task(["positivePrompt": "x [fault: poll-5000]"])])
        #expect(prompt.status == 400 && prompt.code == "invalidFault")
        #expect((prompt.errors.first?["message"] as? String)?.contains("poll-500") == true)
        let header = try await sandbox.post([task()], headers: ["X-Sandbox-Faults": "melt"])
        #expect(header.code == "invalidFault")
        #expect(try await sandbox.world()["count"] as? Int == 0)
        await sandbox.close()
    }
}
