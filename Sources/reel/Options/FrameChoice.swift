import ArgumentParser
import Montage

/// Which frame or frames are meant: exactly one of these.
struct FrameChoice: ParsableArguments {
    @Flag(help: "The last presented frame.")
    var last = false

    @Flag(help: "The first presented frame.")
    var first = false

    @Option(help: ArgumentHelp("The frame on screen at this time, in seconds.", valueName: "seconds"))
    var at: Double?

    @Option(
        help: ArgumentHelp(
            "The frame of this number, counted from 0 in order of presentation.", valueName: "n"))
    var index: Int?

    @Flag(help: "The frame that stands best for the clip: sharp, not black, not at a cut.")
    var best = false

    @Flag(help: "Each keyframe; needs --out.")
    var keyframes = false

    @Option(
        help: ArgumentHelp("The frame on screen at every so many seconds; needs --out.", valueName: "seconds")
    )
    var every: Double?

    /// Throws `ValidationError`.
    func check() throws {
        let chosen = [last, first, at != nil, index != nil, best, keyframes, every != nil].filter { $0 }.count
        guard chosen == 1 else {
            throw ValidationError(
                "say which frame: one of --last, --first, --at SECONDS, --index N, --best, --keyframes, "
                    + "--every SECONDS")
        }
        if let at, !(at >= 0 && at.isFinite) { throw ValidationError("--at takes seconds from 0 up") }
        if let index, index < 0 { throw ValidationError("--index counts from 0") }
        if let every, !(every >= FrameExtraction.closest && every.isFinite) {
            throw ValidationError("--every takes seconds from \(FrameExtraction.closest) up")
        }
    }

    /// Whether several frames are meant.
    var isSeries: Bool { keyframes || every != nil }

    /// The one frame meant; nil for the best and for several.
    var position: FramePosition? {
        if let at { return .seconds(at) }
        if let index { return .index(index) }
        return first ? .first : last ? .last : nil
    }

    /// The frames meant; nil for one.
    var selection: FrameSelection? {
        keyframes ? .keyframes : every.map { .every(seconds: $0) }
    }
}
