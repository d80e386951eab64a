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
        }
        let byPath = Dictionary(grouping: found, by: \.path).mapValues { $0[0] }
        #expect(
            Set(byPath.keys) == [
                "positivePrompt", "width", "duration", "seed", "numberResults", "outputFormat",
                "providerSettings.pixverse.style", "providerSettings.pixverse.thinking", "webhookURL",
                "taskUUID",
            ])
        #expect(byPath["width"]?.suggestion == "width 1280, height 720 (720p 16:9)")
        #expect(byPath["duration"]?.suggestion == "8")
        #expect(byPath["outputFormat"]?.suggestion == "\"MP4\"")
        #expect(byPath["providerSettings.pixverse.style"]?.suggestion == "\"cyberpunk\"")
        #expect(byPath["seed"]?.allowed == "0 to 2147483647")
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
        #expect(try problems { $0.height = nil }.map(\.path) == ["height"])
        #expect(try problems { $0.resolution = "720p" }.map(\.severity) == [.error])
        #expect(
            try problems {
                $0.width = nil; $0.height = nil
            }.map(\.severity) == [.error])
        let shapeless = try problems {
            $0.width = nil; $0.height = nil; $0.resolution = "720p"
        }
        #expect(shapeless.map(\.severity) == [.warning])
        let framed = try problems {
            $0.width = nil
            $0.height = nil
            $0.resolution = "720p"
            $0.frameImages = [picture]
        }
        #expect(framed.isEmpty)
        #expect(try problems { $0.frameImages = [picture] }.map(\.severity) == [.warning])
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

    @Test func `with an unknown or a wrong key names file, line and key`() throws {
        let path = Fixture.root.appendingPathComponent("presets/models/pixverse-v5.5.yaml")
        let good = try String(contentsOf: path, encoding: .utf8)
        let wrong: [(String, String, String)] = [
            ("fps: {", "fbs: {", "fps"), ("  seed: {", "  seed: { least: 1, ", "integers.seed.least"),
            ("durations: [5, 8, 10]", "durations: [5, eight]", "durations"),
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
