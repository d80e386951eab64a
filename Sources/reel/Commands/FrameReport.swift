import Foundation
import Media
import Montage

/// What `reel frame` says about a frame it wrote.
struct FrameReport: Encodable, Sendable {
    var file: String
    var output: String
    var width: Int
    var height: Int
    var bitDepth: Int
    var index: Int?
    var seconds: Double
    var note: String?

    init(_ frame: ExtractedFrame, of file: String, at output: String) {
        self.file = file
        self.output = output
        (width, height) = (frame.picture.width, frame.picture.height)
        bitDepth = frame.picture.bitDepth
        (index, seconds, note) = (frame.index, frame.ptsSeconds, frame.note)
    }

    /// The same for people.
    var line: String {
        let number = index.map { "frame \($0), " } ?? ""
        return "\(number)\(Numbers.seconds(seconds)), \(width)x\(height)"
    }
}

/// Several pictures that appear together: all under their final names, or none.
final class FrameBatch {
    private final class Held {
        private var file: PendingFile?
        init(_ file: consuming PendingFile) { self.file = consume file }
        func publish() throws { try file.take()?.publish(sync: false) }
    }

    private let folder: String
    private let stem: String
    private let ending: String
    private var held: [Held] = []
    private var names: Set<String> = []

    init(folder: String, stem: String, ending: String) {
        (self.folder, self.stem, self.ending) = (folder, stem, ending)
    }

    /// Writes one picture under a temporary name; returns the path that it will have. Named by its number, or
    /// by its time where the number is not known.
    func add(_ bytes: [UInt8], _ frame: ExtractedFrame) throws -> String {
        let place =
            frame.index.map { String(format: "%06d", $0) } ?? String(format: "%.3fs", frame.ptsSeconds)
        var name = "\(stem)-\(place)"
        // One long still may stand for several moments.
        var number = 2
        while !names.insert(name).inserted {
            name = "\(stem)-\(place)-\(number)"
            number += 1
        }
        let path = "\(folder)/\(name).\(ending)"
        let file = try PendingFile(for: path)
        try file.fill(bytes)
        held.append(Held(file))
        return path
    }

    /// Gives all of them their names.
    func publish() throws { for file in held { try file.publish() } }
}
