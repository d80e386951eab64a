/// One entry of a track's edit list: what of it is presented, and when.
public struct EditReport: Sendable, Codable, Equatable {
    /// How long it lasts, in seconds.
    public var seconds: Double
    /// Where in the track it begins, in the track's ticks; nil where nothing is presented.
    public var mediaTicks: Int64?
    /// The speed; 1 is the usual.
    public var rate: Double
}

/// The edit lists of an MP4 or MOV file, which FFmpeg applies and does not tell.
///
/// Only headers of boxes are read, never the tables of samples, and what a hostile file claims is bound: 64
/// tracks, 4096 boxes of a parent, 4096 entries of a list. Source: ISO/IEC 14496-12, 8.2.2, 8.3.2, 8.6.6.
struct MovieBoxes {
    /// Edit lists by the track's number (tkhd).
    private(set) var edits: [Int: [EditReport]] = [:]

    private static let limit = 4096
    private let file: BoxFile
    private var clock: UInt64 = 0
    private var tracks = 0

    /// Reads them; there are none where the file cannot be read.
    static func edits(path: String) -> [Int: [EditReport]] {
        guard let file = BoxFile(path: path) else { return [:] }
        var boxes = MovieBoxes(file: file)
        boxes.walk(0..<file.end) { boxes, name, inside in
            if name == "moov" { boxes.readMovie(inside) }
        }
        return boxes.edits
    }

    private init(file: BoxFile) { self.file = file }

    private mutating func readMovie(_ movie: Range<UInt64>) {
        walk(movie) { boxes, name, inside in
            switch name {
            case "mvhd": boxes.clock = boxes.number(at: inside, version0: 12, version1: 20, bytes: 4) ?? 0
            case "trak" where boxes.tracks < 64:
                boxes.tracks += 1
                boxes.readTrack(inside)
            default: break
            }
        }
    }

    private mutating func readTrack(_ track: Range<UInt64>) {
        var id: UInt64?
        var list: [EditReport]?
        walk(track) { boxes, name, inside in
            switch name {
            case "tkhd": id = boxes.number(at: inside, version0: 12, version1: 20, bytes: 4)
            case "edts":
                boxes.walk(inside) { boxes, name, inside in
                    if name == "elst" { list = boxes.readList(inside) }
                }
            default: break
            }
        }
        if let id, let list { edits[Int(id)] = list }
    }

    private func readList(_ box: Range<UInt64>) -> [EditReport]? {
        guard let head = file.bytes(at: box.lowerBound, 8, within: box), clock > 0 else { return nil }
        let isLong = head[0] == 1
        let entry = isLong ? 20 : 12
        let count = min(Int(BoxFile.number(head[4..<8])), Self.limit)
        let all = file.bytes(at: box.lowerBound + 8, count * entry, within: box) ?? []
        guard all.count == count * entry else { return nil }
        return (0..<count).map { i in
            let at = i * entry
            let half = isLong ? 8 : 4
            let length = BoxFile.number(all[at..<(at + half)])
            let place = BoxFile.number(all[(at + half)..<(at + 2 * half)])
            let start = isLong ? Int64(bitPattern: place) : Int64(Int32(truncatingIfNeeded: place))
            let whole = Int16(truncatingIfNeeded: BoxFile.number(all[(at + 2 * half)..<(at + 2 * half + 2)]))
            let part = BoxFile.number(all[(at + 2 * half + 2)..<(at + 2 * half + 4)])
            return EditReport(
                seconds: Double(length) / Double(clock), mediaTicks: start < 0 ? nil : start,
                rate: Double(whole) + Double(part) / 65536)
        }
    }

    /// Goes over the boxes that lie side by side in a range; one that claims more than it has ends the walk.
    private mutating func walk(
        _ range: Range<UInt64>, _ body: (inout MovieBoxes, String, Range<UInt64>) -> Void
    ) {
        file.walk(range, limit: Self.limit) { box in
            guard !box.isCutShort else { return false }
            body(&self, box.name, box.inside)
            return true
        }
    }

    private func number(
        at box: Range<UInt64>, version0: UInt64, version1: UInt64, bytes count: Int
    ) -> UInt64? {
        guard let version = file.bytes(at: box.lowerBound, 1, within: box)?.first else { return nil }
        return file.bytes(at: box.lowerBound + (version == 1 ? version1 : version0), count, within: box)
            .map { BoxFile.number($0[...]) }
    }
}
