import Foundation

// The sandbox: a video generation service on this machine, for trying things without an account.
//
// It answers the same wire protocol as Runware's inference API: a task array by POST or over a WebSocket, an
// acknowledgement, polls, results with a URL, media with Range, webhooks, uploads. It keeps books like the
// real one: a task is charged once, when it is accepted, however often it is sent. It makes real clips: a
// painter turns prompt, style and seed into a moving picture with sound, starts exactly on a given first
// frame and ends on a given last one, and is a little imperfect, as generated clips are. And it fails on
// purpose: a menu of faults covers every step of a task's life, chosen by task or by chance with a seed.
//
// Three types to know:
//
//   `SandboxServer`  the network side. Starts on a loopback port, routes requests, stops.
//   `World`          what the service knows: tasks, charges, images, faults. Every change is on disk before
//                    it is answered, so a killed process that comes back goes on where it stopped.
//   `Workshop`       what the service does: takes accepted tasks, waits the settable delay, has the
//                    painter make the clips on lanes of their own, has the `Courier` announce them.
//
// The way of one task: `Desk` reads the array and the key, `FaultMenu` chooses what is to go wrong,
// `VideoReading` checks the task by the model's `VideoRules` and makes it a `VideoTask`, `World` books it,
// `Workshop` has `ClipPainter` and `Ambience` make it, `Telling` puts it into words for polls and webhooks,
// `MediaRoute` hands out the file. `Mishap` spoils an HTTP answer where a fault asks for it; `SocketTalk` is
// the way in over WebSocket.
//
// What it does not do: it imports nothing of the client. Client and sandbox know each other by the
// documented protocol only, so that a misreading of one shows in a test with the other. It opens no
// connection to another host unless the world allows it. What is modelled and what is guessed is listed in
// docs/SANDBOX.md.

/// How a sandbox behaves.
public struct SandboxConfiguration: Sendable {
    /// The TCP port on 127.0.0.1; 0 takes a free one.
    public var port: UInt16
    /// Where tasks, media and charges are kept. Made if missing.
    public var folder: String
    /// How long a generation takes at least, counted from its acceptance.
    public var delay: Duration
    /// The only key that is let in; nil lets in any that is not empty.
    public var apiKey: String?
    /// Whether the documentation's rules are taken to the letter (either frame images or width and
    /// height, never both), or as the service is seen to behave.
    public var strict: Bool
    /// What a poll for a task that was never submitted is answered.
    public var unknownTask: UnknownTask
    /// Words in a prompt that make a task go wrong.
    public var faults: SandboxFaults
    /// How many clips are painted at a time.
    public var paintingWidth: Int
    /// Clips, money, luck, faults and the forms of answers.
    public var world: SandboxWorld
    /// The largest body that is read: four pictures of 20 MB in base64 and something over.
    package var bodyLimit = 128 << 20
    /// The time; a test may have its own.
    package var clock = SandboxClock.system

    /// The two answers that services of this kind give for a task they do not know.
    public enum UnknownTask: Sendable {
        /// An empty `data`.
        case empty
        /// An error `taskNotFound`.
        case notFound
    }

    /// Makes a configuration.
    public init(
        port: UInt16 = 0, folder: String, delay: Duration = .seconds(1), apiKey: String? = nil,
        strict: Bool = false, unknownTask: UnknownTask = .empty, faults: SandboxFaults = SandboxFaults(),
        paintingWidth: Int = 2, world: SandboxWorld = SandboxWorld()
    ) {
        self.port = port
        self.folder = folder
        self.delay = delay
        self.apiKey = apiKey
        self.strict = strict
        self.unknownTask = unknownTask
        self.faults = faults
        self.paintingWidth = paintingWidth
        self.world = world
    }
}

/// Marks in a prompt that make the service fail on purpose; an empty mark never matches.
public struct SandboxFaults: Sendable {
    /// Refused at submission, nothing charged: `promptBlocked`.
    public var reject: String
    /// Accepted and charged; the poll reports `contentPolicyViolation`.
    public var refuse: String
    /// Accepted and charged; the poll reports `providerError`.
    public var fail: String

    /// Makes marks; by default "[reject]", "[refuse]" and "[fail]".
    public init(reject: String = "[reject]", refuse: String = "[refuse]", fail: String = "[fail]") {
        self.reject = reject
        self.refuse = refuse
        self.fail = fail
    }
}

/// Why a sandbox did not start.
public struct SandboxError: Error, Sendable, CustomStringConvertible {
    /// What went wrong, and where.
    public var message: String
    /// What to do about it.
    public var hint: String

    /// Message and hint.
    public var description: String { "\(message) (\(hint))" }
}
