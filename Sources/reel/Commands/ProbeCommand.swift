import ArgumentParser
import Media
import Montage

struct ProbeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "probe",
        abstract: "Say what is in media files.",
        discussion: """
            Reads headers, and as much of the streams as FFmpeg needs to be sure. With several files the \
            result is a list; a file that cannot be read does not stop the others.
            """)

    @Argument(help: ArgumentHelp("Media files.", valueName: "file"))
    var files: [String]

    @Flag(help: "Count the pictures by reading the whole file.")
    var count = false

    @OptionGroup var common: CommonOptions

    func run() async throws {
        _ = common.verbose ? common.logger() : nil
        var reports: [ClipReport] = []
        var complaints: [Complaint] = []
        for file in files {
            do {
                try InputPath.check(file)
                let (file, count) = (file, count)
                reports.append(
                    try await Lanes.shared.run { interrupt in
                        try Probe.report(path: file, countFrames: count, interrupt: interrupt)
                    })
                if !common.json, let report = reports.last { Streams.result(report.text) }
            } catch {
                let complaint = Complaint(error)
                if files.count == 1 || complaint.status == .interrupted { throw complaint }
                complaints.append(complaint)
                if !common.json { Streams.note(complaint.text) }
            }
        }
        if common.json {
            if files.count == 1 {
                try Streams.result(json: reports[0])
            } else {
                try Streams.result(json: reports)
            }
        }
        guard let first = complaints.first else { return }
        var summary = Complaint(
            first.status, code: first.code, "\(complaints.count) of \(files.count) files could not be read")
        summary.hint = "the first: \(first.what)"
        summary.location = first.location
        throw summary
    }
}
