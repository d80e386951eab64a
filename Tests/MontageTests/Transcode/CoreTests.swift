import Foundation
import Media
import Montage
import TestSupport
import Testing

// Glibc's own declarations stand behind _GNU_SOURCE, which Swift does not set.
@_silgen_name("sched_getaffinity")
private func sched_getaffinity(_ process: Int32, _ size: Int, _ mask: UnsafeMutableRawPointer) -> Int32
@_silgen_name("sched_setaffinity")
private func sched_setaffinity(_ process: Int32, _ size: Int, _ mask: UnsafeRawPointer) -> Int32

/// What comes out must not depend on how many cores the machine has.
@Suite(.blocking) struct CoreTests {
    let folder: TempDirectory
    init() throws { folder = try TempDirectory("cores") }

    /// Runs `body` on a thread that may use one core only, as may all threads it starts.
    private func onOneCore(_ body: @escaping @Sendable () throws -> Void) throws {
        nonisolated(unsafe) var fault: (any Error)?
        let done = DispatchSemaphore(value: 0)
        let thread = Thread {
            var mask = [UInt8](repeating: 0, count: 128)
            _ = sched_getaffinity(0, mask.count, &mask)
            // The lowest core that this process may use.
            let first = mask.firstIndex { $0 != 0 } ?? 0
            for i in mask.indices { mask[i] = i == first ? mask[i] & (~mask[i] &+ 1) : 0 }
            _ = sched_setaffinity(0, mask.count, &mask)
            do { try body() } catch { fault = error }
            done.signal()
        }
        thread.stackSize = 8 << 20
        thread.start()
        done.wait()
        if let fault { throw fault }
    }

    @Test(arguments: [
        "mp4-social", "mp4-hevc", "webm-vp9", "webm-alpha", "webm-av1", "mov-prores", "mov-alpha", "master",
        "gif-preview", "webp-preview",
    ])
    func `a preset gives the same bytes on one core as on all`(name: String) throws {
        let clip = try Cuts.clip(folder, "in.mp4", size: "320x256", seconds: 1.5, sound: 1.5)
        let preset = try Cuts.preset(name)
        let paths = ["all", "one"].map { folder.file("\($0).\(preset.fileExtension)") }
        _ = try Transcode.run(
            input: clip, outputs: [.init(path: paths[0], preset: preset)], interrupt: Interrupt())
        try onOneCore {
            _ = try Transcode.run(
                input: clip, outputs: [.init(path: paths[1], preset: preset)], interrupt: Interrupt())
        }
        let digests = try paths.map { try SHA256.hex(ofFile: $0, interrupt: Interrupt()) }
        #expect(digests[0] == digests[1])
    }
}
