import TestSupport

/// Two clips with a seam of a known kind between them, cut from one moving picture with the `ffmpeg` program.
struct MadeSeam: Sendable, CustomStringConvertible {
    static let length = 26

    /// What moves, a lavfi source of at least 60 frames.
    var scene = MadeSeam.pattern
    /// How many of the first clip's last frames the second one shows again.
    var twins = 0
    /// How many times more the second clip shows its first frame.
    var held = 0
    /// How many times more the first clip shows its last frame.
    var tailHeld = 0
    /// Filters on both clips, and on the second one alone.
    var both = ""
    var drift = ""
    /// What the second clip is cut from, if it is another picture.
    var other: String?
    var name: String

    var description: String { name }

    static let pattern = "testsrc2=size=320x180:rate=24"
    /// Goes two pixels of 320 a frame.
    static let pan = still + ",scroll=horizontal=0.00625"
    static let still = "testsrc2=size=320x180:rate=24,trim=end_frame=1,loop=loop=-1:size=1,setpts=N/24/TB"
    /// No colour at the limits, where a shift of colour is cut off.
    static let pale = "eq=contrast=0.6:saturation=0.5"
    static let drifted = "eq=contrast=1.1:brightness=0.015:saturation=1.06,gblur=sigma=0.5"

    init(_ name: String, _ scene: String = MadeSeam.pattern) { (self.name, self.scene) = (name, scene) }

    func with(_ change: (inout MadeSeam) -> Void) -> MadeSeam {
        var result = self
        change(&result)
        return result
    }

    /// Both clips, and the folder that goes with the last reference to it.
    struct Clips {
        let folder: TempDirectory
        let first: String
        let second: String
    }

    /// Makes both clips. Blocks.
    func make() throws -> Clips {
        let folder = try TempDirectory("seam")
        let paths = (folder.file("first.mp4"), folder.file("second.mp4"))
        let hold = { (place: String, count: Int) in
            count > 0 ? ",tpad=\(place)_mode=clone:\(place)=\(count)" : ""
        }
        let common = both.isEmpty ? "" : ",\(both)"
        let first = "trim=end_frame=\(Self.length),setpts=N/24/TB\(hold("stop", tailHeld))\(common)"
        let second =
            "trim=start_frame=\(Self.length - twins),setpts=N/24/TB\(hold("start", held))\(common)"
            + (drift.isEmpty ? "" : ",\(drift)")
        let graph =
            other == nil
            ? "[0:v]split[p][q];[p]\(first)[a];[q]\(second)[b]" : "[0:v]\(first)[a];[1:v]\(second)[b]"
        let codec = ["-c:v", "libx264", "-preset", "veryfast", "-crf", "22", "-pix_fmt", "yuv420p"]
        var arguments: [String] = []
        for source in [scene, other].compactMap(\.self) {
            arguments += ["-f", "lavfi", "-t", "2.1", "-i", source]
        }
        arguments += ["-filter_complex", graph]
        try Oracle.ffmpeg(
            arguments + ["-map", "[a]"] + codec + [paths.0, "-map", "[b]"] + codec + [paths.1])
        return Clips(folder: folder, first: paths.0, second: paths.1)
    }
}
