public import Foundation

/// One HTTP request, as it goes out.
public struct CurlCall: Sendable {
    /// GET, POST, PUT ...
    public var method: String
    /// An http or https address, used as it is written.
    public var url: String
    /// Header fields. With an `Accept-Encoding` among them the body comes as it is sent; without one, the
    /// server may compress, and the receiver gets what was compressed.
    public var headers: [String: String]
    /// The body, if any; copied by libcurl when the exchange starts.
    public var body: Data?
    /// From start to last byte, waiting for a connection included.
    public var deadline: Duration
    /// True for a connection of its own: then the request leaves this machine once at most.
    public var isAlone: Bool
    /// Where set: ended as `slow` when fewer bytes of body than this come in the time, again and again.
    public var slowest: Flow?

    /// Bytes in a time.
    public struct Flow: Sendable, Equatable {
        /// Of the body, as it reaches the receiver.
        public var bytes: Int64
        /// In this time.
        public var time: Duration
        /// Makes a rule.
        public init(bytes: Int64, time: Duration) {
            self.bytes = bytes
            self.time = time
        }
    }

    /// Makes a request.
    public init(
        method: String = "GET", url: String, headers: [String: String] = [:], body: Data? = nil,
        deadline: Duration = .seconds(60), isAlone: Bool = false, slowest: Flow? = nil
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.deadline = deadline
        self.isAlone = isAlone
        self.slowest = slowest
    }
}

/// The head of an answer.
public struct CurlHead: Sendable, Equatable {
    /// HTTP status, 200 and above.
    public var status: Int
    /// Header fields, names in lower case; repeated ones joined by commas.
    public var headers: [String: String]
    /// Makes a head.
    public init(status: Int, headers: [String: String]) {
        self.status = status
        self.headers = headers
    }
}

/// Takes an answer in. Called on the engine's thread, in order; must not block for long.
public protocol CurlReceiver: AnyObject, Sendable {
    /// The head is complete. False ends the exchange as `stopped`.
    func begin(_ head: CurlHead) -> Bool
    /// More of the body; the bytes are valid during the call only. False ends the exchange as `stopped`.
    func take(_ bytes: UnsafeRawBufferPointer) -> Bool
}

/// Why an exchange has no complete answer.
public struct CurlFailure: Error, Sendable, Equatable {
    /// The kinds that lead to different actions.
    public enum Kind: String, Sendable {
        /// The request never began to leave: no connection.
        case unreachable
        /// No trusted encrypted connection, so the request never left either.
        case untrusted
        /// The deadline passed; the request may have been received.
        case deadline
        /// Too little came for too long.
        case slow
        /// The caller stopped waiting.
        case cancelled
        /// The receiver wanted no more.
        case stopped
        /// The answer ended before its announced length.
        case short
        /// The connection broke, or what came is not HTTP.
        case broken
        /// The address is none, or a header field holds a line break.
        case invalid
    }

    /// Which.
    public var kind: Kind
    /// libcurl's words; may name host and port, never a query or a header field.
    public var message: String
}
