import Film
import Foundation
import Logging
import Runware
import Testing

/// What Reel writes itself must not even be warned about: a warning is for requests that come from elsewhere.
@Suite struct `A composed request` {
    private func generator() -> RunwareGenerator {
        RunwareGenerator(
            name: "sandbox",
            client: ClientConfiguration(baseURL: URL(string: "http://127.0.0.1:9/v1")!, apiKey: "none"),
            cards: [Checkout.modelCards], logger: Logger(label: "test"))
    }

    private func shot(_ change: (inout Shot) -> Void) throws -> Shot {
        let text = "title: T\nmodel: m\nshots: [{id: a, prompt: A hill}]"
        var shot = try Storyboard.parse(text, path: "film.yaml").shots[0]
        change(&shot)
        return shot
    }

    private static let styles: [String?] = [nil, "anime", "3d_animation", "clay", "comic", "cyberpunk"]

    @Test(arguments: ["pixverse-v5", "pixverse-v5.5"])
    func `gives no card a reason for complaint`(name: String) throws {
        let card = try ModelCard.load(path: Checkout.modelCards + "/\(name).yaml")
        let generator = generator()
        let picture = PictureReference("sha256:1")
        let frames: [(PictureReference?, PictureReference?)] = [
            (nil, nil), (picture, nil), (nil, picture), (picture, picture), (.placeholder, nil),
        ]
        let sounds: [Bool?] = card.id == "pixverse:1@6" ? [nil, true, false] : [nil]
        var count = 0
        for size in card.sizes {
            let modelSize = ModelSize(
                width: size.width, height: size.height, resolution: size.resolution, rate: nil)
            for style in Self.styles {
                for (first, last) in frames {
                    for audio in sounds {
                        for duration in [nil] + card.durations(for: size.resolution).map(Optional.some) {
                            let shot = try shot {
                                ($0.style, $0.audio, $0.duration) = (style, audio, duration)
                            }
                            let composed = try generator.compose(
                                ShotOrder(
                                    shot: shot, model: card.id, size: modelSize, quality: 90, take: 1,
                                    first: first, last: last))
                            #expect(composed.problems.isEmpty, "\(size.description) \(composed.problems)")
                            count += 1
                        }
                    }
                }
            }
        }
        #expect(count >= 1800)
    }

    @Test func `says the card's length where the storyboard says none`() throws {
        let size = ModelSize(width: 1280, height: 720, resolution: "720p", rate: nil)
        func composed(_ duration: Double?) throws -> ComposedShot {
            try generator().compose(
                ShotOrder(
                    shot: try shot { $0.duration = duration }, model: "pixverse:1@6", size: size,
                    quality: nil,
                    take: 1, first: nil, last: nil))
        }
        let (silent, said, longer) = (try composed(nil), try composed(5), try composed(8))
        #expect(silent.request.contains(#""duration":5"#))
        #expect(silent.request == said.request && silent.request != longer.request)
        // So the price is known before anything is bought, and a budget can hold it.
        #expect(silent.estimate != nil && silent.estimate == said.estimate)
    }

    @Test func `of every shot is judged before one of them is refused`() throws {
        let scratch = try Scratch()
        let path = try scratch.write(
            """
            title: T
            model: "pixverse:1@6"
            shots:
              - {id: a, prompt: A hill, duration: 7, style: neon}
              - {id: b, prompt: A lake}
              - {id: c, prompt: A, start: fresh, takes: 2}
            """, to: "film.yaml")
        let settings = try FilmSettings.forTest(path, in: scratch)
        let told = try Film.check(settings)
        #expect(
            told.map { "\($0.shot) \($0.problem.path)" } == [
                "a providerSettings.pixverse.style", "a duration", "c positivePrompt",
            ])
        #expect(told.allSatisfy { $0.problem.isError })
        #expect(told[0].place.hasSuffix("film.yaml:4"))
        #expect(
            told[1].description
                == "shot a: duration 7: is not a length the model makes; write 8; allowed: 5, 8, 10 seconds")
        let error = try #require(throws: FilmError.self) { _ = try Film.plan(settings) }
        #expect(error.problems == told)
        #expect(error.message.hasPrefix("shot a: ") && error.message.hasSuffix("(and 2 more)"))
    }
}
