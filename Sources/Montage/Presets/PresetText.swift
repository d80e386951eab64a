/// A resolved preset as YAML, each line with what its key does.
struct PresetText {
    private let file: PresetFile

    init(_ file: PresetFile) { self.file = file }

    var text: String {
        var rows: [(words: String, note: String)] = []
        let tree = file.tree
        // In a fixed order, whatever order inheritance left; what is unknown here cannot be there.
        let sorted = PresetFile.topKeys.compactMap { tree[$0] }
        for entry in sorted { add(entry, prefix: "", depth: 0, to: &rows) }
        let width = min(44, rows.map(\.words.count).max() ?? 0)
        return rows.map { row in
            let pad = String(repeating: " ", count: max(0, width - row.words.count))
            return row.note.isEmpty ? row.words : "\(row.words)\(pad)  # \(row.note)"
        }.joined(separator: "\n")
    }

    private func add(
        _ entry: PresetTree.Entry, prefix: String, depth: Int, to rows: inout [(words: String, note: String)]
    ) {
        let key = prefix + entry.key
        let indent = String(repeating: "  ", count: depth)
        var note = PresetGlossary.text(for: key, preset: file.preset)
        if entry.origin.file != file.path {
            note = [note, "from \(entry.origin.text)"].filter { !$0.isEmpty }.joined(separator: "; ")
        }
        switch entry.value {
        case .nothing, .list: return
        case .text(let text): rows.append(("\(indent)\(entry.key): \(Self.quoted(text))", note))
        case .mapping(let inner):
            guard !inner.entries.isEmpty else { return }
            rows.append(("\(indent)\(entry.key):", PresetGlossary.text(for: key, preset: file.preset)))
            let order = PresetFile.sections[entry.key] ?? []
            func rank(_ key: String) -> Int { order.firstIndex(of: key) ?? order.count }
            let sorted = inner.entries.enumerated().sorted {
                (rank($0.element.key), $0.offset) < (rank($1.element.key), $1.offset)
            }
            for inner in sorted { add(inner.element, prefix: key + ".", depth: depth + 1, to: &rows) }
        }
    }

    /// A text as YAML reads it back: in quotes where a plain one would be taken for something else.
    private static func quoted(_ text: String) -> String {
        let first = text.first ?? " "
        let isPlain =
            !["null", "~"].contains(text) && (first.isLetter || first.isNumber || "+-./".contains(first))
            && !text.contains(": ") && !text.contains(" #") && !text.hasSuffix(":") && !text.hasSuffix(" ")
            && !text.contains("\n") && !text.hasPrefix("- ") && !text.hasPrefix("---") && text != "-"
        return isPlain ? text : "'" + text.replacing("'", with: "''") + "'"
    }
}

/// What each key of a preset does, in a few words.
enum PresetGlossary {
    static func text(for key: String, preset: Preset) -> String {
        if let known = words[key] { return known }
        let parts = key.split(separator: ".").map(String.init)
        guard parts.count == 3, parts[1] == "options" else { return "" }
        if let known = options[parts[2]] { return known }
        let owner =
            switch parts[0] {
            case "video": preset.video.codec
            case "audio": preset.audio?.codec ?? "the encoder"
            default: "the \(preset.container) muxer"
            }
        return "option of \(owner)"
    }

    private static let words = [
        "name": "what it is asked for by",
        "note": "one line for a person who chooses",
        "container": "FFmpeg's name of the muxer",
        "extension": "of its files",
        "video": "the picture",
        "video.codec": "FFmpeg's name of the encoder",
        "video.pixelFormat": "how pixels are stored; `source` keeps the source's",
        "video.colour": "demanded of the output; converted where the source differs",
        "video.colour.matrix": "between RGB and luma with two colour differences",
        "video.colour.primaries": "which red, green and blue",
        "video.colour.transfer": "the curve from light to values",
        "video.colour.range": "tv: 16 to 235 of 8 bits; pc: all of them",
        "video.gop": "most seconds from keyframe to keyframe",
        "video.options": "of the encoder, by FFmpeg's names",
        "video.tag": "the stream's four-letter code in the container",
        "video.mode": "encode: always; auto: moved where it fits; copy: moved where it can be",
        "video.maxWidth": "wider pictures are made smaller",
        "video.maxHeight": "taller pictures are made smaller",
        "video.maxRate": "faster clips lose pictures",
        "audio": "the sound",
        "audio.codec": "FFmpeg's name of the encoder",
        "audio.sampleRate": "samples a second",
        "audio.layout": "loudspeakers",
        "audio.sampleFormat": "how samples are stored",
        "audio.options": "of the encoder, by FFmpeg's names",
        "audio.mode": "whether sound is moved beside pictures that are",
        "audio.loudness": "what a transcode brings the sound to",
        "audio.loudness.integrated": "LUFS over the whole clip, after EBU R 128",
        "audio.loudness.truePeak": "dBTP that no sample may pass",
        "muxer": "the container",
        "muxer.options": "of the muxer, by FFmpeg's names",
        "muxer.editLists": "whether streams may be shifted by edit lists",
    ]

    private static let options = [
        "alpha_bits": "depth of the opacity plane",
        "application": "what the sound coder listens for",
        "auto-alt-ref": "hidden reference pictures; they cannot be with alpha",
        "b": "bits a second; 0 leaves the decision to the quality",
        "bf": "most B-frames between two others",
        "bufsize": "bits over which the cap is averaged",
        "compression_level": "effort for size, without loss",
        "cpu-used": "speed for quality; higher is faster",
        "crf": "quality held constant; lower is better and larger",
        "cues_to_front": "the index stands before the data",
        "deadline": "how long one picture may take",
        "flags": "+cgop: no picture refers back over a keyframe",
        "g": "pictures from keyframe to keyframe",
        "level": "version of the format",
        "loop": "how often it plays; 0 is for ever",
        "lossless": "1 keeps every pixel",
        "maxrate": "most bits a second, over bufsize",
        "movflags": "+faststart: the index stands before the data",
        "preset": "effort of the encoder",
        "profile": "the set of tools that a decoder must know",
        "quality": "0 to 100; higher is better and larger",
        "row-mt": "rows are coded side by side",
        "slicecrc": "check sums, so that damage is noticed",
        "slices": "parts coded side by side; fixed, so that the bytes are",
        "threads": "threads of the encoder",
        "tile-columns": "power of two of parts coded side by side",
        "tune": "kind of material",
        "vendor": "who made it, by four letters",
    ]
}
