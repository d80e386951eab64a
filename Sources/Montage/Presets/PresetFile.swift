import Foundation
import Media

/// A preset put together from its file and those that it extends, with the place of each key, so that a
/// fault that only the encoder can find still names the place and the key.
struct PresetFile: Sendable {
    let preset: Preset
    /// The file that bears its name.
    let path: String
    /// Everything that is set, inherited or not.
    let tree: PresetTree
    /// Place by full key: `video.options.crf`.
    let origins: [String: PresetTree.Origin]

    /// The sections and the keys that they know; anything else in `--set` is an option of the encoder.
    static let sections: [String: [String]] = [
        "video": [
            "codec", "pixelFormat", "colour", "gop", "options", "tag", "mode", "maxWidth", "maxHeight",
            "maxRate",
        ],
        "audio": ["codec", "sampleRate", "layout", "sampleFormat", "options", "mode", "loudness"],
        "muxer": ["options", "editLists"],
    ]
    static let topKeys = [
        "name", "note", "extends", "container", "extension", "video", "audio", "muxer",
    ]
    static let containers = ["mp4", "mov", "webm", "matroska", "gif", "webp"]

    static func read(_ path: String) throws(MontageError) -> PresetTree {
        guard let bytes = FileManager.default.contents(atPath: path) else {
            throw MontageError(
                .presetInvalid, operation: "the preset file cannot be read", subject: path,
                hint: "Check that the file exists and may be read.")
        }
        return try PresetTree(yaml: String(decoding: bytes, as: UTF8.self), file: path)
    }

    /// Takes a tree with nothing left to inherit.
    init(_ tree: PresetTree, path: String) throws(MontageError) {
        let top = PresetFields(tree)
        try top.allow(only: Self.topKeys)
        let container = try top.string("container")
        guard Self.containers.contains(container) else {
            throw top.fault(
                "container", "is '\(container)'",
                hint: "A container is one of \(Self.containers.joined(separator: ", ")).")
        }
        guard let video = try top.optionalFields("video") else { throw top.fault("video", "is missing") }
        let muxer = try top.optionalFields("muxer")
        try muxer?.allow(only: Self.sections["muxer"] ?? [])
        preset = Preset(
            name: try top.string("name"), note: try top.optionalString("note") ?? "",
            container: container, fileExtension: try top.optionalString("extension") ?? container,
            video: try Self.video(video),
            audio: try top.optionalFields("audio").map(Self.audio),
            muxerOptions: try muxer?.texts("options") ?? [:],
            editLists: try muxer?.optionalBool("editLists"))
        self.path = path
        self.tree = tree
        origins = tree.origins
    }

    private static func video(_ fields: PresetFields) throws(MontageError) -> VideoPreset {
        try fields.allow(only: sections["video"] ?? [])
        let tag = try fields.optionalString("tag")
        if let tag, tag.utf8.count != 4 { throw fields.fault("tag", "must have four letters") }
        return VideoPreset(
            codec: try fields.string("codec"), pixelFormat: try fields.string("pixelFormat"),
            colour: try fields.optionalFields("colour").map(colour),
            gop: try fields.optionalSeconds("gop"), options: try fields.texts("options"), tag: tag,
            mode: try mode(fields), maxWidth: try fields.optionalInt("maxWidth"),
            maxHeight: try fields.optionalInt("maxHeight"),
            maxRate: try fields.optionalNumber("maxRate", 0.1...1000, "a rate of 0.1 to 1000"))
    }

    private static func mode(_ fields: PresetFields) throws(MontageError) -> StreamMode? {
        guard let text = try fields.optionalString("mode") else { return nil }
        guard let mode = StreamMode(rawValue: text) else {
            throw fields.fault("mode", "is '\(text)'", hint: "A mode is encode, auto or copy.")
        }
        return mode
    }

    private static func colour(_ fields: PresetFields) throws(MontageError) -> ColourTags {
        try fields.allow(only: ["matrix", "primaries", "transfer", "range"])
        let range = try fields.optionalString("range") ?? "tv"
        guard ["tv", "pc"].contains(range) else { throw fields.fault("range", "must be tv or pc") }
        var tags = ColourTags.bt709
        tags.matrix = try fields.string("matrix")
        tags.primaries = try fields.optionalString("primaries") ?? tags.matrix
        tags.transfer = try fields.optionalString("transfer") ?? tags.matrix
        tags.range = range
        guard ColourPlan.matrices.contains(tags.matrix) else {
            throw fields.fault(
                "matrix", "is '\(tags.matrix)'",
                hint: "Reel can make \(ColourPlan.matrices.sorted().joined(separator: ", ")).")
        }
        return tags
    }

    private static func audio(_ fields: PresetFields) throws(MontageError) -> AudioPreset {
        try fields.allow(only: sections["audio"] ?? [])
        let layout = try fields.optionalString("layout") ?? "stereo"
        guard ChannelLayout(named: layout) != nil else {
            throw fields.fault("layout", "names no channel layout: '\(layout)'")
        }
        return AudioPreset(
            codec: try fields.string("codec"), sampleRate: try fields.optionalInt("sampleRate") ?? 48000,
            layout: layout, sampleFormat: try fields.optionalString("sampleFormat"),
            options: try fields.texts("options"), mode: try mode(fields),
            loudness: try fields.optionalFields("loudness").map(loudness))
    }

    private static func loudness(_ fields: PresetFields) throws(MontageError) -> LoudnessTarget {
        try fields.allow(only: ["integrated", "truePeak"])
        guard let integrated = try fields.optionalNumber("integrated", -70...0, "LUFS from -70 to 0") else {
            throw fields.fault("integrated", "is missing")
        }
        return LoudnessTarget(
            integrated: integrated,
            truePeak: try fields.optionalNumber("truePeak", -20...0, "dBTP from -20 to 0") ?? -1)
    }
}
