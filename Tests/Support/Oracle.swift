import Foundation

/// The `ffmpeg` and `ffprobe` programs: an independent reading of a file. For tests only.
public enum Oracle {
    /// Runs `ffmpeg`, quiet but for errors, overwriting outputs. Blocks.
    @discardableResult
    public static func ffmpeg(_ arguments: [String]) throws -> Program {
        try Program.succeed("ffmpeg", ["-nostdin", "-hide_banner", "-v", "error", "-y"] + arguments)
    }

    /// Runs `ffprobe` and gives its JSON answer as an object. Blocks.
    public static func ffprobe(_ path: String, _ arguments: [String] = []) throws -> [String: Any] {
        let wanted = arguments.isEmpty ? ["-show_format", "-show_streams"] : arguments
        let result = try Program.succeed("ffprobe", ["-v", "error", "-of", "json"] + wanted + [path])
        let json = try JSONSerialization.jsonObject(with: Data(result.output))
        return json as? [String: Any] ?? [:]
    }

    /// The flags that make swscale exact; with them the program and our conversion agree to the bit.
    public static let exactScaling = "flags=bicubic+accurate_rnd+full_chroma_int+full_chroma_inp+bitexact"

    /// Every frame of the picture, decoded from the first packet to the last, converted to packed RGB by
    /// `scale` as `matrix` and `range` say, in the order in which the decoder gives them. Rotation is applied
    /// after the conversion when `then` holds a filter for it ("transpose=clock"); `before` comes before it.
    public static func frames(
        of path: String, matrix: String = "bt601", range: String = "tv", format: String = "rgb24",
        then filter: String? = nil, before: String? = nil, input: [String] = []
    ) throws -> Program {
        let scale =
            "scale=\(exactScaling):in_color_matrix=\(matrix):in_range=\(range):out_range=pc,format=\(format)"
        let graph = [before, scale, filter].compactMap { $0 }.joined(separator: ",")
        return try ffmpeg(
            input + [
                "-noautorotate", "-i", path, "-map", "0:V:0", "-vf", graph, "-fps_mode", "passthrough",
                "-f", "rawvideo", "-",
            ])
    }

    /// The number of frames that a full decode gives.
    public static func frameCount(_ path: String) throws -> Int {
        let answer = try ffprobe(
            path, ["-select_streams", "V:0", "-count_frames", "-show_entries", "stream=nb_read_frames"])
        let streams = answer["streams"] as? [[String: Any]]
        return Int(streams?.first?["nb_read_frames"] as? String ?? "") ?? 0
    }
}

extension Oracle {
    /// Integrated loudness in LUFS and true peak in dBTP, by the filter `ebur128`; nil where it says none.
    public static func loudness(of path: String) throws -> (integrated: Double, peak: Double)? {
        let words = [
            "-nostdin", "-hide_banner", "-i", path, "-vn", "-af", "ebur128=peak=true", "-f", "null", "-",
        ]
        let lines = try Program.succeed("ffmpeg", words).errors.split(separator: "\n")
        func value(_ name: String) -> Double? {
            lines.last { $0.contains(name) }.flatMap { line in
                Double(line.split(separator: ":")[1].split(separator: " ")[0])
            }
        }
        guard let integrated = value("I:"), let peak = value("Peak:") else { return nil }
        return (integrated, peak)
    }

    /// The last frame of a full decode, in packed RGB; for clips too long to keep all frames.
    public static func lastFrame(of path: String, matrix: String, range: String) throws -> [UInt8] {
        let folder = try TempDirectory("oracle")
        let scale =
            "scale=\(exactScaling):in_color_matrix=\(matrix):in_range=\(range):out_range=pc,format=rgb24"
        // With -update each frame overwrites the one before, so what is left is the last.
        try ffmpeg([
            "-noautorotate", "-i", path, "-map", "0:V:0", "-vf", scale, "-fps_mode", "passthrough", "-c:v",
            "rawvideo",
            "-f", "image2", "-update", "1", folder.file("last.rgb"),
        ])
        return try folder.read("last.rgb")
    }
}
