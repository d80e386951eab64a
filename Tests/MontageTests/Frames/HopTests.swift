import Foundation
import Media
import Montage
import TestSupport
import Testing

/// The chain of a film: last frame, clip made from it, its last frame, and so on. Colours must not drift.
@Suite(.blocking) struct `Five hops from frame to clip to last frame` {
    /// Makes a clip that shows the picture, as a careful service would.
    private func clip(_ folder: TempDirectory, _ picture: Picture, matrix: String, isTagged: Bool) throws
        -> String
    {
        let still = try folder.write("still.png", picture.png())
        let path = folder.file("clip.mp4")
        let name = matrix == "bt709" ? "bt709" : "smpte170m"
        let tags =
            isTagged
            ? ["-colorspace", name, "-color_primaries", name, "-color_trc", name] : []
        try Oracle.ffmpeg(
            ["-loop", "1", "-i", still, "-frames:v", "8", "-vf"]
                + ["scale=\(Oracle.exactScaling):out_color_matrix=\(matrix):out_range=tv,format=yuv420p"]
                + ["-c:v", "libx264", "-crf", "18"] + tags + [path])
        return path
    }

    private func bars(_ folder: TempDirectory, _ size: String) throws -> Picture {
        let path = folder.file("bars.png")
        try Oracle.ffmpeg([
            "-f", "lavfi", "-i", "smptehdbars=size=\(size)", "-frames:v", "1", "-pix_fmt", "rgb24", path,
        ])
        return try Picture.load(path: path)
    }

    @Test(arguments: [("1280x720", "bt709", true), ("1280x720", "bt709", false)])
    func `keep the colours of bars above 33 dB`(_ size: String, _ matrix: String, _ isTagged: Bool) throws {
        let folder = try TempDirectory("hops")
        let first = try bars(folder, size)
        var picture = first
        for _ in 0..<5 {
            let path = try clip(folder, picture, matrix: matrix, isTagged: isTagged)
            picture = try FrameExtraction.frame(of: path, at: .last, interrupt: Interrupt()).picture
        }
        let loss = decibels(first.bytes, picture.bytes)
        #expect(loss > 33, "\(loss) dB")
    }

    @Test func `of a small picture lose nothing after the first`() throws {
        // Halving the colour of narrow bars costs more than 33 dB leave, once; hops must not add to it.
        let folder = try TempDirectory("hops")
        var picture = try bars(folder, "640x360")
        var pictures: [Picture] = []
        for _ in 0..<5 {
            let path = try clip(folder, picture, matrix: "bt601", isTagged: false)
            picture = try FrameExtraction.frame(of: path, at: .last, interrupt: Interrupt()).picture
            pictures.append(picture)
        }
        let loss = decibels(pictures[0].bytes, pictures[4].bytes)
        #expect(loss > 33, "\(loss) dB")
    }

    @Test func `lose them below 22 dB where the matrix is guessed`() throws {
        let folder = try TempDirectory("hops")
        let first = try bars(folder, "1280x720")
        var picture = first
        for _ in 0..<5 {
            let path = try clip(folder, picture, matrix: "bt709", isTagged: false)
            let frames = try Oracle.frames(of: path, matrix: "bt601").output
            picture.bytes = Array(frames.suffix(first.bytes.count))
        }
        let loss = decibels(first.bytes, picture.bytes)
        #expect(loss < 22, "\(loss) dB")
    }

    @Test func `keep them through Reel's own encoding too`() throws {
        let folder = try TempDirectory("hops")
        let first = try bars(folder, "1280x720")
        var picture = first
        let preset = try Cuts.preset("mp4-web")
        for hop in 0..<5 {
            let still = try clip(folder, picture, matrix: "bt709", isTagged: true)
            let made = folder.file("made\(hop).mp4")
            _ = try Transcode.run(
                input: still, outputs: [TranscodeOutput(path: made, preset: preset)], interrupt: Interrupt())
            picture = try FrameExtraction.frame(of: made, at: .last, interrupt: Interrupt()).picture
        }
        let loss = decibels(first.bytes, picture.bytes)
        #expect(loss > 33, "\(loss) dB")
    }
}

/// The peak signal-to-noise ratio of samples of 8 bits.
func decibels(_ a: [UInt8], _ b: [UInt8]) -> Double {
    guard a.count == b.count, !a.isEmpty else { return 0 }
    var sum = 0
    for i in a.indices {
        let d = Int(a[i]) - Int(b[i])
        sum += d * d
    }
    return 10 * log10(255 * 255 / max(1e-9, Double(sum) / Double(a.count)))
}
