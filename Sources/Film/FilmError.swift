import Media
import Montage

/// What went wrong in making a film: which part refused, on what, and what a person can do about it.
///
/// `message` is one line (what and where), `hint` one more (what to do). Neither ever holds the API key or
/// an image's bytes. `exitCode` is the process's answer for it, from the one table of the house.
public struct FilmError: Error, Sendable, CustomStringConvertible {
    /// Names the kind of failure. A struct, so that kinds can be added.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        /// The stable name, as printed by `--json`.
        public let name: String
        init(_ name: String) { self.name = name }
        /// The stable name.
        public var description: String { name }

        /// The storyboard cannot be read, or says something that has no meaning.
        public static let storyboardInvalid = Code("storyboardInvalid")
        /// A file the storyboard names is missing, outside its folder, or not a picture.
        public static let fileInvalid = Code("fileInvalid")
        /// The model's card refuses a shot's request before anything was sent.
        public static let requestInvalid = Code("requestInvalid")
        /// A preset is unknown or broken.
        public static let presetInvalid = Code("presetInvalid")
        /// The estimated cost is above the given budget.
        public static let budgetExceeded = Code("budgetExceeded")
        /// A settings file cannot be read, or says something that has no meaning.
        public static let settingsInvalid = Code("settingsInvalid")
        /// Another run holds the folder's lock.
        public static let inUse = Code("inUse")
        /// The journal was written by a newer version, or cannot be read.
        public static let journalUnreadable = Code("journalUnreadable")
        /// The service refused or failed a shot.
        public static let shotFailed = Code("shotFailed")
        /// The service refused everything that was asked: key, credit, quota.
        public static let serviceRefused = Code("serviceRefused")
        /// Some shots are there, others are not; what is there was kept.
        public static let incomplete = Code("incomplete")
        /// A seam is harder than was allowed; nothing is published, and what was made is kept.
        public static let seamTooHard = Code("seamTooHard")
        /// A clip came, but it is not a clip that a film can use.
        public static let clipUnusable = Code("clipUnusable")
        /// A file of the store is not what it is named.
        public static let artifactDamaged = Code("artifactDamaged")
        /// A media step failed.
        public static let stepFailed = Code("stepFailed")
        /// Reading or writing a file failed.
        public static let io = Code("io")
    }

    /// The kind of failure.
    public var code: Code
    /// What happened, in one line.
    public var message: String
    /// On what: a path with line and column, a shot's id, a preset's name.
    public var subject: String
    /// What to do, in one line.
    public var hint: String?
    /// What the process answers: 1 failed, 3 incomplete, 4 budget, 5 invalid input, 6 refused, 10 in use.
    public var exitCode: Int32
    /// The error of the room below, if there is one.
    public var underlying: (any Error)?
    /// For `requestInvalid`: all that the model's card has against the shots, of which `message` tells the
    /// first; empty for other kinds.
    public var problems: [ShotProblem] = []

    /// Makes an error. Without `exitCode` the code decides.
    public init(
        _ code: Code, _ message: String, subject: String, hint: String? = nil, exitCode: Int32? = nil,
        underlying: (any Error)? = nil
    ) {
        self.code = code
        self.message = message
        self.subject = subject
        self.hint = hint
        self.exitCode = exitCode ?? Self.usualExitCode(of: code)
        self.underlying = underlying
    }

    /// One line: where, then what.
    public var description: String { subject.isEmpty ? message : "\(subject): \(message)" }

    private static func usualExitCode(of code: Code) -> Int32 {
        switch code {
        case .storyboardInvalid, .fileInvalid, .requestInvalid, .presetInvalid, .settingsInvalid: 5
        case .budgetExceeded: 4
        case .inUse: 10
        case .incomplete, .shotFailed, .clipUnusable, .seamTooHard: 3
        case .serviceRefused: 6
        default: 1
        }
    }
}

extension FilmError {
    /// One line of any error of the rooms below.
    static func message(of error: any Error) -> String {
        switch error {
        case let error as FilmError: error.description
        case let error as MontageError: error.message
        case let error as MediaError: error.message
        case let error as GenerationFailure: error.description
        case let error as StepFailure: error.message
        default: "\(error)"
        }
    }

    /// The hint of any error of the rooms below.
    static func hint(of error: any Error) -> String? {
        switch error {
        case let error as FilmError: error.hint
        case let error as MontageError: error.hint
        case let error as MediaError: error.hint
        case let error as GenerationFailure: error.hint
        case let error as StepFailure: error.hint
        default: nil
        }
    }

    /// Whether the error only says that somebody stopped us.
    static func isCancellation(_ error: any Error) -> Bool {
        switch error {
        case is CancellationError: true
        case let error as MediaError: error.code == .cancelled
        case let error as MontageError: error.code == .cancelled
        case let error as GenerationFailure: error.outcome == .cancelled
        default: false
        }
    }
}
