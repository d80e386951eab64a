import ArgumentParser
import Media
import Montage

struct ProbeCommand: AsyncParsableCommand, StopsSoon {
    static let configuration = CommandConfiguration(
        commandName: "probe",
        abstract: "Say what is in media files.",
        discussion: """
            Reads headers, and as much of the streams as FFmpeg needs to be sure. With several files the \
            result is a list in their order, and they are read side by side; a file that cannot be read does \
            not stop the others. docs/probe.schema.json describes the JSON: one object for one file, a list \
            for several.
            """)

    @Argument(help: ArgumentHelp("Media files.", valueName: "file"))
    var files: [String]

    @Flag(help: "Count the pictures by reading the whole file.")
    var count = false

    @Flag(help: "Read all packets: groups of pictures, rates and sizes as they are. Counts too.")
    var packets = false

    @OptionGroup var common: CommonOptions

    func run() async throws {
        _ = common.verbose ? common.logger() : nil
        var complaints: [Int: Complaint] = [:]
        var readable: [Int] = []
        for (place, file) in files.enumerated() {
            do {
                try InputPath.check(file)
                readable.append(place)
            } catch {
                complaints[place] = Complaint(error)
            }
        }
        var (reports, told) = ([ClipReport](), 0)
        // What stands before a place is told before it, so that lines come in the files' order.
        func tell(upTo place: Int) {
            guard !common.json, files.count > 1 else { return }
            while told < place {
                if let complaint = complaints[told] { Streams.note(complaint.text) }
                told += 1
            }
        }
        await Probe.reports(
            paths: readable.map { files[$0] }, countFrames: count, packets: packets
        ) { result, number in
            let place = readable[number]
            switch result {
            case .success(let report):
                tell(upTo: place)
                told = place + 1
                reports.append(report)
                if !common.json { Streams.result(report.text) }
            case .failure(let error):
                complaints[place] = Complaint(error)
                tell(upTo: place + 1)
            }
        }
        tell(upTo: files.count)
        let failures = complaints.sorted { $0.key < $1.key }.map(\.value)
        if let first = failures.first(where: { $0.status == .interrupted }) { throw first }
        if files.count == 1, let only = failures.first { throw only }
        if common.json {
            if files.count == 1 {
                try Streams.result(json: reports[0])
            } else {
                try Streams.result(json: reports)
            }
        }
        guard let first = failures.first else { return }
        var summary = Complaint(
            first.status, code: first.code, "\(failures.count) of \(files.count) files could not be read")
        summary.hint = "the first: \(first.what)"
        summary.location = first.location
        throw summary
    }
}
