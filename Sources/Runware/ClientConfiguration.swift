public import Foundation

/// How to reach the service. Neither printing nor dumping it shows the key.
public struct ClientConfiguration: Sendable, CustomStringConvertible, CustomReflectable {
    /// The hosted service.
    public static let hostedURL = "https://api.runware.ai/v1"

    /// The one address of the API, ending in /v1. http or https.
    public var baseURL: URL
    /// When to ask and when to give up.
    public var poll: PollPolicy
    /// Longest time for a submission or upload, request to answer.
    public var submitDeadline: Duration = .seconds(120)
    /// Longest time for a question.
    public var askDeadline: Duration = .seconds(30)
    /// Longest time for a download, all its attempts together.
    public var downloadDeadline: Duration = .seconds(900)
    /// A download that brings less than `stallBytes` in this time is broken off, and taken up where it was.
    public var stallTime: Duration = .seconds(30)
    /// Fewest bytes in `stallTime`.
    public var stallBytes: Int64 = 32 << 10
    /// Bytes asked for at once while a file is downloaded: bounds the memory, whatever the disk's speed.
    public var downloadWindow: Int64 = 8 << 20
    /// Attempts at an upload or question, and at a download without a byte of progress in between.
    public var mostAttempts = 5
    /// How `Client.image` puts pictures into requests.
    public var images = ImagePolicy.inline
    /// Exchanges with the API at once, two of them for questions only.
    public var mostExchanges = 32
    /// Downloads at once.
    public var mostDownloads = 16
    /// Pause before the second attempt at a download or upload; doubles each time.
    public var retryPause: Duration = .milliseconds(500)
    /// Most bytes of a JSON answer; it may hold a video.
    public var answerLimit = 64 << 20
    /// Time and chance; replaced by tests.
    package var pace: any Pace = SystemPace()
    private let key: String

    /// Makes a configuration; the key goes to `baseURL` only.
    public init(baseURL: URL, apiKey: String, poll: PollPolicy = PollPolicy()) {
        self.baseURL = baseURL
        self.poll = poll
        key = apiKey.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// The address, without the key.
    public var description: String { "Runware API at \(plain(baseURL))" }
    /// Shows no more than the description.
    public var customMirror: Mirror { Mirror(self, children: ["api": description]) }

    var authorization: String { "Bearer \(key)" }
    var hasKey: Bool { !key.isEmpty }

    /// A text of the service's without our key in it, should it quote it.
    func redacted(_ text: String) -> String {
        key.count < 4 ? text : text.replacingOccurrences(of: key, with: "(key)")
    }
}

/// Time and chance as the client sees them.
package protocol Pace: Sendable {
    /// Time since some fixed moment; never goes back.
    func now() -> Duration
    /// Waits; ends at once, throwing, when the task is cancelled.
    func sleep(_ pause: Duration) async throws
    /// A number in 0..<1.
    func random() -> Double
}

package struct SystemPace: Pace {
    private let start = ContinuousClock.now
    package init() {}
    package func now() -> Duration { ContinuousClock.now - start }
    package func sleep(_ pause: Duration) async throws {
        try await Task.sleep(for: pause, clock: .continuous)
    }
    package func random() -> Double { Double.random(in: 0..<1) }
}
