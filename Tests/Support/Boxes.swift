import Foundation

/// Changes to the boxes of an MP4 file that no muxer would make: the way to clips that exist in the wild only.
public enum Boxes {
    /// A clip does not have the box that was to be changed.
    public struct Missing: Error, CustomStringConvertible {
        /// Which box, in which file.
        public var description: String
    }

    /// Shortens the first edit of the first track: what lies behind it is in the file and never shown.
    public static func shortenEdit(of path: String, to result: String, milliseconds: UInt32) throws {
        var bytes = try load(path)
        let edit = try find("elst", in: bytes, path)
        // Behind the name: version and flags (4), count (4), then duration in the movie's clock of 1/1000 s.
        put(milliseconds, at: edit + 12, in: &bytes)
        try Data(bytes).write(to: URL(fileURLWithPath: result))
    }

    /// Gives the first box of a name another name, so that readers pass over it.
    public static func rename(_ name: String, to other: String, in path: String, writing result: String)
        throws
    {
        var bytes = try load(path)
        let place = try find(name, in: bytes, path)
        bytes.replaceSubrange(place..<(place + 4), with: Array(other.utf8))
        try Data(bytes).write(to: URL(fileURLWithPath: result))
    }

    /// Makes the second entry of the first list of keyframes name another frame, counted from 1.
    public static func moveKeyframe(in path: String, second frame: UInt32, writing result: String) throws {
        var bytes = try load(path)
        let list = try find("stss", in: bytes, path)
        // Behind the name: version and flags (4), count (4), then frame numbers of 4 bytes.
        put(frame, at: list + 16, in: &bytes)
        try Data(bytes).write(to: URL(fileURLWithPath: result))
    }

    /// Gives the fragments of a fragmented MP4 other begins, in the track's ticks; the list is gone through in
    /// a circle. Whatever 64 bits are given are written.
    public static func setFragmentTimes(_ times: [UInt64], in path: String, writing result: String) throws {
        var bytes = try load(path)
        var (from, number) = (0, 0)
        while let range = Data(bytes).range(of: Data("tfdt".utf8), in: from..<bytes.count) {
            // Behind the name: version and flags (4), then 8 bytes in version 1.
            let time = times[number % times.count]
            put(UInt32(time >> 32), at: range.upperBound + 4, in: &bytes)
            put(UInt32(truncatingIfNeeded: time), at: range.upperBound + 8, in: &bytes)
            (from, number) = (range.upperBound, number + 1)
        }
        guard number > 0 else { throw Missing(description: "no tfdt box in \(path)") }
        try Data(bytes).write(to: URL(fileURLWithPath: result))
    }

    private static func load(_ path: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    }

    private static func find(_ name: String, in bytes: [UInt8], _ path: String) throws -> Int {
        guard let range = Data(bytes).range(of: Data(name.utf8)) else {
            throw Missing(description: "no \(name) box in \(path)")
        }
        return range.lowerBound
    }

    private static func put(_ value: UInt32, at place: Int, in bytes: inout [UInt8]) {
        for i in 0..<4 { bytes[place + i] = UInt8(truncatingIfNeeded: value >> (24 - 8 * UInt32(i))) }
    }
}
