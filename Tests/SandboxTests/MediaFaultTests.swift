import Foundation
import Sandbox
import TestSupport
import Testing

@Suite(.blocking) struct `Faults of downloads` {
    /// A finished task with faults; its clip's URL, and the clip itself as a second task has it.
    private func made(_ sandbox: Caller, _ faults: String) async throws -> (
        uuid: String, url: URL, clip: Data
    ) {
        var urls: [URL] = []
        var last = ""
        for prompt in ["a sea", "a sea [fault: \(faults)]"] {
            let sent = task(["positivePrompt": prompt])
            last = sent["taskUUID"] as? String ?? ""
            _ = try await sandbox.post([sent])
            let done = try await sandbox.result(of: last)
            urls.append(try #require(URL(string: done.data.first?["videoURL"] as? String ?? "")))
        }
        return (last, urls[1], try await sandbox.send("GET", urls[0]).body)
    }

    private func raw(_ sandbox: Caller, _ url: URL) throws -> RawCaller {
        let target = url.path + "?" + (url.query ?? "")
        return try RawCaller.exchange(
            sandbox.base, method: "GET", target: target, headers: [:], body: Data())
    }

    @Test func `a download may be truncated, empty or of wrong bytes, and is right the next time`()
        async throws
    {
        let sandbox = try await Caller.canned()
        let (_, url, clip) = try await made(sandbox, "media-truncated, media-empty, media-wrong-bytes")
        let truncated = try await sandbox.send("GET", url)
        #expect(truncated.status == 200 && truncated.body == clip.prefix(clip.count / 2))
        #expect(try await sandbox.send("GET", url).body.isEmpty)
        let wrong = try await sandbox.send("GET", url).body
        #expect(wrong.count == clip.count && wrong != clip)
        #expect(try await sandbox.send("GET", url).body == clip)
        await sandbox.close()
    }

    @Test func `a download may be cut, reset, refused or dripping`() async throws {
        let sandbox = try await Caller.canned()
        let (_, url, clip) = try await made(
            sandbox, "media-cut=1000, media-reset, media-503, media-drip=2")
        let cut = try raw(sandbox, url)
        #expect(cut.body.count == 1000 && cut.body.announced == clip.count)
        let reset = try raw(sandbox, url)
        #expect(reset.received.isEmpty && reset.isReset)
        #expect(try await sandbox.send("GET", url).status == 503)
        #expect(try raw(sandbox, url).body.count == clip.count)
        await sandbox.close()
    }

    @Test func `an expired URL is refused, and a poll gives a fresh one`() async throws {
        let sandbox = try await Caller.canned()
        let (uuid, url, clip) = try await made(sandbox, "media-expired@2")
        #expect(try await sandbox.send("GET", url).status == 200)
        for _ in 0..<3 { #expect(try await sandbox.send("GET", url).status == 403) }
        let again = try await sandbox.poll(uuid)
        let fresh = try #require(URL(string: again.data.first?["videoURL"] as? String ?? ""))
        #expect(fresh != url)
        #expect(try await sandbox.send("GET", fresh).body == clip)
        await sandbox.close()
    }

    @Test func `a redirect leads to the same clip under another host's name`() async throws {
        let sandbox = try await Caller.canned()
        let (_, url, clip) = try await made(sandbox, "media-redirect")
        let raw = try raw(sandbox, url)
        let head = String(decoding: raw.received, as: UTF8.self)
        #expect(head.hasPrefix("HTTP/1.1 302"))
        let line = try #require(head.split(separator: "\r\n").first { $0.hasPrefix("Location: ") })
        let target = try #require(URL(string: String(line.dropFirst(10))))
        #expect(target.host == "localhost")
        #expect(try await sandbox.send("GET", target).body == clip)
        await sandbox.close()
    }

    @Test func `a packed download unpacks to the clip`() async throws {
        let sandbox = try await Caller.canned()
        let (_, url, clip) = try await made(sandbox, "media-gzip")
        let raw = try raw(sandbox, url)
        let end = try #require(raw.received.range(of: Data("\r\n\r\n".utf8)))
        let path = "\(sandbox.folder)/clip.gz"
        try raw.received[end.upperBound...].write(to: URL(fileURLWithPath: path))
        #expect(try run("gzip", ["-dc", path]) == clip)
        await sandbox.close()
    }

    @Test func `a key sent along for a file is counted`() async throws {
        let sandbox = try await Caller.canned()
        let (_, url, _) = try await made(sandbox, "media-slow=1")
        #expect(try await sandbox.world()["keyLeaks"] as? Int == 0)
        _ = try await sandbox.send("GET", url, headers: ["Authorization": "Bearer test"])
        #expect(try await sandbox.world()["keyLeaks"] as? Int == 1)
        await sandbox.close()
    }

    @Test func `after its time to live a clip is gone, and then unknown`() async throws {
        let manual = ManualClock()
        let sandbox = try await Caller.canned(clock: manual.clock)
        let sent = task(["ttl": 60])
        let uuid = sent["taskUUID"] as? String ?? ""
        _ = try await sandbox.post([sent])
        let done = try await sandbox.result(of: uuid)
        let url = try #require(URL(string: done.data.first?["videoURL"] as? String ?? ""))
        manual.advance(59)
        #expect(try await sandbox.send("GET", url).status == 200)
        manual.advance(1)
        #expect(try await sandbox.send("GET", url).status == 410)
        #expect(try await sandbox.send("GET", url).status == 404)
        // The task is still known, and the canned clip itself is still on its shelf.
        #expect(try await sandbox.poll(uuid).data.first?["status"] as? String == "success")
        await sandbox.close()
    }
}
