import CFFmpeg
import CFFmpegShim
import Synchronization

/// Where FFmpeg's log lines go. FFmpeg's log is process-wide, so this is the package's one global state.
///
/// Reel never lets FFmpeg print: without `install` lines are dropped, but for the last error of each
/// thread, which `MediaError.logLine` carries.
public enum FFmpegLog {
    /// How grave a line is.
    public enum Level: Int, Sendable, Comparable {
        /// FFmpeg cannot go on.
        case fatal = 8
        /// Something failed.
        case error = 16
        /// Something looks wrong.
        case warning = 24
        /// What a user of the ffmpeg program sees.
        case info = 32
        /// More of it.
        case verbose = 40
        /// For FFmpeg's developers.
        case debug = 48

        /// Order of value.
        public static func < (a: Level, b: Level) -> Bool { a.rawValue < b.rawValue }
    }

    private static let sink = Mutex<(@Sendable (Level, String, String) -> Void)?>(nil)
    private static let silenced: Void = reel_log_install(nil, Level.error.rawValue.c)

    /// Sends FFmpeg's lines to `sink`, those at least as grave as `level`.
    ///
    /// The sink is called from any thread, FFmpeg's codec workers among them; it must be quick and must
    /// not call this package.
    public static func install(
        level: Level, sink: @escaping @Sendable (Level, _ component: String, _ line: String) -> Void
    ) {
        self.sink.withLock { $0 = sink }
        reel_log_install(
            { level, component, line in
                guard let component, let line else { return }
                FFmpegLog.pass(level, String(cString: component), String(cString: line))
            }, level.rawValue.c)
    }

    /// Makes sure that FFmpeg prints nothing by itself, and forgets this thread's last error line.
    /// Every operation that opens something calls it first.
    static func begin() {
        if sink.withLock({ $0 == nil }) { _ = silenced }
        reel_log_clear_last_error()
    }

    private static func pass(_ level: Int32, _ component: String, _ line: String) {
        let known: Level =
            switch level {
            case ...8: .fatal
            case ...16: .error
            case ...24: .warning
            case ...32: .info
            case ...40: .verbose
            default: .debug
            }
        let sink = sink.withLock { $0 }
        sink?(known, component, line)
    }
}

extension Int {
    /// The number as a C int; clamped, for sizes and levels that FFmpeg holds in 32 bits.
    var c: Int32 { Int32(clamping: self) }
}
