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
        // A name that nobody knows is told before any file is read.
        let name = try platforms(beside: files.first).platform(named: platform).name
        var reports: [LintReport] = []
        var complaints: [(file: String, complaint: Complaint)] = []
        for file in files {
            do {
                let taken = reports.compactMap { $0.command?.dropFirst(4).first }
                let report = try await judge(
                    file, taken: Set(taken.map { $0.hasPrefix("./") ? String($0.dropFirst(2)) : $0 }))
                reports.append(report)
                if !common.json { Streams.result(report.text) }
            } catch {
                let complaint = Complaint(error)
                if files.count == 1 || complaint.status == .interrupted { throw complaint }
                Streams.note(complaint.text)
                complaints.append((file, complaint))
            }
        }
        let refused = reports.filter { !$0.passed }
        if common.json {
            if files.count == 1 {
                try Streams.result(json: reports[0])
            } else {
                try Streams.result(json: reports)
            }
        } else if files.count > 1 {
            Streams.result("\(reports.count - refused.count) of \(files.count) files pass for \(name)")
        }
        guard !refused.isEmpty || !complaints.isEmpty else { return }
        let first = complaints.first?.complaint
        var summary = Complaint(
            refused.isEmpty ? first?.status ?? .failed : .inputInvalid,
            code: refused.isEmpty ? first?.code ?? "lintFailed" : "lintFailed",
            files.count == 1
                ? "\(name) would refuse it"
                : "\(refused.count + complaints.count) of \(files.count) files do not pass for \(name)",
            at: refused.first?.path ?? complaints.first?.file)
        summary.hint =
            refused.first.map { $0.commandLine ?? "no command mends it; it must be made anew" }
            ?? first.map { "the first: \($0.what)" }
        throw summary
    }

    private func platforms(beside file: String?) -> PlatformLibrary {
        PlatformLibrary(
            searching: PresetLibrary.defaultDirectories(flag: presets.directory, beside: file))
    }

    /// - Parameter taken: Outputs of the commands that were printed before.
    private func judge(_ file: String, taken: Set<String>) async throws -> LintReport {
        try InputPath.check(file)
        let platform = try platforms(beside: file).platform(named: platform)
        let output = Self.output(beside: file, for: platform, taken: taken)
        return try await Lanes.shared.run { [loudness, folder = presets.directory] interrupt in
            let report = try Probe.report(path: file, packets: true, interrupt: interrupt)
            let heard = loudness ? try Lint.loudness(of: file, interrupt: interrupt) : nil
            return Lint.judge(report, for: platform, loudness: heard, output: output, presets: folder)
        }
    }

    /// A name beside the file that is not taken: `clip.youtube.mp4`.
    private static func output(beside file: String, for platform: Platform, taken: Set<String>) -> String {
        let stem = (file as NSString).deletingPathExtension
        var name = "\(stem).\(platform.name).mp4"
        var number = 2
        while taken.contains(name) || FileManager.default.fileExists(atPath: name) {
            name = "\(stem).\(platform.name)-\(number).mp4"
            number += 1
        }
        return name
    }
}
