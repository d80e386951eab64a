import Foundation
import Media
import Yams

/// A preset as it stands in its file, with the lines of its keys, so that a fault that only the encoder
/// can find still names file, line and key.
struct PresetFile: Sendable {
    let preset: Preset
    let path: String
    /// Line by full key: `video.options.crf`.
    let lines: [String: Int]

    init(path: String) throws(MontageError) {
        guard let bytes = FileManager.default.contents(atPath: path) else {
            throw MontageError(
                .presetInvalid, operation: "the preset file cannot be read", subject: path,
                hint: "Check that the file exists and may be read.")
        }
        try self.init(text: String(decoding: bytes, as: UTF8.self), path: path)
    }

    init(text: String, path: String) throws(MontageError) {
        let root: Node
        do {
            guard let node = try compose(yaml: text) else {
                throw PresetFields.fault(path, nil, "the file", "is empty")
            }
            root = node
        } catch let error as MontageError {
            throw error
        } catch {
            throw MontageError(
                .presetInvalid, operation: "is not YAML: \("\(error)".replacing("\n", with: " "))",
                subject: path, hint: "Correct the preset file; docs/PRESETS.md shows one.")
        }
        let top = try PresetFields(root, file: path)
        try top.allow(only: ["name", "note", "container", "extension", "video", "audio", "muxer"])
        let container = try top.string("container")
        guard ["mp4", "mov", "webm"].contains(container) else {
            throw top.fault("container", "is '\(container)'", hint: "A container is mp4, mov or webm.")
        }
        guard let video = try top.optionalFields("video") else { throw top.fault("video", "is missing") }
        let muxer = try top.optionalFields("muxer")
        try muxer?.allow(only: ["options"])
        preset = Preset(
            name: try top.string("name"), note: try top.optionalString("note") ?? "",
            container: container, fileExtension: try top.optionalString("extension") ?? container,
            video: try Self.video(video),
            audio: try top.optionalFields("audio").map(Self.audio),
            muxerOptions: try muxer?.texts("options") ?? [:])
        self.path = path
        lines = Self.lines(of: root)
    }

    private static func video(_ fields: PresetFields) throws(MontageError) -> VideoPreset {
        try fields.allow(only: ["codec", "pixelFormat", "colour", "gop", "options"])
        let codec = try fields.string("codec")
        guard FFmpegVersions.hasEncoder(codec) else {
            throw fields.fault(
                "codec", "names no encoder of this FFmpeg: '\(codec)'",
                hint: "'ffmpeg -encoders' lists them; this FFmpeg may lack one that others have.")
        }
        let format = try fields.string("pixelFormat")
        guard PixelFormat(named: format) != nil else {
            throw fields.fault("pixelFormat", "names no pixel format: '\(format)'")
        }
        let offered = Encoder.supportedPixelFormats(codec)
        guard offered.isEmpty || offered.contains(where: { $0.name == format }) else {
            throw fields.fault(
                "pixelFormat", "is '\(format)', which \(codec) does not take",
                hint: "It takes \(offered.map(\.name).joined(separator: ", ")).")
        }
        return VideoPreset(
            codec: codec, pixelFormat: format, colour: try fields.optionalFields("colour").map(colour),
            gop: try fields.optionalSeconds("gop"), options: try fields.texts("options"))
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
        try fields.allow(only: ["codec", "sampleRate", "layout", "sampleFormat", "options"])
        let codec = try fields.string("codec")
        guard FFmpegVersions.hasEncoder(codec) else {
            throw fields.fault(
                "codec", "names no encoder of this FFmpeg: '\(codec)'",
                hint: "'ffmpeg -encoders' lists them; this FFmpeg may lack one that others have.")
        }
        let rate = try fields.optionalInt("sampleRate") ?? 48000
        let rates = Encoder.supportedSampleRates(codec)
        guard rates.isEmpty || rates.contains(rate) else {
            throw fields.fault(
                "sampleRate", "is \(rate), which \(codec) does not take",
                hint: "It takes \(rates.map(String.init).joined(separator: ", ")).")
        }
        let layout = try fields.optionalString("layout") ?? "stereo"
        guard ChannelLayout(named: layout) != nil else {
            throw fields.fault("layout", "names no channel layout: '\(layout)'")
        }
        let format = try fields.optionalString("sampleFormat")
        let formats = Encoder.supportedSampleFormats(codec)
        if let format, !formats.isEmpty, !formats.contains(where: { $0.name == format }) {
            throw fields.fault(
                "sampleFormat", "is '\(format)', which \(codec) does not take",
                hint: "It takes \(formats.map(\.name).joined(separator: ", ")).")
        }
        return AudioPreset(
            codec: codec, sampleRate: rate, layout: layout, sampleFormat: format,
            options: try fields.texts("options"))
    }

    private static func lines(of node: Node, prefix: String = "") -> [String: Int] {
        guard case .mapping(let mapping) = node else { return [:] }
        var found: [String: Int] = [:]
        for (key, value) in mapping {
            guard let name = key.string else { continue }
            found[prefix + name] = key.mark?.line
            found.merge(lines(of: value, prefix: prefix + name + ".")) { first, _ in first }
        }
        return found
    }
}
