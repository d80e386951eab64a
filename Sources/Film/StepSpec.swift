import Foundation
public import Media
public import Montage

/// A media step as a value: what goes in, what to do, where the outputs go.
///
/// It can be written to a file and run in another process or on another machine; running it twice is
/// harmless. Paid work is never a step: only the head of a run talks to the service.
public struct StepSpec: Sendable, Codable {
    /// A file that goes in, named by digest and place.
    public struct Input: Sendable, Codable, Hashable {
        /// SHA-256 of the file.
        public var digest: String
        /// Where it is.
        public var path: String
    }

    /// What to do.
    public indirect enum Work: Sendable, Codable {
        /// Measure a clip.
        case probe(source: String)
        /// Take a clip's last frame, as a PNG of exactly this size.
        case lastFrame(source: String, width: Int, height: Int, output: String)
        /// Render a run of frames for one or more deliveries, with one decode.
        case segment(SegmentJob)
        /// Paint a clip that stands for a shot that is not there.
        case slate(SlateJob)
        /// Render the frames that are made of two clips, for one or more deliveries.
        case blend(BlendJob)
        /// Join and prove one delivery, and where a folder is named make thumbnails of it there.
        case film(JoinJob, thumbnails: String?)
        /// Make `poster.jpg`, `sprites.jpg` and `sprites.vtt` in a folder.
        case thumbnails(source: String, directory: String)
        /// Measure the seam of two clips, and put the frames on both sides of it into a PNG.
        case seam(
            after: String, before: String, chained: Bool, dropped: Int?, matching: Int?, output: String)
        /// Say what the machine is that runs it.
        case machine(output: String)
        /// Put the strips of all seams on one sheet.
        case seamSheet(rows: [SeamRow], output: String)
    }

    /// One seam on a sheet.
    public struct SeamRow: Sendable, Codable {
        /// The PNG of its frames.
        public var strip: String
        /// The words above it.
        public var label: String
    }

    /// The step's name in its storyboard.
    public var id: String
    /// The files that go in.
    public var inputs: [Input]
    /// What to do.
    public var work: Work

    /// Makes a step.
    public init(id: String, inputs: [Input], work: Work) {
        self.id = id
        self.inputs = inputs
        self.work = work
    }

    /// Does the work. Blocks; run it in a lane.
    ///
    /// - Returns: the files made, each under its final name at the path that was asked for.
    public func run(interrupt: Interrupt, progress: (@Sendable (Double) -> Void)? = nil) throws -> StepOutcome
    {
        switch work {
        case .probe(let source):
            // What came from outside is bounded before it is decoded from end to end.
            let first = try Probe.report(path: source, accept: .clips, interrupt: interrupt)
            if let seconds = first.duration, seconds > Self.longestClip {
                throw FilmError(
                    .clipUnusable, "it is \(Int(min(seconds, 1e9))) s long, more than any shot", subject: "")
            }
            let report = try Probe.report(
                path: source, accept: .clips, countFrames: true, interrupt: interrupt)
            return try StepOutcome(outputs: [.init(name: "clip", path: source, facts: report)])
        case .lastFrame(let source, let width, let height, let output):
            let frame = try FrameExtraction.frame(of: source, at: .last, accept: .clips, interrupt: interrupt)
            var picture = frame.picture
            if picture.width != width || picture.height != height {
                picture = try picture.fitted(width: width, height: height, how: .crop)
            }
            try FileSync.write(try picture.png(), to: output)
            return try StepOutcome(outputs: [.init(name: "frame", path: output, facts: Nothing())])
        case .segment(let job):
            return try Self.segments(
                job.outputs, try Segments.render(job, interrupt: interrupt, progress: progress))
        case .slate(let job):
            try Slates.render(job, interrupt: interrupt)
            return try StepOutcome(outputs: [.init(name: "slate", path: job.output, facts: Nothing())])
        case .blend(let job):
            return try Self.segments(
                job.outputs, try Segments.render(job, interrupt: interrupt, progress: progress))
        case .film(let job, let thumbnails):
            let proof = try Join.run(job, interrupt: interrupt, progress: progress)
            var outcome = try StepOutcome(outputs: [.init(name: "film", path: job.output, facts: proof)])
            if let thumbnails {
                outcome.outputs += try Self.thumbnails(of: job.output, in: thumbnails, interrupt: interrupt)
            }
            return outcome
        case .thumbnails(let source, let directory):
            return StepOutcome(
                outputs: try Self.thumbnails(of: source, in: directory, interrupt: interrupt))
        case .seam(let first, let second, let chained, let dropped, let matching, let output):
            let found = try Seams.report(
                after: first, before: second, chained: chained, dropped: dropped, matching: matching,
                interrupt: interrupt)
            try FileSync.write(try found.strip.picture().png(), to: output)
            return try StepOutcome(outputs: [.init(name: "seam", path: output, facts: found.report)])
        case .machine(let output):
            let facts = try MachineFacts(scratch: FileSync.folder(of: output), interrupt: interrupt)
            try FileSync.write(Array(try JSONDocument(encoding: facts).canonical.utf8), to: output)
            return try StepOutcome(outputs: [.init(name: "machine", path: output, facts: facts)])
        case .seamSheet(let rows, let output):
            let sheet = try SeamSheet.picture(
                rows.prefix(SeamSheet.limit).map {
                    SeamSheet.Row(label: $0.label, strip: try Picture.load(path: $0.strip))
                })
            guard let sheet else {
                throw FilmError(.stepFailed, "there are no seams", subject: id)
            }
            try FileSync.write(try sheet.jpeg(quality: 88), to: output)
            return try StepOutcome(
                outputs: [.init(name: Self.seamSheetName, path: output, facts: Nothing())])
        }
    }

    private static func segments(_ outputs: [SegmentOutput], _ reports: [some Encodable]) throws
        -> StepOutcome
    {
        StepOutcome(
            outputs: try zip(outputs, reports).map {
                try .init(name: $0.preset.name, path: $0.path, facts: $1)
            })
    }

    private static func thumbnails(
        of film: String, in directory: String, interrupt: Interrupt
    ) throws -> [StepOutcome.Output] {
        let set = try Thumbnails.make(from: film, into: directory, interrupt: interrupt)
        return try thumbnailNames.map { try .init(name: $0, path: directory + "/" + $0, facts: set) }
    }

    /// Seconds; the longest that a clip of a shot may be, far above what any model makes.
    static let longestClip = 600.0

    /// The files that thumbnails consist of.
    static let thumbnailNames = ["poster.jpg", "sprites.jpg", "sprites.vtt"]

    /// The contact sheet of a film's seams.
    static let seamSheetName = "seams.jpg"

    private struct Nothing: Encodable {}
}

/// What a step made.
public struct StepOutcome: Sendable, Codable {
    /// One file.
    public struct Output: Sendable, Codable {
        /// Which of the outputs.
        public var name: String
        /// Where it is.
        public var path: String
        /// What was measured about it, as JSON text.
        public var facts: String
        /// SHA-256 of the file, where another machine has read it already.
        var digest: String?

        init(name: String, path: String, facts: String) {
            (self.name, self.path, self.facts) = (name, path, facts)
        }

        init(name: String, path: String, facts: some Encodable) throws {
            self.name = name
            self.path = path
            self.facts = try JSONDocument(encoding: facts).canonical
        }
    }

    /// The files.
    public var outputs: [Output]
}
