import Foundation
import Sandbox
import Testing

@Suite(.timeLimit(.minutes(5))) struct `Forms of answers and odd requests` {
    private func published(_ number: Int) throws -> [String: Any] {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("samples/requests")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        let name = try #require(names.first { $0.hasPrefix("\(number)-") })
        let value = try JSONSerialization.jsonObject(
            with: Data(contentsOf: folder.appendingPathComponent(name)))
        var request = try #require(value as? [String: Any])
        request["taskUUID"] = UUID().uuidString.lowercased()
        return request
    }

    @Test(arguments: 1...5)
    func `strict mode takes the published examples that keep to the page, and refuses 3 and 4`(
        number: Int
    ) async throws {
        let strict = try await Caller.canned(#"{"strict": true, "delay": 600}"#)
        let answer = try await strict.post([try published(number)])
        #expect(answer.errors.isEmpty == ![3, 4].contains(number), "\(answer.errors)")
        await strict.close()
    }

    @Test func `strict mode refuses what is only observed`() async throws {
        let strict = try await Caller.canned(#"{"strict": true, "delay": 600}"#)
        let loose = try await Caller.canned(#"{"delay": 600}"#)
        let picture = "https://example.com/a.png"
        let images: [String: Any?] = ["width": nil, "height": nil]
        let changes: [[String: Any?]] = [
            ["outputFormat": "mp4"], ["outputType": ["URL"]], ["outputType": "url"],
            ["routing": [String: Any]()],
            images.merging(["frameImages": [picture]]) { $1 },
            images.merging(["inputs": ["frameImages": [["image": picture, "frame": "0"]]]]) { $1 },
        ]
        for change in changes {
            #expect(try await loose.post([task(change)]).errors.isEmpty, "\(change)")
            #expect(try await strict.post([task(change)]).status == 400, "\(change)")
        }
        let number = images.merging(["inputs": ["frameImages": [["image": picture, "frame": -1]]]]) { $1 }
        #expect(try await strict.post([task(number)]).errors.isEmpty)
        await strict.close()
        await loose.close()
    }

    @Test func `only UUIDs of version 4 are taken`() async throws {
        let sandbox = try await Caller.canned(#"{"delay": 600}"#)
        for uuid in ["6fa459ea-ee8a-11d4-894e-db77e160355e", "00000000-0000-4000-0000-000000000000"] {
            #expect(try await sandbox.post([task(uuid: uuid)]).code == "invalidTaskUUID")
        }
        await sandbox.close()
    }

    @Test func `a prompt's length is counted in Unicode scalars`() async throws {
        let sandbox = try await Caller.canned(#"{"delay": 600}"#)
        // One letter to a reader, two scalars.
        let letter = "e\u{301}"
        let fits = String(repeating: letter, count: 1024)
        #expect(try await sandbox.post([task(["positivePrompt": fits])]).errors.isEmpty)
        #expect(try await sandbox.post([task(["positivePrompt": fits + "e"])]).code == "invalidParameter")
        #expect(try await sandbox.post([task(["positivePrompt": letter])]).errors.isEmpty)
        await sandbox.close()
    }

    @Test func `a second model of the family has its own lengths and settings`() async throws {
        let sandbox = try await Caller.canned(#"{"delay": 600}"#)
        func post(_ changes: [String: Any?]) async throws -> Envelope {
            try await sandbox.post([task(["model": "pixverse:1@5"].merging(changes) { $1 })])
        }
        #expect(try await post(["duration": 8]).errors.isEmpty)
        let ten = try await post(["duration": 10])
        #expect(ten.code == "unsupportedDuration")
        #expect(ten.errors.first?["allowedValues"] as? [Int] == [5, 8])
        let settings: [([String: Any], Bool)] = [
            (["style": "anime", "effect": "hug", "motionMode": "fast"], true),
            (["motionMode": "slow"], false),
            (["audio": true], false), (["multiClip": true], false), (["thinking": "auto"], false),
        ]
        for (setting, isTaken) in settings {
            let answer = try await post(["providerSettings": ["pixverse": setting]])
            #expect(answer.errors.isEmpty == isTaken, "\(setting)")
        }
        let motion: [String: Any?] = ["providerSettings": ["pixverse": ["motionMode": "fast"]]]
        #expect(try await sandbox.post([task(motion)]).code == "unsupportedParameter")
        await sandbox.close()
    }

    @Test func `a dry run prices a task and does nothing else`() async throws {
        let sandbox = try await Caller.canned()
        let sent = task()
        let dry = try await sandbox.post([sent], headers: ["X-Runware-Dry-Run": "1"])
        #expect(dry.data.first?["cost"] as? Double == 0.139)
        let wrong = try await sandbox.post([task(["duration": 7])], headers: ["X-Runware-Dry-Run": "1"])
        #expect(wrong.code == "unsupportedDuration")
        #expect(try await sandbox.world()["count"] as? Int == 0)
        #expect(try await sandbox.post([sent]).errors.isEmpty)
        await sandbox.close()
    }

    @Test func `the archive holds the last answer of a task`() async throws {
        let manual = ManualClock()
        let sandbox = try await Caller.canned(#"{"delay": 30}"#, clock: manual.clock)
        let sent = task()
        let uuid = sent["taskUUID"] as? String ?? ""
        let ask: [String: Any] = ["taskType": "getTaskDetails", "taskUUID": uuid]
        #expect(try await sandbox.post([ask]).code == "taskNotFound")
        _ = try await sandbox.post([sent])
        let early = try await sandbox.post([ask]).data.first
        #expect(early?["response"] is NSNull)
        #expect((early?["request"] as? [[String: Any]])?.first?["taskUUID"] as? String == uuid)
        // The waiting may begin after the clock has moved: it is moved until the task is done.
        while try await sandbox.poll(uuid).data.first?["status"] as? String != "success" {
            manual.advance(31)
        }
        let late = try await sandbox.post([ask]).data.first?["response"] as? [String: Any]
        #expect((late?["data"] as? [[String: Any]])?.first?["status"] as? String == "success")
        _ = try await sandbox.post([sent])
        let overwritten = try await sandbox.post([ask]).data.first?["response"] as? [String: Any]
        #expect(
            (overwritten?["errors"] as? [[String: Any]])?.first?["code"] as? String == "conflictTaskUUID")
        await sandbox.close()
    }

    @Test func `results come in the forms that the world sets`() async throws {
        let sandbox = try await Caller.canned(
            """
            {"results": {"status": false, "failures": "data", "together": true, "videoUUID": true,
                         "inline": true}}
            """)
        let sent = task(["outputType": "dataURI"])
        let uuid = sent["taskUUID"] as? String ?? ""
        _ = try await sandbox.post([sent])
        let done = try await sandbox.result(of: uuid)
        #expect(done.data.first?["status"] == nil)
        #expect(
            (done.data.first?["videoDataURI"] as? String)?.hasPrefix("data:video/mp4;base64,AAAA") == true)
        let failing = task(["positivePrompt": "x [fail]", "outputType": "base64Data"])
        _ = try await sandbox.post([failing])
        let failed = try await sandbox.result(of: failing["taskUUID"] as? String ?? "")
        #expect(failed.errors.isEmpty)
        #expect(failed.data.first?["status"] as? String == "error")
        #expect((failed.data.first?["error"] as? [String: Any])?["code"] as? String == "providerError")
        let never = task(["positivePrompt": "x [fault: never-finish]"])
        _ = try await sandbox.post([never])
        let running = try await sandbox.poll(never["taskUUID"] as? String ?? "")
        #expect(running.data.first?["videoUUID"] as? String != nil)
        await sandbox.close()
    }

    @Test func `content is judged when asked, be it by a mode alone`() async throws {
        let sandbox = try await Caller.canned()
        let safeties: [([String: Any], Bool?)] = [
            (["checkContent": true], false), (["mode": "fast"], false), (["mode": "none"], nil),
            (["checkContent": false], nil),
        ]
        for (safety, judged) in safeties {
            let sent = task(["safety": safety])
            _ = try await sandbox.post([sent])
            let done = try await sandbox.result(of: sent["taskUUID"] as? String ?? "")
            #expect(done.data.first?["NSFWContent"] as? Bool == judged, "\(safety)")
        }
        let sent = task(["safety": ["mode": "full"], "positivePrompt": "x [fault: nsfw]"])
        _ = try await sandbox.post([sent])
        let done = try await sandbox.result(of: sent["taskUUID"] as? String ?? "")
        #expect(done.data.first?["NSFWContent"] as? Bool == true)
        await sandbox.close()
    }

    @Test func `a refused task leaves no picture behind`() async throws {
        let sandbox = try await Caller.canned(#"{"balance": 0}"#)
        let picture = try png(width: 640, height: 360)
        for duration in [5, 7] {
            var sent = task(["width": nil, "height": nil, "duration": duration])
            sent["inputs"] = ["frameImages": [picture]]
            #expect(try await sandbox.post([sent]).data.isEmpty)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(sandbox.folder)/images").isEmpty)
        await sandbox.close()
    }

    @Test func `a server that was stopped works again when started`() async throws {
        let sandbox = try await Caller.canned()
        await sandbox.server.stop()
        let base = try await sandbox.server.start()
        let sent = task()
        let body = try JSONSerialization.data(withJSONObject: [sent])
        _ = try await sandbox.send("POST", base, headers: ["Authorization": "Bearer k"], body: body)
        let ask = ["taskType": "getResponse", "taskUUID": sent["taskUUID"] ?? ""]
        var text = ""
        while !text.contains("success") {
            let poll = try JSONSerialization.data(withJSONObject: [ask])
            let answer = try await sandbox.send(
                "POST", base, headers: ["Authorization": "Bearer k"], body: poll)
            text = String(decoding: answer.body, as: UTF8.self)
        }
        await sandbox.close()
    }
}
