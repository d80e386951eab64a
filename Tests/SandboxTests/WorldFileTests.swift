import Foundation
import Sandbox
import Testing

@Suite struct `The world file` {
    @Test(
        arguments: [
            (#"{"clip": "canned"}"#, "'clip'"),
            (#"{"clips": "drawn"}"#, "'clips'"),
            (#"{"balance": -1}"#, "'balance'"),
            (#"{"chance": {"poll-5000": 0.5}}"#, "'chance.poll-5000'"),
            (#"{"chance": {"poll-500": 2}}"#, "'chance.poll-500'"),
            (#"{"tasks": [{"match": {"promt": "x"}, "faults": []}]}"#, "'tasks[0].match.promt'"),
            (#"{"tasks": [{"match": {}, "faults": ["melt"]}]}"#, "'tasks[0].faults'"),
            (#"{"tasks": [{"faults": []}]}"#, "'tasks[0].match'"),
            (#"{"results": {"webhook": "round"}}"#, "'results.webhook'"),
            ("[]", "not a JSON object"),
        ])
    func `what it does not know is refused with the key`(text: String, named: String) async throws {
        let error = await #expect(throws: SandboxError.self) { _ = try await Caller.canned(text) }
        #expect(error?.message.contains(named) == true, "\(error?.message ?? "")")
        #expect(error?.hint.isEmpty == false)
    }

    @Test func `rules match by prompt, number and UUID`() async throws {
        let uuid = UUID().uuidString.lowercased()
        let sandbox = try await Caller.canned(
            """
            {"tasks": [
              {"match": {"prompt": "storm"}, "faults": ["submit-500"]},
              {"match": {"number": 2}, "faults": ["submit-503"]},
              {"match": {"uuid": "\(uuid.uppercased())"}, "faults": ["submit-429"]}]}
            """)
        #expect(try await sandbox.post([task(["positivePrompt": "a storm"])]).status == 500)
        #expect(try await sandbox.post([task(["positivePrompt": "a sea"])]).status == 503)
        #expect(try await sandbox.post([task(["positivePrompt": "a sea"])]).status == 200)
        #expect(
            try await sandbox.post([task(["positivePrompt": "a sea"], uuid: uuid)]).status == 429)
        await sandbox.close()
    }

    @Test func `chance depends on seed and task only, and comes near its share`() async throws {
        let uuids = (0..<200).map { _ in UUID().uuidString.lowercased() }
        func struck(seed: Int, _ order: [String]) async throws -> Set<String> {
            let sandbox = try await Caller.canned(#"{"seed": \#(seed), "chance": {"submit-500": 0.3}}"#)
            var hit: Set<String> = []
            for uuid in order where try await sandbox.post([task(uuid: uuid)]).status == 500 {
                hit.insert(uuid)
            }
            await sandbox.close()
            return hit
        }
        let first = try await struck(seed: 1, uuids)
        #expect(first == (try await struck(seed: 1, uuids.reversed())))
        #expect(first != (try await struck(seed: 2, uuids)))
        // Four standard deviations of a binomial share.
        #expect((34...86).contains(first.count), "\(first.count)")
    }

    @Test func `a balance is used up to the last task it covers, also by many at once`() async throws {
        let sandbox = try await Caller.canned(#"{"balance": 0.5}"#)
        let codes = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<12 {
                group.addTask {
                    let answer = try await sandbox.post([task()])
                    return "\(answer.status) \(answer.code ?? "accepted")"
                }
            }
            return try await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
        }
        // 0.139 each.
        #expect(codes == ["200 accepted": 3, "402 insufficientCredits": 9])
        let left = try await sandbox.world()["balance"] as? Double ?? 0
        #expect(abs(left - 0.083) < 1e-9)
        await sandbox.close()
    }

    @Test func `canned clips are one file under many names`() async throws {
        let sandbox = try await Caller.canned()
        let uuids = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<100 {
                group.addTask {
                    let sent = task(["positivePrompt": "a tree"])
                    _ = try await sandbox.post([sent])
                    return sent["taskUUID"] as? String ?? ""
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        for uuid in uuids { _ = try await sandbox.result(of: uuid) }
        let names = try FileManager.default.contentsOfDirectory(atPath: "\(sandbox.folder)/media")
        #expect(names.count == 100)
        let nodes = Set(
            try names.map { name in
                try FileManager.default.attributesOfItem(atPath: "\(sandbox.folder)/media/\(name)")[
                    .systemFileNumber] as? Int
            })
        #expect(nodes.count == 1)
        await sandbox.close()
    }
}
