public import Foundation
public import Logging
public import Media
public import Montage
public import Runware
import Synchronization

/// Has clips made by a Runware service, the hosted one or a sandbox. The only file of this room that knows
/// the client.
public struct RunwareGenerator: ShotGenerator {
    /// Who is asked, as it enters every shot's work key: `sandbox`, `runware`, or `runware at HOST` where the
    /// address is not the hosted service's. Clips of a stand-in must never pass for those of the service.
    public let name: String
    private let client: Client
    private let cards: CardShelf
    private let webhookURL: String?

    /// Makes a generator.
    ///
    /// - Parameters:
    ///   - name: who is meant: `runware` or `sandbox`; the address decides whether that is true.
    ///   - client: how to reach the service.
    ///   - cards: folders of model cards, first hit first.
    ///   - webhookURL: where the service is to tell of a task's end; what it calls there goes to ``hear(_:)``.
    public init(
        name: String, client: ClientConfiguration, cards: [String], logger: Logger, webhookURL: String? = nil
    ) {
        self.name = Self.identity(name, at: client.baseURL)
        self.client = Client(client, logger: logger)
        self.cards = CardShelf(cards)
        self.webhookURL = webhookURL
    }

    /// Takes the body of a call to the webhook: the tasks that it names are asked for now, if they are waited
    /// for. It is not believed any further.
    public func hear(_ body: Data) async { await client.hint(WebhookBody.tasks(in: body)) }

    /// A port is no part of it: a service on this machine may get another one at every start.
    package static func identity(_ name: String, at address: URL) -> String {
        guard name == FilmSettings.Provider.runware.rawValue else { return name }
        let host = address.host?.lowercased() ?? ""
        if host == URL(string: ClientConfiguration.hostedURL)?.host { return name }
        return ClientConfiguration.isLoopback(address) ? "\(name) at localhost" : "\(name) at \(host)"
    }

    /// Looks the storyboard's size up in the model's card.
    public func modelSize(of storyboard: Storyboard) throws(FilmError) -> ModelSize {
        let card = try card(of: storyboard.model, subject: storyboard.path)
        let found: ModelCard.Size?
        let asked: String
        switch storyboard.size {
        case .pixels(let width, let height):
            found = card.sizes.first { $0.width == width && $0.height == height }
            asked = "\(width)x\(height)"
        case .named(let resolution, let aspect):
            found = card.size(resolution: resolution, aspect: aspect)
            asked = "\(resolution) \(aspect)"
        }
        guard let found else {
            throw FilmError(
                .requestInvalid, "defaults: \(card.name) makes no pictures of \(asked)",
                subject: storyboard.path,
                hint: "it makes "
                    + card.sizes.map { "\($0) (\($0.resolution) \($0.aspect))" }.joined(separator: ", "))
        }
        return ModelSize(
            width: found.width, height: found.height, resolution: found.resolution,
            rate: card.fps > 0 ? Rational(card.fps, 1) : nil)
    }

    /// The request, its price and what the card has against it.
    public func compose(_ order: ShotOrder) throws(FilmError) -> ComposedShot {
        let card = try card(of: order.model, subject: order.shot.id)
        // The card judges the form of a picture; any UUID stands for the ones that will be sent.
        let standIn = "00000000-0000-4000-8000-000000000000"
        let judged = request(order, card) { _ in standIn }
        let problems = card.validate(judged).map {
            RequestProblem(
                path: $0.path, value: $0.value, message: $0.message, allowed: $0.allowed,
                suggestion: $0.suggestion, isError: $0.severity == .error)
        }
        return ComposedShot(
            request: request(order, card) { $0.text }.canonicalJSON(), estimate: card.estimate(judged)?.usd,
            problems: problems)
    }

    private func request(
        _ order: ShotOrder, _ card: ModelCard, picture: (PictureReference) -> String
    ) -> VideoRequest {
        let shot = order.shot
        var request = VideoRequest()
        request.taskType = "videoInference"
        request.model = order.model
        request.positivePrompt = shot.prompt
        request.negativePrompt = shot.negative
        // A length that is not said would be the service's choice, with a price nobody knows beforehand.
        request.duration = shot.duration ?? card.defaultDuration
        request.seed = order.seed
        request.outputFormat = "MP4"
        request.outputQuality = order.quality
        request.numberResults = 1
        if let first = order.first {
            request.frameImages.append(FrameImage(image: picture(first), frame: .first))
        }
        if let last = order.last {
            request.frameImages.append(FrameImage(image: picture(last), frame: .last))
        }
        if request.frameImages.isEmpty {
            request.width = order.size.width
            request.height = order.size.height
        } else {
            // With pictures the shape comes from them, so only the size class is said.
            request.resolution = order.size.resolution
        }
        if shot.style != nil || shot.audio != nil || shot.multiClip != nil || shot.thinking != nil {
            request.pixverse = VideoRequest.PixverseSettings(
                style: shot.style, audio: shot.audio, multiClip: shot.multiClip, thinking: shot.thinking)
        }
        return request
    }

    private func card(of model: String, subject: String) throws(FilmError) -> ModelCard {
        do {
            return try cards.card(of: model)
        } catch {
            throw FilmError(
                .requestInvalid, "model: \(error.message)", subject: subject, hint: error.hint,
                underlying: error)
        }
    }

    /// Runs one task through the client.
    public func generate(
        _ order: ShotOrder, pictures: [PictureReference: String], taskUUID: String, alreadySent: Bool,
        willSend: @escaping @Sendable () async throws -> Void,
        progress: @escaping @Sendable (GenerationStage) -> Void
    ) async throws(GenerationFailure) -> GeneratedShot {
        let outcome: TaskOutcome
        do {
            var sent: [PictureReference: String] = [:]
            for (reference, picture) in pictures {
                sent[reference] = try await client.image(picture, key: reference.text)
            }
            var request = request(order, try cards.card(of: order.model)) { sent[$0] ?? $0.text }
            // Only here: an address that changes from run to run must not enter a work key.
            request.webhookURL = webhookURL
            outcome = try await client.run(
                request, taskUUID: taskUUID, alreadySent: alreadySent, willSend: willSend,
                progress: { progress(Self.stage($0)) })
        } catch {
            throw GenerationFailure(error)
        }
        // One result is asked for, so none can be missing beside it.
        return try Self.shot(outcome.results, taskUUID)
    }

    private static func stage(_ news: TaskProgress) -> GenerationStage {
        switch news.state {
        case .sending: .sending
        case .accepted: .accepted
        case .running: .running(news.percent.map { Double($0) / 100 })
        case .waiting(let why): .waiting(why)
        }
    }

    /// Asks a few times, then the archive.
    public func lookUp(_ taskUUID: String) async throws(GenerationFailure) -> TaskFate {
        let answer: TaskAnswer
        do {
            answer = try await client.find(taskUUID)
        } catch {
            // Not to have been answered says nothing about the task.
            var failure = GenerationFailure(error)
            if failure.outcome != .cancelled { failure.outcome = .unknown }
            throw failure
        }
        if !answer.results.isEmpty { return .made(try Self.shot(answer.results, taskUUID)) }
        if answer.running > 0 { return .running }
        guard let error = answer.failures.first else { return .unknown }
        let failure = GenerationFailure(error)
        if failure.outcome == .unknown { throw failure }
        return .failed(failure)
    }

    /// Downloads a clip, or decodes it.
    public func fetch(
        _ made: GeneratedShot, of taskUUID: String, to path: String,
        progress: @escaping @Sendable (Int64) -> Void
    ) async throws(GenerationFailure) {
        // A clip of an old journal may have no name; then any of the task's results is its one result.
        let result = VideoResult(
            taskUUID: taskUUID, videoUUID: made.videoUUID ?? "",
            videoURL: made.url.isEmpty ? nil : made.url, videoDataURI: made.inline)
        do {
            _ = try await client.save(result, to: path, progress: { received, _ in progress(received) })
        } catch {
            var error = error
            if error.code == "cannotConnect", let url = URL(string: made.url),
                ClientConfiguration.isLoopback(url)
            {
                // Nobody listens at that port of this machine any more: a stand-in that was ended for good.
                error.category = .notFound
            }
            throw GenerationFailure(error)
        }
    }

    /// By the service's list of codes.
    public func isModeration(code: String) -> Bool { RunwareError.Category(code: code) == .safety }

    private static func shot(
        _ results: [VideoResult], _ taskUUID: String
    ) throws(GenerationFailure) -> GeneratedShot {
        guard let result = results.first, result.hasVideo else {
            throw GenerationFailure(
                .unknown, code: "noVideoURL",
                message: "task \(taskUUID) is done, but its clip has no address",
                hint: "run again: the task is asked for, not bought again")
        }
        return GeneratedShot(
            url: result.videoURL ?? "",
            inline: result.videoURL == nil ? result.videoDataURI ?? result.videoBase64Data : nil,
            videoUUID: result.videoUUID, seed: result.seed, cost: result.cost,
            isUnsafe: result.nsfw ?? false)
    }
}

extension FilmSettings {
    /// Who makes the clips.
    public enum Provider: String, Sendable {
        /// A local service that charges nothing real.
        case sandbox
        /// The hosted service.
        case runware
    }

    /// Makes settings with a Runware service as generator.
    ///
    /// - Parameters:
    ///   - client: how to reach the service.
    ///   - modelCards: folders of model cards, first hit first.
    public init(
        storyboardPath: String, outputDirectory: String, provider: Provider, client: ClientConfiguration,
        presets: PresetLibrary, modelCards: [String], stateDirectory: String? = nil, lanes: Lanes = .shared,
        logger: Logger = Logger(label: "reel.film"), budget: Decimal? = nil, allowOutsideImages: Bool = false
    ) {
        self.init(
            storyboardPath: storyboardPath, outputDirectory: outputDirectory,
            generator: RunwareGenerator(
                name: provider.rawValue, client: client, cards: modelCards, logger: logger),
            presets: presets, stateDirectory: stateDirectory, lanes: lanes, logger: logger, budget: budget,
            allowOutsideImages: allowOutsideImages)
    }
}

/// Reads each model's card once.
private final class CardShelf: Sendable {
    private let directories: [String]
    private let read = Mutex<[String: ModelCard]>([:])

    init(_ directories: [String]) { self.directories = directories }

    func card(of model: String) throws(RunwareError) -> ModelCard {
        if let card = read.withLock({ $0[model] }) { return card }
        let card = try ModelCard.find(model: model, in: directories)
        read.withLock { $0[model] = card }
        return card
    }
}

extension GenerationFailure {
    /// What an error of the client means for a take.
    package init(_ error: RunwareError) {
        let outcome: Outcome
        switch (error.category, error.charged) {
        case (.cancelled, _): outcome = .cancelled
        // The task itself has ended: money may be spent, but there is nothing left to ask for.
        case (_, .unknown) where error.recovery == .stop || error.recovery == .changeInput: outcome = .failed
        case (_, .unknown): outcome = .unknown
        case (_, .yes): outcome = .failed
        // Nothing was taken on and nothing charged, whatever the reason and however long it lasts.
        case (_, .no): outcome = .refused
        }
        var hint = error.hint
        if outcome == .refused, [.provider, .notFound, .unknown].contains(error.category) {
            // The usual words would offer to pay for another take.
            hint = "nothing was taken on or charged: run again later"
        }
        self.init(
            outcome, code: error.code, message: error.message.isEmpty ? error.code : error.message,
            hint: hint, stopsEverything: error.category == .auth || error.category == .quota,
            isUnreachable: error.category == .transport || error.category == .protocol,
            facts: ServiceFacts(
                code: error.code, category: error.category.rawValue, parameter: error.parameter,
                httpStatus: error.httpStatus, taskUUID: error.taskUUID, charged: error.charged.rawValue,
                recovery: error.recovery.rawValue))
    }
}
