import Foundation
import Runware
import Synchronization
import Testing

/// A web server's file: knows ranges, validators and their conditions, and can be told to misbehave.
struct WebFile: Sendable {
    var bytes: Data
    var tag: String? = "\"one\""
    var knowsRanges = true

    func reply(_ request: LoopbackServer.Request, cutAfter: Int? = nil) -> LoopbackServer.Reply {
        var headers: [String: String] = [:]
        headers["ETag"] = tag
        guard knowsRanges, let range = request.headers["range"]?.dropFirst("bytes=".count),
            request.headers["if-range"].map({ $0 == tag }) ?? true
        else { return cut(.http(200, bytes, headers: headers, length: bytes.count), cutAfter, bytes.count) }
        let ends = range.split(separator: "-").compactMap { Int($0) }
        let (start, end) = (ends[0], min(ends.count > 1 ? ends[1] + 1 : bytes.count, bytes.count))
        guard start < bytes.count else {
            return .http(416, headers: ["Content-Range": "bytes */\(bytes.count)"])
        }
        headers["Content-Range"] = "bytes \(start)-\(end - 1)/\(bytes.count)"
        return cut(.http(206, bytes[start..<end], headers: headers), cutAfter, end - start)
    }

    private func cut(_ reply: LoopbackServer.Reply, _ after: Int?, _ size: Int) -> LoopbackServer.Reply {
        guard let after, after < size else { return reply }
        var reply = reply
        reply.bytes = reply.bytes.dropLast(size - after)
        reply.closes = true
        return reply
    }
}

@Suite struct `A download` {
    private struct Outcome {
        var result: Result<Int64, RunwareError>
        var bytes: Data?
        var requests: [LoopbackServer.Request]
        var error: RunwareError? { if case .failure(let error) = result { error } else { nil } }
        var ranges: [String?] { requests.map { $0.headers["range"] } }
    }

    private func fetch(
        limit: Int64 = 1 << 20, window: Int64 = 100_000, stall: Duration = .seconds(30),
        _ answer: @escaping @Sendable (LoopbackServer.Request) -> LoopbackServer.Reply
    ) async throws -> Outcome {
        let server = try LoopbackServer(answer)
        defer { server.stop() }
        let folder = try Folder()
        var settings = ClientConfiguration(
            baseURL: URL(string: "http://127.0.0.1:9/v1")!, apiKey: "sk-secret")
        settings.pace = QuickPace()
        settings.downloadWindow = window
        settings.stallTime = stall
        settings.downloadDeadline = .seconds(20)
        let path = folder.path + "/clip.mp4"
        // What stood there before is nothing of the download's.
        try Data(count: 2_000_000).write(to: URL(fileURLWithPath: path))
        let address = "http://127.0.0.1:\(server.port)/clip.mp4"
        let result: Result<Int64, RunwareError>
        do {
            result = .success(try await Client(settings).download(address, to: path, limit: limit))
        } catch {
            result = .failure(error)
        }
        return Outcome(
            result: result, bytes: try? Data(contentsOf: URL(fileURLWithPath: path)),
            requests: server.requests)
    }

    private func fetch(_ replies: [LoopbackServer.Reply], limit: Int64 = 1 << 20) async throws -> Outcome {
        try await fetch(limit: limit) { replies[min($0.number, replies.count - 1)] }
    }

    private static let clip: Data = {
        var bytes = Data((0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31) })
        bytes.replaceSubrange(4..<8, with: Data("ftyp".utf8))
        return bytes
    }()
    private var clip: Data { Self.clip }

    @Test func `arrives whole, without the key, in windows`() async throws {
        let file = WebFile(bytes: clip)
        let got = try await fetch { file.reply($0) }
        #expect(try got.result.get() == 300_000)
        #expect(got.bytes == clip)
        #expect(got.requests.allSatisfy { $0.headers["authorization"] == nil })
        #expect(got.ranges == ["bytes=0-99999", "bytes=100000-199999", "bytes=200000-299999"])
        #expect(got.requests.map { $0.headers["if-range"] } == [nil, "\"one\"", "\"one\""])
    }

    @Test func `arrives whole from a server that knows no ranges`() async throws {
        let got = try await fetch([.http(200, clip)])
        #expect(try got.result.get() == 300_000)
        #expect(got.bytes == clip && got.requests.count == 1)
    }

    @Test(arguments: [true, false])
    func `goes on where it was cut`(knowsSize: Bool) async throws {
        let file = WebFile(bytes: clip, tag: knowsSize ? nil : "\"one\"")
        let got = try await fetch(window: 1_000_000) {
            file.reply($0, cutAfter: $0.number < 2 ? 70_000 : nil)
        }
        #expect(got.bytes == clip)
        #expect(
            got.ranges.map { $0?.split(separator: "-").first } == [
                "bytes=0", "bytes=70000", "bytes=140000",
            ])
    }

    @Test func `begins anew where the file has changed meanwhile`() async throws {
        var other = clip
        other[50_000] ^= 1
        let (first, second) = (WebFile(bytes: clip), WebFile(bytes: other, tag: "\"two\""))
        let got = try await fetch(window: 1_000_000) {
            $0.number == 0 ? first.reply($0, cutAfter: 150_000) : second.reply($0)
        }
        #expect(got.bytes == other)
        let longer = WebFile(bytes: other + other, tag: nil)
        let mixed = try await fetch(window: 100_000) {
            $0.number == 0 ? WebFile(bytes: first.bytes, tag: nil).reply($0) : longer.reply($0)
        }
        #expect(mixed.bytes == other + other)
    }

    @Test func `does not take other bytes for those it asked for`() async throws {
        let file = WebFile(bytes: clip)
        let got = try await fetch {
            var request = $0
            if request.number == 1 { request.headers["range"] = "bytes=0-99999" }
            return file.reply(request)
        }
        #expect(got.bytes == clip)
        #expect(got.ranges == ["bytes=0-99999", "bytes=100000-199999", nil])
    }

    @Test func `that is whole already is done`() async throws {
        let file = WebFile(bytes: clip)
        // The window ends with the file, whose size is not told.
        let got = try await fetch(window: 300_000) {
            var reply = file.reply($0)
            let text = String(decoding: reply.bytes.prefix(200), as: UTF8.self)
            if let range = text.range(of: "299999/300000"), $0.number == 0 {
                let place = text.utf8.distance(from: text.startIndex, to: range.lowerBound)
                reply.bytes.replaceSubrange(place..<(place + 13), with: Data("299999/*".utf8))
            }
            return reply
        }
        #expect(got.bytes == clip && got.requests.count == 2)
    }

    @Test func `an empty, cut, foreign or early answer is tried again`() async throws {
        let got = try await fetch([
            .http(200), .http(200, clip.prefix(1000), length: 300_000),
            .http(200, Data("<html>not yet".utf8), headers: ["Content-Type": "text/html; charset=utf-8"]),
            .http(404),
            .http(200, clip),
        ])
        #expect(try got.result.get() == 300_000)
        #expect(got.bytes == clip)
        #expect(got.requests.count == 5)
    }

    @Test(arguments: [("RIFF....AVI ", false), ("\u{1A}E", false), ("....ftypisom", true)])
    func `is judged by its first bytes`(start: String, isVideo: Bool) async throws {
        let got = try await fetch([.http(200, Data(start.utf8) + Data(count: 1000))])
        #expect((got.error?.code == "notMedia") == !isVideo)
        let matroska = try await fetch([.http(200, Data([0x1A, 0x45, 0xDF, 0xA3]) + Data(count: 1000))])
        #expect(try matroska.result.get() == 1004)
    }

    @Test func `is given up after some attempts and leaves no file`() async throws {
        let got = try await fetch([.http(200)])
        #expect(got.error?.code == "emptyMedia" && got.error?.charged == .yes)
        #expect(got.bytes == nil)
        #expect(got.requests.count == 5)
    }

    @Test func `what is gone is not asked for again`() async throws {
        let got = try await fetch([.http(410)])
        #expect(got.error?.code == "mediaGone" && got.error?.category == .notFound)
        #expect(got.bytes == nil && got.requests.count == 1)
    }

    @Test func `beyond its limit ends and leaves no file`() async throws {
        for knowsRanges in [true, false] {
            let file = WebFile(bytes: clip, knowsRanges: knowsRanges)
            let got = try await fetch(limit: 1000, window: 500) { file.reply($0) }
            #expect(got.error?.code == "answerTooLarge")
            #expect(got.bytes == nil && got.requests.count == 1)
        }
    }

    @Test func `that stands still is broken off and goes on`() async throws {
        let file = WebFile(bytes: clip)
        let got = try await fetch(window: 1_000_000, stall: .seconds(1)) {
            guard $0.number == 0 else { return file.reply($0) }
            var reply = file.reply($0, cutAfter: 50_000)
            reply.hangs = true
            return reply
        }
        // On a machine with more to do, other pieces may seem to stand still as well.
        #expect(got.bytes == clip && got.ranges.count >= 2)
        #expect(got.ranges.dropFirst().first??.hasPrefix("bytes=50000-") == true)
    }

    @Test func `has one deadline for all attempts`() async throws {
        let server = try LoopbackServer { _ in .http(503, headers: ["Retry-After": "200"]) }
        defer { server.stop() }
        let folder = try Folder()
        var settings = ClientConfiguration(baseURL: URL(string: "http://127.0.0.1:9/v1")!, apiKey: "k")
        settings.pace = QuickPace()
        settings.mostAttempts = 100
        let error = await #expect(throws: RunwareError.self) {
            try await Client(settings).download("http://127.0.0.1:\(server.port)/x", to: folder.path + "/x")
        }
        #expect(error?.code == "mediaUnavailable")
        #expect(server.requests.count == 5)
    }

    @Test func `goes to web addresses only and names a folder that is missing`() async throws {
        let settings = ClientConfiguration(baseURL: URL(string: "http://127.0.0.1:9/v1")!, apiKey: "k")
        let client = Client(settings)
        let scheme = await #expect(throws: RunwareError.self) {
            try await client.download("file:///etc/hostname", to: "/nowhere/x")
        }
        #expect(scheme?.code == "addressRefused")
        let folder = await #expect(throws: RunwareError.self) {
            try await client.download("http://127.0.0.1:9/x", to: "/nowhere/x")
        }
        #expect(folder?.code == "fileFailed" && folder?.message.contains("/nowhere/x") == true)
    }
}

@Suite struct `Saving a result` {
    private func clip() -> Data { Data("....ftypisom".utf8) + Data((0..<5000).map { UInt8($0 % 251) }) }

    @Test func `asks once for a new address where the old one has expired`() async throws {
        let clip = clip()
        let server = try LoopbackServer { request in
            if request.path == "/new.mp4" { return .http(200, clip) }
            if request.path == "/old.mp4" { return .http(403) }
            let body = """
                {"data":[{"taskUUID":"\(Fixture.task)","videoUUID":"v","status":"success",
                  "videoURL":"http://\(request.headers["host"] ?? "")/new.mp4"}]}
                """
            return .json(Data(body.utf8))
        }
        defer { server.stop() }
        let folder = try Folder()
        var settings = ClientConfiguration(baseURL: server.url, apiKey: "sk-secret")
        settings.pace = QuickPace()
        let old = "http://127.0.0.1:\(server.port)/old.mp4"
        let result = VideoResult(taskUUID: Fixture.task, videoUUID: "v", videoURL: old)
        let saved = try await Client(settings).save(result, to: folder.path + "/x.mp4", hasher: { _ in "d" })
        #expect(saved == Downloaded(bytes: Int64(clip.count), digest: "d"))
        #expect(server.requests.map(\.path) == ["/old.mp4", "/v1", "/new.mp4"])
        #expect(server.requests.map { $0.headers["authorization"] != nil } == [false, true, false])
        let lost = VideoResult(taskUUID: Fixture.task, videoUUID: "another", videoURL: old)
        let error = await #expect(throws: RunwareError.self) {
            try await Client(settings).save(lost, to: folder.path + "/y.mp4")
        }
        #expect(error?.code == "mediaGone")
    }

    @Test func `decodes a video that came in the answer`() async throws {
        let folder = try Folder()
        let client = Client(ClientConfiguration(baseURL: URL(string: "http://127.0.0.1:9/v1")!, apiKey: "k"))
        let text = clip().base64EncodedString()
        for result in [
            VideoResult(taskUUID: Fixture.task, videoUUID: "v", videoBase64Data: text),
            VideoResult(
                taskUUID: Fixture.task, videoUUID: "v", videoDataURI: "data:video/mp4;base64,\(text)"),
        ] {
            let path = folder.path + "/\(UUID().uuidString).mp4"
            #expect(try await client.save(result, to: path).bytes == Int64(clip().count))
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == clip())
        }
        let junk = VideoResult(taskUUID: Fixture.task, videoUUID: "v", videoBase64Data: "bm8gdmlkZW8=")
        let error = await #expect(throws: RunwareError.self) {
            try await client.save(junk, to: folder.path + "/junk")
        }
        #expect(error?.code == "notMedia" && error?.charged == .yes)
    }
}
