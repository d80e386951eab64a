import Media

extension CarriedTags {
    /// What says something about the file and not about the film: the new file has its own.
    private static let dropped: Set<String> = [
        "major_brand", "minor_version", "compatible_brands", "encoder", "duration", "handler_name",
        "vendor_id", "creation_time_utc", "number_of_frames", "number_of_bytes", "bps", "_statistics_tags",
        "_statistics_writing_app", "_statistics_writing_date_utc", "rotate", "timecode",
    ]

    /// What goes from a source to what is made of it.
    ///
    /// - Parameters:
    ///   - from: Where the part begins, in microseconds of the clip's own time from its first picture.
    ///   - to: Where it ends; nil for the clip's end.
    ///   - origin: The container's time of the first picture, in microseconds.
    init(
        container: ContainerInfo, picture: StreamInfo, soundTags: [String: String], from: Int64 = 0,
        to: Int64? = nil, origin: Int64 = 0
    ) {
        file = Self.kept(container.metadata)
        self.picture = Self.kept(picture.metadata).filter { ["language", "title"].contains($0.key) }
        sound = Self.kept(soundTags).filter { ["language", "title"].contains($0.key) }
        chapters = container.chapters.compactMap { chapter in
            let most = Int64(1) << 60
            guard abs(chapter.startMicroseconds) < most, abs(chapter.endMicroseconds) < most else {
                return nil
            }
            let start = max(chapter.startMicroseconds - origin - from, 0)
            let end = min(chapter.endMicroseconds - origin, to ?? .max) - from
            guard start < end else { return nil }
            return Chapter(startMicroseconds: start, endMicroseconds: end, title: chapter.title)
        }
    }

    private static func kept(_ tags: [String: String]) -> [String: String] {
        var kept: [String: String] = [:]
        for (key, value) in tags {
            let name = key.lowercased()
            // Muxers know these names in small letters; Matroska writes them in capitals.
            let isCommon = common.contains(name)
            guard !dropped.contains(name), !name.hasPrefix("_statistics"), value != "und" else { continue }
            kept[isCommon ? name : key] = value
        }
        return kept
    }

    private static let common: Set<String> = [
        "title", "artist", "album", "album_artist", "comment", "composer", "copyright", "date", "description",
        "genre", "language", "location", "synopsis", "show", "track", "creation_time", "keywords", "lyrics",
        "network", "episode_id", "grouping",
    ]

    /// The tags of the file that are not in it when it is opened again, sorted.
    func lost(in path: String, interrupt: Interrupt) throws -> [String] {
        guard !file.isEmpty else { return [] }
        let demuxer = try Demuxer(path: path, accept: .media, analyse: .none, interrupt: interrupt)
        let there = Set(demuxer.container.metadata.keys.map { $0.lowercased() })
        return file.keys.filter { !there.contains($0.lowercased()) }.sorted()
    }
}
