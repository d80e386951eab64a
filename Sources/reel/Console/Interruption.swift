import Foundation
import Media
import Synchronization

/// A command that keeps nothing which an end in the middle would lose: no orders, no money, no journal. After a
/// signal it has a moment to end by itself; then the process ends it and takes its unfinished files along.
protocol StopsSoon {}

/// Ctrl-C and SIGTERM. A first Ctrl-C lets clips arrive that are on their way, SIGTERM does not. The first asks the running command to stop: its task is cancelled, the rooms raise
/// their interrupt flags, remove temporary files and keep what was bought. The second ends the process at
/// once, without its unfinished files. The main thread waits for them, so no code of ours runs inside a signal
/// handler.
///
/// A command that `StopsSoon` is not waited for longer than `patience`: one call into an encoder of large
/// pictures may take seconds, and freeing it too.
enum Interruption {
    /// Microseconds between a signal and the end of a command that stops soon. With the time that the system
    /// takes to give back an encoder's memory the process is gone within 200 ms.
    private static let patience: UInt32 = 50_000

    private static let noticed = Atomic<Bool>(false)
    private static let isSoon = Atomic<Bool>(false)
    private static let saysJSON = Atomic<Bool>(false)
    private static let isEnding = Atomic<Bool>(false)
    private static let hurry = Mutex<(@Sendable () -> Void)?>(nil)

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

    /// What is to be called where the command shall not even finish what it has begun.
    static func whenUrgent(_ body: @escaping @Sendable () -> Void) { hurry.withLock { $0 = body } }

    /// The command that runs now stops soon. `complaining` as JSON, or in words.
    static func endSoon(complaining json: Bool) {
        saysJSON.store(json, ordering: .releasing)
        isSoon.store(true, ordering: .sequentiallyConsistent)
        if noticed.load(ordering: .sequentiallyConsistent) { endAfterPatience() }
    }

    /// The caller speaks the process's last word. Does not return if it is being spoken already.
    static func claimEnd() {
        if isEnding.exchange(true, ordering: .acquiringAndReleasing) { while true { pause() } }
    }

    /// Waits on the main thread, which has nothing else to do, until the process ends. (`dispatchMain` would
    /// open the main thread to the signals again.)
    static func wait(_ cancel: () -> Void) -> Never {
        var signals = waitedFor()
        while true {
            var number: Int32 = 0
            guard sigwait(&signals, &number) == 0 else { continue }
            if noticed.exchange(true, ordering: .sequentiallyConsistent) {
                UnpublishedFiles.removeAll()
                _exit(ExitStatus.interrupted.rawValue)
            }
            if isSoon.load(ordering: .sequentiallyConsistent) {
                endAfterPatience()
                cancel()
            } else {
                let finish = hurry.withLock { $0 }
                if number == SIGTERM { finish?() }
                let what =
                    finish == nil || number == SIGTERM ? "cleaning up" : "what is on its way here may arrive"
                Streams.note("interrupted: \(what) (once more to stop at once)")
                cancel()
            }
        }
    }

    /// A thread of its own: the main thread waits for a second signal, and all others may be busy.
    private static func endAfterPatience() {
        Thread.detachNewThread {
            usleep(patience)
            UnpublishedFiles.removeAll()
            guard !isEnding.exchange(true, ordering: .acquiringAndReleasing) else {
                // The command has ended by itself and says so. Whoever does not listen is not waited for.
                usleep(patience / 2)
                _exit(ExitStatus.interrupted.rawValue)
            }
            let complaint = Complaint(CancellationError())
            // A pipe that nobody reads would hold the process here.
            var reader = pollfd(fd: STDERR_FILENO, events: Int16(POLLOUT), revents: 0)
            if poll(&reader, 1, 0) == 1, reader.revents & Int16(POLLOUT) != 0 {
                Streams.note(saysJSON.load(ordering: .acquiring) ? complaint.json : complaint.text)
            }
            // Once more: a writer may have opened its file since.
            UnpublishedFiles.removeAll()
            _exit(ExitStatus.interrupted.rawValue)
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
