import ArgumentParser
import Foundation
import Media
import Montage

struct FrameCommand: AsyncParsableCommand, StopsSoon {
    static let configuration = CommandConfiguration(
        commandName: "frame",
        abstract: "Take exact frames out of a clip.",
        discussion: """
            The last frame is the last presented one, however the file is built. A picture is written as the \
            name's ending says: .png and .webp without loss, .jpg at quality 95, turned upright. Clips of high \
            dynamic range or wide gamut are mapped to BT.709, and that is said.

            Several frames (--keyframes, --every) go into the folder of --out, named by their number, or by \
            their time where the number is not known. All of them appear, or none.

            One frame of each of many clips goes into the folder of --out under the clip's name. They are taken \
            side by side, and a clip that cannot be read does not stop the others.
            """)

    @Argument(help: ArgumentHelp("The clip; with --out also several.", valueName: "file"))
    var files: [String]

    @OptionGroup var choice: FrameChoice

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("Where to write one frame: .png, .jpg or .webp.", valueName: "file"))
    var output: String?

    @Option(
        help: ArgumentHelp(
            "The folder for several frames, or for one of each clip; made if missing.", valueName: "dir"))
    var out: String?

    @OptionGroup var shape: PictureShape
    @OptionGroup var presets: PresetOptions
    @OptionGroup var common: CommonOptions

    func validate() throws {
        try choice.check()
        try shape.check()
        if choice.isSeries {
            guard out != nil, output == nil else {
                throw ValidationError("several frames need a folder: --out DIR, and no -o")
            }
            guard files.count == 1 else {
                throw ValidationError("--keyframes and --every take one clip, not \(files.count)")
            }
        } else if out == nil || output != nil {
            guard let output, out == nil else {
                throw ValidationError("say where to write the frame: -o FILE, or --out DIR")
            }
            guard files.count == 1 else {
                throw ValidationError("\(files.count) clips, and -o names one file: give --out DIR")
            }
            guard let format = PictureFormat(ending: output) else {
                throw ValidationError("-o must end in .png, .jpg or .webp, not '\(output)'")
            }
            if shape.quality != nil, format == .png {
                throw ValidationError("--quality is for .jpg and .webp")
            }
            if shape.format != nil {
                throw ValidationError("--format is for --out; -o says it by its ending")
            }
        }
    }

    func run() async throws {
        _ = common.logger()
        let target = try shape.target(presets)
        if let out, !choice.isSeries {
            let many = FrameOfEach(
                files: files, folder: out, format: shape.format ?? .png, choice: choice, target: target,
                json: common.json)
            return try await many.run()
        }
        let file = files[0]
        try InputPath.check(file)
        if let out {
            try await takeSeries(of: file, into: out, target)
        } else {
            try await takeOne(of: file, target)
        }
    }

    private func takeOne(of file: String, _ target: PictureTarget) async throws {
        guard let output, let format = PictureFormat(ending: output) else { return }
        try OutputPath.check(file: output, inputs: [file])
        let choice = choice
        let report = try await Lanes.shared.run { interrupt in
            try choice.take(of: file, to: output, as: format, target, interrupt: interrupt)
        }
        if common.json {
            try Streams.result(json: report)
        } else {
            Streams.result(output)
            Streams.note(report.line)
            if let note = report.note { Streams.note(note) }
        }
    }

    private func takeSeries(of file: String, into folder: String, _ target: PictureTarget) async throws {
        guard let selection = choice.selection else { return }
        try OutputPath.prepare(folder: folder)
        let format = shape.format ?? .png
        let stem = ((file as NSString).lastPathComponent as NSString).deletingPathExtension
        let reports = try await Lanes.shared.run { interrupt in
            // Written one by one, never held together; renamed when all are there.
            let batch = FrameBatch(folder: folder, stem: stem, ending: format.rawValue)
            var reports: [FrameReport] = []
            try FrameExtraction.series(of: file, selection, interrupt: interrupt) { found in
                var frame = found
                frame.picture = try target.fitted(frame.picture)
                let path = try batch.add(try target.encode(frame.picture, format), frame)
                reports.append(FrameReport(frame, of: file, at: path))
                try interrupt.check()
            }
            try batch.publish()
            return reports
        }
        if common.json {
            try Streams.result(json: reports)
        } else {
            for report in reports { Streams.result(report.output) }
            for note in Set(reports.compactMap(\.note)).sorted() { Streams.note(note) }
        }
    }
}
