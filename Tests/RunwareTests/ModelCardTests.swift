import Foundation
import Runware
import Testing

@Suite struct `A model card` {
    private func problems(_ change: (inout VideoRequest) -> Void) throws -> [Problem] {
        var request = Fixture.request()
        change(&request)
        return try Fixture.card().validate(request)
    }

    @Test func `holds the twenty sizes by name and by pixels`() throws {
        let card = try Fixture.card()
        #expect(card.id == "pixverse:1@6")
        #expect(card.sizes.count == 20)
        #expect(card.resolutions == ["360p", "540p", "720p", "1080p"])
        #expect(card.fps == 24 && card.fpsIsAssumed)
        for resolution in card.resolutions {
            for aspect in ["16:9", "4:3", "1:1", "3:4", "9:16"] {
                let size = try #require(card.size(resolution: resolution, aspect: aspect))
                #expect(card.resolution(width: size.width, height: size.height) == resolution)
                let sides = aspect.split(separator: ":").compactMap { Int($0) }
                #expect(size.width * sides[1] == size.height * sides[0])
                #expect("\(min(size.width, size.height))p" == resolution)
            }
        }
        #expect(card.resolution(width: 1281, height: 720) == nil)
    }

    @Test(
        arguments: [
            (1281, 719, nil, "1280x720"), (3840, 2160, nil, "1920x1080"), (100, 100, nil, "360x360"),
            (3840, 2160, "540p", "960x540"), (1080, 2340, "720p", "720x1280"), (0, 0, nil, "360x360"),
        ] as [(Int, Int, String?, String)])
    func `finds the nearest size`(width: Int, height: Int, resolution: String?, expected: String) throws {
        let size = try Fixture.card().nearestSize(width: width, height: height, resolution: resolution)
        #expect(size.description == expected)
    }

    @Test func `accepts the published samples, with warnings where pictures stand beside a size`() throws {
        let card = try Fixture.card()
        for (index, sample) in try Fixture.samples().enumerated() {
            let found = card.validate(try VideoRequest.parse(sample.data))
            #expect(!found.contains { $0.severity == .error }, "\(sample.name): \(found)")
            let hasFrames = index == 2 || index == 3
            #expect(found.contains { $0.path == "width" } == hasFrames, "\(sample.name)")
            #expect(found.contains { $0.path.hasSuffix("inputImage") } == hasFrames, "\(sample.name)")
            #expect(found.isEmpty == !hasFrames, "\(sample.name)")
            let strict = card.validate(try VideoRequest.parse(sample.data), strict: true)
            #expect(strict.map(\.path) == found.map(\.path))
            #expect(strict.allSatisfy { $0.severity == .error })
        }
    }

    @Test func `tells all mistakes at once, each with path and remedy`() throws {
        let found = try problems { request in
            request.positivePrompt = "x"
            request.width = 1200
            request.duration = 7
            request.seed = -1
            request.numberResults = 9
            request.outputFormat = "mp4"
            request.pixverse = .init(style: "cyberpnk", thinking: "on")
            request.webhookURL = "file:///etc/passwd"
            request.taskUUID = "one"
            request.extra = ["providerSettings.pixverse.sound": .bool(true)]
        }
        let byPath = Dictionary(grouping: found, by: \.path).mapValues { $0[0] }
        #expect(
            Set(byPath.keys) == [
                "positivePrompt", "width", "duration", "seed", "numberResults", "outputFormat",
                "providerSettings.pixverse.style", "providerSettings.pixverse.thinking", "webhookURL",
                "taskUUID", "providerSettings.pixverse.sound",
            ])
        #expect(byPath["width"]?.suggestion == "nearest size: 1280x720 (720p 16:9)")
        #expect(byPath["duration"]?.suggestion == "write 8")
        #expect(byPath["outputFormat"]?.suggestion == "write \"MP4\"")
        #expect(byPath["providerSettings.pixverse.style"]?.suggestion == "write \"cyberpunk\"")
        #expect(byPath["seed"]?.allowed == "0 to 2147483647")
        #expect(
            byPath["providerSettings.pixverse.sound"]?.allowed == "audio, multiClip, style, thinking")
        #expect(byPath["width"]?.description.hasPrefix("width 1200x720: is not a size") == true)
        #expect(found.allSatisfy { $0.severity == .error })
    }

    @Test(arguments: [
        (1280, 720, 10, true), (1920, 1080, 8, true), (1920, 1080, 10, false), (1080, 1080, 10, false),
        (640, 360, 10, true), (640, 360, 6, false),
    ])
    func `limits the length by size`(width: Int, height: Int, seconds: Double, isGood: Bool) throws {
        let found = try problems { request in
            request.width = width
            request.height = height
            request.duration = seconds
        }
        #expect(found.contains { $0.path == "duration" } == !isGood)
    }

    @Test func `wants one way of saying the size`() throws {
        let picture = FrameImage(image: UUID().uuidString, frame: .first)
        func shape(
            _ width: Int?, _ height: Int?, _ resolution: String?, frames: Bool, strict: Bool = false
        ) throws -> [String] {
            var request = Fixture.request()
            (request.width, request.height, request.resolution) = (width, height, resolution)
            request.frameImages = frames ? [picture] : []
            return try Fixture.card().validate(request, strict: strict).map {
                "\($0.severity) \($0.path): \($0.suggestion ?? "")"
            }
        }
        #expect(try shape(1280, 720, nil, frames: false).isEmpty)
        #expect(try shape(nil, nil, "720p", frames: true).isEmpty)
        #expect(try shape(nil, nil, nil, frames: true).isEmpty)
        #expect(try shape(1280, nil, nil, frames: false) == [#"error height: add "height": 720"#])
        #expect(try shape(nil, 720, nil, frames: false) == [#"error width: add "width": 1280"#])
        #expect(try shape(1280, 720, "720p", frames: false) == ["error resolution: leave out resolution"])
        #expect(
            try shape(nil, nil, nil, frames: false) == [#"error width: add "width": 1280, "height": 720"#])
        #expect(
            try shape(nil, nil, "360p", frames: false) == [#"error width: add "width": 640, "height": 360"#])
        let both = "width: leave out width and height"
        #expect(try shape(1280, 720, nil, frames: true) == ["warning " + both])
        #expect(try shape(1280, 720, nil, frames: true, strict: true) == ["error " + both])
        #expect(try shape(nil, nil, "700p", frames: true) == [#"error resolution: write "720p""#])
    }

    @Test(arguments: [
        (#"{"positivPrompt":"x"}"#, "positivPrompt", "positivePrompt"),
        (#"{"routing":{"a":1,"b":2}}"#, "routing", nil),
        (#"{"style":"clay"}"#, "style", "providerSettings.pixverse.style"),
        (
            #"{"providerSettings":{"pixverse":{"multiclip":true}}}"#, "providerSettings.pixverse.multiclip",
            "providerSettings.pixverse.multiClip"
        ),
        (
            #"{"providerSettings":{"google":{"audio":true}}}"#, "providerSettings.google",
            nil
        ),
        (#"{"safety":{"chekContent":true}}"#, "safety.chekContent", "safety.checkContent"),
        (#"{"settings":{}}"#, "settings", nil),
    ])
    func `refuses a field it does not list, with the nearest it does`(
        members: String, path: String, meant: String?
    ) throws {
        let extra = try VideoRequest.parse(Data(members.utf8)).extra
        let found = try problems { $0.extra = extra }
        #expect(found.map(\.path) == [path])
        #expect(found.first?.suggestion == meant.map { "write \"\($0)\"" })
        #expect(found.first?.severity == .error)
    }

    @Test func `judges a field of another spelling by its kind`() throws {
        let card = try Fixture.card("pixverse-v5")
        func found(_ value: JSONValue, at key: String) -> [String] {
            var request = Fixture.request()
            request.model = card.id
            request.extra = ["providerSettings.pixverse." + key: value]
            return card.validate(request).map(\.description)
        }
        #expect(found(.string("ride it"), at: "effect").isEmpty)
        #expect(found(.string("fast"), at: "motionMode").isEmpty)
        let effect = "providerSettings.pixverse.effect"
        #expect(found(.integer(3), at: "effect") == ["\(effect) 3: has the wrong type; allowed: a string"])
        let mode = found(.string("fats"), at: "motionMode")
        #expect(mode.count == 1 && mode[0].hasSuffix(#"allowed: normal, fast; write "fast""#), "\(mode)")
    }

    @Test func `counts characters, not bytes`() throws {
        #expect(try problems { $0.positivePrompt = String(repeating: "ü", count: 2048) }.isEmpty)
        let long = try problems { $0.positivePrompt = String(repeating: "ü", count: 2050) }
        #expect(long.map(\.suggestion) == ["take out 2"])
    }

    @Test func `takes a request that leaves the length to the service, as its page does`() throws {
        #expect(try problems { $0.duration = nil }.isEmpty)
    }

    @Test func `catches pictures that the service could not read`() throws {
        func found(_ images: [FrameImage]) throws -> [String] {
            try problems {
                $0.width = nil
                $0.height = nil
                $0.frameImages = images
            }.map(\.path)
        }
        let good = DataURI.png([1, 2, 3])
        #expect(
            try found([FrameImage(image: good, frame: nil), FrameImage(image: "http://a.b/c", frame: nil)])
                .isEmpty)
        #expect(
            try found([FrameImage(image: "pictures/a.png", frame: nil)]) == ["inputs.frameImages[0].image"])
        #expect(
            try found([FrameImage(image: "file:///a.png", frame: nil)]) == ["inputs.frameImages[0].image"])
        let twice = [FrameImage(image: good, frame: .first), FrameImage(image: good, frame: .first)]
        #expect(try found(twice) == ["inputs.frameImages"])
        let three = [FrameImage](repeating: FrameImage(image: good, frame: nil), count: 3)
        #expect(try found(three) == ["inputs.frameImages"])
    }

    @Test func `knows one price and says of the others that they are guesses`() throws {
        let card = try Fixture.card()
        let sample = try VideoRequest.parse(Fixture.samples()[0].data)
        #expect(card.estimate(sample) == .init(usd: Decimal(string: "0.4715")!, isEstimate: false))
        var several = sample
        several.numberResults = 3
        #expect(card.estimate(several)?.usd == Decimal(string: "1.4145")!)
        var silent = sample
        silent.pixverse?.audio = false
        #expect(card.estimate(silent)?.isEstimate == true)
        for size in card.sizes {
            for seconds in card.durations(for: size.resolution) {
                var request = Fixture.request()
                (request.width, request.height, request.duration) = (size.width, size.height, seconds)
                let price = try #require(card.estimate(request), "\(size) \(seconds)")
                #expect(price.usd > 0 && price.isEstimate)
            }
        }
        var odd = sample
        odd.duration = 6
        #expect(card.estimate(odd) == nil)
    }

    @Test func `of a sibling model is data and nothing else`() throws {
        let card = try Fixture.card("pixverse-v5")
        let sizes = try Fixture.card().sizes
        #expect(card.id == "pixverse:1@5" && card.sizes == sizes)
        func found(_ change: (inout VideoRequest) -> Void) -> [String] {
            var request = Fixture.request()
            request.model = card.id
            change(&request)
            return card.validate(request).map(\.path)
        }
        for size in card.sizes {
            #expect(card.durations(for: size.resolution) == [5, 8])
            for seconds in [5.0, 8, 10] {
                let paths = found {
                    ($0.width, $0.height, $0.duration) = (size.width, size.height, seconds)
                }
                #expect(paths == (seconds == 10 ? ["duration"] : []))
            }
        }
        let settings = VideoRequest.PixverseSettings(
            style: "clay", audio: true, multiClip: true, thinking: "auto")
        #expect(
            found { $0.pixverse = settings } == [
                "providerSettings.pixverse.audio", "providerSettings.pixverse.multiClip",
                "providerSettings.pixverse.thinking",
            ])
        #expect(found { $0.model = "pixverse:1@6" } == ["model"])
        var large = Fixture.request()
        (large.model, large.width, large.height, large.duration) = (card.id, 1920, 1080, 5)
        #expect(card.estimate(large) == .init(usd: Decimal(string: "0.299")!, isEstimate: false))
        large.duration = 8
        #expect(card.estimate(large) == nil)
        let folder = (Fixture.cardPath() as NSString).deletingLastPathComponent
        #expect(try ModelCard.find(model: "pixverse:1@5", in: [folder]) == card)
    }

    @Test func `with an unknown or a wrong key names file, line and key`() throws {
        let path = Fixture.root.appendingPathComponent("presets/models/pixverse-v5.5.yaml")
        let good = try String(contentsOf: path, encoding: .utf8)
        let wrong: [(String, String, String)] = [
            ("fps: {", "fbs: {", "fps"), ("  seed: {", "  seed: { least: 1, ", "integers.seed.least"),
            ("durations: [5, 8, 10]", "durations: [5, eight]", "durations"),
            ("defaultDuration: 5", "defaultDuration: 6", "defaultDuration"),
            ("together: [width", "togehter: [width", "together"),
            ("together: [width", "together: [widht", "widht"),
            ("    allowed: [5, 8]\n", "", "if"), ("if: { sizeClass", "if: { sizeclass", "sizeclass"),
            ("  - includeCost", "  - includeCost\n  - seed", "seed"),
            ("width: 640", "widht: 640", "width"),
            ("usd: \"0.1797\"", "usd: cheap", "prices.table[0].usd"), ("note:", "noet:", "noet"),
        ]
        for (old, new, key) in wrong {
            let text = good.replacingOccurrences(of: old, with: new)
            #expect(text != good)
            let error = #expect(throws: RunwareError.self) {
                try ModelCard.load(yaml: text, name: "card.yaml")
            }
            #expect(
                error?.message.contains("card.yaml") == true && error?.message.contains(key) == true,
                "\(error!)")
        }
        let error = #expect(throws: RunwareError.self) {
            try ModelCard.find(
                model: "pixverse:9@9", in: [path.deletingLastPathComponent().path, "/nowhere"])
        }
        #expect(error?.hint?.contains("pixverse:1@6") == true)
    }
}
