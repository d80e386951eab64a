import ArgumentParser
import Foundation
import Media
import Montage

struct FrameCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "frame",
        abstract: "Take one exact frame out of a clip.",
        discussion: """
            The last frame is the last presented one, however the file is built. The picture is written as \
            PNG without loss, or as JPEG where the name ends in .jpg, turned upright.
            """)

    @Argument(help: "The clip.")
    var file: String

    @Flag(help: "The last presented frame.")
    var last = false

    @Flag(help: "The first presented frame.")
    var first = false

    @Option(help: ArgumentHelp("The frame on screen at this time, in seconds.", valueName: "seconds"))
    var at: Double?

    @Option(
        help: ArgumentHelp(
            "The frame of this number, counted from 0 in order of presentation.", valueName: "n"))
    var index: Int?

    @Option(name: .shortAndLong, help: ArgumentHelp("Where to write it: .png or .jpg.", valueName: "file"))
    var output: String

    @OptionGroup var common: CommonOptions

    func validate() throws {
        let chosen = [last, first, at != nil, index != nil].filter { $0 }.count
        guard chosen == 1 else {
            throw ValidationError("say which frame: one of --last, --first, --at SECONDS, --index N")
        }
        if let at, !(at >= 0 && at.isFinite) { throw ValidationError("--at takes seconds from 0 up") }
        if let index, index < 0 { throw ValidationError("--index counts from 0") }
        guard ["png", "jpg", "jpeg"].contains((output as NSString).pathExtension.lowercased()) else {
            throw ValidationError("-o must end in .png or .jpg, not '\(output)'")
        }
    }

    private var position: FramePosition {
        if let at { return .seconds(at) }
        if let index { return .index(index) }
        return first ? .first : .last
    }

    func run() async throws {
        _ = common.logger()
        try InputPath.check(file)
        try OutputPath.check(file: output, inputs: [file])
        let (file, output, position) = (file, output, position)
        let found = try await Lanes.shared.run { interrupt in
            let frame = try FrameExtraction.frame(of: file, at: position, interrupt: interrupt)
            let isPNG = output.lowercased().hasSuffix(".png")
            let bytes = isPNG ? try frame.picture.png() : try frame.picture.jpeg(quality: 95)
            try interrupt.check()
            try PendingFile.write(bytes, to: output)
            return frame
        }
        let report = Report(
            file: file, output: output, width: found.picture.width, height: found.picture.height,
            bitDepth: found.picture.bitDepth, index: found.index, seconds: found.ptsSeconds, note: found.note)
        if common.json {
            try Streams.result(json: report)
        } else {
            Streams.result(output)
            let number = found.index.map { "frame \($0), " } ?? ""
            Streams.note("\(number)\(Numbers.seconds(found.ptsSeconds)), \(report.width)x\(report.height)")
            if let note = found.note { Streams.note(note) }
        }
    }

    private struct Report: Encodable {
        var file: String
        var output: String
        var width: Int
        var height: Int
        var bitDepth: Int
        var index: Int?
        var seconds: Double
        var note: String?
    }
}
