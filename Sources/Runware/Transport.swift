public import Foundation

/// One HTTP request as a value. Its description never shows header values or the body.
public struct HTTPCall: Sendable, CustomStringConvertible, CustomReflectable {
    /// GET or POST.
    public var method: String
    /// Where to; http or https.
    public var url: URL
    /// Header fields; `Authorization` is dropped by the transport when a redirect leaves the origin.
    public var headers: [String: String]
    /// The body, if any.
    public var body: Data?
    /// From start to last byte, redirects included.
    public var deadline: Duration
    /// Most bytes of answer body kept in memory.
    public var bodyLimit: Int
    /// True where the request must reach the server at most once: the transport uses a connection of its own,
    /// because HTTP libraries quietly repeat a request whose pooled connection died.
    public var once: Bool

    /// Where set, the exchange is broken off (as `lost`) when fewer bytes than this come in the time given.
    public var flow: Flow?

    /// The slowest flow that is borne.
    public struct Flow: Sendable, Equatable {
        /// Fewest bytes of body.
        public var bytes: Int64
        /// In this time, again and again from the start.
        public var time: Duration
        /// Makes a rule.
        public init(bytes: Int64, time: Duration) {
            self.bytes = bytes
            self.time = time
        }
    }

    /// Makes a call.
    public init(
        method: String = "GET", url: URL, headers: [String: String] = [:], body: Data? = nil,
        deadline: Duration = .seconds(60), bodyLimit: Int = 8 << 20, once: Bool = false, flow: Flow? = nil
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.deadline = deadline
        self.bodyLimit = bodyLimit
        self.once = once
        self.flow = flow
    }

    /// Method and host, without query and secrets.
    public var description: String { "\(method) \(plain(url))" }
    /// Shows no more than the description.
    public var customMirror: Mirror { Mirror(self, children: ["call": description]) }
}

/// An answer, whatever its status.
public struct HTTPReply: Sendable, Equatable {
    /// HTTP status.
    public var status: Int
    /// Header fields, names in lower case.
    public var headers: [String: String]
    /// The body; empty for a download that went to a file.
    public var body: Data
    /// Bytes of body received.
    public var byteCount: Int64

    /// Makes an answer.
    public init(status: Int, headers: [String: String] = [:], body: Data = Data(), byteCount: Int64? = nil) {
        self.status = status
        self.headers = headers
        self.body = body
        self.byteCount = byteCount ?? Int64(body.count)
    }
}

/// Why there was no answer.
public struct TransportError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The kinds that lead to different actions.
    public enum Kind: String, Sendable {
        /// No connection was made: nothing can have been received at the other end.
        case unreachable
        /// The exchange broke; the request may have been received.
        case lost
        /// Our own deadline passed; likewise.
        case deadline
        /// The caller stopped waiting; likewise.
        case cancelled
        /// The answer was larger than allowed.
        case tooLarge
        /// The address, or one redirected to, is none we go to.
        case refused
        /// The local file could not be written.
        case file
        /// A partial answer that does not begin where it was asked to.
        case wrongRange
    }

    /// Which.
    public var kind: Kind
    /// For people; holds no secret.
    public var message: String
    /// Status and header fields of the answer that broke off, where it had begun; no body.
    public var head: HTTPReply?

    /// Makes an error.
    public init(_ kind: Kind, _ message: String, head: HTTPReply? = nil) {
        self.kind = kind
        self.message = message
        self.head = head
    }

    /// The message.
    public var description: String { message }
}

/// The way to the network: the one place where another HTTP client would go in.
///
/// Both functions return any HTTP answer, whatever its status, follow redirects with the rules of `Redirect`,
/// keep the call's deadline by their own clock, and end within moments when the task is cancelled.
public protocol Transport: Sendable {
    /// Makes one exchange, answer in memory.
    func send(_ call: HTTPCall) async throws(TransportError) -> HTTPReply

    /// Makes one exchange and streams its body into a file, flushed to the disk before this returns.
    ///
    /// A 200 answer is the whole file, whatever the file held before; a 206 answer must begin at `offset`
    /// (else this throws `wrongRange`) and is written there, what lay behind is cut off. Other answers change
    /// nothing but make the file if there is none. After an error the bytes that came are in the file. Never
    /// holds the file in memory. `progress` gets bytes of the file present and its size, where known.
    func download(
        _ call: HTTPCall, to path: String, from offset: Int64, limit: Int64,
        progress: @escaping @Sendable (_ received: Int64, _ expected: Int64?) -> Void
    ) async throws(TransportError) -> HTTPReply
}

/// The place of a partial answer in its file: `bytes 0-99/1234`, `bytes */1234`.
struct ContentRange: Equatable {
    /// First byte; nil where only the size is said (status 416).
    var start: Int64?
    /// The whole file's size, where known.
    var total: Int64?

    init?(_ reply: HTTPReply) { self.init(reply.headers["content-range"]) }

    init?(_ field: String?) {
        guard let words = field?.trimmingCharacters(in: .whitespaces).split(separator: " "), words.count == 2,
            words[0].lowercased() == "bytes"
        else { return nil }
        let parts = words[1].split(separator: "/")
        guard parts.count == 2 else { return nil }
        total = Int64(parts[1])
        if parts[0] != "*" {
            let ends = parts[0].split(separator: "-")
            guard ends.count == 2, let first = Int64(ends[0]), let last = Int64(ends[1]), first <= last else {
                return nil
            }
            start = first
        }
    }
}

/// Scheme, host and path: what may be shown of an address. Queries can be signatures.
func plain(_ url: URL) -> String {
    var parts = URLComponents(url: url, resolvingAgainstBaseURL: false)
    parts?.query = nil
    parts?.fragment = nil
    parts?.user = nil
    parts?.password = nil
    return parts?.string ?? "address"
}
