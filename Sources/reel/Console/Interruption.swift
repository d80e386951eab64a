import Foundation
import Synchronization

/// Ctrl-C and SIGTERM. The first asks the running command to stop: its task is cancelled, the rooms raise
/// their interrupt flags, remove temporary files and keep what was bought. The second ends the process at
/// once. The main thread waits for them, so no code of ours runs inside a signal handler.
enum Interruption {
    private static let noticed = Atomic<Bool>(false)

    static var happened: Bool { noticed.load(ordering: .acquiring) }

    /// Call before other threads start: they inherit the mask, so that only the waiting thread sees the
    /// signals. A vanished reader of a pipe or socket, and a file over its size limit, become errors of the
    /// write that met them.
    static func prepare() {
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
        var signals = waitedFor()
        pthread_sigmask(SIG_BLOCK, &signals, nil)
    }

    /// Waits on the main thread, which has nothing else to do, until the process ends. (`dispatchMain` would
    /// open the main thread to the signals again.)
    static func wait(_ cancel: () -> Void) -> Never {
        var signals = waitedFor()
        while true {
            var number: Int32 = 0
            guard sigwait(&signals, &number) == 0 else { continue }
            if noticed.exchange(true, ordering: .acquiringAndReleasing) {
                _exit(ExitStatus.interrupted.rawValue)
            }
            Streams.note("interrupted: cleaning up (once more to stop at once)")
            cancel()
        }
    }

    private static func waitedFor() -> sigset_t {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGINT)
        sigaddset(&signals, SIGTERM)
        return signals
    }
}
