import CFFmpeg
import CFFmpegShim
import Foundation

/// What went wrong in a media operation: where, with FFmpeg's own words, and what to do.
public struct MediaError: Error, Sendable, CustomStringConvertible {
    /// The kind of failure; a struct, so that kinds can be added.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        /// The code's name, as in reports.
        public let description: String

        /// No such file or folder.
        public static let notFound = Code(description: "notFound")
        /// A folder where a file is meant.
        public static let isDirectory = Code(description: "isDirectory")
        /// The system refuses access.
        public static let permissionDenied = Code(description: "permissionDenied")
        /// A file of no bytes.
        public static let empty = Code(description: "empty")
        /// Bytes that are no media of the accepted kinds.
        public static let notMedia = Code(description: "notMedia")
        /// A file that ends before its own index says.
        public static let truncated = Code(description: "truncated")
        /// The stream asked for does not exist.
        public static let noStream = Code(description: "noStream")
        /// FFmpeg as built here cannot do this.
        public static let unsupported = Code(description: "unsupported")
        /// FFmpeg's loaded libraries are not of the major version that Reel was compiled for.
        public static let wrongLibrary = Code(description: "wrongLibrary")
        /// The encoder is not in this FFmpeg.
        public static let encoderMissing = Code(description: "encoderMissing")
        /// An option that the encoder, muxer or filter does not know.
        public static let unknownOption = Code(description: "unknownOption")
        /// A value that the encoder, muxer or filter refuses.
        public static let invalidArgument = Code(description: "invalidArgument")
        /// A file claims more streams, channels or samples than are read.
        public static let tooLarge = Code(description: "tooLarge")
        /// Damaged or unsupported coded data.
        public static let decodeFailed = Code(description: "decodeFailed")
        /// The encoder failed.
        public static let encodeFailed = Code(description: "encodeFailed")
        /// No space left, or over a file size limit or quota.
        public static let diskFull = Code(description: "diskFull")
        /// The path is longer than the system takes, or turns in a circle of links.
        public static let badName = Code(description: "badName")
        /// Reading or writing failed otherwise.
        public static let io = Code(description: "io")
        /// The job's interrupt was raised.
        public static let cancelled = Code(description: "cancelled")
        /// An allocation failed.
        public static let outOfMemory = Code(description: "outOfMemory")
    }

    /// The kind of failure.
    public var code: Code
    /// The C function or the step that failed.
    public var operation: String
    /// The file, codec or filter it failed on.
    public var subject: String
    /// FFmpeg's error number, where FFmpeg failed.
    public var ffmpegCode: Int32?
    /// FFmpeg's text for `ffmpegCode`.
    public var ffmpegText: String?
    /// The last error line that FFmpeg logged on the failing thread.
    public var logLine: String?
    /// What a person may do.
    public var hint: String?

    /// Makes an error that did not come from FFmpeg.
    public init(_ code: Code, operation: String, subject: String, hint: String? = nil) {
        self.code = code
        self.operation = operation
        self.subject = subject
        self.hint = hint ?? Self.usualHint(code)
    }

    /// Makes an error from FFmpeg's return value; takes the thread's last log line along.
    package init(ffmpeg result: Int32, operation: String, subject: String, as code: Code? = nil) {
        self.init(
            Self.code(of: result, otherwise: code ?? .io), operation: operation, subject: subject)
        ffmpegCode = result
        ffmpegText = Self.text(of: result)
        if result == reel_averror(EMFILE) || result == reel_averror(ENFILE) {
            hint = "too many files are open; raise the limit (ulimit -n) or work on fewer at a time"
        }
        let line = String(cString: reel_log_last_error())
        if !line.isEmpty { logLine = line }
    }

    /// One line: what happened, to what.
    public var message: String {
        // It is about no file: the line is the one that `reel doctor` prints.
        if code == .wrongLibrary { return operation }
        var text = "\(summary): \(subject)"
        var why: [String] = []
        if let ffmpegText,
            !["notFound", "isDirectory", "diskFull", "permissionDenied", "cancelled"]
                .contains(code.description)
        {
            why.append("\(operation): \(ffmpegText)")
        }
        if let logLine { why.append(logLine) }
        if ffmpegText == nil, logLine == nil,
            code == .invalidArgument || code == .unsupported || code == .tooLarge
        {
            why.append(operation)
        }
        if !why.isEmpty { text += " (\(why.joined(separator: "; ")))" }
        return text
    }

    /// The message and the hint.
    public var description: String { hint.map { "\(message). \($0)" } ?? message }

    private var summary: String {
        switch code {
        case .notFound: "no such file"
        case .badName: "the system takes no such name"
        case .isDirectory: "is a folder, not a file"
        case .permissionDenied: "not permitted"
        case .empty: "the file is empty"
        case .notMedia: "not a media file that Reel opens"
        case .truncated: "the file is cut short"
        case .noStream: "no such stream"
        case .unsupported: "not supported"
        case .encoderMissing: "this FFmpeg has no such encoder"
        case .unknownOption: "unknown option"
        case .invalidArgument: "refused value"
        case .tooLarge: "larger than Reel reads"
        case .decodeFailed: "cannot be decoded"
        case .encodeFailed: "encoding failed"
        case .diskFull: "no space left on the disk"
        case .cancelled: "interrupted"
        case .outOfMemory: "out of memory"
        default: "reading or writing failed"
        }
    }

    private static func usualHint(_ code: Code) -> String? {
        switch code {
        case .wrongLibrary: "build Reel again on this machine: make clean build"
        case .notFound: "check the path"
        case .badName: "give it a shorter name"
        case .isDirectory: "name a file"
        case .permissionDenied: "check the permissions of the file and its folder"
        case .tooLarge: "the file is damaged or means harm; fetch or make it again"
        case .empty, .truncated: "fetch or make the file again"
        case .notMedia: "check with a player that the file is whole and is video, sound or a picture"
        case .encoderMissing: "run 'reel doctor' to see the encoders, or choose another preset"
        case .diskFull: "free some space or name another folder"
        default: nil
        }
    }

    private static func code(of result: Int32, otherwise: Code) -> Code {
        switch result {
        case reel_averror(ENOENT): .notFound
        case reel_averror(EISDIR): .isDirectory
        case reel_averror(EACCES), reel_averror(EPERM), reel_averror(EROFS): .permissionDenied
        case reel_averror(ENOSPC), reel_averror(EDQUOT), reel_averror(EFBIG): .diskFull
        case reel_averror(ENOMEM): .outOfMemory
        case reel_averror(EIO), reel_averror(EPIPE), reel_averror(ENXIO), reel_averror(ESTALE),
            reel_averror(EBADF), reel_averror(EMFILE), reel_averror(ENFILE):
            .io
        case reel_averror(ENAMETOOLONG), reel_averror(ELOOP): .badName
        case reel_averror_exit(): .cancelled
        case reel_averror_option_not_found(): .unknownOption
        case reel_averror_encoder_not_found(): .encoderMissing
        case reel_averror_stream_not_found(): .noStream
        case reel_averror_decoder_not_found(), reel_averror_patchwelcome(), reel_averror(ENOSYS):
            .unsupported
        default: otherwise
        }
    }

    static func text(of result: Int32) -> String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 128) { buffer in
            av_strerror(result, buffer.baseAddress, 128)
            return buffer.baseAddress.map { String(cString: $0) } ?? "error \(result)"
        }
    }
}

/// Throws what FFmpeg returned if it is negative; hands non-negative results on.
///
/// - Parameters:
///   - result: The return value of `operation`.
///   - operation: The C function's name.
///   - subject: The file, codec or filter it worked on.
///   - code: The kind of failure where the number alone does not tell.
@discardableResult
func check(
    _ result: Int32, _ operation: StaticString, _ subject: @autoclosure () -> String,
    as code: MediaError.Code? = nil
) throws(MediaError) -> Int32 {
    if result >= 0 { return result }
    throw MediaError(ffmpeg: result, operation: "\(operation)", subject: subject(), as: code)
}
