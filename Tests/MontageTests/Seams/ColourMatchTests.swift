import Media
import Montage
import TestSupport
import Testing

/// The colours of a shot that goes on from the one before are brought to those of that one, where that is asked for.
@Suite(.blocking) struct ColourMatchTests {
    private static let drift = MadeSeam("drift").with {
        $0.twins = 1
        $0.both = MadeSeam.pale
        $0.drift = "eq=brightness=0.05"
    }

    private func report(_ seam: MadeSeam, over frames: Int? = 12) throws -> SeamReport {
        let clips = try seam.make()
        return try Seams.report(
            after: clips.first, before: clips.second, chained: true, matching: frames, interrupt: Interrupt()
        ).report
    }

    @Test func `a drift is fitted, and what is then seen is scored`() throws {
        let plain = try report(Self.drift, over: nil)
        let matched = try report(Self.drift)
        let match = try #require(matched.match)
        #expect(plain.match == nil)
        #expect(match.frames == 12)
        // 14.8 levels of light are taken away again, half of a level more or less.
        for channel in 0..<3 {
            #expect(abs(match.fit.gain[channel] * 128 + match.fit.offset[channel] - 113.2) < 2, "\(match)")
        }
        #expect(matched.parts.colour < plain.parts.colour / 2)
        #expect(matched.colourDifference == plain.colourDifference)
        #expect(matched.decision.hasSuffix("; colours matched over 12 frames"))
    }

    @Test func `nothing is matched where nothing is seen, nothing stands twice or the pictures are others`()
        throws
    {
        #expect(try report(MadeSeam("none").with { $0.twins = 1 }).match == nil)
        #expect(try report(Self.drift.with { $0.twins = 0 }).match == nil)
        let cut = Self.drift.with { $0.other = "mandelbrot=size=320x180:rate=24" }
        #expect(try report(cut).match == nil)
    }

    @Test func `a drift beyond all reason is taken back only so far`() throws {
        let far = try #require(try report(Self.drift.with { $0.drift = "eq=brightness=0.12" }).match)
        for channel in 0..<3 {
            #expect((0.85...1.18).contains(far.fit.gain[channel]) && abs(far.fit.offset[channel]) <= 16)
        }
    }

    @Test func `no correction goes on behind a cut inside the clip`() throws {
        let clips = try Self.drift.make()
        let cut = clips.folder.file("cut.mp4")
        try Oracle.ffmpeg(
            ["-i", clips.second, "-f", "lavfi", "-i", "mandelbrot=size=320x180:rate=24", "-filter_complex"]
                + [
                    "[0:v]trim=end_frame=10,setpts=PTS-STARTPTS[a];[1:v]trim=end_frame=20,setpts=PTS-STARTPTS[b];"
                ]
                .map { $0 + "[a][b]concat=n=2:v=1:a=0,format=yuv420p[v]" }
                + ["-map", "[v]", "-c:v", "libx264", "-crf", "20", cut])
        let found = try Seams.report(
            after: clips.first, before: cut, chained: true, matching: 48, interrupt: Interrupt()
        ).report
        #expect(found.match?.frames == 10, "\(found)")
    }

    /// Raw samples of all pictures, plane after plane.
    private func samples(_ path: String, _ format: String) throws -> [UInt8] {
        try Oracle.ffmpeg(["-i", path, "-map", "0:v", "-f", "rawvideo", "-pix_fmt", format, "-"]).output
    }

    private func lossless(_ pixels: String) throws -> Preset {
        var preset = try Cuts.preset("mp4-web")
        preset.video.pixelFormat = pixels
        preset.video.options.merge(["crf": "0", "profile": "high444"]) { $1 }
        return preset
    }

    private static let fit = ColourFit(gain: [1.06, 0.97, 0.93], offset: [-4, 3.5, 6.25])

    /// Luma and differences of the matrix of 601 in video range, with the fit applied to red, green and blue.
    private static func fitted(_ ycc: [Double], share: Double) -> [Double] {
        let (kr, kb) = (0.299, 0.114)
        let kg = 1 - kr - kb
        let (y, u, v) = ((ycc[0] - 16) / 219, (ycc[1] - 128) / 224, (ycc[2] - 128) / 224)
        let (r, b) = (y + 2 * (1 - kr) * v, y + 2 * (1 - kb) * u)
        let g = (y - kr * r - kb * b) / kg
        let plain: [Double] = [r, g, b]
        let rgb = plain.indices.map { place -> Double in
            let change: Double = (fit.gain[place] - 1) * plain[place] + fit.offset[place] / 255
            return plain[place] + share * change
        }
        let light = kr * rgb[0] + kg * rgb[1] + kb * rgb[2]
        let blue: Double = (rgb[2] - light) / (2 * (1 - kb))
        let red: Double = (rgb[0] - light) / (2 * (1 - kr))
        return [16 + 219 * light, 128 + 224 * blue, 128 + 224 * red]
    }

    @Test func `each sample gets what red, green and blue call for, to one rounding`() throws {
        let folder = try TempDirectory("match")
        let clip = folder.file("in.mp4")
        try Oracle.ffmpeg(
            ["-f", "lavfi", "-i", "testsrc2=size=160x96:rate=24:duration=0.5", "-vf", "eq=contrast=0.8"]
                + ["-pix_fmt", "yuv444p", "-c:v", "libx264", "-crf", "0", clip])
        let preset = try lossless("yuv444p")
        let made = try Segments.render(
            SegmentJob(
                source: clip, format: FilmFormat(width: 160, height: 96, rate: Rational(24, 1)),
                match: ColourMatch(fit: Self.fit, frames: 8),
                outputs: [.init(preset: preset, path: folder.file("out"))]), interrupt: Interrupt())[0]
        #expect(made.frames == 12)
        let (before, after) = (try samples(clip, "yuv444p"), try samples(made.path, "yuv444p"))
        let area = 160 * 96
        try #require(before.count == 12 * area * 3 && after.count == before.count)
        for frame in [0, 3, 7, 8, 11] {
            let t = Double(frame) / 8
            let share = frame < 8 ? 1 - t * t * (3 - 2 * t) : 0
            var sums = [0.0, 0.0, 0.0]
            var worst = 0.0
            for i in 0..<area {
                let at = { (plane: Int) in (frame * 3 + plane) * area + i }
                let wanted = Self.fitted((0..<3).map { Double(before[at($0)]) }, share: share)
                for plane in 0..<3 where (0.5...254.5).contains(wanted[plane]) {
                    let error = Double(after[at(plane)]) - wanted[plane]
                    sums[plane] += error / Double(area)
                    worst = max(worst, abs(error))
                }
            }
            #expect(worst < (share == 0 ? 0.001 : 1.1), "frame \(frame): \(worst)")
            for plane in 0..<3 { #expect(abs(sums[plane]) < 0.05, "frame \(frame): \(sums)") }
        }
    }

    @Test(arguments: ["yuv420p", "yuv422p"])
    func `colour differences of half the size are corrected where they lie`(_ pixels: String) throws {
        let folder = try TempDirectory("match")
        let clip = folder.file("in.mp4")
        try Oracle.ffmpeg(
            ["-f", "lavfi", "-i", "color=c=0x6080a0:size=158x94:rate=24:duration=0.25", "-pix_fmt", pixels]
                + ["-c:v", "libx264", "-crf", "0", clip])
        let made = try Segments.render(
            SegmentJob(
                source: clip, format: FilmFormat(width: 158, height: 94, rate: Rational(24, 1)),
                match: ColourMatch(fit: Self.fit, frames: 4),
                outputs: [.init(preset: try lossless(pixels), path: folder.file("out"))]),
            interrupt: Interrupt())[0]
        let (before, after) = (try samples(clip, pixels), try samples(made.path, pixels))
        let chroma = pixels == "yuv420p" ? 79 * 47 : 79 * 94
        let sizes = [158 * 94, chroma, chroma]
        let starts = [0, sizes[0], sizes[0] + chroma]
        let wanted = Self.fitted(starts.map { Double(before[$0]) }, share: 1)
        for plane in 0..<3 {
            let found = after[starts[plane]..<starts[plane] + sizes[plane]]
            let mean = found.reduce(0.0) { $0 + Double($1) } / Double(found.count)
            #expect(abs(mean - wanted[plane]) < 0.06, "plane \(plane): \(mean), not \(wanted[plane])")
            #expect((found.max() ?? 0) - (found.min() ?? 0) <= 1)
        }
        let frame = sizes.reduce(0, +)
        #expect(after[(4 * frame)...] == before[(4 * frame)...])
    }

    @Test func `pictures of red, green and blue are refused in words`() throws {
        let folder = try TempDirectory("match")
        let clip = try Cuts.clip(folder, "in.mp4", seconds: 0.5)
        var preset = try Cuts.preset("mp4-web")
        preset.video = VideoPreset(codec: "libx264rgb", pixelFormat: "rgb24", gop: nil, options: [:])
        let fault = #expect(throws: MontageError.self) {
            try Segments.render(
                SegmentJob(
                    source: clip, format: FilmFormat(width: 160, height: 96, rate: Rational(24, 1)),
                    match: ColourMatch(fit: Self.fit, frames: 4),
                    outputs: [.init(preset: preset, path: folder.file("out"))]), interrupt: Interrupt())
        }
        #expect(fault?.message.contains("colours cannot be matched in rgb24 pictures") == true)
    }

    @Test func `a copied segment says that it is encoded for its colours`() throws {
        let folder = try TempDirectory("match")
        let clip = try Chain.clips(folder, ["a.mp4"], sound: false)[0]
        let made = try Segments.render(
            SegmentJob(
                source: clip, format: FilmFormat(width: 160, height: 96, rate: Rational(24, 1)),
                match: ColourMatch(fit: Self.fit, frames: 4),
                outputs: [.init(preset: try Cuts.preset("mp4-copy"), path: folder.file("out"))]),
            interrupt: Interrupt())[0]
        #expect(made.bitExactFrames ?? 0 == 0)
        #expect(made.findings.joined().contains("its colours are matched to the shot before"))
    }
}
