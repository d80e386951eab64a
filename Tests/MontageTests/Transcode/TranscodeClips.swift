import Foundation
import Media
import Montage
import TestSupport

/// Clips and presets that the delivery tests share.
enum Cuts {
    static let pattern = "testsrc2=size=160x96"

    /// The presets of this checkout.
    static func library() throws -> PresetLibrary { try PresetLibrary(searching: [presetFolder]) }

    static var presetFolder: String {
        var folder = URL(fileURLWithPath: #filePath)
        while folder.path != "/", !FileManager.default.fileExists(atPath: folder.path + "/Package.swift") {
            folder = folder.deletingLastPathComponent()
        }
        return folder.path + "/presets"
    }

    /// The preset, set to be quick where that changes nothing that is tested.
    static func preset(_ name: String) throws -> Preset {
        var preset = try library().preset(named: name)
        switch preset.video.codec {
        case "libx264", "libx265": preset.video.options["preset"] = "veryfast"
        case "libvpx-vp9": preset.video.options["cpu-used"] = "8"
        case "libsvtav1": preset.video.options["preset"] = "12"
        default: break
        }
        return preset
    }

    /// A clip with a moving pattern and, if wanted, a tone.
    @discardableResult
    static func clip(
        _ folder: TempDirectory, _ name: String, size: String = "160x96", rate: String = "24",
        seconds: Double = 1, sound: Double? = nil, tone: Int = 440, _ arguments: String...
    ) throws -> String {
        let path = folder.file(name)
        var words = [
            "-f", "lavfi", "-i",
            "testsrc2=size=\(size):rate=\(rate):duration=\(seconds),noise=alls=8:allf=t",
        ]
        if let sound {
            words += ["-f", "lavfi", "-i", "sine=frequency=\(tone):sample_rate=48000:duration=\(sound)"]
        }
        words += ["-c:v", "libx264", "-preset", "veryfast", "-bf", "2", "-pix_fmt", "yuv420p"]
        if sound != nil { words += ["-c:a", "aac", "-ac", "2"] }
        words += arguments.flatMap { $0.split(separator: " ").map(String.init) }
        try Oracle.ffmpeg(words + [path])
        return path
    }

    /// One stream of a file as ffprobe describes it.
    static func stream(_ path: String, _ kind: String) throws -> [String: Any] {
        let all = try Oracle.ffprobe(path)["streams"] as? [[String: Any]] ?? []
        return all.first { $0["codec_type"] as? String == kind } ?? [:]
    }

    /// The MD5 of the decoded pictures, by the ffmpeg program.
    static func pictureMD5(_ path: String) throws -> String {
        try Oracle.ffmpeg(["-i", path, "-map", "0:v", "-f", "md5", "-"]).text
    }

    /// The decoded sound as the ffmpeg program gives it, mono, in 16 bits.
    static func samples(_ path: String) throws -> [Int16] {
        let bytes = try Oracle.ffmpeg(["-i", path, "-map", "0:a", "-ac", "1", "-f", "s16le", "-"]).output
        return stride(from: 0, to: bytes.count - 1, by: 2).map {
            Int16(bitPattern: UInt16(bytes[$0]) | UInt16(bytes[$0 + 1]) << 8)
        }
    }

    static func pictureTimes(_ path: String) throws -> [Int64] {
        let text = try Program.succeed(
            "ffprobe",
            [
                "-v", "error", "-select_streams", "v", "-show_entries", "packet=pts", "-of",
                "default=nw=1:nk=1", path,
            ]
        ).text
        return text.split(separator: "\n").compactMap { Int64($0) }.sorted()
    }
}
