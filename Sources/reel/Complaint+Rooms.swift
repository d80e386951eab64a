import ArgumentParser
import Film
import Foundation
import Media
import Montage
import Runware
import Sandbox
import Webhooks

// Every room's error becomes a complaint here, and nowhere else.

extension Complaint {
    /// `arguments` are needed to name the command whose usage was wrong.
    init(_ error: any Error, arguments: [String] = []) {
        switch error {
        case let error as Complaint: self = error
        case let error as FilmError: self.init(film: error)
        case let error as MontageError: self.init(montage: error)
        case let error as MediaError: self.init(media: error)
        case let error as RunwareError: self.init(runware: error)
        case let error as SandboxError:
            self.init(.failed, code: "sandbox", error.message, hint: error.hint)
        case let error as WebhookError:
            self.init(.usage, code: "webhook", error.message, hint: error.hint)
        case is CancellationError: self.init(interruptedWith: nil)
        default: self.init(other: error, arguments: arguments)
        }
        if Interruption.happened, status == .failed {
            self.init(interruptedWith: what)
        }
    }

    private init(film error: FilmError) {
        if let media = error.underlying as? MediaError, media.code == .cancelled {
            self.init(interruptedWith: nil)
            return
        }
        self.init(
            ExitStatus(rawValue: error.exitCode) ?? .failed, code: error.code.name, error.message,
            at: error.subject, hint: error.hint)
        if error.problems.count > 1 {
            findings = error.problems.map { Finding($0) }
            what = findings[0].headline
            hint = "nothing was bought; correct the storyboard, `reel validate` judges it again"
        }
        // The service's word may lie under several layers of ours.
        var below = error.underlying
        while let cause = below {
            below = nil
            switch cause {
            case let cause as RunwareError: (taskUUID, charged) = (cause.taskUUID, cause.charged.rawValue)
            case let cause as GenerationFailure:
                (taskUUID, charged) = (cause.facts?.taskUUID, cause.facts?.charged)
            case let cause as FilmError: below = cause.underlying
            default: break
            }
        }
    }

    private init(montage error: MontageError) {
        let status: ExitStatus =
            switch error.code {
            case .cancelled: .interrupted
            case .invalidArgument: .usage
            case .noVideo, .noAudio, .noSuchFrame, .outOfRange, .pictureInvalid, .presetUnknown,
                .presetInvalid, .incompatible:
                .inputInvalid
            default: error.underlying.map { Self.status(of: $0.code) } ?? .failed
            }
        self.init(
            status, code: error.code.rawValue, error.message, hint: error.hint ?? error.underlying?.hint)
    }

    private init(media error: MediaError) {
        self.init(Self.status(of: error.code), code: "\(error.code)", error.message, hint: error.hint)
    }

    private init(runware error: RunwareError) {
        self.init(
            ExitStatus(rawValue: error.exitCode) ?? .serviceRefused, code: error.code, error.description,
            hint: error.hint)
        taskUUID = error.taskUUID
        charged = error.charged.rawValue
    }

    private init(interruptedWith detail: String?) {
        self.init(
            .interrupted, code: "cancelled", detail.map { "interrupted: \($0)" } ?? "interrupted",
            hint: "run the same command again; what was bought and finished is kept")
    }

    private init(usage error: any Error, arguments: [String]) {
        guard let word = arguments.first(where: { !$0.hasPrefix("-") }), !Reel.commandNames.contains(word),
            word != "help"
        else {
            let name = arguments.first { Reel.commandNames.contains($0) }.map { "reel \($0)" } ?? "reel"
            self.init(
                .usage, code: "usage", Reel.message(for: error), at: name, hint: "`\(name) --help` shows how")
            // A file's name that begins with a dash was taken for an option.
            if let file = arguments.first(where: {
                $0.hasPrefix("-") && !($0 as NSString).pathExtension.isEmpty
            }),
                !file.contains("=")
            {
                hint = "a file whose name begins with a dash is written ./\(file)"
            }
            return
        }
        let near = Reel.commandNames.sorted().first {
            $0.hasPrefix(word.prefix(3)) || $0.hasSuffix(word.suffix(3))
        }
        self.init(
            .usage, code: "usage", "no such command", at: word,
            hint: near.map { "perhaps `reel \($0)`; `reel --help` lists all" } ?? "`reel --help` lists all")
    }

    private init(other error: any Error, arguments: [String]) {
        let code = Reel.exitCode(for: error)
        if code == .validationFailure {
            self.init(usage: error, arguments: arguments)
        } else {
            let error = error as NSError
            self.init(.failed, code: "failed", error.localizedDescription, hint: nil)
        }
    }

    static func status(of code: MediaError.Code) -> ExitStatus {
        switch code {
        case .cancelled: .interrupted
        case .notFound, .isDirectory, .empty, .notMedia, .truncated, .noStream, .unsupported, .unknownOption,
            .decodeFailed, .tooLarge, .badName:
            .inputInvalid
        default: .failed
        }
    }
}
