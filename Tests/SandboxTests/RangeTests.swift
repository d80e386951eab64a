import Foundation
import Testing

@Suite struct RangeTests {
    @Test func `ranges are answered with just those bytes`() async throws {
        let sandbox = try await Caller()
        let uri = try png(width: 320, height: 320)
        let bytes = Data(base64Encoded: String(uri.drop { $0 != "," }.dropFirst())) ?? Data()
        let sent: [String: Any] = ["taskType": "imageUpload", "taskUUID": UUID().uuidString, "image": uri]
        let answer = try await sandbox.post([sent])
        let text = try #require(answer.data.first?["imageURL"] as? String)
        let url = try #require(URL(string: text))
        let size = bytes.count
        func get(_ range: String?, method: String = "GET") async throws -> (
            status: Int, headers: [String: String], body: Data
        ) {
            try await sandbox.send(method, url, headers: range.map { ["Range": $0] } ?? [:])
        }

        let whole = try await get(nil)
        #expect(whole.status == 200)
        #expect(whole.body == bytes)
        #expect(whole.headers["accept-ranges"] == "bytes")
        let tag = try #require(whole.headers["etag"])

        for (range, part) in [
            ("bytes=0-", 0..<size), ("bytes=100-199", 100..<200), ("bytes=-50", (size - 50)..<size),
            ("bytes=10-99999999", 10..<size), ("bytes=0-0", 0..<1), ("bytes=-99999999", 0..<size),
        ] {
            let some = try await get(range)
            #expect(some.status == 206)
            #expect(
                some.headers["content-range"] == "bytes \(part.lowerBound)-\(part.upperBound - 1)/\(size)")
            #expect(some.body == bytes[part])
            #expect(some.headers["etag"] == tag)
        }
        for range in ["bytes=\(size)-", "bytes=-0"] {
            let none = try await get(range)
            #expect(none.status == 416)
            #expect(none.headers["content-range"] == "bytes */\(size)")
        }
        // Not understood, or several parts: the whole file.
        for range in ["bytes=5-2", "lines=1-2", "bytes=0-1,4-5", "bytes=a-b"] {
            #expect(try await get(range).status == 200)
        }

        let head = try await get(nil, method: "HEAD")
        #expect(head.status == 200)
        #expect(head.body.isEmpty)
        #expect(head.headers["content-length"] == "\(size)")
        let fresh = try await sandbox.send("GET", url, headers: ["If-None-Match": tag])
        #expect(fresh.status == 304)
        let stale = try await sandbox.send(
            "GET", url, headers: ["Range": "bytes=0-9", "If-Range": "\"old\""])
        #expect(stale.status == 200)
        await sandbox.close()
    }

    @Test func `a path that is not a file of the sandbox's own is not found`() async throws {
        let sandbox = try await Caller()
        let root = sandbox.base.deletingLastPathComponent().absoluteString
        for path in [
            "media/../tasks", "media/x.mp4", "images/..%2f..%2fetc", "media/\(UUID().uuidString).mp4", "etc",
        ] {
            let url = try #require(URL(string: root + path))
            #expect(try await sandbox.send("GET", url).status == 404)
        }
        await sandbox.close()
    }
}
