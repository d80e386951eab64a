import Foundation
import Runware
import Testing

@Suite struct `A video request` {
    private func canonical(_ data: Data) throws -> String { try JSONValue(parsing: data).canonical }

    @Test func `reads and writes the published samples without loss`() throws {
        let samples = try Fixture.samples()
        #expect(samples.count == 5)
        for (name, data) in samples {
            let request = try VideoRequest.parse(data, name: name)
            let written = try JSONEncoder().encode(request)
            // The one thing that changes: the older name of a frame's picture becomes the documented one.
            let documented = String(decoding: data, as: UTF8.self)
                .replacingOccurrences(of: "\"inputImage\"", with: "\"image\"")
            #expect(try canonical(written) == canonical(Data(documented.utf8)), "\(name)")
            #expect(try JSONDecoder().decode(VideoRequest.self, from: written) == request, "\(name)")
        }
    }

    @Test func `reads four shapes of frame images as one`() throws {
        let documented = try VideoRequest.parse(Fixture.data("frames-documented"))
        #expect(documented.frameImages.map(\.frame) == [.first, .last])
        #expect(documented.readProblems.isEmpty)
        for name in ["frames-plain", "frames-older", "frames-hybrid"] {
            let request = try VideoRequest.parse(Fixture.data(name))
            #expect(request.canonicalJSON() == documented.canonicalJSON(), "\(name)")
            // Only the shape that no published example has is an error.
            let errors = request.readProblems.filter { $0.severity == .error }
            #expect(errors.map(\.path) == (name == "frames-older" ? ["frameImages"] : []), "\(name)")
        }
    }

    @Test func `writes places that the order implies`() {
        var request = Fixture.request()
        request.frameImages = [FrameImage(image: "a", frame: .last), FrameImage(image: "b", frame: nil)]
        let body = request.canonicalJSON()
        #expect(body.contains(#"[{"frame":"last","image":"a"},{"frame":"first","image":"b"}]"#))
    }

    @Test func `canonical form has sorted keys, short numbers and no UUID`() throws {
        let text = #"""
            {"taskUUID":"8c9f3b7e-1d24-4b6a-9c55-0f2a7d3e6b10","width":1280,"model":"pixverse:1@6",
             "duration":8.0,"height":720,"positivePrompt":"süß \"x\"\n"}
            """#
        let request = try VideoRequest.parse(Data(text.utf8))
        #expect(
            request.canonicalJSON()
                == #"{"duration":8,"height":720,"model":"pixverse:1@6","positivePrompt":"süß \"x\"\n","width":1280}"#
        )
        var half = request
        half.duration = 7.1
        #expect(half.canonicalJSON().contains(#""duration":7.1,"#))
    }

    @Test func `the sent task asks for the price, asynchronously, under the given UUID`() throws {
        var request = Fixture.request()
        request.taskUUID = "other"
        let body = try JSONValue(parsing: Data(request.body(taskUUID: Fixture.task).utf8))
        #expect(body["taskUUID"]?.string == Fixture.task)
        #expect(body["taskType"]?.string == "videoInference")
        #expect(body["deliveryMethod"]?.string == "async")
        #expect(body["includeCost"]?.bool == true)
        #expect(body["outputType"]?.string == "URL")
        #expect(body["safety"] == nil)
    }

    @Test(arguments: [
        (#""0""#, FrameRole.first), ("0", .first), (#""first""#, .first), (#""-1""#, .last), ("-1", .last),
        (#""last""#, .last), (#""1""#, nil), ("1", nil), (#""First""#, nil), ("true", nil),
    ])
    func `reads the place of a frame as word and as number`(place: String, role: FrameRole?) throws {
        let text = #"{"inputs":{"frameImages":[{"image":"x","frame":\#(place)}]}}"#
        let request = try VideoRequest.parse(Data(text.utf8))
        #expect(request.frameImages.map(\.frame) == [role])
        #expect(request.readProblems.map(\.path) == (role == nil ? ["inputs.frameImages[0].frame"] : []))
    }

    @Test func `names every wrong type, and every key that it has no place for`() throws {
        let text = #"""
            {"model":"pixverse:1@6","width":"1280","duration":5,"a.b":1,"safety":{"mode":3},
             "inputs":{"frameImages":[{"image":"x","frame":"middle","strength":1}]}}
            """#
        let problems = try VideoRequest.parse(Data(text.utf8)).readProblems
        #expect(
            problems.map(\.path) == [
                "width", "safety.mode", "inputs.frameImages[0].frame", "inputs.frameImages[0].strength",
                "a.b",
            ])
        #expect(problems.allSatisfy { $0.severity == .error })
    }

    @Test func `keeps fields it does not know, and writes them where they stood`() throws {
        let text = #"""
            {"duration":5,"inputs":{"audios":["u"],"frameImages":[{"frame":"first","image":"x"}]},"nothing":null,
             "providerSettings":{"google":{"x":{"y":1.5}},"pixverse":{"effect":"ride","style":"clay"}},
             "routing":{"region":"eu"},"safety":{"depth":{}}}
            """#
        let request = try VideoRequest.parse(Data(text.utf8))
        #expect(request.readProblems.isEmpty)
        #expect(
            request.extra.keys.sorted() == [
                "inputs.audios", "nothing", "providerSettings.google", "providerSettings.pixverse.effect",
                "routing", "safety.depth",
            ])
        #expect(try request.canonicalJSON() == canonical(Data(text.utf8)))
        #expect(try JSONDecoder().decode(VideoRequest.self, from: JSONEncoder().encode(request)) == request)
        let sent = try JSONValue(parsing: Data(request.body(taskUUID: Fixture.task).utf8))
        #expect(sent["routing"]?["region"]?.string == "eu")
        var other = request
        other.extra["routing"] = .object(["region": .string("us")])
        #expect(other != request && other.canonicalJSON() != request.canonicalJSON())
        // What a typed field says is not overruled.
        other.extra = ["duration": .integer(8), "duration.inner": .integer(1)]
        #expect(other.canonicalJSON().contains(#""duration":5"#))
    }

    @Test func `a file that is no task says what it should be`() {
        for text in ["", "nonsense", "[]", "3", #"[{"a":1},{"b":2}]"#] {
            let error = #expect(throws: RunwareError.self) {
                try VideoRequest.parse(Data(text.utf8), name: "shot.json")
            }
            #expect(error?.message.contains("shot.json") == true)
            #expect(error?.exitCode == 5)
        }
    }

    @Test func `a picture becomes a data URI and comes back`() {
        let bytes: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0, 255]
        let uri = DataURI.png(bytes)
        #expect(uri == "data:image/png;base64,iVBORwD/")
        #expect(DataURI.bytes(of: uri) == Data(bytes))
        #expect(DataURI.bytes(of: "https://example.org/a.png") == nil)
    }
}
