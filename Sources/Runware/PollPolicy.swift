/// When to ask, how long to wait, and when to give up.
public struct PollPolicy: Sendable, Equatable {
    /// From acknowledgement to the first question.
    public var initialDelay: Duration = .seconds(1)
    /// Between the first two questions; each later pause is `factor` times longer.
    public var firstInterval: Duration = .seconds(1)
    /// Growth of the pause.
    public var factor: Double = 1.5
    /// The longest pause that growth leads to. A server's Retry-After may ask for more.
    public var longestInterval: Duration = .seconds(10)
    /// Share by which a pause may be longer (up to the longest) or shorter, so that many clients do not ask
    /// in step.
    public var jitter: Double = 0.2
    /// From the first submission or question to giving up. The task goes on; a later run asks for it.
    public var deadline: Duration = .seconds(1800)
    /// Empty answers about a task that may never have arrived, before it is submitted once more.
    public var silentAsksBeforeResubmitting = 3
    /// Submissions of one task whose fate stayed open, all under its one UUID. Being turned away by a busy
    /// service does not count.
    public var mostSubmissions = 6
    /// How long nothing but failed exchanges is borne, waits that the service asked for left out.
    public var outagePatience: Duration = .seconds(180)
    /// How long a service is borne that is too busy to take the task on, likewise.
    public var busyPatience: Duration = .seconds(600)
    /// The shortest pause between questions while hints (webhooks) bring the news.
    public var hintedInterval: Duration = .seconds(60)
    /// How long after a hint the next ones are counted on.
    public var hintMemory: Duration = .seconds(600)

    /// The usual policy.
    public init() {}

    /// The pause before question `count` (0 is the first), with `random` in 0..<1 deciding the jitter.
    func pause(_ count: Int, _ random: Double) -> Duration {
        var pause = firstInterval
        for _ in 0..<min(count, 64) where pause < longestInterval { pause = pause * factor }
        return min(min(pause, longestInterval) * swing(random), longestInterval)
    }

    /// The pause before the first question, with jitter, so that tasks sent together are not asked for
    /// together.
    func delay(_ random: Double) -> Duration { initialDelay * swing(random) }

    private func swing(_ random: Double) -> Double { 1 + jitter * (2 * random - 1) }
}
