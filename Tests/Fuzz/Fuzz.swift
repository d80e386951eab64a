// A fuzz target: bytes that somebody made up, read as a media file.
//
// libFuzzer calls `Fuzz.trial` with bytes it has changed so that they reach code not reached before. What is tried is
// what strangers' files meet first: the probe, with and without counting, and the exact frames at both
// ends. Every error is a good end; a trap (Swift's arithmetic and array bounds), a fault that the address sanitizer
// sees, a leak, and a call that outlasts its interrupt are the bad ones. FFmpeg's own libraries are the system's and
// are not instrumented: its faults show only where they crash or reach our code.
//
// `make fuzz` builds this with the sanitizers and runs it; `REEL_FUZZ` brings the target into the package, because
// libFuzzer has a main of its own and no ordinary build should link it. The seeds are made by Reel's own encoders and
// muxers (`Seeds`), when the folder of the corpus is named by REEL_FUZZ_SEEDS.

import Foundation
import Media
import Montage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// libFuzzer's loop; its arguments are the program's.
@_silgen_name("LLVMFuzzerRunDriver")
private func drive(
    _ count: UnsafeMutablePointer<CInt>,
    _ words: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ trial: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

@main
enum Fuzz {
    /// The bytes under trial, as a file without an ending that could help.
    private static let path = FileManager.default.temporaryDirectory.path + "/reel-fuzz-\(getpid())"
    private static let file = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)

    static func main() throws {
        if let folder = ProcessInfo.processInfo.environment["REEL_FUZZ_SEEDS"] {
            try Seeds.write(into: folder)
        }
        atexit { unlink(Fuzz.path) }
        var count = CommandLine.argc
        var words = CommandLine.unsafeArgv
        exit(drive(&count, &words) { bytes, count in Fuzz.trial(bytes, count) })
    }

    private static func trial(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
        guard let bytes, count > 0, file >= 0 else { return 0 }
        guard ftruncate(file, off_t(count)) == 0, pwrite(file, bytes, count, 0) == count else { return 0 }
        let interrupt = Interrupt()
        let watch = DispatchWorkItem { interrupt.raise() }
        DispatchQueue.global().asyncAfter(deadline: .now() + 2, execute: watch)
        defer { watch.cancel() }
        // Each input takes one way, told by its own bytes, so that a find can be repeated.
        let way = bytes[count - 1] % 4
        _ = try? Probe.report(path: path, countFrames: way > 1, interrupt: interrupt)
        let position: FramePosition = [.last, .first, .index(3), .seconds(0.2)][Int(way)]
        _ = try? FrameExtraction.frame(of: path, at: position, interrupt: interrupt)
        return 0
    }
}
