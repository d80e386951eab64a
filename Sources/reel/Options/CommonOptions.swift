import ArgumentParser
import Logging
import Media

/// What every command understands.
struct CommonOptions: ParsableArguments {
    @Flag(help: "Print the result as one JSON document; a complaint is one JSON line, last on stderr.")
    var json = false

    @Flag(name: .shortAndLong, help: "Log what goes on, FFmpeg's own lines included, to stderr.")
    var verbose = false

    /// The logger of this run. Without --verbose only warnings pass, and FFmpeg stays silent.
    func logger() -> Logger {
        var logger = Logger(label: "reel", factory: { StreamLogHandler.standardError(label: $0) })
        logger.logLevel = verbose ? .debug : .warning
        if verbose { logFFmpeg(to: logger) }
        return logger
    }

    private func logFFmpeg(to logger: Logger) {
        FFmpegLog.install(level: .verbose) { level, component, line in
            logger.log(
                level: level.rawValue <= FFmpegLog.Level.warning.rawValue ? .info : .debug, "\(line)",
                metadata: ["FFmpeg": "\(component)"])
        }
    }
}
