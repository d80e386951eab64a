import Media
import Montage
import TestSupport
import Testing

/// What else is said of a seam.
@Suite(.blocking) struct `The report of a seam` {
    private func report(_ seam: MadeSeam, dropped: Int? = nil) throws -> SeamReport {
        let clips = try seam.make()
        return try Seams.report(
            after: clips.first, before: clips.second, dropped: dropped, interrupt: Interrupt()
        ).report
    }

    @Test func `scores low where the motion goes on, and high where a frame stands`() throws {
        let seam = MadeSeam("pan", MadeSeam.pan).with { $0.twins = 1 }
        let trimmed = try report(seam)
        #expect(trimmed.droppedFrames == 1 && trimmed.score < 0.1, "\(trimmed)")
        #expect(trimmed.decision == "1 frame stands twice; 1 frame left out before the seam")
        let beside = try #require(trimmed.structure.before)
        #expect(abs(trimmed.structure.across - beside) < 0.03)
        let left = try report(seam, dropped: 0)
        #expect(left.parts.hold > 0.3 && left.score >= left.parts.hold)
        #expect(left.structure.across > beside + 0.02, "the frame that stands is likest of all")
    }

    @Test func `names way and speed of the motion, and its break`() throws {
        // Two pixels of 320 a frame are 0.625 hundredths of the width; the ground goes left.
        let along = try report(MadeSeam("pan", MadeSeam.pan)).motion
        #expect(abs(try #require(along.before).right + 0.625) < 0.1)
        #expect(abs(try #require(along.across).right + 0.625) < 0.1)
        #expect(try #require(along.breaks) < 0.4)
        let back = MadeSeam("back", MadeSeam.still + ",scroll=horizontal=0.02").with {
            $0.other = MadeSeam.still + ",scroll=horizontal=-0.02"
        }
        let turned = try report(back)
        #expect(try #require(turned.motion.breaks) > 1.2)
        #expect(turned.parts.motion > 0.4)
    }

    @Test func `tells a drift of colour, and what a fit leaves of it`() throws {
        let drift = MadeSeam("drift").with {
            $0.twins = 1
            $0.both = MadeSeam.pale
            $0.drift = "eq=brightness=0.05"
        }
        let found = try report(drift)
        // 0.05 of full range is 12.75 levels, in limited range of luma 14.8 of 255.
        #expect(abs(found.lumaStep - 14.8) < 2)
        #expect(found.colourDifference > 2 && found.colourDifferenceFitted < found.colourDifference / 2)
        #expect(try report(MadeSeam("none").with { $0.twins = 1 }).colourDifference < 0.5)
    }

    @Test func `tells the step of the sound, or that there is none`() throws {
        let folder = try TempDirectory("seam")
        func clip(_ name: String, volume: Double) throws -> String {
            let path = folder.file(name)
            try Oracle.ffmpeg(
                ["-f", "lavfi", "-i", "testsrc2=size=64x36:rate=24:duration=0.7"]
                    + ["-f", "lavfi", "-i", "sine=frequency=500:duration=1:sample_rate=48000"]
                    + ["-af", "volume=\(volume)", "-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac"]
                    + ["-b:a", "192k", "-t", "0.7", path])
            return path
        }
        let (quiet, loud) = (try clip("quiet.mp4", volume: 0.2), try clip("loud.mp4", volume: 2))
        let step = try #require(
            Seams.report(after: quiet, before: loud, interrupt: Interrupt()).report.sound)
        // The sine has an amplitude of an eighth: -18 dB, less 3 as a sine, 14 by the volume, and 3 as one of two
        // channels; 20 dB lie between the clips.
        #expect(abs(step.before + 38) < 1.5 && abs(step.step - 20) < 2, "\(step)")
        #expect(try report(MadeSeam("silent")).sound == nil)
    }

    /// The published pairs for programs of this formula: Sharma, Wu, Dalal 2005.
    @Test(
        arguments: [
            ([50, 2.6772, -79.7751], [50, 0, -82.7485], 2.0425),
            ([50, -1.3802, -84.2814], [50, 0, -82.7485], 1.0),
            ([50, 0, 0], [50, -1, 2], 2.3669), ([50, 2.49, -0.001], [50, -2.49, 0.0009], 7.1792),
            ([50, 2.5, 0], [73, 25, -18], 27.1492), ([50, 2.5, 0], [50, 3.1736, 0.5854], 1.0),
            ([60.2574, -34.0099, 36.2677], [60.4626, -34.1751, 39.4387], 1.2644),
            ([22.7233, 20.0904, -46.6940], [23.0331, 14.9730, -42.5619], 2.0373),
            ([2.0776, 0.0795, -1.1350], [0.9033, -0.0636, -0.5514], 0.9082),
        ] as [([Double], [Double], Double)])
    func `measures colour as the standard does`(_ one: [Double], _ other: [Double], _ wanted: Double) {
        let lab = { (c: [Double]) in ColourDifference.Lab(l: c[0], a: c[1], b: c[2]) }
        #expect(abs(ColourDifference.between(lab(one), lab(other)) - wanted) < 0.0001)
        #expect(abs(ColourDifference.between(lab(other), lab(one)) - wanted) < 0.0001)
    }

    @Test func `comes with the frames on both sides`() throws {
        let clips = try MadeSeam("strip").with { $0.twins = 1 }.make()
        let found = try Seams.report(after: clips.first, before: clips.second, interrupt: Interrupt())
        let strip = try found.strip.picture()
        #expect(strip.height == 108 && strip.width > 10 * 192)
        let rows = (1...2).map {
            SeamSheet.Row(label: SeamSheet.label("\($0) > \($0 + 1)", found.report), strip: strip)
        }
        let sheet = try #require(try SeamSheet.picture(rows))
        #expect(sheet.height > 2 * strip.height && sheet.width > strip.width)
        // The left out frame, beside the bar, is darker than the one before it; the words are white on grey.
        func light(x: Int) -> Int {
            (0..<192).reduce(0) { $0 + Int(strip.bytes[(54 * strip.width + x + $1) * 3 + 1]) }
        }
        #expect(light(x: 4 * 196) * 2 < light(x: 3 * 196))
        #expect(sheet.bytes.prefix(sheet.width * 3 * 20).contains(255))
        #expect(try SeamSheet.picture([]) == nil)
    }
}
