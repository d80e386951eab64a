import Foundation
import Media

/// A part of a clip between two cuts.
public struct Scene: Sendable, Codable, Equatable {
    /// Number of its first frame, from 0.
    public var frame: Int
    /// The time of its first frame, in seconds from the clip's first.
    public var seconds: Double
    /// How many frames it has.
    public var frames: Int
    /// The name of its picture, beside the list.
    public var picture: String
}

/// Cuts a clip into scenes while it goes by, and keeps one good frame of each.
///
/// The picture is the best of the scene's first second, at least two frames from the cuts; of a scene too
/// short for that its first frame. Pictures are handed on as they are made, so a long clip holds none.
struct SceneWatch {
    /// More scenes than this get no pictures: a clip of noise would fill the folder.
    static let limit = 500

    private final class Passing {
        let frame: Frame
        let seconds: Double
        init(_ frame: consuming Frame, _ seconds: Double) {
            self.frame = frame
            self.seconds = seconds
        }
    }

    /// The scenes so far.
    private(set) var scenes: [Scene] = []
    private let stream: StreamInfo
    private let keep: (_ name: String, _ picture: [UInt8]) throws -> Void
    private let glancer = Glancer()
    private let scorer = FrameScorer()
    private var detector = CutDetector()
    /// Frames whose answer is owed, and two before them.
    private var passing: [Passing] = []
    private var answered = 0
    private var start = (frame: 0, seconds: 0.0)
    private var first: Passing?
    private var best: (passing: Passing, score: Double)?
    /// Candidates become such once the next two frames are known to be no cuts.
    private var candidates: [(number: Int, passing: Passing)] = []

    /// - Parameter keep: Receives the picture of each scene, a JPEG, and its name.
    init(stream: StreamInfo, keep: @escaping (_ name: String, _ picture: [UInt8]) throws -> Void) {
        self.stream = stream
        self.keep = keep
    }

    mutating func offer(_ frame: borrowing Frame, at seconds: Double) throws {
        passing.append(Passing(try frame.reference(), seconds))
        if let isCut = try detector.add(glancer.glance(frame)) { try answer(isCut) }
    }

    /// The list as a file's bytes, JSON.
    func list() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        return try [UInt8](encoder.encode(scenes))
    }

    /// To be called once, at the end.
    mutating func finish() throws {
        for isCut in detector.finish() { try answer(isCut) }
        try accept(before: .max)
        try close(at: answered)
    }

    private mutating func answer(_ isCut: Bool) throws {
        guard !passing.isEmpty else { return }
        let frame = passing.removeFirst()
        let number = answered
        answered += 1
        if isCut {
            // What lies within two frames of the cut is no candidate.
            candidates.removeAll { $0.number >= number - 2 }
            try accept(before: .max)
            try close(at: number)
            start = (number, frame.seconds)
        }
        if first == nil { first = frame }
        try accept(before: number - 2)
        let isFar = number - start.frame >= 2 || number < 2 && scenes.isEmpty
        if isFar, frame.seconds - start.seconds < 1, (number - start.frame) % 3 == 2 {
            candidates.append((number, frame))
        }
    }

    private mutating func accept(before number: Int) throws {
        while let next = candidates.first, next.number < number {
            candidates.removeFirst()
            let score = try scorer.score(next.passing.frame)
            if score > (best?.score ?? 0) { best = (next.passing, score) }
        }
    }

    private mutating func close(at end: Int) throws {
        defer { (first, best, candidates) = (nil, nil, []) }
        guard let chosen = best?.passing ?? first, end > start.frame, scenes.count < Self.limit else {
            return
        }
        let number = scenes.count + 1
        let name = "scene-\(number < 10 ? "0" : "")\(number).jpg"
        try keep(name, Poster.upright(chosen.frame, stream).jpeg(quality: 90))
        scenes.append(
            Scene(frame: start.frame, seconds: start.seconds, frames: end - start.frame, picture: name))
    }
}
