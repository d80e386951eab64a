import ArgumentParser
import Foundation
import Media
import Montage

/// One frame of each of many clips, taken side by side: a poster for every clip of a folder.
struct FrameOfEach {
    let files: [String]
    let folder: String
    let format: PictureFormat
    let choice: FrameChoice
    let target: PictureTarget
    let json: Bool

    /// Takes them all; a clip that cannot be read is told and does not stop the others.
    func run() async throws {
        let outputs = files.map { file in
            let stem = ((file as NSString).lastPathComponent as NSString).deletingPathExtension
            return "\(folder)/\(stem).\(format.rawValue)"
        }
        var names: [String: String] = [:]
        for (file, output) in zip(files, outputs) {
            if let other = names.updateValue(file, forKey: output) {
                throw ValidationError("\(other) and \(file) would both be written as \(output)")
            }
        }
        try OutputPath.prepare(folder: folder)
        var reports: [Int: FrameReport] = [:]
        var failures: [Int: Complaint] = [:]
        await withTaskGroup(of: (Int, Result<FrameReport, any Error>).self) { group in
            for (place, file) in files.enumerated() {
                group.addTask { (place, await take(file, to: outputs[place])) }
            }
            for await (place, result) in group {
                switch result {
                case .success(let report): reports[place] = report
                case .failure(let error): failures[place] = Complaint(error)
                }
            }
        }
        if let stopped = failures.values.first(where: { $0.status == .interrupted }) { throw stopped }
        if files.count == 1, let only = failures[0] { throw only }
        let made = files.indices.compactMap { reports[$0] }
        if json { try Streams.result(json: made) }
        for place in files.indices {
            if let report = reports[place] {
                if !json { Streams.result(report.output) }
                if let note = report.note { Streams.note("\(report.output): \(note)") }
            } else if let failure = failures[place] {
                Streams.note(failure.text)
            }
        }
        guard let first = failures.min(by: { $0.key < $1.key })?.value else { return }
        var summary = Complaint(
            first.status, code: first.code, "\(failures.count) of \(files.count) clips gave no frame")
        summary.hint = "the first: \(first.what)"
        summary.location = first.location
        throw summary
    }

    private func take(_ file: String, to output: String) async -> Result<FrameReport, any Error> {
        do {
            try InputPath.check(file)
            let (choice, format, target) = (choice, format, target)
            // As many clips as cores keep all of them busy with a thread each.
            let threads = files.count >= ProcessInfo.processInfo.activeProcessorCount ? 1 : 0
            return .success(
                try await Lanes.shared.run { interrupt in
                    try choice.take(
                        of: file, to: output, as: format, target, threads: threads, interrupt: interrupt)
                })
        } catch {
            return .failure(error)
        }
    }
}

extension FrameChoice {
    /// Takes the one frame meant and writes it. Blocks.
    ///
    /// The file is not flushed to the disk: it is quickly made again.
    func take(
        of file: String, to output: String, as format: PictureFormat, _ target: PictureTarget,
        threads: Int = 0, interrupt: Interrupt
    ) throws -> FrameReport {
        var frame: ExtractedFrame
        if let position {
            frame = try FrameExtraction.frame(of: file, at: position, interrupt: interrupt)
        } else {
            frame = try FrameExtraction.best(of: file, threads: threads, interrupt: interrupt)
        }
        frame.picture = try target.fitted(frame.picture)
        let bytes = try target.encode(frame.picture, format)
        try interrupt.check()
        try PendingFile.write(bytes, to: output, sync: false)
        return FrameReport(frame, of: file, at: output)
    }
}
