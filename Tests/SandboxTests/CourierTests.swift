import Foundation
import Sandbox
import Testing

@Suite(.timeLimit(.minutes(5))) struct `Webhooks and uploads` {
    /// Time that passes at once: retries need no patience.
    private static let hasty = SandboxClock(now: { Date() }, sleep: { _ in await Task.yield() })

    private func announced(_ sandbox: Caller, _ sent: [String: Any]) async throws -> Envelope {
        _ = try await sandbox.post([sent])
        return try await sandbox.result(of: sent["taskUUID"] as? String ?? "")
    }

    @Test func `each result is posted once, as the poll tells it, and a failure too`() async throws {
        let receiver = try Receiver()
        let sandbox = try await Caller.canned()
        let sent = task(["numberResults": 2, "includeCost": true, "webhookURL": "\(receiver.base)/hook?x=1"])
        let done = try await announced(sandbox, sent)
        let calls = try await receiver.wait(for: 2)
        #expect(calls.allSatisfy { $0.method == "POST" && $0.path == "/hook?x=1" })
        #expect(
            Set(calls.map { $0.json["videoUUID"] as? String })
                == Set(done.data.map { $0["videoUUID"] as? String }))
        #expect(calls.allSatisfy { $0.json["cost"] as? Double == 0.139 })
        let failing = task(["webhookURL": receiver.base + "/fail", "positivePrompt": "x [refuse]"])
        _ = try await announced(sandbox, failing)
        let failure = try await receiver.wait(for: 3)[2]
        #expect(failure.json["code"] as? String == "contentPolicyViolation")
        #expect(failure.json["status"] as? String == "error")
        await sandbox.server.stop()
        // What was announced is not announced again after a restart.
        let again = try await Caller.canned(folder: sandbox.folder)
        let last = task(["webhookURL": receiver.base + "/last"])
        _ = try await announced(again, last)
        #expect(try await receiver.wait(for: 4)[3].path == "/last")
        #expect(receiver.requests.count == 4)
        await again.close()
        receiver.close()
    }

    @Test func `a receiver that refuses is asked again, but not for ever`() async throws {
        let patient = try Receiver { $0 < 3 ? 500 : 200 }
        let stubborn = try Receiver { _ in 503 }
        let sandbox = try await Caller.canned(clock: Self.hasty)
        let one = task(["webhookURL": patient.base])
        let two = task(["webhookURL": stubborn.base])
        _ = try await announced(sandbox, one)
        _ = try await announced(sandbox, two)
        _ = try await patient.wait(for: 4)
        _ = try await stubborn.wait(for: 8)
        var line: [String: Any] = [:]
        repeat {
            line = try await sandbox.line(two["taskUUID"] as? String ?? "")
        } while line["webhookTries"] as? Int != 8
        #expect(line["webhooks"] as? Int == 0)
        repeat {
            line = try await sandbox.line(one["taskUUID"] as? String ?? "")
        } while line["webhooks"] as? Int != 1
        #expect(line["webhookTries"] as? Int == 4)
        await sandbox.close()
        #expect(patient.requests.count == 4 && stubborn.requests.count == 8)
        patient.close()
        stubborn.close()
    }

    @Test func `each result is put to the upload endpoint before its webhook comes`() async throws {
        let receiver = try Receiver()
        let sandbox = try await Caller.canned(#"{"results": {"webhook": "wrapped"}}"#)
        let sent = task([
            "numberResults": 2, "uploadEndpoint": receiver.base + "/put",
            "webhookURL": receiver.base + "/hook",
        ])
        let done = try await announced(sandbox, sent)
        let requests = try await receiver.wait(for: 4)
        let url = try #require(URL(string: done.data.first?["videoURL"] as? String ?? ""))
        let clip = try await sandbox.send("GET", url).body
        let puts = requests.filter { $0.method == "PUT" }
        #expect(puts.count == 2 && puts.allSatisfy { $0.path == "/put" && $0.body == clip })
        #expect(requests.first?.method == "PUT" && requests.last?.method == "POST")
        let wrapped = requests.last?.json["data"] as? [[String: Any]]
        #expect(wrapped?.first?["videoUUID"] as? String != nil)
        var line: [String: Any] = [:]
        repeat {
            line = try await sandbox.line(sent["taskUUID"] as? String ?? "")
        } while line["webhooks"] as? Int != 2
        #expect(line["uploads"] as? Int == 2)
        await sandbox.close()
        receiver.close()
    }

    @Test func `webhooks may come twice, in the wrong order or never, and uploads by half`() async throws {
        let receiver = try Receiver()
        let sandbox = try await Caller.canned()
        func sent(_ fault: String, _ results: Int = 1) -> [String: Any] {
            task([
                "webhookURL": "\(receiver.base)/\(fault)", "numberResults": results,
                "positivePrompt": "x [fault: \(fault)]",
            ])
        }
        _ = try await announced(sandbox, sent("webhook-duplicate"))
        let twice = try await receiver.wait(for: 2)
        #expect(twice[0].body == twice[1].body)
        let done = try await announced(sandbox, sent("webhook-reordered", 3))
        let turned = try await receiver.wait(for: 5)[2...].map { $0.json["videoUUID"] as? String }
        #expect(turned == done.data.reversed().map { $0["videoUUID"] as? String })
        _ = try await announced(sandbox, sent("webhook-lost"))
        var half = sent("upload-truncated=100")
        half["webhookURL"] = nil
        half["uploadEndpoint"] = receiver.base + "/half"
        _ = try await announced(sandbox, half)
        let last = try await receiver.wait(for: 6)
        #expect(last[5].method == "PUT" && last[5].body.count == 100)
        await sandbox.close()
        receiver.close()
    }

    @Test func `nothing leaves the machine`() async throws {
        let sandbox = try await Caller.canned()
        let sent = task(["webhookURL": "http://192.0.2.1/hook", "uploadEndpoint": "https://example.com/put"])
        _ = try await announced(sandbox, sent)
        var line: [String: Any] = [:]
        repeat {
            line = try await sandbox.line(sent["taskUUID"] as? String ?? "")
        } while line["blocked"] as? Int != 2
        #expect(line["webhookTries"] as? Int == 0)
        await sandbox.close()
    }
}
