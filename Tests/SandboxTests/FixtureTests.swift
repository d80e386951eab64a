import Foundation
import Sandbox
import Testing

/// The fixtures that the client's tests read are what the sandbox is held against here: the two share no code,
/// so these files are where they must agree.
@Suite struct `The sandbox and the shared fixtures` {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    private func json(_ path: String) throws -> [String: Any] {
        let data = try Data(contentsOf: Self.root.appendingPathComponent(path))
        let value = try JSONSerialization.jsonObject(with: data)
        let first = (value as? [[String: Any]])?.first ?? value as? [String: Any]
        return try #require(first)
    }

    private func fixture(_ name: String) throws -> Envelope {
        let top = try json("Tests/Fixtures/runware/\(name).json")
        return Envelope(
            status: 200, data: top["data"] as? [[String: Any]] ?? [],
            errors: top["errors"] as? [[String: Any]] ?? [], keys: Set(top.keys))
    }

    private func keys(_ items: [[String: Any]]) -> Set<String> {
        Set(items.first.map { Array($0.keys) } ?? [])
    }

    @Test(arguments: ["documented", "plain", "older", "hybrid"])
    func `frame images are accepted in every shape, where strict in the two documented ones`(name: String)
        async throws
    {
        let request = try json("Tests/Fixtures/runware/frames-\(name).json")
        for strict in [false, true] {
            let sandbox = try await Caller(delay: .seconds(600), strict: strict)
            let answer = try await sandbox.post([request])
            let isDocumented = name == "documented" || name == "plain"
            #expect(answer.errors.isEmpty == (!strict || isDocumented), "\(answer.errors)")
            #expect((try await sandbox.world())["count"] as? Int == answer.data.count)
            await sandbox.close()
        }
    }

    @Test func `the five published requests are accepted as they stand`() async throws {
        let sandbox = try await Caller(delay: .seconds(600))
        let folder = Self.root.appendingPathComponent("samples/requests").path
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter {
            $0.hasSuffix(".json")
        }
        #expect(names.count == 5)
        for name in names {
            var request = try json("samples/requests/\(name)")
            request["taskUUID"] = UUID().uuidString.lowercased()
            let answer = try await sandbox.post([request])
            #expect(answer.data.count == 1, "\(name): \(answer.errors)")
        }
        // The price that stands beside each of them.
        #expect(
            ((try await sandbox.world())["totalCharge"] as? Double).map { abs($0 - 5 * 0.4715) < 1e-9 }
                == true)
        await sandbox.close()
    }

    @Test func `a task's life is told in the shapes of the fixtures`() async throws {
        let slow = try await Caller(delay: .seconds(600))
        var sent = task(["includeCost": true])
        let uuid = sent["taskUUID"] as? String ?? ""
        let ask: [String: Any] = ["taskType": "getResponse", "taskUUID": uuid]

        let silent = try await slow.post([ask])
        #expect(silent.keys == (try fixture("silent")).keys && silent.data.isEmpty)
        let accepted = try await slow.post([sent])
        #expect(accepted.keys == (try fixture("acknowledged")).keys)
        #expect(keys(accepted.data) == keys(try fixture("acknowledged").data))
        let running = try await slow.post([ask])
        #expect(keys(running.data) == keys(try fixture("running").data))
        #expect(running.data.first?["status"] as? String == "processing")
        let conflict = try await slow.post([sent])
        #expect(conflict.code == (try fixture("conflict")).code)
        #expect(keys(conflict.errors).isSuperset(of: keys(try fixture("conflict").errors)))
        let mixed = try await slow.post([task(), task(["duration": 7])])
        #expect(mixed.keys == (try fixture("mixed-batch")).keys)
        #expect(mixed.code == (try fixture("mixed-batch")).code)
        await slow.close()

        let quick = try await Caller()
        _ = try await quick.post([sent])
        let done = try await quick.result(of: uuid)
        #expect(keys(done.data) == keys(try fixture("done").data))
        #expect(done.data.first?["status"] as? String == "success")
        sent["taskUUID"] = UUID().uuidString
        sent["positivePrompt"] = "a sea [refuse]"
        _ = try await quick.post([sent])
        let failed = try await quick.result(of: sent["taskUUID"] as? String ?? "")
        #expect(failed.keys == (try fixture("failed")).keys)
        #expect(keys(failed.errors).union(["documentation"]) == keys(try fixture("failed").errors))
        #expect(failed.errors.first?["status"] as? String == "error")
        let picture = try png(width: 320, height: 320)
        let uploaded = try await quick.post([
            ["taskType": "imageUpload", "taskUUID": UUID().uuidString, "image": picture]
        ])
        #expect(keys(uploaded.data) == keys(try fixture("uploaded").data))
        await quick.close()
    }

    @Test func `a refusal names code, field and values as the fixtures do`() async throws {
        let sandbox = try await Caller(key: "right", unknown: .notFound)
        let refused = try await sandbox.post([task(["duration": 6])], key: "right")
        let wanted = try fixture("refused-duration").errors[0]
        let found = try #require(refused.errors.first)
        for key in ["code", "parameter", "type"] {
            #expect(found[key] as? String == wanted[key] as? String, "\(key)")
        }
        #expect(found["allowedValues"] as? [Int] == wanted["allowedValues"] as? [Int])
        let key = try await sandbox.post([task()], key: "wrong")
        #expect(key.status == 401)
        #expect(key.code == (try fixture("wrong-key")).code)
        #expect(
            keys(key.errors).isSuperset(
                of: keys(try fixture("wrong-key").errors).subtracting(["documentation"])))
        let ask: [String: Any] = ["taskType": "getResponse", "taskUUID": UUID().uuidString]
        let unknown = try await sandbox.post([ask], key: "right")
        #expect(unknown.code == (try fixture("task-not-found")).code)
        #expect((try await sandbox.world())["count"] as? Int == 0)
        await sandbox.close()
    }
}
