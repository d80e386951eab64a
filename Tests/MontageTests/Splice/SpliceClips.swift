import Foundation
import Montage
import TestSupport

/// Clips that go on from each other: the last frame of one is the first of the next, coded anew.
enum Chain {
    /// Makes clips of so many frames of one running picture, each but the first beginning with the frame on which
    /// the one before it ended.
    static func clips(
        _ folder: TempDirectory, _ names: [String], frames: Int = 30, sound: Bool = true,
        _ arguments: String = "-c:v libx264 -preset veryfast -bf 3 -g 250", size: String = "160x96"
    ) throws -> [String] {
        try names.enumerated().map { place, name in
            try clip(
                folder, name, from: place * (frames - 1), frames: frames, sound: sound, arguments, size: size)
        }
    }

    static func clip(
        _ folder: TempDirectory, _ name: String, from start: Int, frames: Int, sound: Bool = true,
        _ arguments: String = "-c:v libx264 -preset veryfast -bf 3 -g 250", size: String = "160x96"
    ) throws -> String {
        let path = folder.file(name)
        var words = ["-f", "lavfi", "-i", "testsrc2=size=\(size):rate=24:duration=20"]
        if sound {
            words += [
                "-f", "lavfi", "-i",
                "sine=frequency=\(300 + start):sample_rate=48000:duration=\(Double(frames) / 24)",
            ]
        }
        words += [
            "-filter_complex",
            "[0:v]trim=start_frame=\(start):end_frame=\(start + frames),setpts=PTS-STARTPTS,format=yuv420p[v]",
            "-map", "[v]",
        ]
        if sound { words += ["-map", "1:a", "-ac", "2", "-c:a", name.hasSuffix("webm") ? "libopus" : "aac"] }
        try Oracle.ffmpeg(words + arguments.split(separator: " ").map(String.init) + [path])
        return path
    }

    /// The MD5 of each decoded picture, by the ffmpeg program.
    static func pictures(_ path: String, _ input: [String] = []) throws -> [String] {
        try Oracle.ffmpeg(input + ["-i", path, "-map", "0:v", "-f", "framemd5", "-"]).text
            .split(separator: "\n").filter { !$0.hasPrefix("#") }
            .compactMap { $0.split(separator: " ").last.map(String.init) }
    }

    /// What the ffmpeg program complains about when it decodes everything.
    static func complaints(_ path: String) throws -> String {
        try Oracle.ffmpeg(["-i", path, "-f", "null", "-"]).errors
    }
}
