import Foundation
import TestSupport
import Testing

/// `reel lint` prints a command; running it must give a file that lint has nothing to say about.
@Suite struct `The command that lint prints` {
    /// How ffmpeg makes a file that is at fault, the platform, and whether it would be refused.
    static let cases: [(words: String, file: String, platform: String, isRefused: Bool)] = [
        ("-c:v libx264 -pix_fmt yuv420p", "last.mp4", "web", true),
        ("-c:v libx264 -pix_fmt yuv420p -bf 2 -movflags +faststart", "edits.mp4", "instagram", true),
        ("-c:v libx264 -pix_fmt yuv444p -movflags +faststart", "chroma.mp4", "web", true),
        (
            "-c:v libx265 -x265-params log-level=none -tag:v hvc1 -movflags +faststart", "hevc.mp4", "web",
            true
        ),
        ("-vf crop=321:181 -c:v libx264 -pix_fmt yuv444p", "odd.mp4", "instagram", true),
        (
            "-vf \"setpts='(N+mod(N,2)*0.3)/24/TB'\" -fps_mode vfr -c:v libx264 -pix_fmt yuv420p", "vfr.mp4",
            "tiktok", false
        ),
        ("-c:v libx264 -pix_fmt yuv420p -ac 6", "surround.mp4", "instagram", true),
        (
            "-c:v libx264 -pix_fmt yuv420p -color_primaries bt709 -color_trc bt709 -colorspace bt709 -color_range tv "
                + "-c:a ac3 -movflags +faststart", "ac3.mp4", "web", true
        ),
        ("-c:v libx264 -pix_fmt yuv420p -ac 1 -ar 44100", "mono.mp4", "youtube", false),
        ("-c:v libx264 -pix_fmt yuv420p -an", "silent.mp4", "instagram", true),
        ("-vf setsar=4/3 -c:v libx264 -pix_fmt yuv420p", "wide.mp4", "tiktok", false),
        (
            "-vf scale=2048:1152 -c:v libx264 -preset ultrafast -pix_fmt yuv420p", "large.mp4", "instagram",
            true
        ),
        ("-c:v libvpx-vp9 -cpu-used 8 -deadline realtime -c:a libopus", "other.webm", "instagram", true),
    ]

    /// The folder of presets of this checkout.
    static let presets = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("presets").path

    @Test func `mends the file`() async throws {
        let folder = try Folder()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for one in Self.cases { group.addTask { try await Self.check(one, in: folder.path) } }
            try await group.waitForAll()
        }
    }

    private static func check(
        _ one: (words: String, file: String, platform: String, isRefused: Bool), in folder: String
    ) async throws {
        let made = try await Shell.run(
            "ffmpeg -v error -f lavfi -i testsrc2=size=640x360:rate=24:duration=3.2 -f lavfi "
                + "-i sine=sample_rate=48000:duration=3.2 \(one.words) \(one.file)", in: folder)
        #expect(made.exit == 0, "\(one.file): \(made)")
        let before = try await Shell.run("reel lint \(one.file) --for \(one.platform)", in: folder)
        #expect(before.exit == (one.isRefused ? 5 : 0), "\(one.file): \(before)")
        let line = try #require(
            before.output.split(separator: "\n").first { $0.hasPrefix("  mend  ") }, "\(one.file): \(before)")
        let command = String(line.dropFirst("  mend  ".count))
        let mended = try await Shell.run(command, in: folder)
        #expect(mended.exit == 0, "\(one.file): \(command)\n\(mended)")
        let name = try #require(mended.output.split(separator: "\n").first)
        if command.contains("mp4-copy") {
            let sums = try await Shell.run(
                "for f in \(one.file) \(name); do ffmpeg -v error -i $f -map 0:v -f md5 -; done | uniq | wc -l",
                in: folder)
            #expect(sums.output == "1\n", "\(one.file): its pictures are others")
        }
        let after = try await Shell.run("reel lint \(name) --for \(one.platform)", in: folder)
        #expect(after.exit == 0 && !after.output.contains("  warn  "), "\(one.file): \(command)\n\(after)")
    }

    @Test func `goes to a file of its own and finds the presets, and interlaced pictures are told`()
        async throws
    {
        let folder = try Folder()
        let source = "-f lavfi -i testsrc2=size=640x360:rate=24:duration=3.2 -f lavfi -i sine=duration=3.2"
        let made = try await Shell.run(
            "ffmpeg -v error \(source) -c:v libx264 -pix_fmt yuv420p clip.mov && ffmpeg -v error -i clip.mov -c copy clip.mp4"
                + " && ffmpeg -v error \(source) -c:v libx264 -flags +ildct+ilme -x264-params tff=1 -pix_fmt yuv420p"
                + " -movflags +faststart fields.mp4 && ffmpeg -v error \(source) -vn sound.mp4"
                + " && PRESETS='\(Self.presets)' && mkdir -p own/platforms && cp \"$PRESETS/mp4-web.yaml\" own/mine.yaml"
                + " && sed -i 's/^name: .*/name: mine/' own/mine.yaml"
                + " && sed 's/^name: .*/name: here/;s/^preset: .*/preset: mine/' \"$PRESETS/platforms/web.yaml\""
                + " > own/platforms/here.yaml", in: folder.path)
        #expect(made.exit == 0, "\(made)")
        let both = try await Shell.run("reel lint clip.mov clip.mp4 --for instagram", in: folder.path)
        let outputs = both.output.split(separator: "\n").filter { $0.hasPrefix("  mend") }
            .compactMap { $0.split(separator: " ").first { $0.contains("instagram") } }
        #expect(outputs == ["clip.instagram.mp4", "clip.instagram-2.mp4"], "\(both)")
        #expect(both.output.hasSuffix("0 of 2 files pass for instagram\n"))
        let fields = try await Shell.run("reel lint fields.mp4 --for instagram", in: folder.path)
        #expect(fields.output.contains("warn  progressive"), "\(fields)")
        let own = try await Shell.run("reel lint fields.mp4 --for here --presets own", in: folder.path)
        let line = try #require(own.output.split(separator: "\n").first { $0.hasPrefix("  mend") }, "\(own)")
        #expect(line.contains("--preset mine --presets own"), "\(own)")
        let mended = try await Shell.run(String(line.dropFirst(8)), in: folder.path)
        #expect(mended.exit == 0, "\(line)\n\(mended)")
        let sound = try await Shell.run("reel lint sound.mp4 --for web", in: folder.path)
        #expect(sound.exit == 5)
        #expect(sound.output.contains("no command mends: video codec"), "\(sound)")
        #expect(sound.output.components(separatedBy: "no picture").count == 2, "\(sound)")
    }
}
