import Foundation
import TestSupport
import Testing

/// A media command that is stuck: its stderr is a pipe that is full and that nobody reads, so the first line of
/// progress blocks in the middle of the work, as a slow encoder would, but without end.
@Suite struct `A media command that cannot be reasoned with` {
    /// Fills a pipe and runs the command with its stderr going there. `reel` is the shell's own process then.
    private static func stuck(_ command: String) -> String {
        "mkfifo full && exec 3<>full && "
            + "dd if=/dev/zero of=full bs=4096 count=1000 oflag=nonblock conv=notrunc 2>dd; "
            + "exec \(command) 2>full"
    }

    private static func outcome(of run: Running, after signal: Int32) async -> Shell.Outcome {
        kill(run.process.processIdentifier, signal)
        // Far more than the 200 ms it may take, for machines with much else to do; stuck, it would stay for ever.
        let watch = Task {
            try await Task.sleep(for: .seconds(30))
            kill(run.process.processIdentifier, SIGKILL)
        }
        defer { watch.cancel() }
        return await run.outcome()
    }

    private func partials(_ folder: Folder) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasPrefix(".reel-") }
    }

    /// The first clip is of another size, so it is encoded into a scratch folder; then comes the line that blocks.
    @Test func `takes its scratch folder along`() async throws {
        let folder = try Folder()
        for (name, size) in [("a", "96x64"), ("b", "64x64"), ("c", "64x64")] {
            try Oracle.ffmpeg([
                "-f", "lavfi", "-i", "testsrc2=size=\(size):rate=24:duration=1", "-pix_fmt", "yuv420p",
                "\(folder.path)/\(name).mp4",
            ])
        }
        let scratch = folder.path + "/scratch"
        try FileManager.default.createDirectory(atPath: scratch, withIntermediateDirectories: false)
        let run = try Shell.start(
            Self.stuck("env TMPDIR=\(scratch) reel concat a.mp4 b.mp4 c.mp4 -o out.mp4 --progress json"),
            in: folder.path)
        func inside() throws -> [String] { try FileManager.default.subpathsOfDirectory(atPath: scratch) }
        while try !inside().contains(where: { $0.hasSuffix("clip-0.mp4") }), run.process.isRunning {
            try await Task.sleep(for: .milliseconds(5))
        }
        #expect(run.process.isRunning)
        let outcome = await Self.outcome(of: run, after: SIGTERM)
        #expect(outcome.exit == 130, "\(outcome)")
        #expect(try inside() == [])
        #expect(try partials(folder).isEmpty)
    }

    @Test(arguments: [SIGINT, SIGTERM])
    func `ends after one signal and takes its unfinished file along`(signal: Int32) async throws {
        let folder = try Folder()
        try Oracle.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=size=64x64:rate=24:duration=1", folder.path + "/in.mp4",
        ])
        let run = try Shell.start(
            Self.stuck("reel transcode in.mp4 -o out.mp4 --preset mp4-web --progress json"), in: folder.path)
        while try partials(folder).isEmpty, run.process.isRunning {
            try await Task.sleep(for: .milliseconds(5))
        }
        #expect(run.process.isRunning && !FileManager.default.fileExists(atPath: folder.path + "/out.mp4"))
        let outcome = await Self.outcome(of: run, after: signal)
        #expect(outcome.exit == 130, "\(outcome)")
        #expect(try partials(folder).isEmpty)
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/out.mp4"))
    }
}
