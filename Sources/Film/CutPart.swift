/// One shot's part in the film, in whole frames at the film's rate. Pure arithmetic; it needs to know nothing of
/// the other shots but how they join, and how many frames stand twice. That is mostly one, so a shot's own segment is
/// rendered as if it were before its neighbour is there, and again if it is found to be otherwise.
///
///     frames of the clip   0 ......... head ................. end - tail ....... end ... frames
///     in the film          with the    by itself: the         with the           not shown:
///                          one before  shot's own segment     next one           twins
struct CutPart: Sendable, Hashable {
    /// Frames of the whole clip.
    var frames: Int
    /// How it joins to the one before; nil for the first shot.
    var join: ShotJoin?
    /// How the next one joins to it; nil for the last shot.
    var next: ShotJoin?
    /// Frames at its end that the next shot shows again, where it goes on from this one.
    var twins = 1

    /// Frames at its beginning that belong to the join with the one before.
    var head: Int { join?.headFrames ?? 0 }
    /// Frames at its end that belong to the join with the next one.
    var tail: Int { next?.tailFrames ?? 0 }
    /// Whether the next shot goes on where what is shown of this one ends.
    var goesOn: Bool { next == .match && twins > 0 }
    /// Where what is shown of it ends: before the frames that the next shot shows again.
    var end: Int { frames - (next == .match ? twins : 0) }
    /// The frames that are shown by themselves. There must be one at least.
    var own: Range<Int> { head..<max(head, end - tail) }
    /// Whether the joins leave a frame to the shot.
    var isLongEnough: Bool { end - tail > head }
    /// Whether its own segment is the whole clip.
    var isWhole: Bool { own == 0..<frames }
    /// The frames whose sound is the shot's piece of the bed; at a dissolve the rest runs on under the next.
    var sounding: Range<Int> {
        if case .dissolve(let frames) = next { return 0..<max(0, end - frames) }
        return 0..<end
    }
    /// Frames for which the sound runs on under the next shot.
    var runsOn: Int {
        if case .dissolve(let frames) = next { return frames }
        return 0
    }
    /// Frames over which sound comes and goes with the picture.
    var fades: (in: Int, out: Int) {
        func isFade(_ join: ShotJoin?) -> Bool { if case .fade = join { true } else { false } }
        return (isFade(join) ? head : 0, isFade(next) ? tail : 0)
    }
}
