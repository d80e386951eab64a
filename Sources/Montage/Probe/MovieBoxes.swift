import Foundation

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
    private let file: FileHandle
    private var clock: UInt64 = 0
    private var tracks = 0

    /// Reads them; there are none where the file cannot be read.
    static func edits(path: String) -> [Int: [EditReport]] {
        guard let file = FileHandle(forReadingAtPath: path), let end = try? file.seekToEnd() else {
            return [:]
        }
        defer { try? file.close() }
        var boxes = MovieBoxes(file: file)
        boxes.walk(0..<end) { boxes, name, inside in
            if name == "moov" { boxes.readMovie(inside) }
        }
        return boxes.edits
    }

    private init(file: FileHandle) { self.file = file }

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
        guard let head = bytes(at: box.lowerBound, 8, within: box), clock > 0 else { return nil }
        let isLong = head[0] == 1
        let entry = isLong ? 20 : 12
        let count = min(Int(Self.number(head[4..<8])), Self.limit)
        let all = bytes(at: box.lowerBound + 8, count * entry, within: box) ?? []
        guard all.count == count * entry else { return nil }
        return (0..<count).map { i in
            let at = i * entry
            let half = isLong ? 8 : 4
            let length = Self.number(all[at..<(at + half)])
            let place = Self.number(all[(at + half)..<(at + 2 * half)])
            let start = isLong ? Int64(bitPattern: place) : Int64(Int32(truncatingIfNeeded: place))
            let whole = Int16(truncatingIfNeeded: Self.number(all[(at + 2 * half)..<(at + 2 * half + 2)]))
            let part = Self.number(all[(at + 2 * half + 2)..<(at + 2 * half + 4)])
            return EditReport(
                seconds: Double(length) / Double(clock), mediaTicks: start < 0 ? nil : start,
                rate: Double(whole) + Double(part) / 65536)
        }
    }

    /// Goes over the boxes that lie side by side in a range; those that claim more than it has end the walk.
    private mutating func walk(
        _ range: Range<UInt64>, _ body: (inout MovieBoxes, String, Range<UInt64>) -> Void
    ) {
        var place = range.lowerBound
        for _ in 0..<Self.limit {
            guard let head = bytes(at: place, 8, within: range) else { return }
            var size = Self.number(head[0..<4])
            var header: UInt64 = 8
            if size == 1 {
                guard let long = bytes(at: place + 8, 8, within: range) else { return }
                (size, header) = (Self.number(long[0..<8]), 16)
            } else if size == 0 {
                size = range.upperBound - place
            }
            guard size >= header, size <= range.upperBound - place else { return }
            body(&self, String(decoding: head[4..<8], as: UTF8.self), (place + header)..<(place + size))
            place += size
        }
    }

    private func number(
        at box: Range<UInt64>, version0: UInt64, version1: UInt64, bytes count: Int
    ) -> UInt64? {
        guard let version = bytes(at: box.lowerBound, 1, within: box)?.first else { return nil }
        return bytes(at: box.lowerBound + (version == 1 ? version1 : version0), count, within: box)
            .map { Self.number($0[...]) }
    }

    private func bytes(at place: UInt64, _ count: Int, within range: Range<UInt64>) -> [UInt8]? {
        guard place >= range.lowerBound, place <= range.upperBound,
            UInt64(count) <= range.upperBound - place, (try? file.seek(toOffset: place)) != nil,
            let data = try? file.read(upToCount: count), data.count == count
        else { return nil }
        return [UInt8](data)
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }
}
