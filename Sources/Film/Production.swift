import Foundation
import Media
import Montage

/// A storyboard with everything it names looked up and judged: model, presets, pictures. When one of these
/// exists, nothing that could have been known beforehand can spoil the film any more.
///
/// It answers the pure questions that plan and builder share: which request, which key.
package struct Production: Sendable {
    /// What is made; where slates stand in, their joins are not the author's.
    var storyboard: Storyboard
    /// What stands in the place of shots that are not there.
    var slates: [Int: Slate] = [:]
    let generator: any ShotGenerator
    let size: ModelSize
    let deliveries: [Delivery]
    /// What the model's card has against the shots. Only warnings, unless all was to be told.
    private(set) var problems: [ShotProblem] = []
    /// The codec library, as it enters keys.
    let engine: String
    /// Loudness and music as they enter keys: the music by its digest.
    let mixDocument: JSONDocument?
    /// SHA-256 of the music's file.
    let musicDigest: String?
    /// Clips that were bought beside the storyboard's takes, by shot.
    private(set) var repairs: [String: Choice.Repair] = [:]
    /// What requests were really charged.
    private var prices = PriceBook()
    private let pictures: [String: PictureReference]
    private let twinTakes: [String: Int]

    /// Looks everything up. Blocks (reads pictures and presets); buys nothing.
    ///
    /// - Parameter tellsAll: with errors of the card too there is a production, to tell them all; it must not
    ///   be built. Without it they are thrown together.
    package init(_ settings: FilmSettings, tellsAll: Bool = false) throws {
        let storyboard = try Storyboard.load(
            path: settings.storyboardPath, allowOutside: settings.allowOutsideImages)
        self.storyboard = storyboard
        generator = settings.generator
        size = try generator.modelSize(of: storyboard)
        deliveries = try Delivery.list(
            storyboard.film.deliver.map { name in
                do {
                    return try settings.presets.preset(named: name)
                } catch let error as MontageError {
                    throw FilmError(
                        .presetInvalid, "film.deliver: \(error.message)", subject: storyboard.path,
                        hint: error.hint, underlying: error)
                }
            })
        engine =
            FFmpegVersions.libraries.first { $0.name.contains("avcodec") }
            .map { "\($0.name) \($0.run)" } ?? "unknown"
        var pictures: [String: PictureReference] = [:]
        for shot in storyboard.shots {
            for path in [shot.firstImage, shot.lastImage].compactMap(\.self) where pictures[path] == nil {
                pictures[path] = try Self.reference(to: path, size: size, shot: shot, in: storyboard)
            }
        }
        self.pictures = pictures
        musicDigest = try Self.digest(ofMusic: storyboard)
        mixDocument = try Self.mix(storyboard.film.sound, musicDigest: musicDigest)
        twinTakes = Self.countTwins(storyboard.shots)
        problems = try judgeAll(strict: settings.strict)
        try checkJoins()
        guard !tellsAll, let first = problems.first(where: \.problem.isError) else { return }
        let errors = problems.filter(\.problem.isError)
        var error = FilmError(
            .requestInvalid,
            "shot \(first.shot): \(first.problem.headline)"
                + (errors.count > 1 ? " (and \(errors.count - 1) more)" : ""),
            subject: first.place, hint: first.problem.hint)
        error.problems = errors
        throw error
    }

    private static func reference(
        to path: String, size: ModelSize, shot: Shot, in storyboard: Storyboard
    ) throws -> PictureReference {
        do {
            _ = try Picture.load(path: path)
            let digest = try SHA256.hex(ofFile: path, interrupt: Interrupt())
            return reference(digest: digest, size: size)
        } catch {
            let reason = FilmError.message(of: error)
            throw FilmError(
                .fileInvalid, "shot \(shot.id): \(reason)", subject: "\(storyboard.path):\(shot.line)",
                hint: "use a PNG or JPEG picture", underlying: error)
        }
    }

    static func reference(digest: String, size: ModelSize) -> PictureReference {
        PictureReference("sha256:\(digest) fitted \(size.width)x\(size.height)")
    }

    /// Every shot's request against the model's card; a chained one with a stand-in for the frame to come.
    private func judgeAll(strict: Bool) throws -> [ShotProblem] {
        var found: [ShotProblem] = []
        for shot in storyboard.shots {
            for take in 1...shot.takes {
                let composed = try compose(shot, take: take, upstream: .placeholder)
                for var problem in composed.problems {
                    if strict { problem.isError = true }
                    let told = ShotProblem(
                        shot: shot.id, place: "\(storyboard.path):\(shot.line)", problem: problem)
                    if !found.contains(told) { found.append(told) }
                }
            }
        }
        return found
    }

    /// The same film, priced by what requests of its kinds were really charged.
    func pricing(by takes: [Take]) -> Production {
        var changed = self
        changed.prices = PriceBook(takes, generator: generator.name)
        return changed
    }

    /// The request for an order, with what it will cost.
    func compose(_ order: ShotOrder) throws(FilmError) -> ComposedShot {
        var composed = try generator.compose(order)
        if let charged = prices.range(of: composed.request) {
            (composed.least, composed.estimate) = (charged.lowerBound, charged.upperBound)
        }
        return composed
    }

    /// The same film with what a person chose for its shots. What the storyboard itself says counts more.
    func choosing(_ choices: Set<Choice>) -> Production {
        var changed = self
        for choice in choices where choice.storyboard == storyboard.name {
            guard let index = storyboard.shots.firstIndex(where: { $0.id == choice.shot }) else { continue }
            if let number = choice.number, storyboard.shots[index].use == nil,
                number <= storyboard.shots[index].takes
            {
                changed.storyboard.shots[index].use = number
            }
            changed.repairs[choice.shot] = choice.repair
        }
        return changed
    }

    /// The order for one take. `upstream` is the frame before a chained shot; others ignore it.
    func order(_ shot: Shot, take: Int, upstream: PictureReference?) -> ShotOrder {
        ShotOrder(
            shot: shot, model: storyboard.model, size: size, quality: storyboard.quality, take: take,
            first: shot.isChained ? upstream : shot.firstImage.flatMap { pictures[$0] },
            last: shot.lastImage.flatMap { pictures[$0] })
    }

    func compose(_ shot: Shot, take: Int, upstream: PictureReference?) throws(FilmError) -> ComposedShot {
        try compose(order(shot, take: take, upstream: upstream))
    }

    /// The key of a composed take.
    func key(of composed: ComposedShot, shot: Shot, take: Int) throws -> WorkKey {
        try WorkKey.shot(
            generator: generator.name, request: JSONDocument(parsing: composed.request),
            take: take + (twinTakes[shot.id] ?? 0))
    }

    /// How many takes of word-for-word equal shots stand before a shot. Who asks twice for the same without a
    /// seed wants two clips, so they are numbered on. With a seed the same clip is meant, and bought once.
    /// Chained shots differ by the frame they start on.
    private static func countTwins(_ shots: [Shot]) -> [String: Int] {
        var counts: [Shot: Int] = [:]
        var before: [String: Int] = [:]
        for shot in shots where shot.seed == nil && !shot.isChained {
            var words = shot
            (words.id, words.line, words.takes, words.use) = ("", 0, 0, nil)
            (words.join, words.title) = (nil, nil)
            before[shot.id] = counts[words]
            counts[words, default: 0] += shot.takes
        }
        return before
    }

    /// The film's format: rate and colour are the first clip's. Without one it is what is likely, at the rate that
    /// the model's card promises; other chains are rendered in that when the first shot fails.
    func format(first: ClipFacts?) -> FilmFormat {
        let rate = first?.rate ?? size.rate ?? Rational(24, 1)
        return FilmFormat(
            width: size.width, height: size.height, rate: storyboard.film.rate ?? Self.plain(rate),
            colour: first?.colour)
    }

    /// The usual rate a measured one means: an average over a few seconds is off by a hair.
    static func plain(_ rate: Rational) -> Rational {
        let usual = [
            Rational(24000, 1001), Rational(24, 1), Rational(25, 1), Rational(30000, 1001), Rational(30, 1),
            Rational(48, 1), Rational(50, 1), Rational(60000, 1001), Rational(60, 1),
        ]
        return usual.first { abs($0.value - rate.value) <= rate.value * 0.0004 } ?? rate
    }

    /// The runs of shots that go on from one another, as ranges of indices.
    var chains: [Range<Int>] {
        let starts = storyboard.shots.indices.filter { !storyboard.shots[$0].isChained }
        return starts.enumerated().map { place, start in
            start..<(place + 1 < starts.count ? starts[place + 1] : storyboard.shots.count)
        }
    }

    /// The name of the step that makes the frames of the join before a shot: `blend:storm:mp4-social`.
    static func blendID(before shot: Shot, _ delivery: Delivery) -> String {
        "blend:\(shot.id):\(delivery.name)"
    }

    /// The name of a step within the storyboard; take 2 of shot a is `shot:a#2`.
    static func stepID(shot: Shot, take: Int) -> String {
        take == 1 ? "shot:\(shot.id)" : "shot:\(shot.id)#\(take)"
    }
}

extension Production {
    /// The code by which the service refused the content of a request, if its last take ended so. The same
    /// request is not sent again.
    func moderation(of takes: [Take]) -> String? {
        guard let last = takes.last, last.state == .refused || last.state == .failed else { return nil }
        return last.errorCode.flatMap { generator.isModeration(code: $0) ? $0 : nil }
    }
}
