import Foundation
import Media
import Montage

/// Many clips made by the same presets into one folder.
///
/// One clip after the other: each of them keeps all cores busy by itself. A clip that fails does not stop the
/// others. What was made is written down in the folder, so that the next run passes over what is up to date.
struct TranscodeBatch {
    let inputs: [String]
    let folder: String
    let presets: [Preset]
    let settings: TranscodeSettings
    let isRecursive: Bool
    let isForced: Bool
    let json: Bool
    let progress: Progress

    /// A line of the summary.
    struct Entry: Encodable {
        var file: String
        /// "made", "up to date" or "failed".
        var state: String
        var outputs: [String]
        var copied: Bool?
        var frames: Int?
        /// Seconds of film a second of work.
        var speed: Double?
        var bytesIn: Int64?
        var bytesOut: Int64?
        var error: String?
    }

    func run() async throws {
        let clips = try BatchInputs(isRecursive: isRecursive).clips(of: inputs)
        let work = try plan(clips)
        try OutputPath.prepare(folder: folder)
        var record = BatchRecord(folder: folder)
        var entries: [Entry] = []
        var first: Complaint?
        let key = try BatchRecord.key(presets: presets, settings: settings)
        for (place, job) in work.enumerated() {
            let title = "\(place + 1)/\(work.count) \(job.clip)"
            do {
                try InputPath.check(job.clip)
                if !isForced, record.isUpToDate(job.clip, outputs: job.outputs.map(\.path), key: key) {
                    entries.append(
                        Entry(file: job.clip, state: "up to date", outputs: job.outputs.map(\.path)))
                    continue
                }
                for output in job.outputs { try OutputPath.check(file: output.path, inputs: clips) }
                let begun = ContinuousClock.now
                let settings = settings
                let whole = await WorkPace.Whole.of(job.clip, settings)
                let report = try await Lanes.shared.run { interrupt in
                    try Transcode.run(
                        input: job.clip, outputs: job.outputs, settings: settings, interrupt: interrupt,
                        progress: { progress.show("transcode", title, fraction: $0, whole: whole) })
                }
                progress.end("transcode")
                try record.note(job.clip, outputs: job.outputs.map(\.path), key: key)
                entries.append(Self.entry(job.clip, report, since: begun))
            } catch {
                progress.clear()
                let complaint = Complaint(error)
                if complaint.status == .interrupted { throw complaint }
                if first == nil { first = complaint }
                entries.append(
                    Entry(
                        file: job.clip, state: "failed", outputs: job.outputs.map(\.path),
                        error: complaint.what))
                if !json { Streams.note(complaint.text) }
            }
        }
        progress.clear()
        if json {
            try Streams.result(json: entries)
        } else {
            for line in BatchTable(entries).lines { Streams.result(line) }
        }
        guard let first else { return }
        let failed = entries.count { $0.state == "failed" }
        var summary = Complaint(
            first.status, code: first.code, "\(failed) of \(entries.count) clips could not be made")
        summary.hint = "the first: \(first.what)"
        summary.location = first.location
        throw summary
    }

    private struct Job {
        var clip: String
        var outputs: [TranscodeOutput]
    }

    /// Names of all outputs; two for one name are an error before any work is done.
    private func plan(_ clips: [String]) throws -> [Job] {
        guard !clips.isEmpty else {
            throw Complaint(
                .inputInvalid, code: "notFound", "no clips found", at: inputs.joined(separator: ", "),
                hint: "name files, or folders that hold some")
        }
        var owners: [String: String] = [:]
        let endings = presets.map(\.fileExtension)
        return try clips.map { clip in
            let stem = ((clip as NSString).lastPathComponent as NSString).deletingPathExtension
            let outputs = presets.enumerated().map { place, preset in
                // Two presets of one ending go apart by their names.
                let isAlone = endings.count { $0 == preset.fileExtension } == 1
                let name = isAlone ? stem : "\(stem).\(preset.name)"
                return TranscodeOutput(path: "\(folder)/\(name).\(preset.fileExtension)", preset: preset)
            }
            for output in outputs {
                if let other = owners[output.path] {
                    throw Complaint(
                        .usage, code: "outputInvalid",
                        "\(other) and \(clip) would both become one file", at: output.path,
                        hint: "rename one of them, or use folders of their own with --out")
                }
                owners[output.path] = clip
            }
            return Job(clip: clip, outputs: outputs)
        }
    }

    private static func entry(
        _ clip: String, _ report: TranscodeReport, since begun: ContinuousClock.Instant
    ) -> Entry {
        let took = (ContinuousClock.now - begun) / .seconds(1)
        let first = report.outputs.first
        let length = first.map { Double($0.frames) / max(0.001, $0.rate.value) }
        return Entry(
            file: clip, state: "made", outputs: report.outputs.map(\.path),
            copied: report.outputs.contains { $0.copied == nil } ? nil : true, frames: first?.frames,
            speed: length.map { ($0 / max(0.001, took) * 10).rounded() / 10 },
            bytesIn: BatchRecord.Stamp(clip)?.size, bytesOut: report.outputs.reduce(0) { $0 + $1.byteCount })
    }
}

/// The summary of a batch as lines of columns.
struct BatchTable {
    let lines: [String]

    init(_ entries: [TranscodeBatch.Entry]) {
        let head = ["file", "result", "frames", "speed", "size"]
        let rows = entries.map(Self.row)
        let all = [head] + rows
        let widths: [Int] = head.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        lines = all.map { row in
            let cells = zip(row, widths).map { $0.padding(toLength: $1, withPad: " ", startingAt: 0) }
            let line = cells.joined(separator: "  ")
            return String(line.reversed().drop { $0 == " " }.reversed())
        }
    }

    private static func row(_ entry: TranscodeBatch.Entry) -> [String] {
        let result = entry.copied == true ? "copied" : entry.state
        let frames = entry.frames.map { String($0) } ?? ""
        let speed = entry.speed.map { String($0) + "x" } ?? ""
        var size = ""
        if let out = entry.bytesOut {
            if let before = entry.bytesIn { size = Numbers.bytes(before) + " -> " }
            size += Numbers.bytes(out)
        }
        return [entry.file, result, frames, speed, size]
    }
}
