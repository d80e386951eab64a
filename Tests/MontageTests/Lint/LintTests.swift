import Foundation
import Media
import Montage
import TestSupport
import Testing

@Suite(.blocking) struct LintTests {
    let folder: TempDirectory
    init() throws { folder = try TempDirectory("lint") }

    /// The folder of presets of this checkout.
    static let presets = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "presets").path

    private func platform(_ rules: String, preset: String = "mp4-social") throws -> Platform {
        let own = folder.file("own")
        try FileManager.default.createDirectory(atPath: own + "/platforms", withIntermediateDirectories: true)
        try Data(
            """
            name: mine
            note: a test
            source: https://example.com
            checked: 2026-11-27
            preset: \(preset)
            \(rules)
            """.utf8
        ).write(to: URL(fileURLWithPath: own + "/platforms/mine.yaml"))
        return try PlatformLibrary(searching: [own, Self.presets]).platform(named: "mine")
    }

    private func report() throws -> ClipReport {
        let clip = try Cuts.clip(folder, "in.mp4", seconds: 1)
        let good = folder.file("good.mp4")
        _ = try Transcode.run(
            input: clip, outputs: [.init(path: good, preset: try Cuts.preset("mp4-social"))],
            interrupt: Interrupt())
        return try Probe.report(path: good, packets: true, interrupt: Interrupt())
    }

    /// A change to a good file's report, the rule that it breaks, and the words that mend it.
    struct Fault: Sendable, CustomTestStringConvertible {
        var rule: String
        var mend: String
        var change: @Sendable (inout ClipReport) -> Void
        var testDescription: String { rule }
    }

    static let faults: [Fault] = [
        .init(rule: "containers: mp4", mend: "--preset mp4-copy") { $0.container = "avi" },
        .init(rule: "videoCodecs: h264", mend: "--preset mp4-social") { $0.streams[0].codec = "hevc" },
        .init(rule: "profiles: High", mend: "--preset mp4-social") { $0.streams[0].profile = "High 10" },
        .init(rule: "pixelFormats: yuv420p", mend: "mp4-social") { $0.video?.pixelFormat = "yuv444p" },
        .init(rule: "minimumRate: 23", mend: "--rate 24") {
            $0.video?.measuredRate = Rational(12, 1)
        },
        .init(rule: "maximumRate: 60", mend: "--rate 60") {
            $0.video?.measuredRate = Rational(120, 1)
        },
        .init(rule: "constantRate: true", mend: "mp4-social") { $0.video?.isVariableRate = true },
        .init(rule: "minimumSide: 40", mend: "--fit 72x40") {
            $0.video?.displayWidth = 64
            $0.video?.displayHeight = 36
        },
        .init(rule: "maximumWidth: 1920", mend: "--fit 1920x1080") {
            $0.video?.displayWidth = 3840
            $0.video?.displayHeight = 2160
        },
        .init(rule: "maximumHeight: 1080", mend: "--fit 608x1080") {
            $0.video?.displayWidth = 1080
            $0.video?.displayHeight = 1920
        },
        .init(rule: "narrowest: 0.5", mend: "--fit 500x1000") {
            $0.video?.displayWidth = 200
            $0.video?.displayHeight = 1000
        },
        .init(rule: "widest: 2", mend: "--fit 1000x500") {
            $0.video?.displayWidth = 1000
            $0.video?.displayHeight = 100
        },
        .init(rule: "evenSize: true", mend: "--fit 322x182") {
            $0.video?.width = 321
            $0.video?.height = 181
            $0.video?.displayWidth = 321
            $0.video?.displayHeight = 181
        },
        .init(rule: "squarePixels: true", mend: "--fit 426x240") {
            $0.video?.sampleAspectRatio = Rational(4, 3)
            $0.video?.displayWidth = 426
            $0.video?.displayHeight = 240
        },
        .init(rule: "progressive: true", mend: "mp4-social") { $0.video?.fieldOrder = "tt" },
        .init(rule: "closedGroups: true", mend: "mp4-social") { $0.gop?.isClosed = false },
        .init(rule: "longestGroup: 0.5", mend: "mp4-social") { $0.gop?.longestSeconds = 10 },
        .init(rule: "maximumBitRate: 10", mend: "--set video.maxrate=8700k") { $0.bitRate = 30_000_000 },
        .init(rule: "colourTags: true", mend: "mp4-social") { $0.video?.colour = .unknown },
        .init(rule: "standardRange: true", mend: "mp4-social") { $0.video?.colour.transfer = "smpte2084" },
        .init(rule: "sound: true", mend: "mp4-social") { $0.audio = nil },
        .init(rule: "audioCodecs: aac", mend: "mp4-copy --set audio.mode=encode") {
            $0.streams[1].codec = "opus"
        },
        .init(rule: "maximumSampleRate: 48000", mend: "mp4-copy --set audio.mode=encode") {
            $0.audio?.sampleRate = 96000
        },
        .init(rule: "maximumChannels: 2", mend: "mp4-copy --set audio.mode=encode") {
            $0.audio?.channels = 6
        },
        .init(rule: "equalLengths: true", mend: "mp4-copy --set audio.mode=encode") {
            $0.streams[1].duration = 2
        },
        .init(rule: "indexFirst: true", mend: "--preset mp4-copy") { $0.moov = "last" },
        .init(rule: "noEditLists: true", mend: "mp4-social") {
            let list = #"[{"seconds": 1, "mediaTicks": 1024, "rate": 1}]"#
            $0.streams[0].edits = try? JSONDecoder().decode([EditReport].self, from: Data(list.utf8))
        },
        .init(rule: "startsAtZero: true", mend: "mp4-social") { $0.streams[1].start = 0.5 },
        .init(rule: "shortest: 0.5", mend: "") { $0.duration = 0.2 },
        .init(rule: "longest: 2", mend: "") { $0.duration = 3 },
        .init(rule: "maximumSize: 4", mend: "--set video.maxrate=") { $0.byteCount = 5_000_000 },
    ]

    @Test func `each requirement is seen, required or advised, and the words that mend it`() throws {
        let good = try report()
        for fault in Self.faults {
            let needsContainer = fault.mend.contains("mp4-copy") && !fault.rule.hasPrefix("containers")
            let rules = "  \(fault.rule)" + (needsContainer ? "\n  containers: mp4" : "")
            let asked = try platform("required:\n" + rules)
            #expect(
                Lint.judge(good, for: asked, output: "o.mp4").findings.allSatisfy { $0.verdict == .ok },
                "\(fault)")
            var bad = good
            fault.change(&bad)
            let found = Lint.judge(bad, for: asked, output: "o.mp4")
            #expect(!found.passed, "\(fault)")
            #expect(found.findings.count { $0.verdict == .fail } == 1, "\(fault) \(found.text)")
            #expect(
                fault.mend.isEmpty || (found.commandLine ?? "").contains(fault.mend), "\(fault) \(found.text)"
            )
            #expect((found.commandLine == nil) == fault.mend.isEmpty, "\(fault) \(found.text)")
            #expect(found.unmended.isEmpty != fault.mend.isEmpty, "\(fault)")
            let advised = try platform("recommended:\n  \(fault.rule)")
            let warned = Lint.judge(bad, for: advised, output: "o.mp4")
            #expect(warned.passed && warned.findings[0].verdict == .warning, "\(fault)")
        }
        // Every key of a platform's file is broken above, but for loudness, which is measured.
        let tried = Set(Self.faults.compactMap { $0.rule.split(separator: ":").first.map(String.init) })
        #expect(tried.union(["loudness"]) == Set(Requirement.allCases.map(\.rawValue)))
    }

    @Test func `loudness is advised only where it was measured`() throws {
        let good = try report()
        let asked = try platform("recommended:\n  loudness: -14")
        #expect(Lint.judge(good, for: asked, output: "o.mp4").findings.isEmpty)
        let loud = Lint.judge(good, for: asked, loudness: -9, output: "o.mp4")
        #expect(loud.findings[0].verdict == .warning)
        #expect(loud.commandLine?.contains("--loudness -14") == true)
        #expect(Lint.judge(good, for: asked, loudness: -14.4, output: "o.mp4").findings[0].verdict == .ok)
        let sounding = folder.file("sine.mp4")
        try Oracle.ffmpeg([
            "-f", "lavfi", "-i", "color=size=64x64:rate=24:duration=1", "-f", "lavfi", "-i",
            "sine=duration=1", "-c:v",
            "libx264", "-pix_fmt", "yuv420p", sounding,
        ])
        let measured = try #require(try Lint.loudness(of: sounding, interrupt: Interrupt()))
        // What ffmpeg's ebur128 says of it.
        #expect(abs(measured + 21.8) < 0.5)
    }

    @Test func `a wrong key or value of a platform's file is named with its place`() throws {
        for (rules, words) in [
            ("required:\n  evenSise: true", "evenSise is an unknown key"),
            ("required:\n  longest: soon", "longest must be a number above 0"),
            ("required:\n  evenSize: false", "evenSize must be true"), ("", "asks for nothing"),
            ("wanted: {}", "wanted is an unknown key"),
        ] {
            let fault = #expect(throws: MontageError.self) { try self.platform(rules) }
            #expect(fault?.code == .presetInvalid)
            #expect(fault?.message.contains(words) == true, "\(fault?.message ?? "")")
            #expect(fault?.subject.contains("mine.yaml") == true)
        }
        let unknown = #expect(throws: MontageError.self) {
            try PlatformLibrary(searching: [Self.presets]).platform(named: "youtub")
        }
        #expect(unknown?.code == .presetUnknown)
        #expect(unknown?.hint?.contains("instagram, tiktok, web, youtube") == true)
    }

    @Test func `what Reel makes for a platform passes there, and names are quoted for the shell`() throws {
        let library = PlatformLibrary(searching: [Self.presets])
        var good = try report()
        good.duration = 4
        for name in ["youtube", "tiktok", "web", "instagram"] {
            let platform = try library.platform(named: name)
            let found = Lint.judge(good, for: platform, output: "o.mp4")
            // The clip is small: that is TikTok's only complaint.
            let broken = found.findings.filter { $0.verdict != .ok }.map(\.requirement)
            #expect(broken == (name == "tiktok" ? [.minimumSide] : []), "\(found.text)")
        }
        good.path = "-it's a clip.mp4"
        let found = Lint.judge(good, for: try library.platform(named: "tiktok"), output: "-o.mp4")
        #expect(
            found.commandLine?.hasPrefix(
                "reel transcode './-it'\\''s a clip.mp4' -o ./-o.mp4 --preset mp4-social")
                == true, "\(found.text)")
    }
}
