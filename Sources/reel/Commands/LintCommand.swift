import ArgumentParser
import Foundation
import Media
import Montage

struct LintCommand: AsyncParsableCommand, StopsSoon {
    static let configuration = CommandConfiguration(
        commandName: "lint",
        abstract: "Say whether a file suits a platform, and how to mend it.",
        discussion: """
            Each requirement of the platform, what the file has, and one command that mends what a command can \
            mend. Exit code 5 where the platform would refuse a file; advice that is not followed is only a \
            warning. Platforms are files: docs/LINT.md.
            """)

    @Argument(help: ArgumentHelp("Media files.", valueName: "file"))
    var files: [String]

    @Option(
        name: .customLong("for"),
        help: ArgumentHelp("youtube, instagram, tiktok, web, or one of your own.", valueName: "platform"))
    var platform: String

    @Flag(help: "Measure the loudness too; decodes the whole sound.")
    var loudness = false

    @OptionGroup var presets: PresetOptions
    @OptionGroup var common: CommonOptions

    func run() async throws {
        _ = common.verbose ? common.logger() : nil
        let folders = PresetLibrary.defaultDirectories(flag: presets.directory, beside: files.first)
        let platform = try PlatformLibrary(searching: folders).platform(named: platform)
        var reports: [LintReport] = []
        var complaints: [Complaint] = []
        for file in files {
            do {
                let report = try await judge(file, for: platform)
                reports.append(report)
                if !common.json { Streams.result(report.text) }
            } catch {
                let complaint = Complaint(error)
                if files.count == 1 || complaint.status == .interrupted { throw complaint }
                Streams.note(complaint.text)
                complaints.append(complaint)
            }
        }
        if common.json {
            if files.count == 1 {
                try Streams.result(json: reports[0])
            } else {
                try Streams.result(json: reports)
            }
        }
        let refused = reports.filter { !$0.passed }
        guard !refused.isEmpty || !complaints.isEmpty else { return }
        let count = refused.count + complaints.count
        var summary = Complaint(
            refused.isEmpty ? complaints[0].status : .inputInvalid,
            code: refused.isEmpty ? complaints[0].code : "lintFailed",
            files.count == 1
                ? "\(platform.name) would refuse it"
                : "\(platform.name) would refuse \(count) of \(files.count) files",
            at: refused.first?.path ?? complaints[0].location)
        summary.hint =
            refused.first.map { $0.commandLine ?? "no command mends it; it must be made anew" }
            ?? "the first: \(complaints[0].what)"
        throw summary
    }

    private func judge(_ file: String, for platform: Platform) async throws -> LintReport {
        try InputPath.check(file)
        let output = Self.output(beside: file, for: platform)
        return try await Lanes.shared.run { [loudness] interrupt in
            let report = try Probe.report(path: file, packets: true, interrupt: interrupt)
            let heard = loudness ? try Lint.loudness(of: file, interrupt: interrupt) : nil
            return Lint.judge(report, for: platform, loudness: heard, output: output)
        }
    }

    /// A name beside the file that is not taken: `clip.youtube.mp4`.
    private static func output(beside file: String, for platform: Platform) -> String {
        let stem = (file as NSString).deletingPathExtension
        var name = "\(stem).\(platform.name).mp4"
        var number = 2
        while FileManager.default.fileExists(atPath: name) {
            name = "\(stem).\(platform.name)-\(number).mp4"
            number += 1
        }
        return name
    }
}
