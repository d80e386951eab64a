import CFFmpeg
import CFFmpegShim

/// A flag that stops a media job: FFmpeg's input and output poll it, and so do our loops.
///
/// A class because C keeps the flag's address. Raising is final and may come from any thread.
public final class Interrupt: Sendable {
    private nonisolated(unsafe) let flag: UnsafeMutablePointer<Int32>

    /// Makes a flag that is not raised.
    public init() {
        flag = .allocate(capacity: 1)
        flag.initialize(to: 0)
    }

    deinit { flag.deallocate() }

    /// Asks the job to stop. Blocked reads and writes return within milliseconds.
    public func raise() { reel_interrupt_raise(flag) }

    /// Whether the job was asked to stop.
    public var isRaised: Bool { reel_interrupt_poll(flag) != 0 }

    /// Throws `.cancelled` if the job was asked to stop. For the head of every loop.
    public func check() throws(MediaError) {
        if isRaised { throw MediaError(.cancelled, operation: "interrupt", subject: "this job") }
    }

    /// The C callback. The interrupt must outlive the context that holds it.
    var callback: AVIOInterruptCB {
        AVIOInterruptCB(callback: { reel_interrupt_poll($0) }, opaque: UnsafeMutableRawPointer(flag))
    }
}
