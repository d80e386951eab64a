import Foundation
import Sandbox
import Testing

@Suite struct WorldTests {
    @Test func `a task sent again is a conflict, counted but not charged again`() async throws {
        let sandbox = try await Caller(delay: .seconds(600))
        let sent = task([
            "width": 1280, "height": 720, "duration": 8,
            "providerSettings": ["pixverse": ["audio": true, "multiClip": true]],
        ])
        #expect(try await sandbox.post([sent]).data.count == 1)
        for _ in 0..<2 {
            let again = try await sandbox.post([sent])
            #expect(again.status == 400)
            #expect(again.code == "conflictTaskUUID")
        }
        let world = try await sandbox.world()
        let tasks = world["tasks"] as? [[String: Any]] ?? []
        #expect(tasks.count == 1)
        #expect(tasks.first?["timesSubmitted"] as? Int == 3)
        #expect(tasks.first?["state"] as? String == "processing")
        // The one price that is known.
        #expect(world["totalCharge"] as? Double == 0.4715)
        await sandbox.close()
    }

    @Test func `one UUID sent many times at once is accepted once`() async throws {
        let sandbox = try await Caller(delay: .seconds(600))
        let uuid = UUID().uuidString.lowercased()
        let accepted = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<12 {
                group.addTask { try await sandbox.post([task(uuid: uuid)]).data.count }
            }
            return try await group.reduce(0, +)
        }
        #expect(accepted == 1)
        let tasks = (try await sandbox.world())["tasks"] as? [[String: Any]]
        #expect(tasks?.first?["timesSubmitted"] as? Int == 12)
        await sandbox.close()
    }

    @Test func `what was unfinished when the process died is made after the next start`() async throws {
        let first = try await Caller(delay: .seconds(600))
        let sent = task()
        let uuid = sent["taskUUID"] as? String ?? ""
        _ = try await first.post([sent])
        let running = try await first.post([["taskType": "getResponse", "taskUUID": uuid]])
        #expect(running.data.first?["status"] as? String == "processing")
        #expect(running.data.first?["progress"] as? Int != nil)
        let charged = (try await first.world())["totalCharge"] as? Double

        // The folder as a killed process leaves it: copied while the first server still runs.
        let copy = Caller.newFolder()
        try FileManager.default.copyItem(atPath: first.folder, toPath: copy)
        await first.close()

        let second = try await Caller(folder: copy)
        let done = try await second.result(of: uuid)
        #expect(done.data.first?["status"] as? String == "success")
        #expect(try await second.post([sent]).code == "conflictTaskUUID")
        #expect((try await second.world())["totalCharge"] as? Double == charged)
        await second.server.stop()

        // And once more: finished tasks answer as before.
        let third = try await Caller(folder: copy)
        let again = try await third.post([["taskType": "getResponse", "taskUUID": uuid]])
        #expect(again.data.first?["videoUUID"] as? String == done.data.first?["videoUUID"] as? String)
        let video = "\(again.data.first?["videoUUID"] ?? "none")"
        #expect(FileManager.default.fileExists(atPath: "\(copy)/media/\(video).mp4"))
        await third.close()
    }

    @Test func `several results have seeds of their own and stay listed`() async throws {
        let sandbox = try await Caller()
        let sent = task(["numberResults": 2, "includeCost": true, "seed": 2_147_483_647])
        let uuid = sent["taskUUID"] as? String ?? ""
        _ = try await sandbox.post([sent])
        let done = try await sandbox.result(of: uuid)
        #expect(done.data.count == 2)
        #expect(Set(done.data.compactMap { $0["videoUUID"] as? String }).count == 2)
        #expect(Set(done.data.compactMap { $0["seed"] as? Int }) == [2_147_483_647, 0])
        #expect(done.data.allSatisfy { $0["cost"] as? Double == 0.139 })
        #expect(try await sandbox.post([["taskType": "getResponse", "taskUUID": uuid]]).data.count == 2)
        await sandbox.close()
    }

    @Test func `a folder that cannot be used is said so`() async throws {
        await #expect(throws: (any Error).self) { _ = try await Caller(folder: "/proc/nowhere") }
    }

    @Test func `a port that is taken is said so`() async throws {
        let sandbox = try await Caller()
        let port = UInt16(sandbox.base.port ?? 0)
        let other = try SandboxServer(SandboxConfiguration(port: port, folder: Caller.newFolder()))
        await #expect(throws: SandboxError.self) { _ = try await other.start() }
        await sandbox.close()
    }
}
