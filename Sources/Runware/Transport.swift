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

    /// Makes a call.
    public init(
        method: String = "GET", url: URL, headers: [String: String] = [:], body: Data? = nil,
        deadline: Duration = .seconds(60), bodyLimit: Int = 8 << 20, once: Bool = false
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.deadline = deadline
        self.bodyLimit = bodyLimit
        self.once = once
    }

    /// Method and host, without query and secrets.
    public var description: String { "\(method) \(plain(url))" }
    /// Shows no more than the description.
    public var customMirror: Mirror { Mirror(self, children: ["call": description]) }
}

/// An answer, whatever its status.
public struct HTTPReply: Sendable {
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
    }

    /// Which.
    public var kind: Kind
    /// For people; holds no secret.
    public var message: String

    /// Makes an error.
    public init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
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

    /// Makes one exchange and streams a 200 answer's body into a file, made or emptied for it. The file is
    /// flushed to the disk before this returns. Other answers leave the file empty. Never holds the file in
    /// memory. `progress` gets bytes received and the expected total, where known.
    func download(
        _ call: HTTPCall, to path: String, limit: Int64,
        progress: @escaping @Sendable (_ received: Int64, _ expected: Int64?) -> Void
    ) async throws(TransportError) -> HTTPReply
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
