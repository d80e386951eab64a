public import Media

/// What went wrong with a clip, a preset or a film, in words for the person who asked for it.
///
/// `code` is what a program decides on; `operation`, `subject` and `hint` are what a person reads: what
/// was being done, on what, and what to do about it. When FFmpeg was the cause, `underlying` carries its
/// function, code, text and last log line.
public struct MontageError: Error, Sendable {
    /// The kind of fault. A struct over its name and not an enum, so that new kinds break no `switch`.
    public struct Code: RawRepresentable, Sendable, Hashable, Codable {
        /// The name as it stands in reports.
        public let rawValue: String

        /// Makes a code from its name.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// The file has no picture to work on.
        public static let noVideo = Code(rawValue: "noVideo")
        /// The file has no sound to work on.
        public static let noAudio = Code(rawValue: "noAudio")
        /// The file has a picture stream of which no frame can be decoded.
        public static let noSuchFrame = Code(rawValue: "noSuchFrame")
        /// An index or a time lies outside the clip.
        public static let outOfRange = Code(rawValue: "outOfRange")
        /// An argument makes no sense whatever the clip.
        public static let invalidArgument = Code(rawValue: "invalidArgument")
        /// The bytes are no picture of a known kind, or a damaged one.
        public static let pictureInvalid = Code(rawValue: "pictureInvalid")
        /// No preset has this name.
        public static let presetUnknown = Code(rawValue: "presetUnknown")
        /// A preset file has an unknown key, a wrong type or a value its codec refuses.
        public static let presetInvalid = Code(rawValue: "presetInvalid")
        /// FFmpeg was built without the encoder that is asked for.
        public static let encoderMissing = Code(rawValue: "encoderMissing")
        /// Inputs that cannot be put together as asked.
        public static let incompatible = Code(rawValue: "incompatible")
        /// A finished file was opened again and is not what it must be.
        public static let proofFailed = Code(rawValue: "proofFailed")
        /// FFmpeg or the system refused; `underlying` says what.
        public static let media = Code(rawValue: "media")
        /// The caller withdrew the work.
        public static let cancelled = Code(rawValue: "cancelled")
    }

    /// The kind of fault.
    public var code: Code
    /// What was being done, in a few words that read as a sentence: "there is no frame 400".
    public var operation: String
    /// The path, preset or stream it was done to.
    public var subject: String
    /// What to do about it, as one sentence.
    public var hint: String?
    /// The fault of the room below, when it was the cause.
    public var underlying: MediaError?

    /// Makes an error of this room.
    public init(
        _ code: Code, operation: String, subject: String, hint: String? = nil, underlying: MediaError? = nil
    ) {
        self.code = code
        self.operation = operation
        self.subject = subject
        self.hint = hint
        self.underlying = underlying
    }

    /// Wraps an error of the room below that says everything itself; cancellation keeps its meaning.
    public init(_ error: MediaError, operation: String? = nil, subject: String? = nil, hint: String? = nil) {
        self.init(
            error.code == .cancelled ? .cancelled : .media, operation: operation ?? error.operation,
            subject: subject ?? error.subject, hint: hint ?? error.hint, underlying: error)
    }

    /// One line: on what, what went wrong, and why.
    public var message: String {
        guard let underlying else { return "\(subject): \(operation)" }
        if underlying.operation == operation, underlying.subject == subject { return underlying.message }
        return "\(subject): \(operation) (\(underlying.message))"
    }
}

extension MontageError: CustomStringConvertible {
    /// The message, and on a second line the hint.
    public var description: String { hint.map { "\(message)\n\($0)" } ?? message }
}
