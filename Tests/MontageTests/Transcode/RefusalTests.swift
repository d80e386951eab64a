import Foundation
@preconcurrency import Glibc
import Media
import Montage
import TestSupport
import Testing

@Suite(.blocking) struct TranscodeRefusalTests {
    let folder: TempDirectory
    init() throws { folder = try TempDirectory("refusals") }

    func outputs(_ name: String = "out.mp4") throws -> [TranscodeOutput] {
        [.init(path: folder.file(name), preset: try Cuts.preset("mp4-web"))]
    }

    @Test func `cancellation leaves nothing`() throws {
        let clip = try Cuts.clip(folder, "in.mp4", size: "640x360", seconds: 10, sound: 10)
        let interrupt = Interrupt()
        let begun = Date()
        let fault = #expect(throws: (any Error).self) {
            try Transcode.run(
                input: clip,
                outputs: [
                    .init(path: self.folder.file("out.mp4"), preset: try Cuts.preset("mp4-web")),
                    .init(path: self.folder.file("out.mov"), preset: try Cuts.preset("mov-prores")),
                ], interrupt: interrupt, progress: { _ in interrupt.raise() })
        }
        #expect("\(fault.map { "\($0)" } ?? "")".contains("interrupted"))
        #expect(Date().timeIntervalSince(begun) < 5)
        #expect(try folder.names() == ["in.mp4"])
    }

    @Test func `an output that fails takes the others with it`() throws {
        let clip = try Cuts.clip(folder, "in.mp4", seconds: 2)
        var bad = try Cuts.preset("mp4-web")
        bad.video.options["nonsense"] = "1"
        let fault = #expect(throws: MediaError.self) {
            try Transcode.run(
                input: clip,
                outputs: [
                    .init(path: self.folder.file("out.mov"), preset: try Cuts.preset("mov-prores")),
                    .init(path: self.folder.file("out.mp4"), preset: bad),
                ], interrupt: Interrupt())
        }
        #expect(fault?.code == .unknownOption)
        #expect(try folder.names() == ["in.mp4"])
    }

    @Test func `a file without a picture is refused by name`() throws {
        let sound = folder.file("sound.m4a")
        try Oracle.ffmpeg(["-f", "lavfi", "-i", "sine=duration=1", sound])
        let fault = #expect(throws: MontageError.self) {
            try Transcode.run(input: sound, outputs: self.outputs(), interrupt: Interrupt())
        }
        #expect(fault?.code == .noVideo)
        #expect(fault?.message.contains("sound.m4a") == true)
    }

    @Test func `the source is never its own output`() throws {
        let clip = try Cuts.clip(folder, "in.mp4", seconds: 0.5)
        let before = try folder.read("in.mp4")
        #expect(throws: MontageError.self) {
            try Transcode.run(input: clip, outputs: self.outputs("in.mp4"), interrupt: Interrupt())
        }
        #expect(try folder.read("in.mp4") == before)
    }

    @Test func `a damaged clip is made of what is left of it`() throws {
        let clip = try Cuts.clip(folder, "in.mkv", seconds: 2)
        let bytes = try folder.read("in.mkv")
        try folder.write("cut.mkv", Array(bytes.prefix(bytes.count * 6 / 10)))
        let report = try Transcode.run(
            input: folder.file("cut.mkv"), outputs: outputs(), interrupt: Interrupt())
        #expect((8..<40).contains(report.outputs[0].frames))
        _ = clip
    }

    /// Whether a file system may be mounted here: where not, the test below is reported as skipped.
    static let canMount: Bool = {
        guard let folder = try? TempDirectory("mount") else { return false }
        guard mount("tmpfs", folder.path, "tmpfs", 0, "size=64k") == 0 else { return false }
        return umount(folder.path) == 0
    }()

    @Test(.enabled(if: canMount, "needs the right to mount a file system"))
    func `a full disk leaves nothing`() throws {
        // The folder of outputs is on a tiny file system.
        let disk = folder.file("disk")
        try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: true)
        try #require(mount("tmpfs", disk, "tmpfs", 0, "size=64k") == 0)
        defer { umount(disk) }
        let clip = try Cuts.clip(folder, "in.mp4", size: "320x180", seconds: 2)
        let fault = #expect(throws: MediaError.self) {
            try Transcode.run(
                input: clip,
                outputs: [.init(path: disk + "/out.mov", preset: try Cuts.preset("mov-prores"))],
                interrupt: Interrupt())
        }
        #expect(fault?.code == .diskFull)
        #expect(try FileManager.default.contentsOfDirectory(atPath: disk).isEmpty)
    }

    @Test(.enabled(if: canMount, "needs the right to mount a file system"))
    func `a disk that may only be read is refused before any work`() throws {
        let disk = folder.file("disk")
        try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: true)
        try #require(mount("tmpfs", disk, "tmpfs", UInt(MS_RDONLY), "size=64k") == 0)
        defer { umount(disk) }
        let clip = try Cuts.clip(folder, "in.mp4", seconds: 0.5)
        let preset = try Cuts.preset("mp4-web")
        // No film at all: whoever begins with the clip complains about that.
        let broken = folder.file("broken.mp4")
        try folder.write("broken.mp4", [1, 2, 3])
        let tries: [() throws -> Void] = [
            {
                _ = try Transcode.run(
                    input: broken, outputs: [.init(path: disk + "/out.mp4", preset: preset)],
                    interrupt: Interrupt())
            },
            {
                _ = try Splice(inputs: [clip, clip], output: disk + "/out.mp4", preset: preset)
                    .run(interrupt: Interrupt())
            },
            { _ = try PendingFile.write([1], to: disk + "/out.png") },
        ]
        for attempt in tries {
            let fault = #expect(throws: MediaError.self) { try attempt() }
            #expect(fault?.code == .permissionDenied)
            #expect(fault?.hint?.contains("permissions") == true)
        }
    }
}
