/// What a world file can set besides key, delay and strictness: clips, money, luck, faults, and the forms
/// that answers take where sources disagree about the service.
public struct SandboxWorld: Sendable {
    /// Whether each clip is painted, or one clip of a kind stands for all.
    public enum Clips: String, Sendable { case painted, canned }

    /// How clips come about.
    public var clips = Clips.painted
    /// Where canned clips are kept; nil for a folder inside the world's. Worlds may share one.
    public var cannedFolder: String?
    /// US dollars that may be spent in all; nil for no end.
    public var balance: Double?
    /// What chance depends on, besides the task's UUID.
    public var seed: UInt64 = 0
    /// The forms of answers.
    public var results = Results()
    /// Whether webhooks and uploads may go to other hosts than this machine.
    public var outbound = Outbound.loopback

    var chances: [(kind: Fault.Kind, share: Double)] = []
    var rules: [Rule] = []

    /// Where webhooks and uploads may go.
    public enum Outbound: String, Sendable { case loopback, any }

    /// The forms of answers where sources disagree.
    public struct Results: Sendable {
        /// Whether a finished result carries `status`.
        public var status = true
        /// Whether failures stand among `errors`, or nested in an entry of `data`.
        public var failuresInData = false
        /// Whether results are shown only when all of a task are there.
        public var together = false
        /// Seconds between the results of one task.
        public var stagger: Double = 0
        /// Whether a running result already carries its `videoUUID`.
        public var videoUUID = false
        /// Whether `outputType` may be `base64Data` or `dataURI` besides `URL`.
        public var inline = false
        /// Whether a webhook's body is `{"data": [...]}` or the bare result.
        public var webhookWrapped = false

        /// The forms that the documentation shows.
        public init() {}
    }

    /// Faults for the tasks that match.
    struct Rule: Sendable {
        var prompt: String?
        var number: Int?
        var uuid: String?
        var faults: [Fault]

        func matches(uuid: String, prompt: String, number: Int) -> Bool {
            (self.prompt.map { prompt.contains($0) } ?? true) && (self.number.map { $0 == number } ?? true)
                && (self.uuid.map { $0.lowercased() == uuid.lowercased() } ?? true)
        }
    }

    /// A world in which nothing goes wrong.
    public init() {}
}
