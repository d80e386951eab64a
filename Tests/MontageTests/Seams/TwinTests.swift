import Media
import Montage
import TestSupport
import Testing

/// How many frames stand twice, on seams that were made to have so many.
@Suite(.blocking) struct `Frames that stand twice` {
    private static let pan = MadeSeam("a slow pan", MadeSeam.pan)
    private static let pattern = MadeSeam("a lively picture")

    private func measure(_ seam: MadeSeam, chained: Bool = false) throws -> SeamMeasure {
        let clips = try seam.make()
        return try Seams.measure(
            after: clips.first, before: clips.second, chained: chained, interrupt: Interrupt())
    }

    @Test(arguments: [pan, pattern], 0...3)
    func `are counted`(_ seam: MadeSeam, twins: Int) throws {
        let found = try measure(seam.with { $0.twins = twins })
        #expect(found.twinFrames == twins)
        #expect(found.evidence == (twins == 0 ? .motion : .likeness))
        #expect(!found.isAssumed && found.heldFrames == 0)
    }

    @Test(arguments: [pan, pattern], [0, 1, 2])
    func `are counted through a drift of colour`(_ seam: MadeSeam, twins: Int) throws {
        let found = try measure(
            seam.with {
                $0.twins = twins
                $0.both = MadeSeam.pale
                $0.drift = MadeSeam.drifted
            })
        #expect(found.twinFrames == twins)
        #expect(found.colour.gain.allSatisfy { (0.85..<0.97).contains($0) }, "the copy has more contrast")
    }

    @Test(arguments: [0, 1, 2])
    func `are counted through grain that hides the motion`(twins: Int) throws {
        let found = try measure(
            Self.pan.with {
                $0.twins = twins
                $0.both = "noise=alls=30:allf=t"
            })
        #expect(found.twinFrames == twins)
    }

    @Test func `are told from those that the head holds, and count where the tail holds`() throws {
        let head = try measure(
            Self.pan.with {
                $0.twins = 1
                $0.held = 2
            })
        #expect(head.twinFrames == 1 && head.heldFrames == 2)
        let tail = try measure(
            Self.pattern.with {
                $0.twins = 1
                $0.tailHeld = 2
            })
        #expect(tail.twinFrames == 3 && tail.tailHeldFrames == 2, "\(tail)")
    }

    @Test(arguments: [0, 1])
    func `are counted in a fade`(twins: Int) throws {
        let fade = MadeSeam("a fade", MadeSeam.still + ",fade=out:st=0.3:d=1.6")
        #expect(try measure(fade.with { $0.twins = twins }).twinFrames == twins)
    }

    @Test(arguments: [
        MadeSeam("a slide", MadeSeam.still), MadeSeam("black", "color=black:size=320x180:rate=24"),
    ])
    func `are a matter of the storyboard's word in a still scene`(_ seam: MadeSeam) throws {
        let clips = try seam.with { $0.twins = 1 }.make()
        for chained in [false, true] {
            let found = try Seams.measure(
                after: clips.first, before: clips.second, chained: chained, interrupt: Interrupt())
            #expect(found.isAssumed && found.evidence == .still)
            #expect(found.twinFrames == (chained ? 1 : 0))
        }
    }

    @Test(arguments: [false, true])
    func `are none at a cut, whatever the storyboard says`(chained: Bool) throws {
        let cut = MadeSeam("a cut", MadeSeam.pan).with { $0.other = "smptebars=size=320x180:rate=24" }
        let found = try measure(cut, chained: chained)
        #expect(found.twinFrames == 0 && found.evidence == .cut && !found.isAssumed)
    }

    @Test func `are found between clips of other sizes, shapes and rates`() throws {
        let odd = Self.pattern.with {
            $0.twins = 1
            // The model's size: cut at the sides, and shown faster.
            $0.drift = "crop=240:180,scale=320:240,setpts=N/30/TB"
        }
        let clips = try odd.make()
        // The clip before is brought to the shape of the one after, as the seed picture was.
        let square = clips.folder.file("square.mp4")
        try Oracle.ffmpeg(["-i", clips.first, "-vf", "crop=240:180", "-preset", "veryfast", square])
        for first in [square, clips.first] {
            let found = try Seams.measure(after: first, before: clips.second, interrupt: Interrupt())
            if first == square { #expect(found.twinFrames == 1, "\(found)") }
            #expect(found.stepBefore > 0)
        }
    }

    @Test(arguments: ["bframes.mp4", "open.mp4", "leading.mp4", "head.mp4", "long.mp4", "a.ts", "vp8.webm"])
    func `are sought among the very last frames`(_ file: String) throws {
        let folder = try TempDirectory("tail")
        let recipe = try #require(Recipe.awkward.first { $0.file == file })
        let path = try recipe.make(in: folder)
        // A codec that is not entered near its end: everything is decoded.
        let whole = folder.file("whole.mkv")
        try Oracle.ffmpeg(["-i", path, "-map", "0:V:0", "-fps_mode", "passthrough", "-c:v", "ffv1", whole])
        let found = try Seams.lastPictures(of: path, interrupt: Interrupt())
        #expect(found.count == 12)
        #expect(try found == Seams.lastPictures(of: whole, interrupt: Interrupt()))
    }
}
