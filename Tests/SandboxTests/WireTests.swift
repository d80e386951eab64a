import Foundation
import Sandbox
import Testing

@Suite struct WireTests {
    @Test func `an accepted task is acknowledged without status, URL or UUID of a video`() async throws {
        let sandbox = try await Caller(delay: .seconds(600))
        let sent = task()
        let answer = try await sandbox.post([sent])
        #expect(answer.status == 200)
        #expect(answer.keys == ["data"])
        #expect(answer.data.count == 1)
        #expect(Set(answer.data[0].keys) == ["taskType", "taskUUID"])
        #expect(answer.data[0]["taskUUID"] as? String == sent["taskUUID"] as? String)
        await sandbox.close()
    }

    @Test func `the key is taken from the header or from a first task, and a wrong one is a 401`()
        async throws
    {
        let sandbox = try await Caller(key: "right")
        let ping: [String: Any] = ["taskType": "ping", "ping": true]
        #expect(try await sandbox.post([ping], key: "right").data.first?["pong"] as? Bool == true)
        let first = ["taskType": "authentication", "apiKey": "right"]
        #expect(try await sandbox.post([first, ping], key: nil).data.count == 1)
        let wrong = try await sandbox.post([ping], key: "wrong")
        #expect(wrong.status == 401)
        #expect(wrong.code == "invalidApiKey")
        #expect(wrong.data.isEmpty)
        let none = try await sandbox.post([ping], key: nil)
        #expect(none.status == 401)
        await sandbox.close()
    }

    @Test(
        arguments: [
            Wrong(changes: ["duration": 6], code: "unsupportedDuration", parameter: "duration"),
            Wrong(
                changes: ["duration": 10, "width": 1920, "height": 1080], code: "unsupportedDuration",
                parameter: "duration"),
            Wrong(changes: ["width": 361], code: "unsupportedDimensions", parameter: "width"),
            Wrong(changes: ["height": nil], code: "missingParameter", parameter: "height"),
            Wrong(changes: ["resolution": "720p"], code: "incompatibleParameters", parameter: "resolution"),
            Wrong(changes: ["model": "pixverse:1@99"], code: "unsupportedModel", parameter: "model"),
            Wrong(changes: ["positivePrompt": "x"], code: "invalidParameter", parameter: "positivePrompt"),
            Wrong(changes: ["positivePrompt": nil], code: "missingParameter", parameter: "positivePrompt"),
            Wrong(changes: ["fps": 24], code: "unsupportedParameter", parameter: "fps"),
            Wrong(changes: ["seed": -1], code: "invalidParameter", parameter: "seed"),
            Wrong(changes: ["numberResults": 5], code: "invalidParameter", parameter: "numberResults"),
            Wrong(changes: ["outputQuality": 19], code: "invalidParameter", parameter: "outputQuality"),
            Wrong(changes: ["taskUUID": "abc"], code: "invalidTaskUUID", parameter: "taskUUID"),
            Wrong(
                changes: ["providerSettings": ["pixverse": ["sound": true]]], code: "unsupportedParameter",
                parameter: "providerSettings.pixverse.sound"),
            Wrong(
                changes: ["providerSettings": ["pixverse": ["style": "noir"]]], code: "invalidParameter",
                parameter: "providerSettings.pixverse.style"),
            Wrong(
                changes: ["inputs": ["frameImages": ["@@@"]]], code: "invalidFrameImage",
                parameter: "inputs.frameImages[0]"),
        ])
    func `a task against the rules is refused with code, parameter and task`(_ wrong: Wrong) async throws {
        let sandbox = try await Caller()
        let sent = task(wrong.changes)
        let answer = try await sandbox.post([sent])
        #expect(answer.status == 400)
        #expect(answer.keys == ["errors"])
        #expect(answer.code == wrong.code)
        let parameter = answer.errors.first?["parameter"]
        let named = parameter as? String ?? (parameter as? [String])?.first
        #expect(named == wrong.parameter)
        #expect(answer.errors.first?["taskUUID"] as? String == sent["taskUUID"] as? String)
        #expect(answer.errors.first?["message"] as? String != nil)
        #expect((try await sandbox.world())["count"] as? Int == 0)
        await sandbox.close()
    }

    @Test func `one bad task does not stop its neighbours`() async throws {
        let sandbox = try await Caller(delay: .seconds(600))
        let good = task()
        let answer = try await sandbox.post([task(["duration": 7]), good, ["taskType": "dance"]])
        #expect(answer.status == 200)
        #expect(answer.data.map { $0["taskUUID"] as? String } == [good["taskUUID"] as? String])
        #expect(answer.errors.map { $0["code"] as? String } == ["unsupportedDuration", "unknownTaskType"])
        #expect(answer.errors[0]["allowedValues"] as? [Int] == [5, 8, 10])
        await sandbox.close()
    }

    @Test func `frame images are taken in all four shapes, and strict mode takes the documented two`()
        async throws
    {
        let loose = try await Caller(delay: .seconds(600))
        let strict = try await Caller(delay: .seconds(600), strict: true)
        let picture = try png(width: 640, height: 360)
        let shapes: [(shape: [String: Any], isDocumented: Bool)] = [
            (["inputs": ["frameImages": [["image": picture, "frame": "first"]]]], true),
            (["inputs": ["frameImages": [picture]]], true),
            (["inputs": ["frameImages": [["inputImage": picture, "frame": 0]]]], false),
            (["frameImages": [["inputImage": picture, "frame": "last"]]], false),
        ]
        for (shape, isDocumented) in shapes {
            var sent = task(["width": nil, "height": nil, "resolution": "360p"])
            sent.merge(shape) { $1 }
            #expect(try await loose.post([sent]).errors.isEmpty)
            #expect(try await strict.post([sent]).errors.isEmpty == isDocumented)
        }
        // Images with width and height: seen in the service's own examples, against the page's rule.
        var both = task(["width": 640, "height": 360])
        both["inputs"] = ["frameImages": [picture]]
        #expect(try await loose.post([both]).errors.isEmpty)
        #expect(try await strict.post([both]).code == "incompatibleParameters")
        await loose.close()
        await strict.close()
    }

    @Test func `the same position twice is refused`() async throws {
        let sandbox = try await Caller()
        let picture = try png(width: 640, height: 360)
        var sent = task(["width": nil, "height": nil])
        sent["inputs"] = [
            "frameImages": [["image": picture, "frame": "last"], ["image": picture, "frame": -1]]
        ]
        #expect(try await sandbox.post([sent]).code == "invalidParameter")
        await sandbox.close()
    }

    @Test func `an unknown task is answered with nothing, or with an error where so configured`() async throws
    {
        let ask: [String: Any] = ["taskType": "getResponse", "taskUUID": UUID().uuidString]
        let quiet = try await Caller()
        let empty = try await quiet.post([ask])
        #expect(empty.status == 200)
        #expect(empty.data.isEmpty && empty.errors.isEmpty)
        await quiet.close()
        let loud = try await Caller(unknown: .notFound)
        #expect(try await loud.post([ask]).code == "taskNotFound")
        await loud.close()
    }

    @Test func `marks in the prompt make a task fail at its three places`() async throws {
        let sandbox = try await Caller()
        #expect(try await sandbox.post([task(["positivePrompt": "x [reject]"])]).code == "promptBlocked")
        for (mark, code) in [("[refuse]", "contentPolicyViolation"), ("[fail]", "providerError")] {
            let sent = task(["positivePrompt": "a sea \(mark)"])
            let uuid = sent["taskUUID"] as? String ?? ""
            #expect(try await sandbox.post([sent]).data.count == 1)
            let answer = try await sandbox.result(of: uuid)
            #expect(answer.status == 200)
            #expect(answer.code == code)
            #expect(answer.errors.first?["status"] as? String == "error")
            #expect(answer.errors.first?["taskUUID"] as? String == uuid)
        }
        await sandbox.close()
    }

    @Test func `a body that is too large is refused, and the connection ends with it`() async throws {
        let sandbox = try await Caller { $0.bodyLimit = 10_000 }
        let body = Data(repeating: 0x20, count: 3 << 20)
        let answer = try await sandbox.send(
            "POST", sandbox.base, headers: ["Authorization": "Bearer k"], body: body)
        #expect(answer.status == 413)
        #expect(answer.headers["connection"] == "close")
        #expect(try await sandbox.post([["taskType": "ping"]]).data.count == 1)
        await sandbox.close()
    }

    @Test func `an answer does not wait for the confirmation of its head`() async throws {
        let sandbox = try await Caller()
        var quickest = Duration.seconds(60)
        // One quick answer shows it; while other tests hold the cores it may take many to get one.
        for number in 0..<1000 where quickest >= .milliseconds(30) {
            let time = try await ContinuousClock().measure {
                _ = try await sandbox.post([["taskType": "ping"]])
            }
            // A fresh connection is confirmed at once; an older one only after 40 ms.
            if number >= 25 { quickest = min(quickest, time) }
        }
        #expect(quickest < .milliseconds(30))
        await sandbox.close()
    }

    @Test func `what is not an array of tasks is a 400`() async throws {
        let sandbox = try await Caller()
        for body in ["", "{}", "[", "[]", "[3]"] {
            let answer = try await sandbox.send(
                "POST", sandbox.base, headers: ["Authorization": "Bearer k"], body: Data(body.utf8))
            #expect(answer.status == 400)
            #expect(answer.headers["content-type"] == "application/json")
        }
        #expect(try await sandbox.send("GET", sandbox.base).status == 405)
        await sandbox.close()
    }
}

/// A change that makes a task wrong, and how it is refused.
struct Wrong: @unchecked Sendable, CustomTestStringConvertible {
    var changes: [String: Any?]
    var code: String
    var parameter: String

    var testDescription: String { "\(parameter): \(code)" }
}

/// A smooth picture as a data URI.
func png(width: Int, height: Int) throws -> String {
    let bytes = try run(
        "ffmpeg",
        [
            "-v", "error", "-f", "lavfi", "-i", "gradients=s=\(width)x\(height):seed=5:speed=0.00001",
            "-frames:v", "1",
            "-c:v", "png", "-f", "image2pipe", "-",
        ])
    return "data:image/png;base64," + bytes.base64EncodedString()
}
